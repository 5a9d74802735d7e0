package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"appleconsent/graph/signin"
	"appleconsent/graph/wire"
	"appleconsent/plan"
	"appleconsent/plan/render"
)

// errorDocument is an error for programs, one line on stderr with -o json. Its schema is docs/schema/error.schema.json.
type errorDocument struct {
	SchemaVersion int      `json:"schemaVersion"`
	Kind          string   `json:"kind"`
	Code          string   `json:"code"`
	ExitCode      int      `json:"exitCode"`
	Message       string   `json:"message"`
	Hints         []string `json:"hints"`
	// Change is what became of a change that had begun; null if none had.
	Change *plan.Change `json:"change"`
}

// warningDocument is a warning for programs.
type warningDocument struct {
	SchemaVersion int    `json:"schemaVersion"`
	Kind          string `json:"kind"`
	Message       string `json:"message"`
}

// errorCode names what went wrong. Names stay; new ones may come. The table is in docs/documents.md. Began tells whether the
// command's input had been understood.
func errorCode(err error, began bool) string {
	for _, rule := range errorCodes {
		if rule.fits(err) {
			return rule.code
		}
	}
	if began {
		return "failed"
	}
	return "invalidInput"
}

// is makes a rule for errors of one type.
func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// isError makes a rule for one error.
func isError(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

// answered makes a rule for an answer of Graph with one of these statuses.
func answered(statuses ...int) func(error) bool {
	return func(err error) bool {
		e, ok := errors.AsType[*wire.Error](err)
		for _, status := range statuses {
			if ok && e.Status == status {
				return true
			}
		}
		return false
	}
}

// errorCodes are tried in this order: an error can be several, of which the first says most.
var errorCodes = []struct {
	code string
	fits func(error) bool
}{
	{"declined", isError(errDeclined)},
	{"interrupted", isError(context.Canceled)},
	{"notVisible", is[*plan.NotVisibleError]},
	{"stalePlan", is[*plan.StaleError]},
	{"widerPlan", is[*widerError]},
	{"drift", is[*plan.DriftError]},
	{"locked", is[*plan.LockedError]},
	{"stateFolder", is[*plan.LockError]},
	{"stateFolder", is[*plan.RecordError]},
	{"damagedRecord", is[*plan.DamagedError]},
	{"blocked", is[*blockedError]},
	{"output", is[*unshownError]},
	{"output", is[*outputError]},
	{"notSignedIn", isError(signin.ErrNotSignedIn)},
	{"notSignedIn", is[*signin.CredentialError]},
	{"signIn", is[*signin.Error]},
	{"timeout", isError(context.DeadlineExceeded)},
	{"permissionDenied", answered(http.StatusForbidden)},
	{"signIn", answered(http.StatusUnauthorized)},
	{"throttled", answered(http.StatusTooManyRequests)},
	{"network", answered(0)},
	{"graph", is[*wire.Error]},
	{"internal", is[*internalError]},
}

// internalError is a mistake of ours.
type internalError struct{ cause any }

func (e *internalError) Error() string {
	return fmt.Sprintf("this is a mistake in appleconsent, please report it: %v", e.cause)
}

func (e *internalError) Hint() string {
	return "if a change was under way, its record says how far it came: appleconsent history"
}

// outputError is a result that could not be printed.
type outputError struct{ err error }

func (e *outputError) Error() string { return "write the result: " + e.err.Error() }
func (e *outputError) Unwrap() error { return e.err }

// blockedError is a plan that cannot be carried out.
type blockedError struct{ hintedError }

// jsonLine prints a document on one line of stderr.
func (p *printer) jsonLine(document any) {
	var line bytes.Buffer
	text, err := plan.Encode(document)
	if err == nil {
		err = json.Compact(&line, text)
	}
	if err == nil { // plain values always encode
		p.stderr(line.String() + "\n")
	}
}

// wantsJSON tells whether the words of a command line ask for JSON, for errors that come before they are understood.
func wantsJSON(args []string) bool {
	for i, word := range args {
		name, value, found := strings.Cut(word, "=")
		if !found && i+1 < len(args) {
			value = args[i+1]
		}
		if slices.Contains([]string{"-o", "--output", "-output", "--o"}, name) && value == string(render.JSON) {
			return true
		}
	}
	return false
}
