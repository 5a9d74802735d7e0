// Package identity holds what both halves of the simulator know before any tenant exists: how ids are
// made, which applications are registered outside the tenants, Entra's roles, and the claims of tokens.
//
// What must not live here: anything that a tenant remembers, and anything about HTTP.
package identity

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
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

// The template ids of Entra's roles, as tokens hold them.
const (
	GlobalAdministrator           = "62e90394-69f5-4237-9190-012177145e10"
	PrivilegedRoleAdministrator   = "e8611ab8-c189-46e8-94e1-60213ab1f814"
	CloudApplicationAdministrator = "158c047a-c907-4556-b7ef-446551a6b5f7" // this and the one before are what the simulated admin holds
	ApplicationAdministrator      = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
	ApplicationDeveloper          = "cf1c38e5-3621-4004-a7cb-879624dced7c"
	DirectoryWriters              = "9360feb5-f418-4baa-8175-e2a00bac4301"
	UserAdministrator             = "fe930be7-5e62-47db-91af-98c3a49a38b1"
	HybridIdentityAdministrator   = "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2"
	SecurityAdministrator         = "194ae4cb-b126-40b2-bd5b-6091b380977d"
)

// ConsentingRoles are those whose holders consent for the whole tenant.
func ConsentingRoles() []string {
	return []string{GlobalAdministrator, PrivilegedRoleAdministrator, CloudApplicationAdministrator, ApplicationAdministrator}
}

// HoldsOneOf reports whether one of the accepted names is held.
func HoldsOneOf(accepted, held []string) bool {
	return slices.ContainsFunc(accepted, func(name string) bool { return slices.Contains(held, name) })
}
