//go:build unix

package faults_test

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
	"appleconsent/internal/testbed"

	"github.com/google/go-cmp/cmp"
)

// While one process writes, another says who it is and since when, and sends no write. Killed outright in the middle of
// a write, it does not keep others out: an apply converges, and what each of the two did is taken back.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	b := testbed.New(t, simulator.Options{Scenario: "fresh"})
	before := testbed.Stands(b.Tenant)
	arrived, release := make(chan struct{}), make(chan struct{})
	var held atomic.Bool
	b.Tenant.Before(func(r *http.Request) {
		if r.Method != http.MethodGet && held.CompareAndSwap(false, true) {
			close(arrived)
			<-release
		}
	})
	goOn := sync.OnceFunc(func() { close(release) })
	t.Cleanup(goOn) // or the tenant would not end
	begin := time.Now().Truncate(time.Second)
	first := exec.CommandContext(t.Context(), testbed.Program(t, "appleconsent"), "apply", "--yes")
	first.Env = b.Env()
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	<-arrived
	refusedBecauseOf(b, first.Process.Pid, begin)
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait() // it was killed
	goOn()
	for len(testbed.Writes(b.Tenant)) == 0 { // its request is answered to nobody, but it is carried out
		runtime.Gosched()
	}
	b.Must(0, "apply", "--yes")
	b.Must(0, "status")
	if a := b.Must(0, "history"); strings.Count(a.Stdout, "apply running (or its process") != 1 || strings.Count(a.Stdout, "\n") != 3 {
		t.Errorf("history does not tell of the killed one:\n%s", a.Stdout)
	}
	b.Must(0, "rollback", "--yes")
	b.Must(0, "rollback", "--yes")
	checkStands(b, before)
}

// refusedBecauseOf wants that changes are refused because of the process, and looks are not.
func refusedBecauseOf(b *testbed.Bench, pid int, begin time.Time) {
	b.T.Helper()
	host, err := os.Hostname()
	if err != nil {
		b.T.Fatal(err)
	}
	who := regexp.MustCompile(fmt.Sprintf(`^error: another apply \(process %d on %s\) has been changing tenant %s since (\S+)\n`,
		pid, regexp.QuoteMeta(host), b.Tenant.TenantID()))
	for _, command := range []string{"apply", "rollback"} {
		a := b.Must(1, command, "--yes", "--quiet")
		told := who.FindStringSubmatch(a.Stderr[strings.Index(a.Stderr, "error: "):])
		if told == nil {
			b.T.Fatalf("%s does not say who holds the lock:\n%s", command, a.Stderr)
		}
		if since, err := time.Parse(time.RFC3339, told[1]); err != nil || since.Before(begin) || since.After(time.Now()) {
			b.T.Errorf("%s says that it is held since %s, %v; the other one began at %s", command, told[1], err, begin)
		}
		checkUntouched(b, a, "wait until that one has ended")
		b.Must(0, command, "--dry-run")
	}
	b.Must(2, "status")
}

// Two machines, which have no lock between them, apply at once: the tenant ends right, and nothing is left to do.
func TestTwoMachines(t *testing.T) {
	t.Parallel()
	for _, scenario := range []string{"fresh", "partial", "extra", "lagging"} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			var alone picture
			testbed.InBubble(t, scenario, func(b *testbed.Bubble) {
				b.Must(0, "apply", "--yes")
				alone = pictureOf(b.Tenant.Directory())
			})
			b := testbed.New(t, simulator.Options{Scenario: scenario})
			newWatch(t, b.Tenant, "")
			codes := make(chan int, 2)
			for _, state := range []string{b.State, t.TempDir()} {
				go func() {
					cmd := exec.CommandContext(t.Context(), testbed.Program(t, "appleconsent"), "apply", "--yes", "--state-dir", state)
					cmd.Env = b.Env()
					_ = cmd.Run() // its exit code tells
					codes <- cmd.ProcessState.ExitCode()
				}()
			}
			for range 2 {
				if code := <-codes; code != 0 && code != 5 {
					t.Errorf("exit code %d, want 0, or 5 if the other was faster", code)
				}
			}
			b.Must(0, "status")
			if diff := cmp.Diff(alone, pictureOf(b.Tenant.Directory())); diff != "" {
				t.Errorf("-one machine +two:\n%s", diff)
			}
		})
	}
}
