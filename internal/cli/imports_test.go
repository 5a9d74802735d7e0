package cli_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// What only tests need of the simulator is not in the program.
func TestProgram_withoutSimtest(t *testing.T) {
	t.Parallel()
	const simulator = "appleconsent/graph/simulator"
	list, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "appleconsent").Output()
	if err != nil {
		t.Fatal(err)
	}
	linked := strings.Fields(string(list))
	if !slices.Contains(linked, simulator) || slices.Contains(linked, simulator+"/simtest") {
		t.Errorf("the program is built from %q", slices.DeleteFunc(linked, func(name string) bool { return !strings.HasPrefix(name, "appleconsent") }))
	}
}
