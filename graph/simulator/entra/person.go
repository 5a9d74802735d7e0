package entra

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/reply"
)

// signedIn is a person who signed in to an app, and what the app asked for.
type signedIn struct {
	clientID string
	scope    string
	name     string
	oid      string
	tenantID string // of the tokens
	home     string // the tenant of the account
}

// whoSignsIn is the person as an app gets to know them.
func (s *SignIn) whoSignsIn(form url.Values) signedIn {
	p := s.Settings.Person
	home := cmp.Or(p.Tenant, s.tenantID)
	return signedIn{
		clientID: form.Get("client_id"), scope: form.Get("scope"), name: cmp.Or(p.Name, identity.Admin+"@"+identity.Domain),
		oid: identity.UserID(s.tenantID, cmp.Or(p.Name, identity.Admin)), tenantID: home, home: home,
	}
}

// PersonClaims are the claims of the person who signs in to an app, with scopes of a resource.
func (s *SignIn) PersonClaims(clientID, audience string, scopes ...string) identity.Claims {
	return s.claimsOf(s.whoSignsIn(url.Values{"client_id": {clientID}}), granted{audience: audience, names: scopes})
}

func (s *SignIn) claimsOf(who signedIn, g granted) identity.Claims {
	c := s.claims(who.clientID, g.audience)
	c.TenantID, c.Issuer = who.tenantID, accessTokenIssuer(who.tenantID)
	c.IDType, c.ObjectID, c.Name = "user", who.oid, who.name
	c.Scope, c.AdminRoles = strings.Join(g.names, " "), s.Settings.AdminRoles
	return c
}

// personDocument is the answer to an app at which a person signed in: an access token,
// and what else its scopes ask for. The form may narrow what was asked for.
func (s *SignIn) personDocument(r *http.Request, form url.Values, who signedIn) (any, error) {
	scope := cmp.Or(form.Get("scope"), who.scope)
	if err := checkScopes(scope); err != nil {
		return nil, err
	}
	g := s.Settings.delegated(scope)
	if len(g.names) == 0 || len(s.Settings.unconsented(scope)) > 0 {
		return nil, entraError(65001, "{app}", who.clientID)
	}
	c := s.claimsOf(who, g)
	document := tokenDocument(c)
	document["scope"] = strings.Join(g.scope, " ")
	asked := strings.Fields(scope)
	if slices.Contains(asked, "offline_access") {
		token := opaque()
		s.refreshTokens.keep(token, who)
		document["refresh_token"] = token
	}
	if slices.Contains(asked, "openid") {
		document["id_token"] = identity.UnsignedJWT(idToken(c, reply.Origin(r)))
	}
	if form.Get("client_info") == "1" {
		about := fmt.Sprintf(`{"uid":%q,"utid":%q}`, who.oid, who.home)
		document["client_info"] = base64.RawURLEncoding.EncodeToString([]byte(about))
	}
	return document, nil
}

// idToken are the claims that tell an app who signed in.
func idToken(c identity.Claims, authority string) map[string]any {
	name, _, _ := strings.Cut(c.Name, "@")
	return map[string]any{
		"ver": "2.0", "aud": c.AppID, "iss": authority + "/" + c.TenantID + "/v2.0", "tid": c.TenantID, "oid": c.ObjectID,
		"sub": identity.ObjectID("subject", c.AppID, c.ObjectID), "preferred_username": c.Name, "name": name,
		"iat": c.IssuedAt, "nbf": c.NotBefore, "exp": c.Expires,
	}
}
