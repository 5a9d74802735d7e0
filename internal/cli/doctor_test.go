package cli_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/simtest"
	"appleconsent/internal/testbed"

	"github.com/google/go-cmp/cmp"
)

// bubble is the test bed's, with what these tests do in it.
type bubble struct{ *testbed.Bubble }

func inBubble(t *testing.T, scenario string, test func(*bubble)) {
	t.Helper()
	testbed.InBubble(t, scenario, func(b *testbed.Bubble) { test(&bubble{b}) })
}

// inNovember is inBubble at a time in which EWS is being retired: what doctor says depends on the date.
func inNovember(t *testing.T, scenario string, test func(*bubble)) {
	t.Helper()
	inBubble(t, scenario, func(b *bubble) {
		time.Sleep(time.Until(time.Date(2026, time.November, 24, 20, 0, 0, 0, time.UTC)))
		tenant, err := simtest.New(simulator.Options{Scenario: scenario}) // again, with what happened lately
		if err != nil {
			t.Fatal(err)
		}
		b.Tenant = tenant
		test(b)
	})
}

func scenarioNames() []string {
	var names []string
	for _, s := range simulator.Scenarios() {
		names = append(names, s.Name)
	}
	return names
}

// diagnosis is what these tests read of the document.
type diagnosis struct {
	Healthy bool
	Command *string
	Checks  []struct {
		ID, Status, Found string
		Needs             *string
		Fix               *struct{ Command *string }
	}
}

func (d diagnosis) statuses() map[string]string {
	all := map[string]string{}
	for _, c := range d.Checks {
		all[c.ID] = c.Status
		if c.Needs != nil {
			all[c.ID] += " " + *c.Needs
		}
	}
	return all
}

// diagnose runs doctor, wants its exit code and a document that follows the schema.
func (b *bubble) diagnose(code int, args ...string) diagnosis {
	b.T.Helper()
	a := b.Must(code, append([]string{"doctor", "-o", "json"}, args...)...)
	if err := testbed.FollowsSchema("diagnosis", a.Stdout); err != nil {
		b.T.Errorf("%v\n%s", err, a.Stdout)
	}
	var d diagnosis
	if err := json.Unmarshal([]byte(a.Stdout), &d); err != nil {
		b.T.Fatal(err)
	}
	want := 12
	switch { // what concerns other devices alone is left out
	case slices.Contains(args, "ios"):
		want -= 2
	case slices.Contains(args, "mac"):
		want--
	}
	if d.Healthy != (code == 0) || len(d.Checks) != want {
		b.T.Errorf("exit code %d, healthy %v, %d checks", code, d.Healthy, len(d.Checks))
	}
	return d
}

// What doctor says of each kind of tenant: testdata/doctor.
func TestDoctor_scenarios(t *testing.T) {
	t.Parallel()
	codes := map[string]int{"granted": 0, "unlicensed": 0, "assignment-required": 0, "device-policies": 0}
	for _, name := range scenarioNames() {
		if name == "throttled" || name == "lagging" { // like fresh, only slower
			continue
		}
		want, healthy := codes[name]
		if !healthy {
			want = 2
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inNovember(t, name, func(b *bubble) {
				got := b.Must(want, "doctor")
				if sent := testbed.Writes(b.Tenant); len(sent) > 0 {
					t.Errorf("it wrote: %v", sent)
				}
				testbed.Golden(t, filepath.Join("testdata", "doctor", name+".txt"), requestID.ReplaceAllString(got.Stdout, "request-id …"))
				if lines := strings.Count(got.Stdout, "\n"); lines > screen && !slices.Contains([]string{"mac-on-graph", "old-profiles"}, name) {
					t.Errorf("%d lines of an ordinary tenant are more than a screen", lines)
				}
				verbose := b.Must(want, "doctor", "--verbose").Stdout
				if twice := slices.Concat(repeated(got.Stdout, failedCount), repeated(verbose)); len(twice) > 0 {
					t.Errorf("it says twice: %q", twice)
				}
				testbed.Golden(t, filepath.Join("testdata", "doctor", name+"-verbose.txt"), requestID.ReplaceAllString(verbose, "request-id …"))
				b.diagnose(want)
			})
		})
	}
}

// screen is how many lines a terminal has, which suffice but for a tenant with several warnings or many names.
const screen = 24

// failedCount says how many sign-ins failed. Each check has its own in the details, and a screen in brief has each once.
var failedCount = regexp.MustCompile(`\d+ sign-ins? of \d+ users?`)

// repeated returns the sentences, and what else must be there once, that a screen has twice. What is wrapped is one line; a command and
// an item of a list are no sentence.
func repeated(screen string, once ...*regexp.Regexp) []string {
	var twice []string
	seen := map[string]bool{}
	for block := range strings.SplitSeq(screen, "\n\n") {
		block = regexp.MustCompile(`(?m)^ *(·|appleconsent ).*$| Run: .*`).ReplaceAllString(block, "")
		text := strings.Join(strings.Fields(block), " ")
		parts := strings.Split(text, ". ")
		for _, pattern := range once {
			parts = append(parts, pattern.FindAllString(text, -1)...)
		}
		for _, part := range parts {
			if part = strings.TrimRight(part, "."); part != "" && seen[part] {
				twice = append(twice, part)
			}
			seen[part] = true
		}
	}
	return twice
}

// requestID is what differs from one run to the next in an answer of Graph.
var requestID = regexp.MustCompile(`request-id\s+[0-9a-f-]+`)

// With the permission to read the directory alone, all that it opens is judged and the rest is skipped by name.
func TestDoctor_leastPermission(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]int{"granted": 0, "partial": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inNovember(t, name, func(b *bubble) {
				b.Tenant.SetDelegatedScopes("Directory.Read.All")
				want := map[string]string{
					"tenantWideGrants": "ok", "servicePrincipal": "ok", "userConsent": "skipped Policy.Read.All", "adminConsentRequests": "ok",
					"permissionClassifications": "ok", "perUserGrants": "ok", "conditionalAccess": "skipped Policy.Read.All",
					"signIns": "skipped AuditLog.Read.All", "federatedDomains": "ok",
					"intuneMailProfiles": "skipped DeviceManagementConfiguration.Read.All", "ewsRetirement": "warning", "macsOnGraph": "warning",
				}
				if name == "partial" {
					want["tenantWideGrants"] = "problem"
				}
				if diff := cmp.Diff(want, b.diagnose(code).statuses()); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				text := b.Must(code, "doctor").Stdout
				for _, permission := range []string{"Policy.Read.All", "AuditLog.Read.All", "DeviceManagementConfiguration.Read.All"} {
					if !strings.Contains(text, "skipped (needs "+permission+")") {
						t.Errorf("%s is not named:\n%s", permission, text)
					}
				}
			})
		})
	}
}

// Without any permission nothing is judged, and nothing fails.
func TestDoctor_noPermission(t *testing.T) {
	t.Parallel()
	inNovember(t, "partial", func(b *bubble) {
		b.Front = func(w http.ResponseWriter, r *http.Request) bool {
			if strings.Contains(r.URL.Path, "/oauth2/") {
				return false
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusForbidden)
			_, _ = fmt.Fprint(w, `{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation."}}`)
			return true
		}
		for id, status := range b.diagnose(0).statuses() {
			if id != "ewsRetirement" && !strings.HasPrefix(status, "skipped") {
				t.Errorf("%s is %q", id, status)
			}
		}
		if text := b.Must(0, "doctor").Stdout; !strings.HasPrefix(text, "Unclear: ") {
			t.Errorf("nothing could be read, and it says\n%s", text)
		}
	})
}

// The requests that follow each other are few, however many users there are and whatever is looked up: each takes a second here, so that
// the time that it all takes is their number. A word for what users granted reads no page twice, and tells the limit.
func TestDoctor_requests(t *testing.T) {
	t.Parallel()
	if !testbed.Full() {
		t.Skip("200,000 users")
	}
	for name, test := range map[string]struct {
		grants     int // of single users
		macs       bool
		catalogues int // how many resources are asked what they publish
		args       []string
	}{
		"plain":                       {200_000, false, 0, nil},
		"consented":                   {200_000, false, 2, []string{"--also", "consented"}},
		"by name":                     {20_000, false, 1, []string{"--also", "Group.Read.All"}},
		"evidence of Macs":            {20_000, true, 1, nil},
		"evidence of Macs, consented": {20_000, true, 2, []string{"--also", "consented"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inNovember(t, "user-consents", func(b *bubble) {
				big, err := simtest.New(simulator.Options{Scenario: "user-consents", PerUserGrants: test.grants})
				if err != nil {
					t.Fatal(err)
				}
				big.Edit(func(d *directory.Directory) {
					for i, g := range d.PermissionGrants {
						if test.macs && strings.HasPrefix(g.Scope, "openid") {
							d.PermissionGrants[i].Scope += " Group.Read.All"
						}
					}
				})
				var requests, catalogues atomic.Int32
				b.Front = func(w http.ResponseWriter, r *http.Request) bool {
					if strings.HasPrefix(r.URL.Path, "/v1.0/") || strings.HasPrefix(r.URL.Path, "/beta/") {
						requests.Add(1)
						time.Sleep(time.Second)
					}
					if r.URL.Query().Get("$select") == "oauth2PermissionScopes" {
						catalogues.Add(1)
					}
					big.ServeHTTP(w, r)
					return true
				}
				begin := time.Now()
				found, said := b.diagnose(2, test.args...), b.Must(2, append([]string{"doctor"}, test.args...)...).Stderr
				took := time.Since(begin) / 2
				if named := strings.Contains(said, "Group.Read.All: 2997 users"); named != (test.macs && test.args != nil) {
					t.Errorf("what stands for names: %s", said)
				}
				if sequence := took / time.Second; sequence > 6 || sequence < 2 || requests.Load() > 2*17 || int(catalogues.Load()) != 2*test.catalogues {
					t.Errorf("%d requests, %d of them one after the other, %d of catalogues", requests.Load()/2, sequence, catalogues.Load()/2)
				}
				for _, c := range found.Checks {
					if c.ID == "perUserGrants" && !strings.Contains(c.Found, "At least 2997 grants") {
						t.Errorf("the cap of the count is not told: %s", c.Found)
					}
				}
				if slices.Contains(test.args, "consented") && !strings.Contains(said, "of the first 2997 grants; there are more") {
					t.Errorf("the cap of the names is not told: %s", said)
				}
			})
		})
	}
}

// One read that fails skips its check and no other; none that works is the error of the command.
func TestDoctor_failingReads(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rule  simulator.Rule
		check string
		found string
	}{
		"Conditional Access is throttled for ever": {
			simulator.Rule{Path: "/v1.0/identity", Trouble: simulator.TroubleStatus, Status: 429, Times: -1}, "conditionalAccess", "429",
		},
		"the sign-in log is broken": {simulator.Rule{Path: "/v1.0/auditLogs", Trouble: simulator.TroubleStatus, Status: 500, Times: -1}, "signIns", "500"},
		"Intune answers a page":     {simulator.Rule{Path: "/beta", Trouble: simulator.TroubleHTML, Status: 503, Times: -1}, "intuneMailProfiles", "503"},
		"a web filter":              {simulator.Rule{Path: "/v1.0/identity", Trouble: simulator.TroubleHTML, Status: 403, Times: -1}, "conditionalAccess", "a web filter or proxy on the way"},
		"tenant restrictions":       {simulator.Rule{Path: "/v1.0/identity", Trouble: simulator.TroubleStatus, Status: 403, Code: "TenantRestrictionsV2", Times: -1}, "conditionalAccess", "tenant restrictions"},
		"domains are no list":       {simulator.Rule{Path: "/v1.0/domains", Trouble: simulator.TroubleEmpty, Times: -1}, "federatedDomains", "not a list"},
		"the policy is empty":       {simulator.Rule{Path: "/v1.0/policies/authorizationPolicy", Trouble: simulator.TroubleEmpty, Times: -1}, "userConsent", "permissionGrantPoliciesAssigned"},
		"Conditional Access is silent": {
			simulator.Rule{Path: "/v1.0/identity", Trouble: simulator.TroubleDelay, Delay: "20m", Times: -1}, "conditionalAccess", "no answer in time",
		},
		"the connection is closed": {simulator.Rule{Path: "/v1.0/policies/adminConsentRequestPolicy", Trouble: simulator.TroubleClose, Times: -1}, "adminConsentRequests", "read the admin consent request policy"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inNovember(t, "granted", func(b *bubble) {
				if err := b.Tenant.SetRules(test.rule); err != nil {
					t.Fatal(err)
				}
				for _, c := range b.diagnose(0, "--timeout", "60s").Checks {
					if skipped := c.Status == "skipped"; skipped != (c.ID == test.check) || skipped && !strings.Contains(c.Found, test.found) {
						t.Errorf("%s is %s: %s", c.ID, c.Status, c.Found)
					}
				}
			})
		})
	}
	for name, rule := range map[string]simulator.Rule{
		"no connection": {Path: "/v1.0", Trouble: simulator.TroubleClose, Times: -1},
		"no sign-in":    {Path: "/*/oauth2/v2.0/token", Trouble: simulator.TroubleStatus, Status: 400, Times: -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inNovember(t, "granted", func(b *bubble) {
				if err := b.Tenant.SetRules(rule); err != nil {
					t.Fatal(err)
				}
				a := b.Must(1, "doctor")
				if a.Stdout != "" || strings.Count("\n"+a.Stderr, "\nerror: ") != 1 {
					t.Errorf("%s\n%s", a.Stdout, a.Stderr)
				}
			})
		})
	}
}

// A server that takes one code per filter is asked for all sign-ins instead.
func TestDoctor_signInFilter(t *testing.T) {
	t.Parallel()
	inNovember(t, "consent-blocked", func(b *bubble) {
		refused := 0
		b.Front = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Query().Get("$filter"), " or ") {
				return false
			}
			refused++
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprint(w, `{"error":{"code":"BadRequest","message":"The filter is too complex."}}`)
			return true
		}
		for _, c := range b.diagnose(2).Checks {
			if c.ID == "signIns" && !strings.HasPrefix(c.Found, "40 sign-ins of 12 users failed") {
				t.Errorf("got %s: %s", c.Status, c.Found)
			}
		}
		if refused != 1 {
			t.Errorf("the filter was tried %d times", refused)
		}
	})
}

// The fixes name commands that lead to the same tenant, and they do help.
func TestDoctor_fixes(t *testing.T) {
	t.Parallel()
	inNovember(t, "disabled", func(b *bubble) {
		commands := map[string]string{}
		for _, c := range b.diagnose(2, "--simulate", testbed.TenantURL).Checks {
			if c.Fix != nil && c.Fix.Command != nil {
				commands[c.ID] = *c.Fix.Command
			}
		}
		want := "appleconsent apply --enable-app --simulate " + testbed.TenantURL
		if commands["servicePrincipal"] != want {
			t.Errorf("got %q, want %q", commands["servicePrincipal"], want)
		}
		b.Must(0, append(strings.Fields(commands["servicePrincipal"])[1:], "--yes")...)
		statuses := b.diagnose(0).statuses()
		if statuses["tenantWideGrants"] != "ok" || statuses["servicePrincipal"] != "ok" || statuses["signIns"] != "warning" {
			t.Errorf("after the fix: %v", statuses)
		}
	})
}

// A fix is for the devices that were named, and by the route that it names and no other.
func TestDoctor_fixesForDevices(t *testing.T) {
	t.Parallel()
	inNovember(t, "consent-blocked", func(b *bubble) {
		for _, route := range []string{"admin-consent", "user-consent"} {
			commands := map[string]string{}
			for _, c := range b.diagnose(2, "--devices", "ios", "--route", route).Checks {
				if c.Fix != nil && c.Fix.Command != nil {
					commands[c.ID] = *c.Fix.Command
				}
			}
			want := map[string]string{"tenantWideGrants": "appleconsent apply --devices ios", "userConsent": "appleconsent apply --devices ios"}
			if route == "user-consent" {
				byUsers := "appleconsent apply --route user-consent --devices ios"
				want = map[string]string{"userConsent": byUsers, "permissionClassifications": byUsers}
			}
			if diff := cmp.Diff(want, commands); diff != "" {
				t.Errorf("%s (-want +got):\n%s", route, diff)
			}
		}
	})
}

// Who chose that users consent for themselves is not sent back to the tenant-wide grant.
func TestDoctor_byUserConsent(t *testing.T) {
	t.Parallel()
	inNovember(t, "fresh", func(b *bubble) {
		b.Must(0, "apply", "--route", "user-consent", "--yes")
		statuses := b.diagnose(0, "--route", "user-consent").statuses()
		if statuses["tenantWideGrants"] != "warning" || statuses["userConsent"] != "ok" || statuses["permissionClassifications"] != "ok" {
			t.Errorf("got %v", statuses)
		}
		b.diagnose(2)
	})
}

// cureStates are what somebody may have done to a tenant of any scenario before doctor looks at it.
func cureStates() map[string][]directory.Edit {
	const self = "ManagePermissionGrantsForSelf."
	setting := func(entries ...string) directory.Edit {
		return directory.Edit{Do: "setConsentPolicies", Policies: entries}
	}
	return map[string][]directory.Edit{
		"as it is": nil, "disabled": {{Do: "disable"}}, "disabled by its owner": {{Do: "disableByOwner"}, {Do: "disable"}},
		"assignment required": {{Do: "requireAssignment"}, setting()}, "consent off": {setting()},
		"no publisher": {{Do: "unverify"}, setting(self + "microsoft-user-default-low")},
		"low":          {setting(self + "microsoft-user-default-low")}, "managed": {setting(self + "microsoft-user-default-recommended")},
		"managed and low":    {setting(self+"microsoft-user-default-low", self+"microsoft-user-default-recommended")},
		"managed and custom": {setting(self+"microsoft-user-default-recommended", self+"contoso")},
		"custom":             {setting(self + "contoso")}, "legacy": {setting(self + "microsoft-user-default-legacy")},
		"classified otherwise":          {{Do: "classify", Scope: "EAS.AccessAsUser.All", Classification: "high"}, setting(self + "contoso")},
		"disabled, off, one classified": {{Do: "disable"}, {Do: "classify", Scope: "EWS.AccessAsUser.All"}, setting()},
	}
}

// A fix's command, run as it is printed, cures its check: of each scenario in each of these states, for all devices, by both routes.
func TestDoctor_commandsCure(t *testing.T) {
	t.Parallel()
	for _, scenario := range scenarioNames() {
		if slices.Contains([]string{"throttled", "lagging"}, scenario) { // like fresh, only slower
			continue
		}
		for state, edits := range cureStates() {
			part := (len(scenario)+len(state))%5 == 0 || state == "as it is" || scenario == "managed-consent"
			if !part && !testbed.Full() {
				continue
			}
			t.Run(scenario+", "+state, func(t *testing.T) {
				t.Parallel()
				for _, flags := range []string{"", "--devices ios", "--devices mac", "--route user-consent", "--route user-consent --devices ios"} {
					inBubble(t, scenario, func(b *bubble) {
						for _, edit := range edits {
							b.Tenant.Edit(edit.Apply)
						}
						b.cureAll(flags)
					})
				}
			})
		}
	}
}

// cureAll runs the command of each check in a tenant of its own, and looks again.
func (b *bubble) cureAll(flags string) {
	b.T.Helper()
	begin := b.Tenant.Directory()
	look := func() map[string]cured {
		a := b.Run(append([]string{"doctor", "-o", "json"}, strings.Fields(flags)...)...)
		var d diagnosis
		if err := json.Unmarshal([]byte(a.Stdout), &d); err != nil {
			b.T.Fatalf("%v\n%s", err, a.Stderr)
		}
		found := map[string]cured{}
		if d.Command != nil {
			found["first line"] = cured{"problem", *d.Command}
		}
		for _, c := range d.Checks {
			found[c.ID] = cured{status: c.Status}
			if c.Fix != nil && c.Fix.Command != nil {
				found[c.ID] = cured{c.Status, *c.Fix.Command}
			}
		}
		return found
	}
	before := look()
	if twice := repeated(b.Run(append([]string{"doctor"}, strings.Fields(flags)...)...).Stdout, failedCount); len(twice) > 0 {
		b.T.Errorf("%q: it says twice: %q", flags, twice)
	}
	for id, c := range before {
		if c.command == "" {
			continue
		}
		b.Must(0, append(strings.Fields(c.command)[1:], "--yes")...)
		now := look()
		again, stays := now[id]
		if stays && (again.command != "" || again.status == "problem" || again.status == c.status && id != "first line") {
			b.T.Errorf("%q, %s: after %s it is %s, and still %q", flags, id, c.command, again.status, again.command)
		}
		b.Tenant.Edit(func(d *directory.Directory) { *d = begin.Clone() })
	}
}

// cured is what is looked at again.
type cured struct{ status, command string }

// In brief, an ordinary tenant and one whose users are blocked fit on a screen, with the cause and the command in the first line.
func TestDoctor_fitsOnAScreen(t *testing.T) {
	t.Parallel()
	for scenario, first := range map[string]string{
		"consent-blocked":   "Users are blocked: consent is missing. Run: appleconsent apply",
		"granted":           "No problems found, 1 warning.",
		"partial":           "Users are prompted one by one: consent is missing. Run: appleconsent apply",
		"fresh":             "Users are prompted one by one: consent is missing. Run: appleconsent apply",
		"disabled-by-owner": "Users are blocked: Apple has disabled the app.",
	} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			inNovember(t, scenario, func(b *bubble) {
				lines := strings.Split(strings.TrimRight(b.Run("doctor").Stdout, "\n"), "\n")
				begin := lines[0]
				if strings.HasSuffix(begin, "Run:") { // the command stands whole on a line of its own
					begin += " " + strings.TrimSpace(lines[1])
				}
				if begin != first || len(lines) > 24 {
					t.Errorf("%d lines, the first %q", len(lines), begin)
				}
			})
		})
	}
}

// The security team's report is a file, like a plan's.
func TestDoctor_reports(t *testing.T) {
	t.Parallel()
	inNovember(t, "consent-blocked", func(b *bubble) {
		for name, want := range map[string]string{"r.html": "<h1>Diagnosis of Apple Mail</h1>", "r.md": "# Diagnosis of Apple Mail\n", "r.json": `"summary": "Users are blocked: consent is missing."`} {
			file := filepath.Join(b.T.TempDir(), name)
			shown := b.Must(2, "doctor", "--out", file).Stdout
			report, err := os.ReadFile(file)
			if err != nil || !strings.Contains(string(report), want) || !strings.HasPrefix(shown, "Users are blocked") {
				t.Errorf("%s: %v\n%s", name, err, report)
			}
		}
		for _, format := range []string{"html", "markdown"} {
			if page := b.Must(2, "doctor", "-o", format).Stdout; !strings.Contains(page, "User consent is off.") {
				t.Errorf("%s: %s", format, page)
			}
		}
	})
}
