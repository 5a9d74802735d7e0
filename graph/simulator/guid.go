package simulator

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

var guidPattern = regexp.MustCompile(`^(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func isGUID(s string) bool { return guidPattern.MatchString(s) }

// objectID derives a GUID from names: the same names, the same GUID. It is an
// RFC 9562 UUID of version 8, the one that is free for own schemes.
func objectID(names ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	sum[6] = sum[6]&0x0f | 0x80
	sum[8] = sum[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

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
	if !isGUID(guid) {
		panic(fmt.Sprintf("simulator: %q is not a GUID", guid))
	}
	b, _ := hex.DecodeString(strings.ReplaceAll(guid, "-", ""))
	return append([]byte{b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6]}, b[8:]...)
}
