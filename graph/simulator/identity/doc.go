// Package identity holds what both halves of the simulator know before any tenant exists: how ids are
// made, which applications are registered outside the tenants, Entra's roles, and the claims of tokens.
//
// What must not live here: anything that a tenant remembers, and anything about HTTP.
package identity
