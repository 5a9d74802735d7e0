package faults_test

import (
	"slices"
	"strings"
	"testing"

	"appleconsent/internal/testbed"
)

// checkError wants one error in one line that says these words, and nothing but advice after it.
func checkError(t *testing.T, a testbed.Answer, words ...string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(a.Stderr, "\n"), "\n")
	i := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "error: ") })
	if i < 0 || slices.ContainsFunc(lines[i+1:], func(line string) bool { return !strings.HasPrefix(line, "hint:  ") }) {
		t.Errorf("stderr does not end with one error in one line, and advice:\n%s", a.Stderr)
		return
	}
	for _, word := range words {
		if !strings.Contains(strings.Join(lines[i:], "\n"), word) {
			t.Errorf("the error does not say %q:\n%s", word, strings.Join(lines[i:], "\n"))
		}
	}
}

// checkUntouched wants that nothing was sent that writes, and that the error says so, with these words.
func checkUntouched(b *testbed.Bench, a testbed.Answer, words ...string) {
	b.T.Helper()
	said := "nothing was changed"
	if nothing := "nothing to roll back"; strings.Contains(a.Stderr, nothing) {
		said = nothing
	}
	checkError(b.T, a, append(words, said)...)
	if sent := testbed.Writes(b.Tenant); len(sent) > 0 {
		b.T.Errorf("without a record %v was sent", sent)
	}
	if a.Stdout != "" {
		b.T.Errorf("there is a result: %s", a.Stdout)
	}
}

// checkStands wants the tenant to be as it was.
func checkStands(b *testbed.Bench, was string) {
	b.T.Helper()
	if is := testbed.Stands(b.Tenant); is != was {
		b.T.Errorf("in the end there stands\n%s\ninstead of\n%s", is, was)
	}
}
