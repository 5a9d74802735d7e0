package entra_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"appleconsent/graph/simulator/entra"
	"appleconsent/graph/simulator/simtest"
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
	c := simtest.NewTenant(t, "fresh")
	code, device := authorize(c, authorizeRequest(simtest.FullRead)).Get("code"), startDevice(c, simtest.FullRead).Field("device_code")
	for _, want := range cases {
		t.Run(fmt.Sprint(want.number), func(t *testing.T) {
			c := &simtest.Client{T: t, Server: c.Server}
			c.Server.RefuseSignIn(want.number)
			for name, got := range map[string]simtest.Response{
				"device code": startDevice(c, simtest.FullRead), "redeemed code": redeem(c, code), "poll": poll(c, device),
				"simulated admin": c.SignInAdmin("User.Read"), "app": c.SignIn("organizations", "grant_type", "client_credentials",
					"client_id", "app", "client_secret", "s3cret", "scope", "https://graph.microsoft.com/.default"),
			} {
				got.Refused(t, want.status, want.code, fmt.Sprintf("AADSTS%d", want.number))
				if description := got.Field("error_description"); !strings.Contains(description, want.says) || strings.ContainsAny(description, "{}") {
					t.Errorf("%s: got %q, want it to say %q", name, description, want.says)
				}
				if strings.Contains(got.Text, "s3cret") {
					t.Errorf("%s: the secret is told", name)
				}
			}
		})
	}
	c.Server.RefuseSignIn(0)
	redeem(c, code).Must(t, http.StatusOK) // nothing was used up meanwhile
	poll(c, device).Must(t, http.StatusOK)
}

func TestRefuseSignIn_everythingFilledIn(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	for _, number := range numbers(t) {
		c.Server.RefuseSignIn(number)
		got := startDevice(c, simtest.FullRead)
		if got.Status < 400 || got.Field("error") == "" || strings.ContainsAny(got.Field("error_description"), "{}") {
			t.Errorf("%d: got status %d: %s", number, got.Status, got.Text)
		}
	}
}

func TestRefuseSignIn_restGoesOn(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	c.Server.RefuseSignIn(53003)
	c.Get("/servicePrincipals").Must(t, http.StatusOK)
	c.Get(simtest.Authority+"/common/v2.0/.well-known/openid-configuration").Must(t, http.StatusOK)
}

func TestRefuseSignIn_unknown(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a number that nobody knows is taken")
		}
	}()
	simtest.NewTenant(t, "fresh").Server.RefuseSignIn(1)
}

// numbers are all that the simulator knows.
func numbers(t *testing.T) (list []int) {
	t.Helper()
	for _, text := range strings.Split(entra.RefusalNumbers(), ", ") {
		number, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, number)
	}
	return list
}
