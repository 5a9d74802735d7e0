package simulator

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
)

func TestRefuseSignIn(t *testing.T) {
	cases := []struct {
		number int
		status int
		code   string
		says   string
	}{
		{7000215, 401, "invalid_client", "not the client secret ID, for a secret added to app 'app'"},
		{7000222, 401, "invalid_client", "client secret keys for app 'app' are expired"},
		{700024, 401, "invalid_client", "Client assertion is not within its valid time range."},
		{700027, 401, "invalid_client", "The key was not found."},
		{700213, 401, "invalid_client", "No matching federated identity record"},
		{70021, 401, "invalid_client", "No matching federated identity record"},
		{700016, 400, "unauthorized_client", "identifier 'app' was not found in the directory 'organizations'"},
		{7000112, 400, "unauthorized_client", "Application 'app' is disabled."},
		{90002, 400, "invalid_request", "Tenant 'organizations' not found."},
		{500011, 400, "invalid_resource", "named https://graph.microsoft.com was not found in the tenant named organizations"},
		{65001, 400, "invalid_grant", "has not consented to use the application with ID 'app'"},
		{65004, 400, "access_denied", "User declined to consent"},
		{50076, 400, "invalid_grant", "must use multi-factor authentication to access '00000003-0000-0000-c000-000000000000'"},
		{50079, 400, "invalid_grant", "must enroll in multi-factor authentication"},
		{50074, 400, "invalid_grant", "Strong Authentication is required."},
		{53000, 400, "invalid_grant", "the device is not compliant"},
		{53003, 400, "invalid_grant", "Access has been blocked by Conditional Access policies."},
		{530032, 400, "invalid_grant", "security policy"},
		{50105, 400, "invalid_grant", "user 'admin@contoso.example' is blocked"},
		{50173, 400, "invalid_grant", "a fresh auth token is needed"},
		{70043, 400, "invalid_grant", "sign-in frequency checks"},
		{700082, 400, "invalid_grant", "expired due to inactivity"},
		{90072, 400, "invalid_grant", "account 'admin@contoso.example' from identity provider"},
		{50020, 400, "invalid_grant", "account 'admin@contoso.example' from identity provider"},
	}
	c := newTenant(t, "fresh")
	code, device := c.authorize(authorizeRequest(fullRead)).Get("code"), c.startDevice(fullRead).field("device_code")
	for _, want := range cases {
		t.Run(fmt.Sprint(want.number), func(t *testing.T) {
			c := &client{t, c.server, ""}
			c.server.RefuseSignIn(want.number)
			for name, got := range map[string]response{
				"device code": c.startDevice(fullRead), "redeemed code": c.redeem(code), "poll": c.poll(device),
				"simulated admin": c.signInAdmin("User.Read"), "app": c.signIn("organizations", "grant_type", "client_credentials",
					"client_id", "app", "client_secret", "s3cret", "scope", "https://graph.microsoft.com/.default"),
			} {
				got.refused(t, want.status, want.code, fmt.Sprintf("AADSTS%d", want.number))
				if description := got.field("error_description"); !strings.Contains(description, want.says) || strings.ContainsAny(description, "{}") {
					t.Errorf("%s: got %q, want it to say %q", name, description, want.says)
				}
				if strings.Contains(got.text, "s3cret") {
					t.Errorf("%s: the secret is told", name)
				}
			}
		})
	}
	c.server.RefuseSignIn(0)
	c.redeem(code).must(t, http.StatusOK) // nothing was used up meanwhile
	c.poll(device).must(t, http.StatusOK)
}

func TestRefuseSignIn_everythingFilledIn(t *testing.T) {
	c := newTenant(t, "fresh")
	for number := range refusals() {
		c.server.RefuseSignIn(number)
		got := c.startDevice(fullRead)
		if got.status < 400 || got.field("error") == "" || strings.ContainsAny(got.field("error_description"), "{}") {
			t.Errorf("%d: got status %d: %s", number, got.status, got.text)
		}
	}
}

func TestRefuseSignIn_restGoesOn(t *testing.T) {
	c := newTenant(t, "fresh")
	c.server.RefuseSignIn(53003)
	c.get("/servicePrincipals").must(t, http.StatusOK)
	c.get(authority+"/common/v2.0/.well-known/openid-configuration").must(t, http.StatusOK)
}

func TestRefuseSignIn_unknown(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a number that nobody knows is taken")
		}
	}()
	newTenant(t, "fresh").server.RefuseSignIn(1)
}

func TestRule_refuseSignIn(t *testing.T) {
	c := newTenant(t, "fresh")
	rules, err := parseRules([]byte(`{"rules": [{"path": "/*/oauth2/v2.0/token", "match": 2, "trouble": "refuseSignIn", "aadsts": 50173}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.server.SetRules(rules...); err != nil {
		t.Fatal(err)
	}
	c.signInAdmin(fullRead).must(t, http.StatusOK)
	c.signInAdmin(fullRead).refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS50173")
	c.signInAdmin(fullRead).must(t, http.StatusOK)
}

func TestRule_refuseSignInStrikesNothingElse(t *testing.T) {
	c := newTenant(t, "fresh")
	if err := c.server.SetRules(Rule{Trouble: TroubleRefuseSignIn, AADSTS: 53003, Onwards: true}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		c.get("/servicePrincipals").must(t, http.StatusOK)
		c.get(authority+"/common/v2.0/.well-known/openid-configuration").must(t, http.StatusOK)
		c.signInAdmin(fullRead).refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS53003")
	}
	if got := c.authorize(authorizeRequest(fullRead)); got.Get("error") != "interaction_required" {
		t.Errorf("the app gets %v", got)
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
			if _, err := parseRules([]byte(`{"rules": [` + want.rule + `]}`)); err == nil || !strings.Contains(err.Error(), want.want) {
				t.Errorf("got error %v, want it to say %q", err, want.want)
			}
		})
	}
}

// The page lists every number that a file can use, and no other trouble is missing.
func TestFaultsPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/faults.md")
	if err != nil {
		t.Fatal(err)
	}
	for number := range refusals() {
		if !strings.Contains(string(page), fmt.Sprintf("`%d`", number)) {
			t.Errorf("docs/faults.md does not list %d", number)
		}
	}
	for _, trouble := range append(answeringTroubles, otherTroubles...) {
		if !strings.Contains(string(page), "| `"+string(trouble)+"` |") {
			t.Errorf("docs/faults.md does not list %s", trouble)
		}
	}
}
