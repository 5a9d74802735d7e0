//go:build unix

package cli_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"appleconsent/graph/simulator"

	"github.com/google/go-cmp/cmp"
)

// While one process writes, another says who it is and since when, and sends no write. Killed outright in the middle of
// a write, it does not keep others out: an apply converges, and what each of the two did is taken back.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "fresh"})
	before := stands(b.tenant)
	arrived, release := make(chan struct{}), make(chan struct{})
	var held atomic.Bool
	b.tenant.Before(func(r *http.Request) {
		if r.Method != http.MethodGet && held.CompareAndSwap(false, true) {
			close(arrived)
			<-release
		}
	})
	goOn := sync.OnceFunc(func() { close(release) })
	t.Cleanup(goOn) // or the tenant would not end
	begin := time.Now().Truncate(time.Second)
	first := exec.CommandContext(t.Context(), binary, "apply", "--yes")
	first.Env = b.env()
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	<-arrived
	b.refusedBecauseOf(first.Process.Pid, begin)
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait() // it was killed
	goOn()
	for len(writes(b.tenant)) == 0 { // its request is answered to nobody, but it is carried out
		runtime.Gosched()
	}
	b.must(0, "apply", "--yes")
	b.must(0, "status")
	if a := b.must(0, "history"); strings.Count(a.stdout, "apply running (or its process") != 1 || strings.Count(a.stdout, "\n") != 2 {
		t.Errorf("history does not tell of the killed one:\n%s", a.stdout)
	}
	b.must(0, "rollback", "--yes")
	b.must(0, "rollback", "--yes")
	if got := stands(b.tenant); got != before {
		t.Errorf("after the rollbacks there stands\n%s\ninstead of\n%s", got, before)
	}
}

// refusedBecauseOf wants that changes are refused because of the process, and looks are not.
func (b *bench) refusedBecauseOf(pid int, begin time.Time) {
	b.t.Helper()
	host, err := os.Hostname()
	if err != nil {
		b.t.Fatal(err)
	}
	who := regexp.MustCompile(fmt.Sprintf(`^error: another apply \(process %d on %s\) has been changing tenant %s since (\S+)\n`,
		pid, regexp.QuoteMeta(host), b.tenant.TenantID()))
	for _, command := range []string{"apply", "rollback"} {
		a := b.must(1, command, "--yes", "--quiet")
		told := who.FindStringSubmatch(a.stderr[strings.Index(a.stderr, "error: "):])
		if told == nil {
			b.t.Fatalf("%s does not say who holds the lock:\n%s", command, a.stderr)
		}
		if since, err := time.Parse(time.RFC3339, told[1]); err != nil || since.Before(begin) || since.After(time.Now()) {
			b.t.Errorf("%s says that it is held since %s, %v; the other one began at %s", command, told[1], err, begin)
		}
		b.checkUntouched(a, "wait until that one has ended")
		b.must(0, command, "--dry-run")
	}
	b.must(2, "status")
}

// Two machines, which have no lock between them, apply at once: the tenant ends right, and nothing is left to do.
func TestTwoMachines(t *testing.T) {
	t.Parallel()
	for _, scenario := range []string{"fresh", "partial", "extra", "lagging"} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			alone := newBench(t, simulator.Options{Scenario: scenario})
			alone.must(0, "apply", "--yes")
			b := newBench(t, simulator.Options{Scenario: scenario})
			w := newWatch(t, b.tenant.Directory())
			w.command = "apply"
			b.tenant.OnWrite(w.wrote)
			codes := make(chan int, 2)
			for _, state := range []string{b.state, t.TempDir()} {
				go func() {
					cmd := exec.CommandContext(t.Context(), binary, "apply", "--yes", "--state-dir", state)
					cmd.Env = b.env()
					_ = cmd.Run() // its exit code tells
					codes <- cmd.ProcessState.ExitCode()
				}()
			}
			for range 2 {
				if code := <-codes; code != 0 && code != 5 {
					t.Errorf("exit code %d, want 0, or 5 if the other was faster", code)
				}
			}
			b.must(0, "status")
			if diff := cmp.Diff(pictureOf(alone.tenant.Directory()), pictureOf(b.tenant.Directory())); diff != "" {
				t.Errorf("-one machine +two:\n%s", diff)
			}
		})
	}
}
