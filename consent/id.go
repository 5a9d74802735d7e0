package consent

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// AppID is an application (client) ID: the public GUID of an application, the same in every tenant. In lower case.
type AppID string

// ObjectID is the object ID of a service principal or user in one tenant: what clientId and resourceId of a
// delegated permission grant hold. Never an AppID. In lower case.
type ObjectID string

// ParseGUID returns the lower-case form of a GUID in its canonical notation, or an error that quotes the text.
func ParseGUID(text string) (string, error) {
	if len(text) != 36 {
		return "", fmt.Errorf("%q is not a GUID: its length is %d instead of 36", text, len(text))
	}
	for i, r := range text {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		if hyphen != (r == '-') || !hyphen && !strings.ContainsRune("0123456789abcdefABCDEF", r) {
			return "", fmt.Errorf("%q is not a GUID: unexpected %q at position %d", text, r, i+1)
		}
	}
	return strings.ToLower(text), nil
}

// IsGUID reports whether an id is a GUID in its canonical notation, in letters of any case.
func IsGUID[S ~string](id S) bool {
	_, err := ParseGUID(string(id))
	return err == nil
}

// maxOpaque is the length of an id, in bytes, beyond which none is taken for one that Graph made of others: those of two GUIDs have 43.
const maxOpaque = 128

// IsOpaque reports whether an id looks like those that Graph makes of others, such as of grants and classifications: base64url without
// padding (learn.microsoft.com/graph/api/oauth2permissiongrant-post). Nothing else is made part of an address or taken from a file.
func IsOpaque[S ~string](id S) bool {
	return 0 < len(id) && len(id) <= maxOpaque && IsMadeOf(string(id), "_-")
}

// IsMadeOf reports whether a text has only ASCII letters, digits and these other characters.
func IsMadeOf(text, others string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		letter := 'a' <= r|0x20 && r|0x20 <= 'z' && r < utf8.RuneSelf
		return !letter && (r < '0' || '9' < r) && !strings.ContainsRune(others, r)
	})
}

// TenantWideGrantID returns the id that the grant of a client on a resource for all users has, if there is one: base64url of
// both object IDs, whose first three groups have their bytes in reverse. Microsoft documents none of that, but the ids in its
// examples are made so (learn.microsoft.com/graph/api/oauth2permissiongrant-post). Empty if an id is no GUID.
func TenantWideGrantID(client, resource ObjectID) GrantID {
	var id []byte
	for _, part := range []ObjectID{client, resource} {
		if !IsGUID(part) {
			return ""
		}
		bytes, _ := hex.DecodeString(strings.ReplaceAll(string(part), "-", ""))
		for _, group := range [][]byte{bytes[:4], bytes[4:6], bytes[6:8]} {
			slices.Reverse(group)
		}
		id = append(id, bytes...)
	}
	return GrantID(base64.RawURLEncoding.EncodeToString(id))
}

// ResourceOfGrant returns the resource that a grant of a client is on, as its id has it (see TenantWideGrantID); empty if the id is
// made otherwise or is of another client.
func ResourceOfGrant(client ObjectID, id GrantID) ObjectID {
	bytes, err := base64.RawURLEncoding.DecodeString(string(id))
	if err != nil || len(bytes) < 32 {
		return ""
	}
	group := bytes[16:32]
	for _, reversed := range [][]byte{group[:4], group[4:6], group[6:8]} {
		slices.Reverse(reversed)
	}
	resource := ObjectID(fmt.Sprintf("%x-%x-%x-%x-%x", group[:4], group[4:6], group[6:8], group[8:10], group[10:]))
	if of := TenantWideGrantID(client, resource); of == "" || !strings.HasPrefix(string(id), string(of[:42])) {
		return ""
	}
	return resource
}
