package simtest

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/entra"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/reply"
)

const (
	imdsPath          = "/metadata/identity/oauth2/token"
	identityHeader    = "simulated-identity-header"
	appServiceVersion = "2019-08-01"
)

// ManagedIdentity returns the endpoint at which programs inside Azure get tokens without a credential. On every path it
// is App Service's (IDENTITY_ENDPOINT), which wants the header X-IDENTITY-HEADER to be "simulated-identity-header"
// (IDENTITY_HEADER); on /metadata/identity/oauth2/token it is that of virtual machines (IMDS), which wants the header
// Metadata to be true.
func (s *Server) ManagedIdentity() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Respond(w, r, nil, func(t *simulator.Tenant, _ int) reply.Reply { return managedIdentity(t, r) })
	})
}

func managedIdentity(t *simulator.Tenant, r *http.Request) reply.Reply {
	if r.URL.Path == imdsPath {
		return imds(t, r)
	}
	q := r.URL.Query()
	refuse := func(status int, message string) reply.Reply {
		return entra.OAuthReply(status, map[string]any{"statusCode": status, "message": message}, time.Now())
	}
	switch {
	case r.Method != http.MethodGet:
		return refuse(http.StatusMethodNotAllowed, "Only GET is allowed.")
	case r.Header.Get("X-Identity-Header") != identityHeader:
		return refuse(http.StatusUnauthorized, "The header X-IDENTITY-HEADER is missing or wrong.")
	case q.Get("api-version") != appServiceVersion:
		return refuse(http.StatusBadRequest, fmt.Sprintf("The api-version '%s' is not supported.", q.Get("api-version")))
	case q.Get("resource") == "":
		return refuse(http.StatusBadRequest, "The query parameter 'resource' is missing.")
	}
	document, _ := identityToken(t, r)
	return entra.OAuthReply(http.StatusOK, document, time.Now())
}

// imds is the instance metadata service of virtual machines. It refuses what comes through a proxy.
func imds(t *simulator.Tenant, r *http.Request) reply.Reply {
	q := r.URL.Query()
	refuse := func(status int, message string) reply.Reply {
		return entra.OAuthReply(status, map[string]any{"error": "invalid_request", "error_description": message}, time.Now())
	}
	switch {
	case r.Method != http.MethodGet:
		return refuse(http.StatusMethodNotAllowed, "Only GET is allowed.")
	case !strings.EqualFold(r.Header.Get("Metadata"), "true"):
		return refuse(http.StatusBadRequest, "Required metadata header not specified")
	case r.Header.Get("X-Forwarded-For") != "":
		return refuse(http.StatusBadRequest, "The header X-Forwarded-For is not allowed")
	case q.Get("api-version") == "" || q.Get("resource") == "":
		return refuse(http.StatusBadRequest, "Required query variable 'api-version' or 'resource' is missing")
	}
	document, c := identityToken(t, r)
	document["expires_in"] = strconv.FormatInt(c.Expires-c.IssuedAt, 10)
	document["not_before"] = strconv.FormatInt(c.NotBefore, 10)
	return entra.OAuthReply(http.StatusOK, document, time.Now())
}

// identityToken is a token of the identity that is asked for, in the form that both endpoints have: times are strings.
func identityToken(t *simulator.Tenant, r *http.Request) (map[string]any, identity.Claims) {
	q := r.URL.Query()
	app := cmp.Or(q.Get("client_id"), identity.ObjectID(t.Graph.Directory.TenantID, "managed identity"))
	c := t.SignIn.AppClaims(app, q.Get("resource"))
	return map[string]any{
		"access_token": c.Token(), "client_id": app, "expires_on": strconv.FormatInt(c.Expires, 10),
		"resource": q.Get("resource"), "token_type": "Bearer",
	}, c
}
