package identity

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// Domain is the verified domain of every simulated tenant.
const Domain = "contoso.example"

// Admin is the name, without a domain, of the person who signs in unless it is said otherwise.
const Admin = "admin"

var guidPattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
})

// IsGUID reports whether a text is a GUID, in whatever case.
func IsGUID(s string) bool { return guidPattern().MatchString(s) }

// ObjectID derives a GUID from names: the same names, the same GUID. It is an
// RFC 9562 UUID of version 8, the one that is free for own schemes.
func ObjectID(names ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	sum[6] = sum[6]&0x0f | 0x80
	sum[8] = sum[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// UserID is the object id of a tenant's user.
func UserID(tenantID, name string) string { return ObjectID(tenantID, "user", name) }
