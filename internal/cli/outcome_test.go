//go:build unix

package cli_test

import (
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/creack/pty"

	"appleconsent/graph/simulator"
)

// onceAfterTheUpdate makes another admin's change before the first read that follows the update of a grant.
func (b *bench) onceAfterTheUpdate(do func(d *simulator.Directory)) {
	var wrote, did atomic.Bool
	b.tenant.Before(func(r *http.Request) {
		if r.Method == http.MethodPatch {
			wrote.Store(true)
		} else if r.Method == http.MethodGet && wrote.Load() && did.CompareAndSwap(false, true) {
			b.tenant.Edit(do)
		}
	})
}

// What was written and does not show in time: exit 4, with the record and both ways on.
func TestExit_notVisible(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "extra"})
	b.onceAfterTheUpdate(func(d *simulator.Directory) {
		d.PermissionGrants[grantOf(d, "exchange")].Scope = "EAS.AccessAsUser.All IMAP.AccessAsUser.All"
	})
	a := b.must(4, "apply", "--yes", "--timeout", "8s")
	for _, words := range []string{"was written, but re-reading does not show it yet", "look again with: appleconsent status", "to undo: appleconsent rollback 2"} {
		if !strings.Contains(a.stderr, words) {
			t.Errorf("stderr does not say %q:\n%s", words, a.stderr)
		}
	}
	if len(b.records()) != 1 || a.stdout != "" {
		t.Errorf("records %v, stdout %q; want one record and no result", b.records(), a.stdout)
	}
}

// Drift that is noticed only when a grant is looked at: exit 5, nothing written to it.
func TestExit_drift(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "extra"})
	b.tenant.Before(func(r *http.Request) {
		if r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/v1.0/oauth2PermissionGrants/") {
			b.tenant.Edit(func(d *simulator.Directory) {
				d.PermissionGrants[grantOf(d, "exchange")].Scope = "EAS.AccessAsUser.All Mail.Send"
			})
		}
	})
	a := b.must(5, "apply", "--yes")
	if sent := writes(b.tenant); len(sent) > 0 || !strings.Contains(a.stderr, "nothing was changed; try again with: appleconsent apply") {
		t.Errorf("writes %v, stderr:\n%s", sent, a.stderr)
	}
}

// --timeout bounds a command, whatever the tenant does: a request is given up, and not by the tenant.
func TestTimeout(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "partial"})
	b.tenant.Before(func(r *http.Request) { <-r.Context().Done() })
	if a := b.must(1, "status", "--timeout", "1s"); !strings.Contains(a.stderr, "imed out after") {
		t.Errorf("stderr does not say why:\n%s", a.stderr)
	}
}

// The record says who and why.
func TestRecord_whoAndWhy(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "partial"})
	b.must(0, "apply", "--yes", "--reason", "CHG-1042")
	record, err := os.ReadFile(b.records()[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{`"reason": "CHG-1042"`, `"operator": "admin@`} {
		if !strings.Contains(string(record), words) {
			t.Errorf("the record does not say %s:\n%s", words, record)
		}
	}
	b.tenant.ResetLog()
	b.must(1, "apply", "--yes", "--reason", strings.Repeat("x", 1001))
	if sent := b.tenant.Requests(); len(sent) > 0 {
		t.Errorf("with an overlong reason %v was sent", sent)
	}
}

// A rollback that stopped halfway is continued: what it undid and somebody granted again since is theirs.
func TestRollback_continued(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "fresh"})
	b.must(0, "apply", "--yes")
	b.tenant.SetDelegatedScopes("Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All") // not the service principal
	a := b.must(1, "rollback", "--yes")
	if !strings.Contains(a.stderr, "to go on: appleconsent rollback 2") {
		t.Errorf("it does not say how to go on with this change:\n%s", a.stderr)
	}
	const again = "EAS.AccessAsUser.All EWS.AccessAsUser.All"
	b.tenant.Edit(func(d *simulator.Directory) {
		client, _ := d.ServicePrincipalOf(appleMail)
		api, _ := d.ServicePrincipalOf(resources["exchange"])
		d.PermissionGrants = append(d.PermissionGrants, simulator.PermissionGrant{
			ID: simulator.GrantID(client.ID, api.ID, ""), ClientID: client.ID, ResourceID: api.ID, ConsentType: "AllPrincipals", Scope: again,
		})
	})
	b.tenant.SetDelegatedScopes("Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All", "Application.ReadWrite.All")
	b.must(0, "rollback", "--yes")
	d := b.tenant.Directory()
	if i := grantOf(&d, "exchange"); i < 0 || d.PermissionGrants[i].Scope != again {
		t.Errorf("what somebody else granted is gone:\n%s", stands(b.tenant))
	}
}

// An interrupt after the last write says that everything is written, and not that nothing was changed.
func TestInterrupt_afterTheLastWrite(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "fresh"})
	last := boundary{method: http.MethodPost, path: "/v1.0/oauth2PermissionGrants", n: 2}
	code, stderr := b.interrupted(syscall.SIGINT, last, "apply", "--yes")
	if code != 130 || len(writes(b.tenant)) != 3 || strings.Contains(stderr, "nothing was changed") ||
		!strings.Contains(stderr, "was written and recorded, but not verified") {
		t.Errorf("exit code %d after %d writes:\n%s", code, len(writes(b.tenant)), stderr)
	}
}

// Answers come from a terminal and questions go to one; half of that is none.
func TestPrompt_halfATerminal(t *testing.T) {
	t.Parallel()
	for _, half := range []string{"stdin", "stderr"} {
		b := newBench(t, simulator.Options{Scenario: "fresh"})
		tty, slave, err := pty.Open()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), binary, "apply")
		cmd.Env = b.env("ACCESSIBLE=1")
		if half == "stdin" {
			cmd.Stdin = slave
			if _, err := tty.WriteString("yes\n"); err != nil {
				t.Fatal(err)
			}
		} else {
			cmd.Stdin, cmd.Stderr = strings.NewReader("yes\n"), slave
		}
		_ = cmd.Run()
		if code := cmd.ProcessState.ExitCode(); code != 1 || len(b.tenant.Requests()) > 0 {
			t.Errorf("only %s is a terminal: exit code %d, requests %v; want 1 and none", half, code, b.tenant.Requests())
		}
		_, _ = slave.Close(), tty.Close()
	}
}

// A dry run writes nothing, records included, also where a rollback would note that an earlier one had done everything.
func TestRollback_dryRunKeepsRecords(t *testing.T) {
	t.Parallel()
	inBubble(t, "fresh", func(b *bubble) {
		start := pictureOf(b.tenant.Directory())
		b.must(0, "apply", "--yes")
		b.front = func(w http.ResponseWriter, r *http.Request) bool {
			gone := r.Method == http.MethodGet && maps.Equal(start, pictureOf(b.tenant.Directory())) // all is deleted: the reads that verify fail
			if gone {
				w.WriteHeader(http.StatusUnauthorized)
			}
			return gone
		}
		b.must(4, "rollback", "--yes")
		b.front = nil
		id := recordsIn(b.t, b.state)[0]
		record := func() string {
			text, err := os.ReadFile(filepath.Join(b.state, "changes", id+".json"))
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		before := record()
		b.must(0, "rollback", "--dry-run")
		if record() != before {
			t.Errorf("the dry run changed the record to\n%s", record())
		}
		b.must(0, "rollback", "--yes")
		if record() == before {
			t.Error("the rollback did not note that everything is undone")
		}
	})
}
