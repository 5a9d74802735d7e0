// Package exitcode has the exit codes of the program, which scripts and alarms go by. Package cli says what they mean to people.
//
// What must not be here: anything else.
package exitcode

// The exit codes. They never change.
const (
	Done        = 0
	Error       = 1
	ChangesDue  = 2
	Declined    = 3
	NotVisible  = 4
	Stale       = 5
	Interrupted = 130
)
