package fleet

import (
	"cmp"
	"fmt"

	"appleconsent/consent"
	"appleconsent/plan"
)

// Why a run ends before its end, beside an interrupt, a no (operation.ErrDeclined) and errors of Await and Emit. They tell of all
// tenants, so that they hold nothing of any one: what happened there, its own row says.
type (
	// SameFailureError means that one tenant after the other failed for one reason before any went well.
	SameFailureError struct {
		Times  int
		Code   string // of each of their errors
		Advice string // see Judgement
	}
	// TooManyError means that more tenants are due than may be written. Nothing was written anywhere.
	TooManyError struct{ Due, AtMost int }
	// UnrecordedError means that a record could not be written, so that nothing more is.
	UnrecordedError struct{}
)

func (e *SameFailureError) Error() string {
	return fmt.Sprintf("stopped: %d tenants failed with the same error (%s) before any succeeded", e.Times, e.Code)
}

func (e *TooManyError) Error() string {
	return fmt.Sprintf("%d tenants would be changed, and --at-most is %d: nothing was written", e.Due, e.AtMost)
}

func (e *UnrecordedError) Error() string { return "stopped: a change record could not be written" }

// NotBegunError is the error of a row that was not begun. It names the reason of the run by its code, and nothing of what happened in
// another tenant.
type NotBegunError struct {
	Code string // of the error that ended the run; empty: the reason is the row's own
	Own  error  // nil: it is that of the run
}

func (e *NotBegunError) Error() string {
	if e.Own != nil {
		return "not begun: " + e.Own.Error()
	}
	return "the run ended before this tenant was begun: " + e.Code
}

// DuplicateError is the error of a row that is the same tenant as one before it, which alone is worked on.
type DuplicateError struct {
	Line  int             // of the row that is worked on; 0: it is in no file
	Uses  consent.Devices // of that row; empty: those that are asked for
	Wants consent.Devices // of the duplicate
}

func (e *DuplicateError) Error() string {
	text := fmt.Sprintf("the same tenant as line %d, which is the one that counts", e.Line)
	if e.Differs() {
		text += fmt.Sprintf(": its devices are %s, those of this line (%s) are ignored", devicesWord(e.Uses), devicesWord(e.Wants))
	}
	return text
}

// Differs reports whether the two rows are for other devices.
func (e *DuplicateError) Differs() bool { return devicesWord(e.Uses) != devicesWord(e.Wants) }

func devicesWord(d consent.Devices) string { return string(cmp.Or(d, consent.AllDevices)) }

// UnchangedError is the error of a row whose tenant a run that is rolled back did not change, or no longer has a change in.
type UnchangedError struct{ Run string }

func (e *UnchangedError) Error() string {
	return fmt.Sprintf("run %s has no active change in this tenant", e.Run)
}

// unrecorded reports whether a record could not be written. One that could not be read stops its own tenant.
func unrecorded(err error) bool {
	return isType[*plan.RecordError](err) && !isType[*plan.DamagedError](err)
}
