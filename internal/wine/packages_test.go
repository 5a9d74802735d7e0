//go:build linux

package wine_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"appleconsent/internal/testbed"
)

// Tests that are about files hold on Windows: those of the package that writes and reads them, and the short fault matrix, in which
// the whole command line runs.
func TestPackages(t *testing.T) {
	t.Parallel()
	for folder, pattern := range map[string]string{
		"internal/disk":   "",
		"internal/faults": "TestFaultMatrix/cells/(apply|rollback) fresh$",
	} {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			m := onMachine(t)
			tests := m.helper(filepath.Base(folder) + "-tests")
			build := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", tests, "appleconsent/"+folder)
			build.Env = append(os.Environ(), m.env()...)
			testbed.End(t, build).Must(t, 0, build.Args)
			cmd := exec.CommandContext(t.Context(), "wine", tests, "-test.run", pattern)
			cmd.Dir = filepath.Join("..", "..", filepath.FromSlash(folder))
			cmd.Env = append(os.Environ(), append(m.env(), "APPLECONSENT_TEST=", "TMPDIR="+m.folder)...)
			testbed.End(t, cmd).Must(t, 0, cmd.Args)
		})
	}
}
