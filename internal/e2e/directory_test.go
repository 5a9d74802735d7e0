//go:build linux

package e2e_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/internal/testbed"
	"appleconsent/plan"

	"github.com/google/go-cmp/cmp"
)

const (
	servicePrincipals = "/v1.0/servicePrincipals"
	grants            = "/v1.0/oauth2PermissionGrants"
)

// seen returns the requests to Graph that the tenant answered, one "method path status" each, without the organization's name and
// without ids.
func (m *microsoft) seen() []string {
	var list []string
	for _, r := range m.Tenant.Requests() {
		path, id, _ := strings.Cut(strings.TrimPrefix(r.Path, "/v1.0/"), "/")
		if r.GrantType != "" || path == "organization" || !strings.HasPrefix(r.Path, "/v1.0/") {
			continue
		}
		if id != "" {
			path += "/id"
		}
		list = append(list, fmt.Sprintf("%s %s %d", r.Method, path, r.Status))
	}
	return list
}

// onPath is a trouble of requests with a method and a path.
func onPath(method, path string, r simulator.Rule) simulator.Rule {
	r.Method, r.Path = method, path
	return r
}

// What the real directory answers besides what is documented, by the requests that a server behind Microsoft's own host names saw.
func TestDirectory(t *testing.T) {
	t.Parallel()
	refused := func(status int, code string) simulator.Rule {
		return simulator.Rule{Trouble: simulator.TroubleStatus, Status: status, Code: code}
	}
	const listed, granted, looked = "GET servicePrincipals 200", "GET oauth2PermissionGrants 200", "GET oauth2PermissionGrants/id 200"
	for name, test := range map[string]struct {
		scenario string
		rule     simulator.Rule
		args     []string
		code     int
		seen     []string
		says     string
	}{
		"a list that is not replicated yet": {
			"partial", onPath("GET", grants, refused(404, "Request_ResourceNotFound")),
			[]string{"status"},
			2,
			[]string{listed, "GET oauth2PermissionGrants 404", granted},
			"waiting 500ms for the directory to replicate, to read delegated permission grants",
		},
		"a list of what was just made is not replicated yet": {
			"fresh", onPath("GET", grants, refused(404, "Request_ResourceNotFound")),
			[]string{"apply", "--yes"},
			0,
			[]string{
				listed, "POST servicePrincipals 201", "POST oauth2PermissionGrants 201", "POST oauth2PermissionGrants 201",
				"GET oauth2PermissionGrants 404", listed, "GET servicePrincipals/id 200", looked, looked, granted, listed,
			},
			"Verified: the change is visible in the tenant.",
		},
		"another operation at work": {
			"fresh", onPath("POST", servicePrincipals, refused(409, "Directory_ConcurrencyViolation")),
			[]string{"apply", "--yes"},
			0,
			[]string{
				listed, "POST servicePrincipals 409", "POST servicePrincipals 201", "POST oauth2PermissionGrants 201",
				"POST oauth2PermissionGrants 201", granted, listed,
			},
			"(another operation is under way)",
		},
		"a conflict without a reason": {
			"partial", onPath("PATCH", grants, refused(409, "Conflict")),
			[]string{"apply", "--yes"},
			0,
			[]string{
				listed, granted, "POST oauth2PermissionGrants 201", looked, "PATCH oauth2PermissionGrants/id 409", granted, listed, granted, listed,
				looked, "PATCH oauth2PermissionGrants/id 204", granted,
			},
			"outcome after a conflict",
		},
		"a grant that lists leave out": {
			"partial", onPath("GET", grants, simulator.Rule{Trouble: simulator.TroubleUnlisted, Times: 2}),
			[]string{"apply", "--yes"},
			0,
			[]string{
				listed, granted, "POST oauth2PermissionGrants 201", "POST oauth2PermissionGrants 409", granted, listed, looked, looked,
				"PATCH oauth2PermissionGrants/id 204", granted,
			},
			"2 scopes granted",
		},
		"scopes that are null": {
			"granted", onPath("GET", grants, simulator.Rule{Trouble: simulator.TroubleNull, Member: "scope", Times: -1}),
			[]string{"status"},
			2,
			[]string{listed, granted},
			"3 of 3 required scopes missing",
		},
		"a grant that cannot be understood": {
			"partial", onPath("GET", grants, simulator.Rule{Trouble: simulator.TroubleNull, Member: "consentType", Times: -1}),
			[]string{"apply", "--yes"},
			1,
			[]string{listed, granted},
			"cannot be understood",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t, test.scenario)
			if err := m.Tenant.SetRules(test.rule); err != nil {
				t.Fatal(err)
			}
			got := m.with(m.app("AZURE_CLIENT_SECRET="+appSecret), append(test.args, "--auth", "client-secret")...).Must(t, test.code, test.args)
			if diff := cmp.Diff(slices.Sorted(slices.Values(test.seen)), slices.Sorted(slices.Values(m.seen()))); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
			if !strings.Contains(got.Stdout+got.Stderr, test.says) {
				t.Errorf("nothing says %q:\n%s%s", test.says, got.Stdout, got.Stderr)
			}
		})
	}
}

// Exit code 4 gives the record as the document: nobody has to parse a sentence for its id.
func TestDirectory_recordOfWhatIsNotVisible(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "fresh")
	if err := m.Tenant.SetRules(onPath("GET", grants, simulator.Rule{Trouble: simulator.TroubleStatus, Status: 404, Times: -1})); err != nil {
		t.Fatal(err)
	}
	args := []string{"apply", "--yes", "--auth", "client-secret", "--timeout", "3s", "-o", "json", "-q"}
	got := m.with(m.app("AZURE_CLIENT_SECRET="+appSecret), args...).Must(t, 4, args)
	lines := strings.Split(strings.TrimSpace(got.Stderr), "\n")
	last := lines[len(lines)-1]
	var doc struct {
		Code   string
		Change json.RawMessage
	}
	if err := json.Unmarshal([]byte(last), &doc); err != nil || doc.Code != "notVisible" || got.Stdout != "" {
		t.Fatalf("got %v, code %q, stdout %q:\n%s", err, doc.Code, got.Stdout, last)
	}
	change, err := plan.DecodeChange(doc.Change)
	if err != nil {
		t.Fatal(err)
	}
	if err := testbed.FollowsSchema("error", last); err != nil {
		t.Error(err)
	}
	noted := slices.ContainsFunc(change.Actions, func(a plan.RecordedAction) bool { return strings.Contains(a.Error, "visible") })
	if change.Outcome != plan.OutcomeSucceeded || !noted || strings.Contains(last, "context deadline") {
		t.Errorf("the record says %s: %s", change.Outcome, last)
	}
}

// What it costs to add one scope to one grant: six requests to Graph, of which one is for the organization's name.
func TestDirectory_cost(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "partial")
	run := func(args ...string) {
		args = append(args, "--auth", "client-secret", "--yes", "-q")
		m.with(m.app("AZURE_CLIENT_SECRET="+appSecret), args...).Must(t, 0, args)
	}
	run("apply", "--devices", "ios")
	m.Tenant.ResetLog()
	run("apply")
	want := []string{
		"GET servicePrincipals 200", "GET oauth2PermissionGrants 200", "GET oauth2PermissionGrants/id 200", "PATCH oauth2PermissionGrants/id 204",
		"GET oauth2PermissionGrants 200",
	}
	if diff := cmp.Diff(want, m.seen()); diff != "" {
		t.Errorf("requests beside the name (-want +got):\n%s", diff)
	}
}
