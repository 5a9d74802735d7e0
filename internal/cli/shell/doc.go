// Package shell tells what the command line of the program is: its help, its manual page, what can stand for a word that is
// being completed, and where flags may stand. It reads all of that from the commands and flags themselves.
//
// It runs no command and knows none by name; what belongs to one application, such as the sections of its manual page and the
// values of its arguments, is passed in.
package shell
