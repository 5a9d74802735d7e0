package simulator

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Person is how the person behaves who signs in. The zero value is the tenant's admin,
// who does at once what is asked.
type Person struct {
	// Pending is how often a device code is asked about in vain before the person is done.
	Pending int
	// Declines: the person says no, in the browser and to a device code.
	Declines bool
	// Expires: the person never comes, and the device code ends.
	Expires bool
	// Tenant is the id of the tenant that the person signs in to; empty is the simulated one.
	Tenant string
	// Name is the user principal name; empty is the admin's.
	Name string
}

// SetPerson says who signs in from now on, and how that person behaves. Device codes
// that are pending go by it too.
func (s *Server) SetPerson(p Person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.person = p
}

func (s *Server) currentPerson() Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.person
}

// signedIn is a person who signed in to an app, and what the app asked for.
type signedIn struct {
	clientID string
	scope    string
	name     string
	oid      string
	tenantID string
}

// whoSignsIn is the person as an app gets to know them.
func (s *Server) whoSignsIn(form url.Values) signedIn {
	p := s.currentPerson()
	who := signedIn{
		clientID: form.Get("client_id"), scope: form.Get("scope"),
		name: cmp.Or(p.Name, "admin@"+domain), tenantID: cmp.Or(p.Tenant, s.TenantID()),
	}
	who.oid = userID(s.TenantID(), cmp.Or(p.Name, "admin"))
	return who
}

func (s *Server) personClaims(who signedIn, g granted) claims {
	c := s.claims(who.clientID, g.audience)
	c.TenantID, c.Issuer = who.tenantID, accessTokenIssuer(who.tenantID)
	c.IDType = "user"
	c.ObjectID = who.oid
	c.Name = who.name
	c.Scope = strings.Join(g.names, " ")
	c.AdminRoles = s.currentIdentity().adminRoles
	return c
}

// personDocument is the answer to an app at which a person signed in: an access token,
// and what else its scopes ask for. The form may narrow what was asked for.
func (s *Server) personDocument(r *http.Request, form url.Values, who signedIn) (any, error) {
	scope := cmp.Or(form.Get("scope"), who.scope)
	if err := checkScopes(scope); err != nil {
		return nil, err
	}
	g := s.currentIdentity().delegated(scope)
	if len(g.names) == 0 || len(s.currentIdentity().unconsented(scope)) > 0 {
		return nil, entraError(65001, "{app}", who.clientID)
	}
	c := s.personClaims(who, g)
	document := s.tokenDocument(c)
	document["scope"] = strings.Join(g.scope, " ")
	asked := strings.Fields(scope)
	if slices.Contains(asked, "offline_access") {
		document["refresh_token"] = s.issueRefreshToken(who)
	}
	if slices.Contains(asked, "openid") {
		document["id_token"] = unsignedJWT(c.idToken(origin(r)))
	}
	if form.Get("client_info") == "1" {
		about := mustJSON(map[string]string{"uid": who.oid, "utid": who.tenantID})
		document["client_info"] = base64.RawURLEncoding.EncodeToString(about)
	}
	return document, nil
}

// idToken are the claims that tell an app who signed in.
func (c claims) idToken(authority string) map[string]any {
	name, _, _ := strings.Cut(c.Name, "@")
	return map[string]any{
		"ver": "2.0", "aud": c.AppID, "iss": authority + "/" + c.TenantID + "/v2.0", "tid": c.TenantID, "oid": c.ObjectID,
		"sub": objectID("subject", c.AppID, c.ObjectID), "preferred_username": c.Name, "name": name,
		"iat": c.IssuedAt, "nbf": c.NotBefore, "exp": c.Expires,
	}
}

func mustJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic("simulator: what is no JSON: " + err.Error())
	}
	return text
}
