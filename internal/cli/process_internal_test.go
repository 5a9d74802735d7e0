package cli

import (
	"math"
	"net"
	"runtime/debug"
	"strings"
	"testing"
)

// A run over many tenants asks the runtime for a bound that grows with them and with how many are worked on at once, and a command for one
// tenant does not.
func TestMain_limitMemory(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	asked := func(text string, args ...string) (limit int64) {
		var out, errs strings.Builder
		code := Main(t.Context(), append([]string{"appleconsent"}, args...), Environment{
			In: strings.NewReader(text), Out: &out, Err: &errs, Dial: new(net.Dialer).DialContext, LimitMemory: func(bytes int64) { limit = bytes },
			Getenv: func(name string) string { return map[string]string{"APPLECONSENT_STATE_DIR": state}[name] },
		})
		if code != exitDone {
			t.Errorf("%v: exit code %d\n%s", args, code, errs.String())
		}
		return limit
	}
	const granted = "f1ee7000-0003-8000-8000-00000000000"
	one := asked(granted+"1\n", "status", "--simulate", "fleet", "--tenants", "-")
	two := asked(granted+"1\n"+granted+"2\n", "status", "--simulate", "fleet", "--tenants", "-")
	wide := asked(granted+"1\n", "status", "--simulate", "fleet", "--tenants", "-", "--parallel", "64")
	if one == 0 || two-one != 4<<10 || wide-one != 48*256<<10 || memoryFor(3000, 64) > 44<<20 {
		t.Errorf("one tenant: %d bytes, two: %d, 64 at once: %d, 3,000: %d", one, two, wide, memoryFor(3000, 64))
	}
	if limit := asked("", "status", "--simulate", "granted"); limit != 0 {
		t.Errorf("a command for one tenant asks for %d bytes", limit)
	}
}

// A bound that somebody has set stays.
func TestLimitMemory(t *testing.T) { //nolint:paralleltest // it is that of the whole process
	before := debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetMemoryLimit(before) })
	for set, want := range map[int64]int64{math.MaxInt64: 1 << 40, 1 << 41: 1 << 41} {
		debug.SetMemoryLimit(set)
		limitMemory(1 << 40)
		if got := debug.SetMemoryLimit(-1); got != want {
			t.Errorf("of %d became %d, want %d", set, got, want)
		}
	}
}
