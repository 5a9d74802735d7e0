// Package plan turns a difference into a document that can be shown, saved and compared, carries it out in a tenant, keeps
// a record of each change, and plans how a recorded change is undone.
//
// The main types are Document (what would be done), Change (what was done, on disk before and after each request that
// writes), Journal (the folder of changes and its lock), Engine (which carries a change out and verifies it) and Undo.
// Documents and changes are data with published JSON schemas (docs/schema); only wire.go knows how an action is written there,
// everything else works on consent.Action.
//
// What differs between the kinds of things that actions are about stands in one file each, object_….go (see object.go). What a
// file may ask for is decided in trust.go and nowhere else.
//
// The package reaches a tenant only through the interface Tenant, which it declares itself: it knows neither HTTP nor
// the Graph SDK nor sign-in, reads no clock of its own, and prints nothing. Sentences about documents and changes belong to
// package render (only why a tenant differs, and what is waited for, is said where it is seen); flags, prompts and exit codes to internal/cli.
package plan
