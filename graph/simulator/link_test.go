package simulator_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const here = "appleconsent/graph/simulator"

// deps are the packages of this module that a package is built from, itself included.
func deps(t *testing.T, pkg string) []string {
	t.Helper()
	list, err := exec.CommandContext(t.Context(), "go", "list", "-deps", pkg).Output()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(strings.Fields(string(list)), func(name string) bool { return !strings.HasPrefix(name, "appleconsent") })
}

// What only tests need is not in the program.
func TestProgram_withoutSimtest(t *testing.T) {
	t.Parallel()
	if linked := deps(t, "appleconsent"); !slices.Contains(linked, here) || slices.Contains(linked, here+"/simtest") {
		t.Errorf("the program is built from %q", linked)
	}
}

// The halves know each other through package identity only.
func TestHalves(t *testing.T) {
	t.Parallel()
	for _, half := range []string{here + "/directory", here + "/entra"} {
		want := []string{here + "/identity", here + "/reply", half}
		if got := slices.Sorted(slices.Values(deps(t, half))); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
			t.Errorf("%s is built from %q", half, got)
		}
	}
}
