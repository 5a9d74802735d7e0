// Package graph is a client for one tenant over the Microsoft Graph SDK, and the only package that knows the SDK. It reads what
// package consent compares and carries out what package plan decides, one method per operation.
//
// The SDK builds the requests that write, and its adapter carries all of them over the transport of package wire, which decides
// what is sent again: the SDK's own middlewares repeat writes, compress bodies and lose status codes (graph-facts.md §11). Answers
// are read here (request.go, list.go) into plain structs, since the SDK's models take a value that is newer than they are for
// another one, and nothing of the SDK leaves the package. Tokens come from package signin.
//
// What must not be here: decisions about what to grant, documents, prompts, flags, and any other host than the chosen cloud's.
package graph
