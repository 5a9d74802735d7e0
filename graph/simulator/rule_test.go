package simulator_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"

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
func overHTTP(c *simtest.Client, method, path, body string) struck {
	c.T.Helper()
	server := httptest.NewServer(c.Server)
	defer server.Close()
	r, err := http.NewRequestWithContext(c.T.Context(), method, server.URL+"/v1.0"+path, strings.NewReader(body))
	if err != nil {
		c.T.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.Token)
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

// What the client gets of each trouble, and whether what it asked for was done.
func TestRule_troubles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rule   simulator.Rule
		status int // 0: no answer
		text   string
		kind   string // content type
		cut    bool   // the answer ends before its end
		done   bool
	}{
		"status":                    {simulator.Rule{Trouble: simulator.TroubleStatus, Status: 503}, 503, `"code":"ServiceUnavailable"`, "application/json", false, false},
		"status, done all the same": {simulator.Rule{Trouble: simulator.TroubleStatus, Status: 504, CarriedOut: true}, 504, `"code":"UnknownError"`, "application/json", false, true},
		"status with a code":        {simulator.Rule{Trouble: simulator.TroubleStatus, Status: 400, Code: "Odd"}, 400, `"code":"Odd"`, "application/json", false, false},
		"a proxy's page":            {simulator.Rule{Trouble: simulator.TroubleHTML, Status: 407}, 407, "Please sign in to the network", "text/html", false, false},
		"a proxy's page, done":      {simulator.Rule{Trouble: simulator.TroubleHTML, Status: 200, CarriedOut: true}, 200, "Please sign in to the network", "text/html", false, true},
		"close":                     {simulator.Rule{Trouble: simulator.TroubleClose}, 0, "", "", true, false},
		"close, done":               {simulator.Rule{Trouble: simulator.TroubleClose, CarriedOut: true}, 0, "", "", true, true},
		"truncated":                 {simulator.Rule{Trouble: simulator.TroubleTruncate}, 201, `{`, "application/json", true, true},
		"no JSON":                   {simulator.Rule{Trouble: simulator.TroubleInvalidJSON}, 201, `{"value":[{"id":`, "application/json", false, true},
		"empty object":              {simulator.Rule{Trouble: simulator.TroubleEmpty}, 201, `{}`, "application/json", false, true},
		"a null":                    {simulator.Rule{Trouble: simulator.TroubleNull, Member: "scope"}, 201, `"scope":null`, "application/json", false, true},
		"no rows, of what is none":  {simulator.Rule{Trouble: simulator.TroubleUnlisted}, 201, `"scope":"User.Read"`, "application/json", false, true},
		"plain text":                {simulator.Rule{Trouble: simulator.TroubleContentType}, 201, `"scope":"User.Read"`, "text/plain", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := simtest.NewTenant(t, "renamed")
			body := c.GrantBody(c.IDOf(identity.AppleAppID), c.IDOf(identity.GraphAppID), "User.Read")
			c.Misbehave(test.rule)
			got := overHTTP(c, "POST", "/oauth2PermissionGrants", body)
			if got.status != test.status || (got.err != nil) != test.cut || !strings.Contains(got.text, test.text) ||
				!strings.HasPrefix(got.header.Get("Content-Type"), test.kind) {
				t.Errorf("got %d %q %q, error %v", got.status, got.header.Get("Content-Type"), got.text, got.err)
			}
			d := c.Server.Directory()
			id := directory.GrantID(c.IDOf(identity.AppleAppID), c.IDOf(identity.GraphAppID), "")
			if stands := slices.ContainsFunc(d.PermissionGrants, func(g directory.PermissionGrant) bool { return g.ID == id }); stands != test.done {
				t.Errorf("the grant stands: %v, want %v", stands, test.done)
			}
			last := c.Server.Requests()[len(c.Server.Requests())-1]
			if want := (simtest.Request{Method: "POST", Path: "/v1.0/oauth2PermissionGrants", Status: test.status}); last.Method != want.Method ||
				last.Path != want.Path || last.Status != want.Status || (len(last.Wrote) == 1 && last.Wrote[0] == id) != test.done {
				t.Errorf("the log says %+v", last)
			}
			if again := overHTTP(c, "GET", "/servicePrincipals", ""); again.status != http.StatusOK {
				t.Errorf("the next request got %d, want it to pass", again.status)
			}
		})
	}
}

// Answers without a body are spoilt too: half of nothing is no success.
func TestRule_truncatedNoContent(t *testing.T) {
	t.Parallel()
	c := simtest.NewTenant(t, "granted")
	grant := "/oauth2PermissionGrants/" + directory.GrantID(c.IDOf(identity.AppleAppID), c.IDOf(identity.GraphAppID), "")
	c.Misbehave(simulator.Rule{Trouble: simulator.TroubleTruncate})
	if got := overHTTP(c, "DELETE", grant, ""); got.err == nil {
		t.Errorf("got %d %q, want an answer that ends early", got.status, got.text)
	}
}

// A challenge is a header that names the claims in base64.
func TestRule_claims(t *testing.T) {
	t.Parallel()
	c := simtest.NewTenant(t, "granted")
	c.Misbehave(simulator.Rule{Trouble: simulator.TroubleStatus, Status: 401, Claims: `{"access_token":{}}`})
	got := overHTTP(c, "GET", "/organization", "")
	if want := `error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="`; got.status != 401 || !strings.Contains(got.header.Get("Www-Authenticate"), want) {
		t.Errorf("got %d %q, want %s", got.status, got.header.Get("Www-Authenticate"), want)
	}
}

// One write is late by reads, another by time, and writes after them are not.
func TestRule_lag(t *testing.T) {
	t.Parallel()
	now := time.Now() // tokens are good for an hour
	c := simtest.NewClient(t, simulator.Options{Scenario: "granted", Now: func() time.Time { return now }})
	grant := "/oauth2PermissionGrants/" + directory.GrantID(c.IDOf(identity.AppleAppID), c.IDOf(identity.GraphAppID), "")
	scope := func() any { return c.Get(grant).Must(t, http.StatusOK).Body["scope"] }
	write := func(scope string) { c.Do("PATCH", grant, `{"scope":"`+scope+`"}`).Must(t, http.StatusNoContent) }

	c.Misbehave(simulator.Rule{Method: "PATCH", Trouble: simulator.TroubleLag, Reads: 2})
	write("one")
	got := []any{scope(), scope(), scope()}
	c.Misbehave(simulator.Rule{Method: "PATCH", Trouble: simulator.TroubleLag, Delay: "30s"})
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
	c := simtest.NewTenant(t, "fresh")
	c.Misbehave(simulator.Rule{Method: "POST", Path: "/v1.0/servicePrincipals", Trouble: simulator.TroubleNewcomer, Reads: 2})
	id := c.Do("POST", "/servicePrincipals", `{"appId":"`+identity.AppleAppID+`"}`).Must(t, http.StatusCreated).Body["id"].(string)
	body := c.GrantBody(id, c.IDOf(identity.GraphAppID), "User.Read")
	for _, want := range []int{400, 400, 201} {
		c.Do("POST", "/oauth2PermissionGrants", body).Must(t, want)
	}
}

// Another admin's changes, each before the request that it was meant for.
func TestRule_edits(t *testing.T) {
	t.Parallel()
	const exchange = "EAS.AccessAsUser.All EWS.AccessAsUser.All"
	for name, test := range map[string]struct {
		scenario string
		edit     directory.Edit
		want     string // the client, and its grants on Exchange Online: tenant-wide and of users
	}{
		"grant: grows":        {"granted", directory.Edit{Do: "grant", Scope: "IMAP.AccessAsUser.All EAS.AccessAsUser.All"}, identity.AppleDisplayName + ": " + exchange + " IMAP.AccessAsUser.All"},
		"grant: new":          {"renamed", directory.Edit{Do: "grant", Scope: "IMAP.AccessAsUser.All"}, "iOS Accounts: IMAP.AccessAsUser.All"},
		"grant: nobody there": {"fresh", directory.Edit{Do: "grant", Scope: "IMAP.AccessAsUser.All"}, "none"},
		"revoke":              {"granted", directory.Edit{Do: "revoke", Scope: "EAS.AccessAsUser.All"}, identity.AppleDisplayName + ": EWS.AccessAsUser.All"},
		"revoke all":          {"granted", directory.Edit{Do: "revoke", Scope: exchange}, identity.AppleDisplayName},
		"delete the grant":    {"granted", directory.Edit{Do: "deleteGrant"}, identity.AppleDisplayName},
		"a user":              {"renamed", directory.Edit{Do: "consent", Scope: "EAS.AccessAsUser.All"}, "iOS Accounts: user EAS.AccessAsUser.All"},
		"create":              {"fresh", directory.Edit{Do: "createServicePrincipal"}, identity.AppleDisplayName},
		"create again":        {"granted", directory.Edit{Do: "createServicePrincipal"}, identity.AppleDisplayName + ": " + exchange},
		"delete":              {"granted", directory.Edit{Do: "deleteServicePrincipal"}, "none"},
		"disable":             {"renamed", directory.Edit{Do: "disable"}, "iOS Accounts (disabled)"},
		"rename":              {"renamed", directory.Edit{Do: "rename", Name: "x"}, "x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := simtest.NewTenant(t, test.scenario)
			c.Misbehave(simulator.Rule{Method: "GET", Match: 2, Trouble: simulator.TroubleEdit, Edit: &test.edit})
			before := describeClient(c.Server.Directory())
			c.Get("/servicePrincipals").Must(t, http.StatusOK)
			if got := describeClient(c.Server.Directory()); got != before {
				t.Errorf("it came too early: %s", got)
			}
			c.Get("/servicePrincipals").Must(t, http.StatusOK)
			if got := describeClient(c.Server.Directory()); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func describeClient(d directory.Directory) string {
	sp, found := d.ServicePrincipalOf(identity.AppleAppID)
	if !found {
		return "none"
	}
	text := sp.DisplayName
	if !*sp.AccountEnabled {
		text += " (disabled)"
	}
	exchange, _ := d.ServicePrincipalOf(identity.ExchangeAppID)
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
	file := func(text string) string { return ruleFile(t, text) }
	good := `{"rules":[{"method":"POST","path":"/v1.0/oauth2PermissionGrants","match":2,"times":-1,"trouble":"status","status":429,"retryAfter":7,"asDate":true},
	 {"trouble":"edit","edit":{"do":"grant","scope":"IMAP.AccessAsUser.All"}},{"trouble":"lag","delay":"30s"}]}`
	rules, err := simulator.ReadRules(file(good))
	if err != nil || len(rules) != 3 || rules[0].Status != 429 || rules[1].Edit.Do != "grant" {
		t.Fatalf("got %+v, %v", rules, err)
	}
	if rules, err := simulator.ReadRules("../../docs/faults.example.json"); err != nil || len(rules) != 4 {
		t.Errorf("the example of the documentation: %d rules, %v", len(rules), err)
	}
	for kind, marked := range map[string]string{"UTF-8": "\xef\xbb\xbf" + good, "UTF-16": utf16LE(good)} {
		if rules, err := simulator.ReadRules(file(marked)); err != nil || len(rules) != 3 {
			t.Errorf("%s with a mark, as Windows writes it: %d rules, %v", kind, len(rules), err)
		}
	}
	for text, want := range map[string]string{
		``:                                  "not a list of rules",
		`{"rules":[]}`:                      "has no rules",
		`{"rules":[{"trouble":"close"}]} x`: "text after the rules",
		`{"rules":[{"trouble":"close","odd":1}]}`:                             `unknown field "odd"`,
		`{"rules":[{"trouble":"fire"}]}`:                                      `rule 1: unknown trouble "fire": use one of status,`,
		`{"rules":[{"trouble":"status"}]}`:                                    "needs a status from 200 to 599",
		`{"rules":[{"trouble":"html"}]}`:                                      "needs a status from 200 to 599",
		`{"rules":[{"trouble":"delay"}]}`:                                     "needs a delay",
		`{"rules":[{"trouble":"close","delay":"soon"}]}`:                      "not a time such as 30s",
		`{"rules":[{"trouble":"lag"}]}`:                                       "needs either reads or a delay",
		`{"rules":[{"trouble":"newcomer"}]}`:                                  "needs reads",
		`{"rules":[{"trouble":"status","status":403,"claims":"{}"}]}`:         "go with the status 401",
		`{"rules":[{"trouble":"status","status":401,"claims":"no"}]}`:         "claims are JSON",
		`{"rules":[{"trouble":"edit"}]}`:                                      "edit go together",
		`{"rules":[{"trouble":"close","times":-2}]}`:                          "cannot be negative",
		`{"rules":[{"trouble":"edit","edit":{"do":"burn"}}]}`:                 `unknown edit "burn": use one of classify, consent, createServicePrincipal`,
		`{"rules":[{"trouble":"edit","edit":{"do":"grant","client":"x"}}]}`:   `no application "x"`,
		`{"rules":[{"trouble":"edit","edit":{"do":"grant"}},{"trouble":""}]}`: `rule 2: unknown trouble ""`,
	} {
		if _, err := simulator.ReadRules(file(text)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got error %v, want one line that says %q", text, err, want)
		}
	}
	if _, err := simulator.ReadRules(file(`{"rules":[` + strings.Repeat(" ", 1<<20) + `]}`)); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a file that is too large: got error %v", err)
	}
	if _, err := simulator.ReadRules(t.TempDir()); err == nil {
		t.Error("a folder is taken for a file")
	}
}

// utf16LE is a text of ASCII as Windows PowerShell writes it.
func utf16LE(text string) string {
	return "\xff\xfe" + strings.Join(strings.Split(text, ""), "\x00") + "\x00"
}

// ruleFile writes a file of rules and returns its name.
func ruleFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "faults.json")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// readRules reads rules, each of which is a JSON object.
func readRules(t *testing.T, rules ...string) ([]simulator.Rule, error) {
	t.Helper()
	return simulator.ReadRules(ruleFile(t, `{"rules":[`+strings.Join(rules, ",")+`]}`))
}

func TestRule_refuseSignIn(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	rules, err := readRules(t, `{"path": "/*/oauth2/v2.0/token", "match": 2, "trouble": "refuseSignIn", "aadsts": 50173}`)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Server.SetRules(rules...); err != nil {
		t.Fatal(err)
	}
	c.SignInAdmin(simtest.FullRead).Must(t, http.StatusOK)
	c.SignInAdmin(simtest.FullRead).Refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS50173")
	c.SignInAdmin(simtest.FullRead).Must(t, http.StatusOK)
}

func TestRule_refuseSignInStrikesNothingElse(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	if err := c.Server.SetRules(simulator.Rule{Trouble: simulator.TroubleRefuseSignIn, AADSTS: 53003, Onwards: true}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		c.Get("/servicePrincipals").Must(t, http.StatusOK)
		c.Get(simtest.Authority+"/common/v2.0/.well-known/openid-configuration").Must(t, http.StatusOK)
		c.SignInAdmin(simtest.FullRead).Refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS53003")
	}
	asked := "client_id=app&response_type=code&redirect_uri=http://localhost:51234&scope=User.Read&code_challenge_method=S256&code_challenge=" + strings.Repeat("c", 43)
	page := c.Get(simtest.Authority+"/organizations/oauth2/v2.0/authorize?"+asked).Must(t, http.StatusFound)
	if got := page.Header.Get("Location"); !strings.HasPrefix(got, "http://localhost:51234?error=interaction_required&") {
		t.Errorf("the browser is sent to %s", got)
	}
}

func TestRule_refuseSignInChecked(t *testing.T) {
	cases := map[string]struct{ rule, want string }{
		"without a number": {`{"trouble": "refuseSignIn"}`, "go together"},
		"another trouble":  {`{"trouble": "empty", "aadsts": 53003}`, "go together"},
		"unknown number":   {`{"trouble": "refuseSignIn", "aadsts": 1}`, "unknown aadsts 1: use one of"},
		"not a number":     {`{"trouble": "refuseSignIn", "aadsts": "53003"}`, "cannot unmarshal"},
		"another field":    {`{"trouble": "refuseSignIn", "aadsts": 53003, "number": 1}`, "unknown field"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := readRules(t, want.rule); err == nil || !strings.Contains(err.Error(), want.want) {
				t.Errorf("got error %v, want it to say %q", err, want.want)
			}
		})
	}
}

// The page lists every trouble, change and number that a file can use.
func TestFaultsPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/faults.md")
	if err != nil {
		t.Fatal(err)
	}
	for unknown, form := range map[string]string{
		`{"trouble":"fire"}`: "| `%s` |", `{"trouble":"edit","edit":{"do":"burn"}}`: "`%s`", `{"trouble":"refuseSignIn","aadsts":1}`: "`%s`",
	} {
		_, err := readRules(t, unknown)
		if err == nil {
			t.Fatalf("%s is taken", unknown)
		}
		_, list, _ := strings.Cut(err.Error(), "use one of ")
		known := strings.Split(list, ", ")
		if len(known) < 10 {
			t.Errorf("%v lists %d", err, len(known))
		}
		for _, word := range known {
			if !strings.Contains(string(page), fmt.Sprintf(form, word)) {
				t.Errorf("docs/faults.md does not list %s", word)
			}
		}
	}
}
