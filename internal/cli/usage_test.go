package cli_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/internal/testbed"
)

// What --usage adds, in words and in documents: a note, a warning where consent is taken away, a line in the head of doctor. Dates of
// the plan are left to others.
func TestUsage_words(t *testing.T) {
	t.Parallel()
	inNovember(t, "renamed", func(b *bubble) {
		golden := func(name, text, from, to string) {
			t.Helper()
			i := strings.Index(text, from)
			j := strings.Index(text, to)
			if i < 0 || j < i {
				t.Fatalf("%s: there is no %q before %q in\n%s", name, from, to, text)
			}
			testbed.Golden(t, filepath.Join("testdata", "usage", name+".txt"), text[i:j])
		}
		golden("plan", b.Must(0, "plan", "--usage").Stdout, "note: Apple Mail", "Plan:")
		golden("plan-html", b.Must(0, "plan", "--usage", "-o", "html").Stdout, `<div class="notice info">`, "</section>\n</main>")
		doctor := strings.Join(strings.Fields(b.Must(2, "doctor", "--usage").Stdout), " ")
		if !strings.Contains(doctor, "Usage Apple Mail on Macs: 3 people. Mail on phones other than Outlook (iPhones among them): 17 people. (") {
			t.Errorf("doctor says\n%s", doctor)
		}
		b.diagnose(2, "--usage")
		for _, args := range [][]string{{"plan", "--usage"}, {"rollback", "--usage", "--dry-run"}} {
			if args[0] == "rollback" {
				b.Must(0, "apply", "--yes")
			}
			if a := b.Must(0, append(args, "-o", "json")...); testbed.FollowsSchema("plan", a.Stdout) != nil || !strings.Contains(a.Stdout, `"mailOnMacs": 3,`) {
				t.Errorf("%v: %v\n%s", args, testbed.FollowsSchema("plan", a.Stdout), a.Stdout)
			}
		}
		golden("rollback", b.Must(0, "rollback", "--usage", "--dry-run").Stdout, "warning: Users of", "note:")
		done := b.Must(0, "rollback", "--usage", "--yes") // the warning is shown before anything is done
		if !strings.Contains(done.Stderr, "Apple Mail on Macs: 3 people.") {
			t.Errorf("the rollback shows\n%s", done.Stderr)
		}
	})
}

// Each form has the numbers of the devices that are meant, and no others: doctor, a plan, and what a rollback warns of.
func TestUsage_devices(t *testing.T) {
	t.Parallel()
	const macs, phones = "Apple Mail on Macs: 41 people.", "Mail on phones other than Outlook (iPhones among them): 212 people."
	for devices, want := range map[string]struct{ words, numbers string }{
		"all": {macs + " " + phones, `"mailOnMacs": 41, "mailOnPhones": 212,`},
		"ios": {phones, `"mailOnMacs": null, "mailOnPhones": 212,`},
		"mac": {macs, `"mailOnMacs": 41, "mailOnPhones": null,`},
	} {
		t.Run(devices, func(t *testing.T) {
			t.Parallel()
			inNovember(t, "granted", func(b *bubble) {
				shown := func(args ...string) string {
					return strings.ReplaceAll(strings.Join(strings.Fields(b.Must(0, append(args, "--usage")...).Stdout), " "), "&#39;", "'")
				}
				says := func(args ...string) {
					text := shown(args...)
					if strings.Count(text, want.words+" (Microsoft's report of 2026-11-22, over 30 days.)") != 1 ||
						strings.Count(text, macs)+strings.Count(text, phones) != strings.Count(want.words, "people.") {
						t.Errorf("%v does not say %q", args, want.words)
					}
				}
				for _, format := range []string{"text", "html", "markdown", "json"} {
					says("plan", "--devices", devices, "-o", format)
					if format != "json" {
						says("doctor", "--devices", devices, "-o", format)
					}
				}
				says("doctor", "--devices", devices, "--verbose")
				for _, command := range []string{"doctor", "plan"} {
					if text := shown(command, "--devices", devices, "-o", "json"); !strings.Contains(text, want.numbers) {
						t.Errorf("%s does not hold %s", command, want.numbers)
					}
				}
				b.diagnose(0, "--usage", "--devices", devices)
				b.Tenant.Edit(func(d *directory.Directory) { d.PermissionGrants = nil })
				b.Must(0, "apply", "--yes", "--devices", devices)
				says("rollback", "--dry-run")
			})
		})
	}
}

// A report that does not come holds nothing up for longer than some seconds, nor past half of the time that is left, and is asked for
// once in a command.
func TestUsage_slow(t *testing.T) {
	t.Parallel()
	hang := func(path string) simulator.Rule {
		return simulator.Rule{Path: path, Times: -1, Trouble: simulator.TroubleDelay, Delay: "30m"}
	}
	for name, test := range map[string]struct {
		rule     simulator.Rule
		args     []string
		requests int // of the report and its file
		atMost   time.Duration
	}{
		"no answer of Graph":    {hang("/v1.0/reports"), []string{"plan", "--usage"}, 1, 11 * time.Second},
		"no answer of the file": {hang("/data"), []string{"plan", "--usage"}, 2, 11 * time.Second},
		"little time":           {hang("/data"), []string{"plan", "--usage", "--timeout", "6s"}, 2, 4 * time.Second},
		"doctor":                {hang("/data"), []string{"doctor", "--usage"}, 2, 11 * time.Second},
		"throttled for a long time": {
			simulator.Rule{Path: "/v1.0/reports", Times: -1, Trouble: simulator.TroubleStatus, Status: http.StatusTooManyRequests, RetryAfter: 60},
			[]string{"plan", "--usage"},
			1, time.Second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, "granted", func(b *bubble) {
				if err := b.Tenant.SetRules(test.rule); err != nil {
					t.Fatal(err)
				}
				asked := 0
				b.Front = func(_ http.ResponseWriter, r *http.Request) bool {
					if strings.HasPrefix(r.URL.Path, "/v1.0/reports") || strings.HasPrefix(r.URL.Path, "/data") {
						asked++
					}
					return false
				}
				begin := time.Now()
				got := b.Must(0, test.args...)
				if took := time.Since(begin); took > test.atMost {
					t.Errorf("it took %s", took)
				}
				if asked != test.requests || !strings.Contains(got.Stdout, "could not be read: ") {
					t.Errorf("%d requests:\n%s", asked, got.Stdout)
				}
			})
		})
	}
}
