package e2e_test

import (
	stdcmp "cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/entra"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/reply"
	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

const (
	identityHeader    = "simulated-identity-header"
	appServiceVersion = "2019-08-01"
	appServiceTarget  = "/msi/token?api-version=2019-08-01&resource=https://graph.microsoft.com"
)

// appService is the endpoint at which programs in App Service get tokens without a credential (IDENTITY_ENDPOINT), on
// every path. It wants the header X-IDENTITY-HEADER to be "simulated-identity-header" (IDENTITY_HEADER).
func appService(s *simtest.Server) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Respond(w, r, nil, func(t *simulator.Tenant, _ int) reply.Reply { return appServiceReply(t, r) })
	})
}

func appServiceReply(t *simulator.Tenant, r *http.Request) reply.Reply {
	q := r.URL.Query()
	refuse := func(status int, message string) reply.Reply {
		return entra.OAuthReply(status, map[string]any{"statusCode": status, "message": message}, time.Now())
	}
	switch {
	case r.Method != http.MethodGet:
		return refuse(http.StatusMethodNotAllowed, "Only GET is allowed.")
	case r.Header.Get("X-Identity-Header") != identityHeader:
		return refuse(http.StatusUnauthorized, "The header X-IDENTITY-HEADER is missing or wrong.")
	case q.Get("api-version") != appServiceVersion:
		return refuse(http.StatusBadRequest, fmt.Sprintf("The api-version '%s' is not supported.", q.Get("api-version")))
	case q.Get("resource") == "":
		return refuse(http.StatusBadRequest, "The query parameter 'resource' is missing.")
	}
	client := stdcmp.Or(q.Get("client_id"), identity.ObjectID(t.Graph.Directory.TenantID, "managed identity"))
	c := t.SignIn.AppClaims(client, q.Get("resource"))
	return entra.OAuthReply(http.StatusOK, map[string]any{
		"access_token": c.Token(), "client_id": client, "expires_on": strconv.FormatInt(c.Expires, 10),
		"resource": q.Get("resource"), "token_type": "Bearer",
	}, time.Now())
}

// managed asks a managed identity endpoint with a header.
func managed(c *simtest.Client, method, target, header, value string) (status int, body map[string]any) {
	c.T.Helper()
	r := httptest.NewRequestWithContext(c.T.Context(), method, "http://identity.example"+target, http.NoBody)
	r.Header.Set(header, value)
	recorder := httptest.NewRecorder()
	appService(c.Server).ServeHTTP(recorder, r)
	if err := json.Unmarshal(recorder.Body.Bytes(), &body); err != nil {
		c.T.Fatalf("%s answered no JSON: %v", target, err)
	}
	return recorder.Code, body
}

func TestManagedIdentity(t *testing.T) {
	now := simtest.NewClock()
	cases := map[string]struct{ target, header, value, appID string }{
		"App Service":                    {appServiceTarget, "X-IDENTITY-HEADER", "simulated-identity-header", ""},
		"App Service, a chosen identity": {appServiceTarget + "&client_id=chosen", "X-IDENTITY-HEADER", "simulated-identity-header", "chosen"},
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
		"App Service, no header":       {"GET", appServiceTarget, "X", "", 401},
		"App Service, a wrong header":  {"GET", appServiceTarget, "X-IDENTITY-HEADER", "guessed", 401},
		"App Service, another version": {"GET", strings.Replace(appServiceTarget, "2019-08-01", "2017-09-01", 1), "X-IDENTITY-HEADER", "simulated-identity-header", 400},
		"App Service, no resource":     {"GET", "/?api-version=2019-08-01", "X-IDENTITY-HEADER", "simulated-identity-header", 400},
		"App Service, POST":            {"POST", appServiceTarget, "X-IDENTITY-HEADER", "simulated-identity-header", 405},
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
		if status, _ := managed(c, "GET", appServiceTarget, "X-IDENTITY-HEADER", "simulated-identity-header"); status != want {
			t.Errorf("got status %d, want %d", status, want)
		}
	}
}
