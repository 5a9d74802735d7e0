package consent

import (
	"fmt"
	"strings"
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
