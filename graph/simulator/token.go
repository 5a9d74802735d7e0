package simulator

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// claims are the parts of an access token that Graph looks at.
type claims struct {
	Audience   string   `json:"aud"`
	Issuer     string   `json:"iss"`
	IssuedAt   int64    `json:"iat"`
	NotBefore  int64    `json:"nbf"`
	Expires    int64    `json:"exp"`
	TenantID   string   `json:"tid"`
	ObjectID   string   `json:"oid"`
	AppID      string   `json:"appid"`
	IDType     string   `json:"idtyp"`
	Scope      string   `json:"scp,omitempty"`
	Roles      []string `json:"roles,omitempty"`
	Name       string   `json:"upn,omitempty"`
	AdminRoles []string `json:"wids,omitempty"`
}

// delegated tells a person's token from an app's: only the former has scopes.
func (c claims) delegated() bool { return c.Scope != "" }

func (c claims) scopes() []string { return strings.Fields(c.Scope) }

func (c claims) token() string { return unsignedJWT(c) }

// unsignedJWT writes claims as an unsigned JWT, in the three parts that clients expect.
func unsignedJWT(claims any) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + encode(mustJSON(claims)) + "." + encode([]byte("simulated"))
}

// authenticate reads the bearer token of a Graph request.
func authenticate(h http.Header, tenantID string, now time.Time) (claims, error) {
	scheme, token, _ := strings.Cut(h.Get("Authorization"), " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "Bearer") || token == "" {
		return claims{}, unauthenticated("Access token is empty.")
	}
	c, ok := parseToken(token)
	switch {
	case !ok:
		return claims{}, unauthenticated("IDX14100: JWT is not well formed, there are no dots (.) or the payload cannot be decoded.")
	case c.Expires <= now.Unix():
		return claims{}, unauthenticated("Lifetime validation failed, the token is expired.")
	case !strings.EqualFold(c.TenantID, tenantID):
		return claims{}, unauthenticated("Access token validation failure. Invalid tenant.")
	}
	return c, nil
}

func parseToken(token string) (c claims, ok bool) {
	ok = decodeToken(token, &c)
	return c, ok
}

// decodeToken reads the claims of a JWT into v. Its signature is not looked at.
func decodeToken(token string, v any) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return false
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	return err == nil && json.Unmarshal(payload, v) == nil
}
