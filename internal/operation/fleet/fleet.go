// Package fleet does for many tenants what package operation does for one: it reads the rows of a tenants file, looks at all of
// them, shows once what is due, has it confirmed once, carries it out, and gives each row exactly one result, in the order of
// the file.
//
// Each tenant has a session of its own (operation.Session) that shares nothing with another, so that what is planned, written,
// recorded and verified is what would be alone. What is shared is decided here: how many are at work at once, when a run ends
// before its end, which rows are the same tenant, which exit code fits all of them.
//
// A run over one command is a Setup with Look (nothing is changed) or Change (the five steps: look, show, one yes, write, report).
//
// What must not be here: terminals, flags, sentences about results, requests, files but the reader of rows.
package fleet

import (
	"context"
	"fmt"

	"appleconsent/internal/operation"
	"appleconsent/plan"
)

// Setup is what a run is made of. All fields are required; Make takes Judge and Emit alone.
type Setup struct {
	Parallel int // how many tenants are worked on at once
	// Open signs in to the tenant of a row; done leaves nothing of it behind, but for what the next Open of the row can go on with if
	// there is to be one (again). It may be called side by side.
	Open func(ctx context.Context, row Row, need operation.Need) (s *operation.Session, done func(again bool), err error)
	Need operation.Need
	// Judge says what the command line makes of an error of one tenant.
	Judge func(error) Judgement
	// Emit hears each result, one at a time and in the order of the rows. Its first error is that of the run, and it is not called again.
	Emit func(Result) error
	// Count hears how far the run has come, one call at a time.
	Count func(Counts)
}

// Judgement is what an error of one tenant means.
type Judgement struct {
	Code string // of the error document
	Exit int    // as if the tenant were alone
	// Common: it is about the application or the network itself, so that every tenant would answer the same.
	Common bool
}

// Counts say how far a run has come.
type Counts struct {
	Step   Step
	Done   int // of Rows
	Rows   int // that the step is for
	Failed int // of Done
}

// Step is what is done with each tenant.
type Step string

// The steps.
const (
	StepLook  Step = "look"
	StepWrite Step = "write"
)

// Result is what became of a row.
type Result struct {
	Row   Row
	State State
	Exit  int // as if the tenant were alone
	// Document is a document of package plan or of a caller's own; nil if there is none.
	Document any
	Err      error // nil: it is in Document
}

// Finding is what a look at a tenant came to.
type Finding struct {
	State    State
	Exit     int
	Document any
}

// Ended is what a run came to.
type Ended struct {
	Rows   int
	States map[State]int
	Exit   int   // the first that fits, see State
	Cause  error // why it ended before its end, or without a change; nil: it did not
}

// Why a run ends before its end, beside an interrupt, a no (operation.ErrDeclined) and an error of Emit.
type (
	// SameFailureError means that one tenant after the other failed for one reason before any went well.
	SameFailureError struct {
		Times int
		Code  string
		Err   error // of the last one
	}
	// TooManyError means that more tenants are due than may be written. Nothing was written anywhere.
	TooManyError struct{ Due, AtMost int }
	// UnrecordedError means that a record could not be written, so that nothing more is.
	UnrecordedError struct{ Err error }
)

func (e *SameFailureError) Error() string {
	return fmt.Sprintf("stopped, for %d tenants failed for one reason before any went well: %v", e.Times, e.Err)
}

func (e *SameFailureError) Unwrap() error { return e.Err }

func (e *TooManyError) Error() string {
	return fmt.Sprintf("%d tenants would be changed, and --at-most is %d: nothing was written", e.Due, e.AtMost)
}

func (e *UnrecordedError) Error() string {
	return fmt.Sprintf("stopped, for a change record could not be written: %v", e.Err)
}

func (e *UnrecordedError) Unwrap() error { return e.Err }

// NotBegunError is the error of a row that a run ended before, and says why it did.
type NotBegunError struct{ Cause error }

func (e *NotBegunError) Error() string { return "not begun: " + e.Cause.Error() }

func (e *NotBegunError) Unwrap() error { return e.Cause }

// BadRowError is a row from which no tenant can be read, or whose devices are none of those that are asked for.
type BadRowError struct {
	Line int
	Why  string
}

func (e *BadRowError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Why) }

// unrecorded reports whether a record could not be written. One that could not be read stops its own tenant.
func unrecorded(err error) bool {
	return isType[*plan.RecordError](err) && !isType[*plan.DamagedError](err)
}
