package simulator

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// struck is what one request over a real connection came to.
type struck struct {
	status int
	header http.Header
	text   string
	err    error // of the request, or of reading its answer
}

// overHTTP sends a request through a server, so that connections can break.
func (c *client) overHTTP(method, path, body string) struck {
	c.t.Helper()
	server := httptest.NewServer(c.server)
	defer server.Close()
	r, err := http.NewRequestWithContext(c.t.Context(), method, server.URL+"/v1.0"+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Content-Type", "application/json")
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(r)
	if err != nil {
		return struck{err: err}
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(response.Body)
	return struck{response.StatusCode, response.Header, string(text), err}
}

func (c *client) misbehave(rules ...Rule) {
	c.t.Helper()
	if err := c.server.SetRules(rules...); err != nil {
		c.t.Fatal(err)
	}
}

// What the client gets of each trouble, and whether what it asked for was done.
func TestRule_troubles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rule   Rule
		status int // 0: no answer
		text   string
		kind   string // content type
		cut    bool   // the answer ends before its end
		done   bool
	}{
		"status":                    {Rule{Trouble: TroubleStatus, Status: 503}, 503, `"code":"ServiceUnavailable"`, "application/json", false, false},
		"status, done all the same": {Rule{Trouble: TroubleStatus, Status: 504, CarriedOut: true}, 504, `"code":"UnknownError"`, "application/json", false, true},
		"status with a code":        {Rule{Trouble: TroubleStatus, Status: 400, Code: "Odd"}, 400, `"code":"Odd"`, "application/json", false, false},
		"a proxy's page":            {Rule{Trouble: TroubleHTML, Status: 407}, 407, "Please sign in to the network", "text/html", false, false},
		"a proxy's page, done":      {Rule{Trouble: TroubleHTML, Status: 200, CarriedOut: true}, 200, "Please sign in to the network", "text/html", false, true},
		"close":                     {Rule{Trouble: TroubleClose}, 0, "", "", true, false},
		"close, done":               {Rule{Trouble: TroubleClose, CarriedOut: true}, 0, "", "", true, true},
		"truncated":                 {Rule{Trouble: TroubleTruncate}, 201, `{`, "application/json", true, true},
		"no JSON":                   {Rule{Trouble: TroubleInvalidJSON}, 201, `{"value":[{"id":`, "application/json", false, true},
		"empty object":              {Rule{Trouble: TroubleEmpty}, 201, `{}`, "application/json", false, true},
		"plain text":                {Rule{Trouble: TroubleContentType}, 201, `"scope":"User.Read"`, "text/plain", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newTenant(t, "renamed")
			body := c.grantBody(c.idOf(appleAppID), c.idOf(graphAppID), "User.Read")
			c.misbehave(test.rule)
			got := c.overHTTP("POST", "/oauth2PermissionGrants", body)
			if got.status != test.status || (got.err != nil) != test.cut || !strings.Contains(got.text, test.text) ||
				!strings.HasPrefix(got.header.Get("Content-Type"), test.kind) {
				t.Errorf("got %d %q %q, error %v", got.status, got.header.Get("Content-Type"), got.text, got.err)
			}
			d := c.server.Directory()
			id := GrantID(c.idOf(appleAppID), c.idOf(graphAppID), "")
			_, stands := permissionGrants.find(&d, id)
			if stands != test.done {
				t.Errorf("the grant stands: %v, want %v", stands, test.done)
			}
			last := c.server.Requests()[len(c.server.Requests())-1]
			if want := (Request{Method: "POST", Path: "/v1.0/oauth2PermissionGrants", Status: test.status}); last.Method != want.Method ||
				last.Path != want.Path || last.Status != want.Status || (len(last.Wrote) == 1 && last.Wrote[0] == id) != test.done {
				t.Errorf("the log says %+v", last)
			}
			if again := c.overHTTP("GET", "/servicePrincipals", ""); again.status != http.StatusOK {
				t.Errorf("the next request got %d, want it to pass", again.status)
			}
		})
	}
}

// Answers without a body are spoilt too: half of nothing is no success.
func TestRule_truncatedNoContent(t *testing.T) {
	t.Parallel()
	c := newTenant(t, "granted")
	grant := "/oauth2PermissionGrants/" + GrantID(c.idOf(appleAppID), c.idOf(graphAppID), "")
	c.misbehave(Rule{Trouble: TroubleTruncate})
	if got := c.overHTTP("DELETE", grant, ""); got.err == nil {
		t.Errorf("got %d %q, want an answer that ends early", got.status, got.text)
	}
}

// Which requests a rule strikes: . is one that passes, x one that is struck.
func TestRule_choosesRequests(t *testing.T) {
	t.Parallel()
	const get, patch = http.MethodGet, http.MethodPatch
	type request struct{ method, path string }
	requests := []request{
		{get, "/v1.0/servicePrincipals"},
		{get, "/v1.0/oauth2PermissionGrants"},
		{get, "/v1.0/oauth2permissiongrants/a"},
		{patch, "/v1.0/oauth2PermissionGrants/a"},
		{get, "/v1.0/servicePrincipals"},
		{get, "/x/oauth2/v2.0/token"},
	}
	for name, test := range map[string]struct {
		rule Rule
		want string
	}{
		"the first of all":            {Rule{}, "x....."},
		"all of all":                  {Rule{Times: -1}, "xxxxxx"},
		"a path":                      {Rule{Path: "/v1.0/oauth2PermissionGrants", Times: -1}, ".xxx.."},
		"a path and a method":         {Rule{Path: "v1.0/oauth2PermissionGrants/", Method: "get", Times: -1}, ".xx..."},
		"a path with a star":          {Rule{Path: "/*/oauth2PermissionGrants/*", Times: -1}, "..xx.."},
		"no longer path than the own": {Rule{Path: "/v1.0/servicePrincipals/a", Times: -1}, "......"},
		"the sign-in":                 {Rule{Path: "/*/oauth2/v2.0/token"}, ".....x"},
		"the second and third":        {Rule{Method: get, Match: 2, Times: 2}, ".xx..."},
		"from the second on":          {Rule{Method: get, Match: 2, Times: -1}, ".xx.xx"},
		"whatever follows":            {Rule{Path: "/v1.0/oauth2PermissionGrants", Match: 2, Onwards: true}, "..xxxx"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rule := armed{Rule: test.rule}
			got := ""
			for _, r := range requests {
				if rule.strikes(r.method, r.path) {
					got += "x"
				} else {
					got += "."
				}
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestRule_retryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for want, rule := range map[string]Rule{
		"":                              {},
		"7":                             {RetryAfter: 7},
		"Tue, 24 Nov 2026 12:00:07 GMT": {RetryAfter: 7, AsDate: true},
	} {
		rule.Trouble, rule.Status = TroubleStatus, 429
		if got := rule.spoil(reply{}, now).header.Get("Retry-After"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	moved := Rule{Trouble: TroubleStatus, Status: 307, Location: "https://example.com/"}.spoil(reply{}, now)
	if moved.status != 307 || moved.header.Get("Location") != "https://example.com/" {
		t.Errorf("a redirect is %+v", moved)
	}
}

// One write is late by reads, another by time, and writes after them are not.
func TestRule_lag(t *testing.T) {
	t.Parallel()
	now := time.Now() // tokens are good for an hour
	c := newClient(t, Options{Scenario: "granted", Now: func() time.Time { return now }})
	grant := "/oauth2PermissionGrants/" + GrantID(c.idOf(appleAppID), c.idOf(graphAppID), "")
	scope := func() any { return c.get(grant).must(t, http.StatusOK).body["scope"] }
	write := func(scope string) { c.do("PATCH", grant, `{"scope":"`+scope+`"}`).must(t, http.StatusNoContent) }

	c.misbehave(Rule{Method: "PATCH", Trouble: TroubleLag, Reads: 2})
	write("one")
	got := []any{scope(), scope(), scope()}
	c.misbehave(Rule{Method: "PATCH", Trouble: TroubleLag, Delay: "30s"})
	write("two")
	got = append(got, scope(), scope(), scope())
	now = now.Add(30 * time.Second)
	got = append(got, scope())
	write("three")
	got = append(got, scope())
	if diff := cmp.Diff([]any{"User.Read", "User.Read", "one", "one", "one", "one", "two", "three"}, got); diff != "" {
		t.Errorf("scopes (-want +got):\n%s", diff)
	}
}

func TestRule_newcomer(t *testing.T) {
	t.Parallel()
	c := newTenant(t, "fresh")
	c.misbehave(Rule{Method: "POST", Path: "/v1.0/servicePrincipals", Trouble: TroubleNewcomer, Reads: 2})
	id := c.do("POST", "/servicePrincipals", `{"appId":"`+appleAppID+`"}`).must(t, http.StatusCreated).body["id"].(string)
	body := c.grantBody(id, c.idOf(graphAppID), "User.Read")
	for _, want := range []int{400, 400, 201} {
		c.do("POST", "/oauth2PermissionGrants", body).must(t, want)
	}
}

// Another admin's changes, each before the request that it was meant for.
func TestRule_edits(t *testing.T) {
	t.Parallel()
	const exchange = "EAS.AccessAsUser.All EWS.AccessAsUser.All"
	for name, test := range map[string]struct {
		scenario string
		edit     Edit
		want     string // the client, and its grants on Exchange Online: tenant-wide and of users
	}{
		"grant: grows":        {"granted", Edit{Do: "grant", Scope: "IMAP.AccessAsUser.All EAS.AccessAsUser.All"}, appleDisplayName + ": " + exchange + " IMAP.AccessAsUser.All"},
		"grant: new":          {"renamed", Edit{Do: "grant", Scope: "IMAP.AccessAsUser.All"}, "iOS Accounts: IMAP.AccessAsUser.All"},
		"grant: nobody there": {"fresh", Edit{Do: "grant", Scope: "IMAP.AccessAsUser.All"}, "none"},
		"revoke":              {"granted", Edit{Do: "revoke", Scope: "EAS.AccessAsUser.All"}, appleDisplayName + ": EWS.AccessAsUser.All"},
		"revoke all":          {"granted", Edit{Do: "revoke", Scope: exchange}, appleDisplayName},
		"delete the grant":    {"granted", Edit{Do: "deleteGrant"}, appleDisplayName},
		"a user":              {"renamed", Edit{Do: "consent", Scope: "EAS.AccessAsUser.All"}, "iOS Accounts: user EAS.AccessAsUser.All"},
		"create":              {"fresh", Edit{Do: "createServicePrincipal"}, appleDisplayName},
		"create again":        {"granted", Edit{Do: "createServicePrincipal"}, appleDisplayName + ": " + exchange},
		"delete":              {"granted", Edit{Do: "deleteServicePrincipal"}, "none"},
		"disable":             {"renamed", Edit{Do: "disable"}, "iOS Accounts (disabled)"},
		"rename":              {"renamed", Edit{Do: "rename", Name: "x"}, "x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newTenant(t, test.scenario)
			c.misbehave(Rule{Method: "GET", Match: 2, Trouble: TroubleEdit, Edit: &test.edit})
			before := describeClient(c.server.Directory())
			c.get("/servicePrincipals").must(t, http.StatusOK)
			if got := describeClient(c.server.Directory()); got != before {
				t.Errorf("it came too early: %s", got)
			}
			c.get("/servicePrincipals").must(t, http.StatusOK)
			if got := describeClient(c.server.Directory()); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func describeClient(d Directory) string {
	sp, found := d.ServicePrincipalOf(appleAppID)
	if !found {
		return "none"
	}
	text := sp.DisplayName
	if !*sp.AccountEnabled {
		text += " (disabled)"
	}
	exchange, _ := d.ServicePrincipalOf(exchangeAppID)
	for _, g := range d.PermissionGrants {
		switch {
		case g.ClientID != sp.ID || g.ResourceID != exchange.ID:
		case g.PrincipalID != nil:
			text += ": user " + g.Scope
		default:
			text += ": " + g.Scope
		}
	}
	return text
}

// A rule file that cannot mean anything is refused with what is wrong.
func TestReadRules(t *testing.T) {
	t.Parallel()
	file := func(text string) string {
		name := filepath.Join(t.TempDir(), "faults.json")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	good := `{"rules":[{"method":"POST","path":"/v1.0/oauth2PermissionGrants","match":2,"times":-1,"trouble":"status","status":429,"retryAfter":7,"asDate":true},
	 {"trouble":"edit","edit":{"do":"grant","scope":"IMAP.AccessAsUser.All"}},{"trouble":"lag","delay":"30s"}]}`
	rules, err := ReadRules(file(good))
	if err != nil || len(rules) != 3 || rules[0].Status != 429 || rules[1].Edit.Do != "grant" {
		t.Fatalf("got %+v, %v", rules, err)
	}
	if rules, err := ReadRules("../../docs/faults.example.json"); err != nil || len(rules) != 4 {
		t.Errorf("the example of the documentation: %d rules, %v", len(rules), err)
	}
	for text, want := range map[string]string{
		``:                                  "not a list of rules",
		`{"rules":[]}`:                      "has no rules",
		`{"rules":[{"trouble":"close"}]} x`: "stands behind the rules",
		`{"rules":[{"trouble":"close","odd":1}]}`:                             `unknown field "odd"`,
		`{"rules":[{"trouble":"fire"}]}`:                                      `rule 1: unknown trouble "fire": use one of status,`,
		`{"rules":[{"trouble":"status"}]}`:                                    "needs a status from 200 to 599",
		`{"rules":[{"trouble":"html"}]}`:                                      "needs a status from 200 to 599",
		`{"rules":[{"trouble":"delay"}]}`:                                     "needs a delay",
		`{"rules":[{"trouble":"close","delay":"soon"}]}`:                      "not a time such as 30s",
		`{"rules":[{"trouble":"lag"}]}`:                                       "needs either reads or a delay",
		`{"rules":[{"trouble":"newcomer"}]}`:                                  "needs reads",
		`{"rules":[{"trouble":"edit"}]}`:                                      "edit go together",
		`{"rules":[{"trouble":"close","times":-2}]}`:                          "cannot be negative",
		`{"rules":[{"trouble":"edit","edit":{"do":"burn"}}]}`:                 `unknown edit "burn": use one of classify, consent, createServicePrincipal`,
		`{"rules":[{"trouble":"edit","edit":{"do":"grant","client":"x"}}]}`:   `no application "x"`,
		`{"rules":[{"trouble":"edit","edit":{"do":"grant"}},{"trouble":""}]}`: `rule 2: unknown trouble ""`,
	} {
		if _, err := ReadRules(file(text)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got error %v, want one line that says %q", text, err, want)
		}
	}
	if _, err := ReadRules(file(`{"rules":[` + strings.Repeat(" ", maxRuleFile) + `]}`)); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a file that is too large: got error %v", err)
	}
	if _, err := ReadRules(t.TempDir()); err == nil {
		t.Error("a folder is taken for a file")
	}
}
