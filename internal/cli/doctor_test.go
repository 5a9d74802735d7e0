package cli_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"appleconsent/graph/simulator"
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
	if slices.Contains(args, "ios") { // what concerns Macs alone is left out
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
	codes := map[string]int{"granted": 0, "unlicensed": 0, "assignment-required": 0}
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
				b.diagnose(want)
			})
		})
	}
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
		if text := b.Must(0, "doctor").Stdout; !strings.Contains(text, "\nUnclear:") {
			t.Errorf("nothing could be read, and it says\n%s", text)
		}
	})
}

// The requests that follow each other are few, however many users there are: each takes a second here, so that the time
// that it all takes is their number.
func TestDoctor_requests(t *testing.T) {
	t.Parallel()
	if !testbed.Full() {
		t.Skip("200,000 users")
	}
	inNovember(t, "user-consents", func(b *bubble) {
		big, err := simtest.New(simulator.Options{Scenario: "user-consents", PerUserGrants: 200_000})
		if err != nil {
			t.Fatal(err)
		}
		var requests atomic.Int32
		b.Front = func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasPrefix(r.URL.Path, "/v1.0/") || strings.HasPrefix(r.URL.Path, "/beta/") {
				requests.Add(1)
				time.Sleep(time.Second)
			}
			big.ServeHTTP(w, r)
			return true
		}
		begin := time.Now()
		found := b.diagnose(2)
		took := time.Since(begin)
		if sequence := took / time.Second; sequence > 6 || sequence < 2 || requests.Load() > 16 {
			t.Errorf("%d requests, %d of them one after the other", requests.Load(), sequence)
		}
		for _, c := range found.Checks {
			if c.ID == "perUserGrants" && !strings.Contains(c.Found, "At least 2997 grants") {
				t.Errorf("the cap of the count is not told: %s", c.Found)
			}
		}
	})
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
