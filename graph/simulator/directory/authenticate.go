package directory

import (
	"net/http"
	"strings"
	"time"

	"appleconsent/graph/simulator/identity"
)

// authenticate reads the bearer token of a Graph request.
func authenticate(h http.Header, tenantID string, now time.Time) (identity.Claims, error) {
	scheme, token, _ := strings.Cut(h.Get("Authorization"), " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "Bearer") || token == "" {
		return identity.Claims{}, unauthenticated("Access token is empty.")
	}
	var c identity.Claims
	switch ok := identity.DecodeJWT(token, &c); {
	case !ok:
		return identity.Claims{}, unauthenticated("IDX14100: JWT is not well formed, there are no dots (.) or the payload cannot be decoded.")
	case c.Expires <= now.Unix():
		return identity.Claims{}, unauthenticated("Lifetime validation failed, the token is expired.")
	case !strings.EqualFold(c.TenantID, tenantID):
		return identity.Claims{}, unauthenticated("Access token validation failure. Invalid tenant.")
	}
	return c, nil
}
