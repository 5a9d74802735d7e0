package directory

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"appleconsent/graph/simulator/identity"
)

// GrantID is the id that Entra gives a delegated permission grant: the bytes of
// the object ids, in .NET's order, as base64url without padding. principalID is
// empty for a grant to all principals. It panics if an id is not a GUID.
func GrantID(clientID, resourceID, principalID string) string {
	bytes := append(dotNetBytes(clientID), dotNetBytes(resourceID)...)
	if principalID != "" {
		bytes = append(bytes, dotNetBytes(principalID)...)
	}
	return base64.RawURLEncoding.EncodeToString(bytes)
}

// dotNetBytes lays a GUID out as System.Guid.ToByteArray does: the first three
// fields little-endian, the rest as written.
func dotNetBytes(guid string) []byte {
	if !identity.IsGUID(guid) {
		panic(fmt.Sprintf("simulator: %q is not a GUID", guid))
	}
	b, _ := hex.DecodeString(strings.ReplaceAll(guid, "-", ""))
	return append([]byte{b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6]}, b[8:]...)
}
