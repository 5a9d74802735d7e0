package plan

import (
	"context"
	"errors"
	"time"
)

// Failure is what the error of a write answers, so that nobody has to read its text.
type Failure interface {
	error
	// Unanswered: the answer was lost or says nothing certain. The write may have happened.
	Unanswered() bool
	// Exists: what was to be created is there already. Nothing was written.
	Exists() bool
	// Conflicts: it was refused because of something else, and what that is was not said.
	Conflicts() bool
	// Absent: what the write refers to is not there, or not visible everywhere yet. Graph has been seen to answer so
	// although it wrote.
	Absent() bool
	// Again: it was certainly not carried out, and may be sent again after another look, after a pause of at least that, so many
	// times.
	Again() (pause time.Duration, times int)
	// RetryAfter is how long the server asked to wait; zero if it did not.
	RetryAfter() time.Duration
}

// failure returns the error as a Failure, nil if it is none.
func failure(err error) Failure {
	f, _ := errors.AsType[Failure](err)
	return f
}

// Clock is the time as this package sees it.
type Clock interface {
	Now() time.Time
	// Sleep waits, or returns the context's error as soon as it ends.
	Sleep(ctx context.Context, d time.Duration) error
}
