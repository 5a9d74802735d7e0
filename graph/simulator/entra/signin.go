package entra

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/reply"
)

// SimulatedAdmin is the grant type that signs the simulated tenant's admin in, in
// place of a browser. It needs client_id and scope, and no secret.
const SimulatedAdmin = "urn:appleconsent:simulated-admin"

// The endpoints below /{tenant}/ at which people and apps sign in.
const (
	authorizeEndpoint  = "oauth2/v2.0/authorize"
	deviceCodeEndpoint = "oauth2/v2.0/devicecode"
	tokenEndpoint      = "oauth2/v2.0/token" //nolint:gosec // a path
)

// SignIn is how people and apps sign in to one tenant. One goroutine at a time may use it.
type SignIn struct {
	// Settings may be changed between two requests.
	Settings Settings

	tenantID  string
	domain    string
	guests    bool // who signed in to another tenant is let in
	directory Directory
	now       func() time.Time
	requestID func() string

	// What was given out to apps and comes back to be redeemed.
	codes         map[string]*code
	deviceCodes   map[string]*device
	refreshTokens *Sessions
}

// Tenant is a tenant as far as people and apps name it who sign in.
type Tenant struct {
	ID, Domain string
	// Sessions are shared with other tenants, which let in whoever signed in to one of them; nil: this tenant is alone.
	Sessions *Sessions
}

// New makes the sign-in to a tenant. requestID makes a new id for each refusal.
func New(t Tenant, d Directory, now func() time.Time, requestID func() string) *SignIn {
	return &SignIn{
		Settings: Settings{ // an admin who may do everything that the simulated Graph can
			AppRoles:   []string{"Application.ReadWrite.All", "Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All"},
			AdminRoles: []string{identity.CloudApplicationAdministrator, identity.PrivilegedRoleAdministrator},
		},
		tenantID: t.ID, domain: t.Domain, guests: t.Sessions != nil, directory: d, now: now, requestID: requestID,
		codes: map[string]*code{}, deviceCodes: map[string]*device{}, refreshTokens: cmp.Or(t.Sessions, NewSessions()),
	}
}

// endpointOf splits the path of a sign-in request.
func endpointOf(path string) (tenant, endpoint string) {
	tenant, endpoint, _ = strings.Cut(strings.Trim(path, "/"), "/")
	return tenant, strings.ToLower(endpoint)
}

// SignsIn reports whether somebody signs in at a path, rather than looking around.
func SignsIn(path string) bool {
	_, endpoint := endpointOf(path)
	return slices.Contains([]string{authorizeEndpoint, deviceCodeEndpoint, tokenEndpoint}, endpoint)
}

// Answer handles a request whose body was read, with the error that this met: discovery, tokens,
// and the pages that people see. A refusal that is not 0 is the AADSTS number that sign-ins end with.
func (s *SignIn) Answer(r *http.Request, body []byte, err error, refusal int) reply.Reply {
	switch _, endpoint := endpointOf(r.URL.Path); r.Method + " " + endpoint {
	case "GET " + authorizeEndpoint:
		return s.authorize(r, refusal)
	case "GET " + adminConsentEndpoint:
		return s.adminConsent(r)
	}
	var document any
	if err == nil {
		document, err = s.document(r, body, refusal)
	}
	now := s.now()
	if err == nil {
		return OAuthReply(http.StatusOK, document, now)
	}
	e := asSignInError(err)
	return OAuthReply(e.status, e.body(s.requestID(), now), now)
}

// document is what the endpoint below /{tenant}/ has to say.
func (s *SignIn) document(r *http.Request, body []byte, refusal int) (any, error) {
	tenant, endpoint := endpointOf(r.URL.Path)
	switch r.Method + " " + endpoint {
	case "GET discovery/instance":
		return instances(r)
	case "GET v2.0/.well-known/openid-configuration":
		return s.openIDConfiguration(r, tenant)
	case "POST " + deviceCodeEndpoint, "POST " + tokenEndpoint:
		form, err := s.signInForm(r, body, refusal)
		if err != nil {
			return nil, err
		}
		if endpoint == deviceCodeEndpoint {
			return s.startDeviceCode(form)
		}
		return s.token(r, form)
	}
	e := refuse("not_found", 900561, "this is a simulated tenant: Graph is below /v1.0, tokens come from /%s/oauth2/v2.0/token, "+
		"and there is no %s %s", s.tenantID, r.Method, r.URL.Path)
	e.status = http.StatusNotFound
	return nil, e
}

// signInForm reads the form of somebody who signs in, unless nobody can.
func (s *SignIn) signInForm(r *http.Request, body []byte, refusal int) (url.Values, error) {
	form, formErr := url.ParseQuery(string(body))
	if err := s.refusedSignIn(refusal, r, form); err != nil {
		return nil, err
	}
	tenant, _ := endpointOf(r.URL.Path)
	if err := s.checkTenant(tenant); err != nil {
		return nil, err
	}
	if formErr != nil || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return nil, refuse(invalidRequest, 900144, "The request body must be a form.")
	}
	return form, nil
}

// token is the token endpoint.
func (s *SignIn) token(r *http.Request, form url.Values) (any, error) {
	if err := need(form, "grant_type", "client_id"); err != nil {
		return nil, err
	}
	switch form.Get("grant_type") {
	case "client_credentials":
		return s.appToken(form)
	case "authorization_code":
		return s.redeemCode(r, form)
	case "device_code", "urn:ietf:params:oauth:grant-type:device_code": // of MSAL, and of RFC 8628
		return s.pollDeviceCode(r, form)
	case "refresh_token":
		return s.refresh(r, form)
	case SimulatedAdmin:
		return s.adminToken(form)
	}
	return nil, refuse("unsupported_grant_type", 70003, "The app requested an unsupported grant type '%s'.", form.Get("grant_type"))
}

// adminToken signs the tenant's admin in.
func (s *SignIn) adminToken(form url.Values) (any, error) {
	if err := need(form, "scope"); err != nil {
		return nil, err
	}
	granted := s.Settings.delegated(form.Get("scope"))
	if len(granted.names) == 0 {
		return nil, entraError(65001, "{app}", form.Get("client_id"))
	}
	c := s.PersonClaims(form.Get("client_id"), granted.audience, granted.names...)
	document := tokenDocument(c)
	document["scope"] = c.Scope
	return document, nil
}

// claims are those that all tokens have.
func (s *SignIn) claims(clientID, audience string) identity.Claims {
	now := s.now()
	return identity.Claims{
		Audience: audience, Issuer: accessTokenIssuer(s.tenantID), TenantID: s.tenantID, AppID: clientID, TokenID: s.requestID(),
		IssuedAt: now.Unix(), NotBefore: now.Unix(), Expires: now.Add(cmp.Or(s.Settings.TokenLifetime, time.Hour)).Unix(),
	}
}

func accessTokenIssuer(tenantID string) string { return "https://sts.windows.net/" + tenantID + "/" }

func tokenDocument(c identity.Claims) map[string]any {
	seconds := c.Expires - c.IssuedAt
	return map[string]any{"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": c.Token()}
}
