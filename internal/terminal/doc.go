// Package terminal is how the program speaks with a person, or with a program in a pipe: the printer for both streams, the
// line that moves while something is waited for, and the questions.
//
// It decides how something is shown: colours, widths, wrapping, what is left out or added, lines of JSON. What
// is shown comes from others: results from plan/render, errors and hints from internal/cli. It knows no flags, no tenant and
// no exit code, and never ends the program.
package terminal
