// Package cli is the command line: commands, flags, messages and exit codes. It ties the others together: it connects to a
// tenant with package graph (or starts a simulated one), lets internal/operation do what is asked, and shows on
// internal/terminal what came of it.
//
// Each command is one file: its flags, a function that parses them into an options struct, and a function that runs with
// these options and with a call, which knows how to print and is made once the flags are parsed. Results go to stdout and
// nothing else does; prompts, progress, warnings and errors go to stderr. What an error is called, says, advises and ends with
// is one row in errortable.go; a flag that takes one of a few words is one declaration in enumeration.go. process.go
// alone knows that there is a process.
//
// What must not be here: rules about grants, requests to Graph, formats of documents, use cases.
package cli
