package simulator

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// SimulatedAdmin is the grant type that signs the simulated tenant's admin in, in
// place of a browser. It needs client_id and scope, and no secret.
const SimulatedAdmin = "urn:appleconsent:simulated-admin"

// signInError is a refusal in the terms of Entra's sign-in endpoints.
type signInError struct {
	status  int
	code    string // OAuth's error
	number  int    // the number behind AADSTS
	message string
}

func (e *signInError) Error() string { return fmt.Sprintf("AADSTS%d: %s", e.number, e.message) }

// signIn handles everything that is not Graph: discovery and tokens.
func (s *Server) signIn(r *http.Request, body []byte, err error) reply {
	var document any
	if err == nil {
		document, err = s.entra(r, body)
	}
	now := s.now()
	if err == nil {
		return oauthReply(http.StatusOK, document, now)
	}
	var e *signInError
	if !errors.As(err, &e) {
		e = &signInError{http.StatusBadRequest, "invalid_request", 900144, err.Error()}
	}
	s.mu.Lock()
	trace := s.nextRequestID()
	s.mu.Unlock()
	return oauthReply(e.status, e.body(trace, now), now)
}

// body is the JSON of the refusal.
func (e *signInError) body(trace string, now time.Time) any {
	at := now.UTC().Format("2006-01-02 15:04:05Z")
	return map[string]any{
		"error":             e.code,
		"error_description": fmt.Sprintf("%s Trace ID: %s Correlation ID: %s Timestamp: %s", e.Error(), trace, trace, at),
		"error_codes":       []int{e.number},
		"timestamp":         at,
		"trace_id":          trace,
		"correlation_id":    trace,
	}
}

// entra finds the endpoint below /{tenant}/.
func (s *Server) entra(r *http.Request, body []byte) (any, error) {
	tenant, endpoint, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
	switch r.Method + " " + strings.ToLower(endpoint) {
	case "GET discovery/instance":
		return instances(r), nil
	case "GET v2.0/.well-known/openid-configuration":
		return s.openIDConfiguration(r, tenant)
	case "POST oauth2/v2.0/token":
		return s.token(r, tenant, body)
	}
	return nil, &signInError{
		http.StatusNotFound, "not_found", 900561,
		fmt.Sprintf("this is a simulated tenant: Graph is below /v1.0, tokens come from /%s/oauth2/v2.0/token, and there is no %s %s", s.TenantID(), r.Method, r.URL.Path),
	}
}

// instances tells sign-in libraries that this host is an authority by itself.
func instances(r *http.Request) any {
	return map[string]any{
		"tenant_discovery_endpoint": origin(r) + "/common/v2.0/.well-known/openid-configuration",
		"api-version":               "1.1",
		"metadata": []any{map[string]any{
			"preferred_network": r.Host, "preferred_cache": r.Host, "aliases": []string{r.Host},
		}},
	}
}

func (s *Server) openIDConfiguration(r *http.Request, tenant string) (any, error) {
	if err := s.checkTenant(tenant); err != nil {
		return nil, err
	}
	authority := origin(r) + "/" + tenant
	return map[string]any{
		"issuer":                                origin(r) + "/" + s.issuerTenant(tenant) + "/v2.0",
		"authorization_endpoint":                authority + "/oauth2/v2.0/authorize",
		"token_endpoint":                        authority + "/oauth2/v2.0/token",
		"device_authorization_endpoint":         authority + "/oauth2/v2.0/devicecode",
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt"},
		"response_types_supported":              []string{"code"},
		"scopes_supported":                      []string{"openid", "profile", "email", "offline_access"},
		"subject_types_supported":               []string{"pairwise"},
	}, nil
}

// issuerTenant is the tenant in the issuer: a placeholder, literally, as long as
// the tenant depends on who signs in.
func (s *Server) issuerTenant(tenant string) string {
	if isShared(tenant) {
		return "{tenantid}"
	}
	return s.TenantID()
}

// isShared tells whether a tenant name stands for whichever tenant a user is of.
func isShared(tenant string) bool {
	return slices.Contains([]string{"common", "organizations"}, strings.ToLower(tenant))
}

func (s *Server) checkTenant(tenant string) error {
	if isShared(tenant) || strings.EqualFold(tenant, s.TenantID()) || strings.EqualFold(tenant, domain) {
		return nil
	}
	return &signInError{http.StatusBadRequest, "invalid_request", 90002, fmt.Sprintf(
		"Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.", tenant)}
}

// token is the token endpoint.
func (s *Server) token(r *http.Request, tenant string, body []byte) (any, error) {
	if err := s.checkTenant(tenant); err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return nil, &signInError{http.StatusBadRequest, "invalid_request", 900144, "The request body must be a form."}
	}
	for _, name := range []string{"grant_type", "client_id", "scope"} {
		if form.Get(name) == "" {
			return nil, &signInError{
				http.StatusBadRequest, "invalid_request", 900144,
				fmt.Sprintf("The request body must contain the following parameter: '%s'.", name),
			}
		}
	}
	switch form.Get("grant_type") {
	case "client_credentials":
		return s.appToken(form)
	case SimulatedAdmin:
		return s.adminToken(form)
	}
	return nil, &signInError{
		http.StatusBadRequest, "unsupported_grant_type", 70003,
		fmt.Sprintf("The app requested an unsupported grant type '%s'.", form.Get("grant_type")),
	}
}

// appToken signs an app in by itself. Every app is known here and every credential
// is right, but for the secret "wrong".
func (s *Server) appToken(form url.Values) (any, error) {
	secret, assertion := form.Get("client_secret"), form.Get("client_assertion")
	resource, isDefault := strings.CutSuffix(form.Get("scope"), "/.default")
	switch {
	case secret == "" && assertion == "":
		return nil, &signInError{
			http.StatusUnauthorized, "invalid_client", 7000218,
			"The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
		}
	case secret == "wrong":
		return nil, &signInError{http.StatusUnauthorized, "invalid_client", 7000215, fmt.Sprintf(
			"Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '%s'.", form.Get("client_id"))}
	case !isDefault:
		return nil, &signInError{http.StatusBadRequest, "invalid_scope", 1002012, fmt.Sprintf(
			"The provided value for scope %s is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).", form.Get("scope"))}
	}
	c := s.claims(form, resource)
	c.IDType = "app"
	c.ObjectID = objectID(s.TenantID(), "app", form.Get("client_id"))
	c.Roles = s.currentIdentity().appRoles
	return tokenDocument(c), nil
}

// adminToken signs the tenant's admin in.
func (s *Server) adminToken(form url.Values) (any, error) {
	granted, audience := s.currentIdentity().delegated(form.Get("scope"))
	if len(granted) == 0 {
		return nil, &signInError{http.StatusBadRequest, "invalid_grant", 65001, fmt.Sprintf(
			"The user or administrator has not consented to use the application with ID '%s'. Send an interactive authorization request for this user and resource.", form.Get("client_id"))}
	}
	c := s.claims(form, audience)
	c.IDType = "user"
	c.ObjectID = userID(s.TenantID(), "admin")
	c.Name = "admin@" + domain
	c.Scope = strings.Join(granted, " ")
	c.AdminRoles = []string{cloudApplicationAdministrator}
	return tokenDocument(c), nil
}

func (s *Server) currentIdentity() identity {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.identity
}

// claims are those that all tokens have.
func (s *Server) claims(form url.Values, audience string) claims {
	now := s.now()
	return claims{
		Audience:  audience,
		Issuer:    "https://sts.windows.net/" + s.TenantID() + "/",
		IssuedAt:  now.Unix(),
		NotBefore: now.Unix(),
		Expires:   now.Add(tokenLifetime).Unix(),
		TenantID:  s.TenantID(),
		AppID:     form.Get("client_id"),
	}
}

func tokenDocument(c claims) any {
	seconds := int(tokenLifetime.Seconds())
	document := map[string]any{
		"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": c.token(),
	}
	if c.delegated() {
		document["scope"] = c.Scope
	}
	return document
}
