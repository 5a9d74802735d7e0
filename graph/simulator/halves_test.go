package simulator_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The halves know each other through package identity only.
func TestHalves(t *testing.T) {
	t.Parallel()
	const here = "appleconsent/graph/simulator"
	for _, half := range []string{here + "/directory", here + "/entra"} {
		list, err := exec.CommandContext(t.Context(), "go", "list", "-deps", half).Output()
		if err != nil {
			t.Fatal(err)
		}
		got := slices.DeleteFunc(strings.Fields(string(list)), func(name string) bool { return !strings.HasPrefix(name, "appleconsent") })
		if want := []string{here + "/identity", here + "/reply", half}; !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
			t.Errorf("%s is built from %q", half, got)
		}
	}
}
