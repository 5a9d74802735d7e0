package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The record that a run wrote stays, whatever later runs come to.
func TestOut_keepsTheRecord(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	variables := map[string]string{"APPLECONSENT_STATE_DIR": state}
	record, none := filepath.Join(state, "change.json"), filepath.Join(state, "none.html")
	simulated := func(code int, scenario string, args ...string) string {
		t.Helper()
		return runWith(t, variables, append(args, "--simulate", scenario)...).Must(t, code, args).Stderr
	}
	simulated(0, "partial", "apply", "--yes", "--out", record)
	before, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	if told := simulated(0, "partial", "apply", "--yes", "--out", record); !strings.Contains(told, "was not written") {
		t.Errorf("nothing is said of the file:\n%s", told)
	}
	simulated(1, "no-exchange", "apply", "--yes", "--out", record)
	simulated(1, "no-exchange", "apply", "--yes", "--out", none)
	for _, args := range [][]string{{"plan"}, {"status"}, {"doctor"}, {"apply", "--dry-run"}, {"rollback", "--dry-run"}} {
		if told := simulated(1, "partial", append(args, "--out", record)...); !strings.Contains(told, "it is the record of a change") {
			t.Errorf("%v:\n%s", args, told)
		}
	}
	if after, err := os.ReadFile(record); err != nil || string(after) != string(before) {
		t.Errorf("the record was replaced: %v\n%s", err, after)
	}
	if _, err := os.Stat(none); !os.IsNotExist(err) {
		t.Errorf("a run that was refused left a file: %v", err)
	}
	simulated(0, "partial", "rollback", "--record", record, "--yes", "--out", filepath.Join(state, "back.json"))
}
