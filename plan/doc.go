// Package plan turns a difference into a document that can be shown, saved and compared, applies it to a tenant, keeps
// a record of each change, and plans how a recorded change is taken back.
//
// The main types are Document (what would be done), Change (what was done, on disk before and after each request that
// writes), Journal (the folder of changes and its lock) and Engine (which carries a document out and verifies it).
// Documents and changes are data with published JSON schemas (docs/schema); the structs of package consent are never
// marshalled.
//
// The package reaches a tenant only through the interface Tenant, which it declares itself: it knows neither HTTP nor
// the Graph SDK nor sign-in, reads no clock of its own, and prints nothing. Flags, prompts, colours and exit codes
// belong to internal/cli.
package plan
