//go:build unix

package e2e_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/simulator"
)

// While an answer is waited for, a line moves on a terminal and is gone in the end; not for a screen reader, not with
// --quiet, and not where nobody looks.
func TestBusy(t *testing.T) {
	t.Parallel()
	const words = "reading the tenant …"
	slow := func(b *bench) {
		b.Tenant.Before(func(r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/v1.0/servicePrincipals") {
				time.Sleep(time.Second) // the tenant's own slowness
			}
		})
	}
	for name, test := range map[string]struct {
		env, args []string
		want      bool
	}{
		"a terminal":      {nil, []string{"status"}, true},
		"quiet":           {nil, []string{"status", "--quiet"}, false},
		"a screen reader": {[]string{"ACCESSIBLE=1"}, []string{"status"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, simulator.Options{Scenario: "granted"})
			slow(b)
			s := b.onTerminal(test.env, test.args...)
			if code := s.end(); code != 0 {
				t.Errorf("exit code %d:\n%s", code, s.text())
			}
			if moved := strings.Contains(s.text(), words); moved != test.want {
				t.Errorf("moved: %v, want %v:\n%q", moved, test.want, s.seen.String())
			}
			if last := s.seen.String()[strings.LastIndex(s.seen.String(), words)+1:]; test.want && !strings.Contains(last, "\r\x1b[K") {
				t.Errorf("the line was not taken away:\n%q", s.seen.String())
			}
		})
	}
	b := newBench(t, simulator.Options{Scenario: "granted"})
	slow(b)
	if got := b.Must(0, "status"); strings.Contains(got.Stderr, words) || strings.Contains(got.Stdout+got.Stderr, "\x1b") {
		t.Errorf("in a pipe: %q %q", got.Stdout, got.Stderr)
	}
}
