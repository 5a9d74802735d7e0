// Package cli is the command line: commands, flags, prompts, colours, messages and exit codes. It ties the others
// together: it reads a tenant with package graph (or starts a simulated one), lets package plan decide and act, and
// shows what came of it.
//
// Each command is one file: its flags, a function that parses them into an options struct, and a function that runs
// with these options. Results go to stdout and nothing else does; prompts, progress, warnings and errors go to stderr.
// Which exit code an error has is decided in exit.go alone, and process.go alone knows that there is a process.
//
// What must not be here: rules about grants, requests to Graph, formats of documents.
package cli
