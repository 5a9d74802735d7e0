// Package wire carries requests to Microsoft and brings back answers that can be used, or errors that say what is known.
//
// What lives here: the pool of connections that all tenants share, the clouds and their hosts, the transport with its bounds,
// who retries what (retry.go, in one place), what an answer must be, errors and why they came about, and the secrets that no
// text may show. Nothing here belongs to one tenant but what a Transport was given.
//
// What must not: the Graph SDK, azidentity, what Graph's objects mean, the flags of a command line.
package wire
