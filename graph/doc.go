// Package graph is the only place that knows Microsoft Graph, its SDK and Entra sign-in. It reads what package consent
// compares and carries out what package plan decides, one method per operation, and translates the SDK's models at
// once: they never leave the package.
//
// Everything that can happen between a request and its answer is decided here, in two files: transport.go sends one
// request with its token and reads the answer whole; retry.go says which failures are tried again and when. The SDK is
// used for its request builders, models and serialization alone, since its own middlewares repeat writes, compress
// bodies and lose status codes (graph-facts.md §11).
//
// What must not be here: decisions about what to grant, documents, prompts, and any other host than the chosen cloud's.
package graph
