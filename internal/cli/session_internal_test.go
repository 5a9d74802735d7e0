package cli

import (
	"strings"
	"testing"
)

// A mistake of ours is one line and exit code 1, not a stack trace.
func TestMain_panic(t *testing.T) {
	t.Parallel()
	var out, errs strings.Builder
	code := Main(t.Context(), []string{"appleconsent", "status"}, Environment{
		In: strings.NewReader(""), Out: &out, Err: &errs, Getenv: func(string) string { panic("odd\nenvironment") },
	})
	if code != exitError || out.Len() > 0 || !strings.HasPrefix(errs.String(), "error: internal error; please report it: odd environment\n") {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, out.String(), errs.String())
	}
}
