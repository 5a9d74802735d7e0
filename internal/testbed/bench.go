package testbed

import (
	"bytes"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/simtest"
	"appleconsent/internal/cli"
)

// Bench is a simulated tenant that is served on this machine, and a state folder, for the program as a process.
type Bench struct {
	T      *testing.T
	Tenant *simtest.Server
	URL    string // of the tenant
	State  string // the folder
}

// New serves a tenant until the end of the test.
func New(t *testing.T, o simulator.Options) *Bench {
	t.Helper()
	tenant, err := simtest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &Bench{T: t, Tenant: tenant, URL: Serve(t, tenant), State: StateFolder(t)}
}

// Serve answers requests at a URL until the end of the test.
func Serve(t *testing.T, h http.Handler) (url string) {
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// Run runs the program against the tenant, as a process.
func (b *Bench) Run(args ...string) Answer {
	b.T.Helper()
	return RunIn(b.T, b.Env("NO_COLOR=1"), args...).from(b.URL, args)
}

// Must is Run, and wants that exit code.
func (b *Bench) Must(code int, args ...string) Answer {
	b.T.Helper()
	return b.Run(args...).Must(b.T, code, args)
}

// Inside is Run in this process, where that makes no difference: it takes a tenth of the time.
func (b *Bench) Inside(args ...string) Answer {
	b.T.Helper()
	return inside(b.T.Context(), args, b.URL, b.State, cli.Environment{Dial: new(net.Dialer).DialContext})
}

// Records returns the files of the change records, see the function of that name.
func (b *Bench) Records() []string {
	b.T.Helper()
	return Records(b.T, b.State)
}

// Env returns the environment of the program: nothing of the machine's but where programs and folders are.
func (b *Bench) Env(more ...string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + b.State, "APPLECONSENT_SIMULATE=" + b.URL, "APPLECONSENT_STATE_DIR=" + b.State,
	}, more...)
}

// RunIn runs the program with this environment and no other.
func RunIn(t *testing.T, env []string, args ...string) Answer {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), Program(t, "appleconsent"), args...)
	cmd.Env = env
	return End(t, cmd)
}

// End runs a command to its end, with whatever exit code.
func End(t *testing.T, cmd *exec.Cmd) Answer {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	return Answer{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}
