// Package directory is what the simulated Microsoft Graph answers from, and how it answers: the objects of one tenant,
// the queries for them, the permissions and roles that open each path, Graph's error bodies, and the two ways in which
// real tenants try a client's patience (throttling and late visibility, counted in requests).
//
// What must not live here: how anybody signs in (entra), HTTP servers and files (simulator), anything that knows what
// the program wants to grant. A token is believed whatever issued it, as its signature is not looked at.
package directory
