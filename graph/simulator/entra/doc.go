// Package entra is how people and apps sign in to a simulated tenant: discovery, the
// authorization code and device code flows, client credentials, refresh tokens, the page
// of admin consent, and Entra's refusals by their AADSTS numbers. Tokens are unsigned.
//
// What must not live here: what the tenant remembers, but for what was issued to be
// redeemed. The directory is known as far as [Directory] goes.
package entra
