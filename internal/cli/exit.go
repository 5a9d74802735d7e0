package cli

import (
	"errors"
	"slices"
	"strings"

	"appleconsent/plan"
	"appleconsent/plan/render"
)

// The exit codes of the program.
const (
	exitDone        = 0
	exitError       = 1
	exitChangesDue  = 2
	exitDeclined    = 3
	exitNotVisible  = 4
	exitStale       = 5
	exitInterrupted = 130
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

// report prints an error once, with what to do next, and returns its exit code.
func (k *call) report(err error) int {
	v := k.judge(err)
	if v.exit == exitDone || v.exit == exitChangesDue {
		return v.exit
	}
	incomplete, stopped := errors.AsType[*plan.IncompleteError](err)
	if k.output.stdout() == render.JSON {
		doc := errorDocument{plan.SchemaVersion, "error", v.code, v.exit, v.text, append([]string{}, v.hints...), nil}
		if stopped {
			doc.Change = &incomplete.Change
		}
		k.Document(doc)
		return v.exit
	}
	if stopped { // the list of what became of each action
		k.Show(func(style render.Style) string { return render.ChangeText(incomplete.Change, style) })
	}
	if v.aside {
		k.Say(v.text)
		k.Hints(v.hints)
	} else {
		k.Failure(v.text, v.hints)
	}
	return v.exit
}

// wantsJSON reports whether the words of a command line ask for JSON, for errors that come before they are understood.
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
