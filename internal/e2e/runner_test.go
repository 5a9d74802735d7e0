package e2e_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"appleconsent/internal/testbed"
)

// runner is a machine on which workflows and schedulers run: an empty folder, a state folder in it, and the program on the PATH.
type runner struct {
	t      *testing.T
	folder string
	env    []string
}

func newRunner(t *testing.T, env ...string) *runner {
	t.Helper()
	r := &runner{t, t.TempDir(), os.Environ()}
	program := testbed.Program(t, "appleconsent")
	r.env = append(r.env, "PATH="+filepath.Dir(program)+string(filepath.ListSeparator)+os.Getenv("PATH"),
		"APPLECONSENT_STATE_DIR="+filepath.Join(r.folder, "state"), "RUNNER_TEMP="+r.folder,
		"GITHUB_OUTPUT="+filepath.Join(r.folder, "output"), "GITHUB_STEP_SUMMARY="+filepath.Join(r.folder, "summary.md"))
	r.env = append(r.env, env...)
	return r
}

// run runs a command in the folder and returns what it ends with and says.
func (r *runner) run(command []string) (code int, said string) {
	r.t.Helper()
	if _, err := exec.LookPath(command[0]); err != nil {
		r.t.Skipf("there is no %s here", command[0])
	}
	c := exec.CommandContext(r.t.Context(), command[0], command[1:]...)
	c.Dir, c.Env = r.folder, r.env
	out, err := c.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), string(out)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return 0, string(out)
}

// read returns a file of the folder, or what was said where there is none.
func (r *runner) read(name, said string) string {
	text, err := os.ReadFile(filepath.Join(r.folder, name))
	if name == "" || err != nil {
		return said
	}
	return string(text)
}

// step is a shell step of a workflow: the nth block behind such a key, run as a runner does.
func step(key string, nth int) func(*testing.T, string) []string {
	return func(t *testing.T, file string) []string {
		t.Helper()
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		blocks := blocksBehind(string(text), key)
		if len(blocks) <= nth {
			t.Fatalf("%s has %d steps", file, len(blocks))
		}
		return []string{"bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", blocks[nth]}
	}
}

// blocksBehind are the literal blocks of a YAML file behind a key: the lines that are indented more than its own.
func blocksBehind(text, key string) (blocks []string) {
	indent := -1 // of the key whose block is read
	for line := range strings.Lines(text) {
		at := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case indent >= 0 && (at > indent || strings.TrimSpace(line) == ""):
			blocks[len(blocks)-1] += line[min(at, indent+2):]
			continue
		case strings.TrimSpace(line) == key:
			indent, blocks = at, append(blocks, "")
			continue
		}
		indent = -1
	}
	return blocks
}
