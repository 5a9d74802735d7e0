package signin

import (
	"cmp"
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

// payload is the second part of a token, as far as it is read. Tokens of version 1 and 2 name the same things otherwise.
type payload struct {
	TID               word  `json:"tid"`
	UPN               word  `json:"upn"`
	PreferredUsername word  `json:"preferred_username"`
	UniqueName        word  `json:"unique_name"`
	AppID             word  `json:"appid"`
	AZP               word  `json:"azp"`
	OID               word  `json:"oid"`
	IDType            word  `json:"idtyp"`
	SCP               words `json:"scp"`
	Roles             words `json:"roles"`
	WIDs              words `json:"wids"`
}

// word is a text; words are a list of such, or one with white space between them. Any other form counts as none: of all claims,
// the tenant alone must be there.
type (
	word  string
	words []string
)

// UnmarshalJSON never fails on valid JSON.
func (w *word) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		*w = word(text)
	}
	return nil
}

// UnmarshalJSON never fails on valid JSON.
func (w *words) UnmarshalJSON(data []byte) error {
	var list []string
	var text string
	switch {
	case json.Unmarshal(data, &list) == nil:
		*w = list
	case json.Unmarshal(data, &text) == nil:
		*w = strings.Fields(text)
	}
	return nil
}

// ReadClaims reads the claims of a token without verifying it. No error holds a part of the token.
func ReadClaims(token string) (Claims, error) {
	p, err := decode(token)
	if err != nil {
		return Claims{}, err
	}
	tenant, err := consent.ParseGUID(string(p.TID))
	if err != nil { // which quotes the claim
		return Claims{}, errors.New("the access token names no tenant: its tid is not a GUID")
	}
	operator := string(cmp.Or(p.UPN, p.PreferredUsername, p.UniqueName, p.AppID, p.AZP, p.OID))
	c := Claims{TenantID: tenant, Operator: operator, Permissions: p.SCP, DirectoryRoles: p.WIDs}
	if len(p.SCP) == 0 { // persons' tokens have scp; in them, roles are those of an app's own
		c.AppOnly, c.Permissions = p.IDType != "user", p.Roles
	}
	return c, nil
}

// decode takes a token apart. Some issuers pad its parts.
func decode(token string) (payload, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return payload{}, errors.New("the access token cannot be read: it is not a JSON web token")
	}
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return payload{}, errors.New("the access token cannot be read: its claims are not base64url")
	}
	var p payload
	if json.Unmarshal(text, &p) != nil {
		return payload{}, errors.New("the access token cannot be read: its claims are not JSON")
	}
	return p, nil
}
