package render

import "appleconsent/plan"

// Failure is an error for programs. Its JSON form is docs/schema/error.schema.json.
type Failure struct {
	SchemaVersion int      `json:"schemaVersion"`
	Kind          string   `json:"kind"`
	Code          string   `json:"code"`
	ExitCode      int      `json:"exitCode"`
	Message       string   `json:"message"`
	Hints         []string `json:"hints"`
	// Change is what became of a change that had begun; null if none had.
	Change *plan.Change `json:"change"`
}

// NewFailure makes the document; change is nil if none had begun.
func NewFailure(code string, exit int, message string, hints []string, change *plan.Change) Failure {
	return Failure{plan.SchemaVersion, "error", code, exit, message, append([]string{}, hints...), change}
}
