package signin

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"appleconsent/consent"
)

// Claims is what an access token for Graph says about who holds it, as far as the program needs it
// (learn.microsoft.com/entra/identity-platform/access-token-claims-reference). It is read and not verified, which only the API
// can that the token is for; formally, tokens for Graph are opaque.
type Claims struct {
	TenantID string // tid: a GUID, in lower case
	Operator string // the user principal name, or the appId of an application; empty if the token names nobody
	// AppOnly: an application holds it, no person.
	AppOnly bool
	// Permissions of Microsoft Graph that it holds: delegated ones (scp), or those of an application (roles).
	Permissions []string
	// DirectoryRoles are the template ids of the person's Entra roles (wids). None says nothing: the claim may be left out.
	DirectoryRoles []string
}

// ReadClaims reads the claims of a token without verifying it. Tokens of version 1 and 2 name the same things otherwise, and some
// issuers pad a token's parts. No error holds a part of the token.
func ReadClaims(token string) (Claims, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return Claims{}, errors.New("the access token cannot be read: it is not a JSON web token")
	}
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return Claims{}, errors.New("the access token cannot be read: its claims are not base64url")
	}
	var payload members
	if json.Unmarshal(text, &payload) != nil {
		return Claims{}, errors.New("the access token cannot be read: its claims are not JSON")
	}
	tenant, err := consent.ParseGUID(payload.text("tid"))
	if err != nil { // which quotes the claim
		return Claims{}, errors.New("the access token names no tenant: its tid is not a GUID")
	}
	c := Claims{
		TenantID: tenant, Operator: payload.text("upn", "preferred_username", "unique_name", "appid", "azp", "oid"),
		Permissions: payload.texts("scp"), DirectoryRoles: payload.texts("wids"),
	}
	if len(c.Permissions) == 0 { // persons' tokens have scp; in them, roles are those of an app's own
		c.AppOnly, c.Permissions = payload.text("idtyp") != "user", payload.texts("roles")
	}
	return c, nil
}

// members are those of a JSON object. What has another form than expected counts as missing.
type members map[string]any

// text returns the first of these members that is a text and not empty.
func (m members) text(names ...string) string {
	for _, name := range names {
		if text, _ := m[name].(string); text != "" {
			return text
		}
	}
	return ""
}

// texts returns a member that is a list of texts, or one with white space between them.
func (m members) texts(name string) []string {
	list, _ := m[name].([]any)
	var texts []string
	for _, item := range list {
		text, ok := item.(string)
		if !ok {
			return nil
		}
		texts = append(texts, text)
	}
	return append(texts, strings.Fields(m.text(name))...)
}
