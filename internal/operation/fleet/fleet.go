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
)

// Setup is what a run is made of. All fields are required; Make takes Judge and Emit alone.
type Setup struct {
	Parallel int // how many tenants are worked on at once
	// Await waits until one more tenant may be begun. Its error ends the run: nothing more may be.
	Await func(context.Context) error
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
	Advice string // what to do about it, in whatever tenant it happens; empty: nothing is known
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
	// Err is why it is so, and of its own tenant alone; nil: the state says all there is, or the document does.
	Err error
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

// BadRowError is a row from which no tenant can be read, or whose devices are none of those that are asked for.
type BadRowError struct {
	Line int
	Why  string
}

func (e *BadRowError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Why) }
