package identity

import (
	"encoding/base64"
	"encoding/json"
	"strings"
)

// Claims are the parts of an access token that Graph looks at.
type Claims struct {
	Audience   string   `json:"aud"`
	Issuer     string   `json:"iss"`
	IssuedAt   int64    `json:"iat"`
	NotBefore  int64    `json:"nbf"`
	Expires    int64    `json:"exp"`
	TokenID    string   `json:"uti,omitempty"` // each token has another
	TenantID   string   `json:"tid"`
	ObjectID   string   `json:"oid"`
	AppID      string   `json:"appid"`
	IDType     string   `json:"idtyp"`
	Scope      string   `json:"scp,omitempty"`
	Roles      []string `json:"roles,omitempty"`
	Name       string   `json:"upn,omitempty"`
	AdminRoles []string `json:"wids,omitempty"`
}

// Token is an unsigned access token with the claims.
func (c Claims) Token() string { return UnsignedJWT(c) }

// UnsignedJWT writes claims as an unsigned JWT, in the three parts that clients expect. It panics
// if the claims are no JSON.
func UnsignedJWT(claims any) string {
	encode := base64.RawURLEncoding.EncodeToString
	text, err := json.Marshal(claims)
	if err != nil {
		panic("simulator: claims that are no JSON: " + err.Error())
	}
	return encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + encode(text) + "." + encode([]byte("simulated"))
}

// DecodeJWT reads the claims of a JWT into v and reports whether it could. Its signature is not looked at.
func DecodeJWT(token string, v any) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return false
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	return err == nil && json.Unmarshal(payload, v) == nil
}
