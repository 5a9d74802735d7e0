package render_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"appleconsent/plan/render"

	"github.com/google/go-cmp/cmp"
)

// grammarVariable names the folder in which npm has installed web-tree-sitter and tree-sitter-powershell. No Go module has that grammar.
const grammarVariable = "APPLECONSENT_POWERSHELL_GRAMMAR"

// parsed is a script as tree-sitter's grammar reads it.
type parsed struct {
	File   string
	Errors []string
	Code   string // its tokens, with S for each string and without comments
}

func parseScripts(t *testing.T, files ...string) []parsed {
	t.Helper()
	grammar := os.Getenv(grammarVariable)
	if grammar == "" {
		t.Skip(grammarVariable + " names no grammar")
	}
	out, err := exec.CommandContext(t.Context(), "node", append([]string{filepath.Join("testdata", "parse.cjs"), grammar}, files...)...).Output()
	var all []parsed
	for line := range bytes.Lines(out) {
		var one parsed
		if err == nil {
			err = json.Unmarshal(line, &one)
		}
		all = append(all, one)
	}
	if err != nil || len(all) != len(files) {
		t.Fatalf("%d of %d files are parsed: %v", len(all), len(files), err)
	}
	return all
}

// Every script, and what scripts are tried with, is PowerShell by tree-sitter's grammar.
func TestGrammar(t *testing.T) {
	t.Parallel()
	folder, files := t.TempDir(), []string{
		filepath.Join("testdata", "exchange.ps1"), filepath.Join("testdata", "exchange", "run.ps1"), filepath.Join("testdata", "exchange", "standin.psm1"),
		filepath.Join("testdata", "graph", "run.ps1"), filepath.Join("..", "..", "examples", "drift-alarm.ps1"),
		filepath.Join("testdata", "graph", "Microsoft.Graph.Authentication", "Microsoft.Graph.Authentication.psm1"),
	}
	for _, name := range documents(t) {
		script, err := read(t, name).render(render.PowerShell)
		if errors.Is(err, render.ErrRefused) {
			continue
		}
		file := filepath.Join(folder, name+".ps1")
		if err = errors.Join(err, os.WriteFile(file, script, 0o600)); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	for _, p := range parseScripts(t, files...) {
		if len(p.Errors) > 0 || p.Code == "" {
			t.Errorf("%s: %q", p.File, p.Errors)
		}
	}
}

// No text from outside changes a token of a script. Each is tried in one script, and one of them in each: the grammar takes its time.
func TestGrammar_hostile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	var files []string
	for i, c := range hostileCases(t) {
		if c.format != render.PowerShell || c.doc.plan.Blocked() {
			continue
		}
		texts := nasty
		if len(files) > 0 {
			texts = map[string]string{"harmless": plainName, "mixed": nasty["mixed"]}
		}
		for what, text := range texts {
			out, err := soil(c.doc, text, plainScope, text).render(c.format)
			file := filepath.Join(folder, fmt.Sprintf("%d %s.ps1", i, what))
			if err = errors.Join(err, os.WriteFile(file, out, 0o600)); err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
	}
	clean := map[string]string{}
	for _, p := range parseScripts(t, files...) {
		number, _, _ := strings.Cut(filepath.Base(p.File), " ")
		code := strings.ReplaceAll(p.Code, "( [ regex ] :: Unescape ( S ) )", "S")
		if clean[number] == "" {
			clean[number] = code
		}
		if diff := cmp.Diff(clean[number], code); diff != "" || len(p.Errors) > 0 {
			t.Errorf("%s: %q, the code is another:\n%s", p.File, p.Errors, diff)
		}
	}
}
