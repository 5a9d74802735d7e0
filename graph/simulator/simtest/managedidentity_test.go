package simtest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

// managed asks a managed identity endpoint with a header.
func managed(c *simtest.Client, method, target, header, value string) (status int, body map[string]any) {
	c.T.Helper()
	r := httptest.NewRequestWithContext(c.T.Context(), method, "http://identity.example"+target, http.NoBody)
	r.Header.Set(header, value)
	recorder := httptest.NewRecorder()
	c.Server.ManagedIdentity().ServeHTTP(recorder, r)
	if err := json.Unmarshal(recorder.Body.Bytes(), &body); err != nil {
		c.T.Fatalf("%s answered no JSON: %v", target, err)
	}
	return recorder.Code, body
}

const (
	appService = "/msi/token?api-version=2019-08-01&resource=https://graph.microsoft.com"
	imds       = "/metadata/identity/oauth2/token" + "?api-version=2018-02-01&resource=https://graph.microsoft.com"
)

func TestManagedIdentity(t *testing.T) {
	now := simtest.NewClock()
	cases := map[string]struct{ target, header, value, appID string }{
		"App Service":                    {appService, "X-IDENTITY-HEADER", "simulated-identity-header", ""},
		"App Service, a chosen identity": {appService + "&client_id=chosen", "X-IDENTITY-HEADER", "simulated-identity-header", "chosen"},
		"IMDS":                           {imds, "Metadata", "true", ""},
		"IMDS, a chosen identity":        {imds + "&client_id=chosen", "Metadata", "true", "chosen"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := simtest.NewClient(t, simulator.Options{Scenario: "fresh", Now: now.Now})
			c.Server.SetAppRoles("Directory.Read.All")
			status, body := managed(c, "GET", want.target, want.header, want.value)
			if status != http.StatusOK {
				t.Fatalf("got status %d: %v", status, body)
			}
			if want.appID == "" {
				want.appID = identity.ObjectID(c.Server.TenantID(), "managed identity")
			}
			shown := map[string]any{
				"client_id": want.appID, "resource": "https://graph.microsoft.com", "token_type": "Bearer",
				"expires_on": strconv.FormatInt(now.Unix()+3600, 10),
			}
			if strings.HasPrefix(name, "IMDS") {
				shown["expires_in"], shown["not_before"] = "3600", strconv.FormatInt(now.Unix(), 10)
			}
			token, _ := body["access_token"].(string)
			delete(body, "access_token")
			if diff := cmp.Diff(shown, body); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			var held identity.Claims
			_ = identity.DecodeJWT(token, &held)
			if held.IDType != "app" || held.AppID != want.appID || !cmp.Equal(held.Roles, []string{"Directory.Read.All"}) {
				t.Errorf("got token %+v", held)
			}
			log := c.Server.Requests()
			if len(log) != 1 || log[0].GrantType != "managed_identity" || log[0].Scope != "https://graph.microsoft.com" {
				t.Errorf("got log %+v", log)
			}
		})
	}
}

func TestManagedIdentity_refused(t *testing.T) {
	cases := map[string]struct {
		method, target, header, value string
		status                        int
	}{
		"App Service, no header":       {"GET", appService, "X", "", 401},
		"App Service, a wrong header":  {"GET", appService, "X-IDENTITY-HEADER", "guessed", 401},
		"App Service, another version": {"GET", strings.Replace(appService, "2019-08-01", "2017-09-01", 1), "X-IDENTITY-HEADER", "simulated-identity-header", 400},
		"App Service, no resource":     {"GET", "/?api-version=2019-08-01", "X-IDENTITY-HEADER", "simulated-identity-header", 400},
		"App Service, POST":            {"POST", appService, "X-IDENTITY-HEADER", "simulated-identity-header", 405},
		"IMDS, no header":              {"GET", imds, "X-IDENTITY-HEADER", "simulated-identity-header", 400},
		"IMDS, no resource":            {"GET", "/metadata/identity/oauth2/token" + "?api-version=2018-02-01", "Metadata", "true", 400},
		"IMDS, no version":             {"GET", "/metadata/identity/oauth2/token" + "?resource=x", "Metadata", "true", 400},
		"IMDS, POST":                   {"POST", imds, "Metadata", "true", 405},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			status, body := managed(simtest.NewTenant(t, "fresh"), want.method, want.target, want.header, want.value)
			if status != want.status || body["access_token"] != nil {
				t.Errorf("got status %d: %v, want %d", status, body, want.status)
			}
		})
	}
}

func TestManagedIdentity_misbehaves(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	if err := c.Server.SetRules(simulator.Rule{Path: "/msi/token", Trouble: simulator.TroubleStatus, Status: 500}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{500, 200} {
		if status, _ := managed(c, "GET", appService, "X-IDENTITY-HEADER", "simulated-identity-header"); status != want {
			t.Errorf("got status %d, want %d", status, want)
		}
	}
}
