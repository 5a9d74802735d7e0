package faults_test

import (
	"strings"

	"appleconsent/internal/testbed"
)

// checkUntouched wants that nothing was sent that writes, and that the error says so, with these words.
func checkUntouched(b *testbed.Bench, a testbed.Answer, words ...string) {
	b.T.Helper()
	said := "nothing was changed"
	if nothing := "nothing to roll back"; strings.Contains(a.Stderr, nothing) {
		said = nothing
	}
	a.CheckError(b.T, append(words, said)...)
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
