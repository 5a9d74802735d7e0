package signin_test

import (
	stdcmp "cmp"
	"encoding/json"
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
	imdsPath   = "/metadata/identity/oauth2/token"
	imdsTarget = imdsPath + "?api-version=2018-02-01&resource=https://graph.microsoft.com"
)

// imds is the instance metadata service, at which programs on virtual machines get tokens without a credential. It wants
// the header Metadata to be true, and refuses what comes through a proxy.
func imds(s *simtest.Server) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Respond(w, r, nil, func(t *simulator.Tenant, _ int) reply.Reply { return imdsReply(t, r) })
	})
}

func imdsReply(t *simulator.Tenant, r *http.Request) reply.Reply {
	q := r.URL.Query()
	refuse := func(status int, message string) reply.Reply {
		return entra.OAuthReply(status, map[string]any{"error": "invalid_request", "error_description": message}, time.Now())
	}
	switch {
	case r.URL.Path != imdsPath:
		return refuse(http.StatusNotFound, "There is nothing here")
	case r.Method != http.MethodGet:
		return refuse(http.StatusMethodNotAllowed, "Only GET is allowed.")
	case !strings.EqualFold(r.Header.Get("Metadata"), "true"):
		return refuse(http.StatusBadRequest, "Required metadata header not specified")
	case r.Header.Get("X-Forwarded-For") != "":
		return refuse(http.StatusBadRequest, "The header X-Forwarded-For is not allowed")
	case q.Get("api-version") == "" || q.Get("resource") == "":
		return refuse(http.StatusBadRequest, "Required query variable 'api-version' or 'resource' is missing")
	}
	client := stdcmp.Or(q.Get("client_id"), identity.ObjectID(t.Graph.Directory.TenantID, "managed identity"))
	c := t.SignIn.AppClaims(client, q.Get("resource"))
	return entra.OAuthReply(http.StatusOK, map[string]any{ // times are strings
		"access_token": c.Token(), "client_id": client, "resource": q.Get("resource"), "token_type": "Bearer",
		"expires_on": strconv.FormatInt(c.Expires, 10), "expires_in": strconv.FormatInt(c.Expires-c.IssuedAt, 10),
		"not_before": strconv.FormatInt(c.NotBefore, 10),
	}, time.Now())
}

// askIMDS asks the instance metadata service, with a header or none.
func askIMDS(c *simtest.Client, method, target, header string) (status int, body map[string]any) {
	c.T.Helper()
	r := httptest.NewRequestWithContext(c.T.Context(), method, "http://169.254.169.254"+target, http.NoBody)
	r.Header.Set(header, "true")
	recorder := httptest.NewRecorder()
	imds(c.Server).ServeHTTP(recorder, r)
	if err := json.Unmarshal(recorder.Body.Bytes(), &body); err != nil {
		c.T.Fatalf("%s answered no JSON: %v", target, err)
	}
	return recorder.Code, body
}

func TestIMDS(t *testing.T) {
	for _, chosen := range []string{"", "chosen"} {
		now := simtest.NewClock()
		c := simtest.NewClient(t, simulator.Options{Scenario: "fresh", Now: now.Now})
		c.Server.SetAppRoles("Directory.Read.All")
		target, appID := imdsTarget, identity.ObjectID(c.Server.TenantID(), "managed identity")
		if chosen != "" {
			target, appID = imdsTarget+"&client_id="+chosen, chosen
		}
		status, body := askIMDS(c, "GET", target, "Metadata")
		token, _ := body["access_token"].(string)
		delete(body, "access_token")
		want := map[string]any{
			"client_id": appID, "resource": "https://graph.microsoft.com", "token_type": "Bearer", "expires_in": "3600",
			"expires_on": strconv.FormatInt(now.Unix()+3600, 10), "not_before": strconv.FormatInt(now.Unix(), 10),
		}
		if diff := cmp.Diff(want, body); status != http.StatusOK || diff != "" {
			t.Errorf("status %d, -want +got:\n%s", status, diff)
		}
		var held identity.Claims
		_ = identity.DecodeJWT(token, &held)
		if held.IDType != "app" || held.AppID != appID || !cmp.Equal(held.Roles, []string{"Directory.Read.All"}) {
			t.Errorf("got token %+v", held)
		}
		log := c.Server.Requests()
		if len(log) != 1 || log[0].GrantType != "managed_identity" || log[0].Scope != "https://graph.microsoft.com" {
			t.Errorf("got log %+v", log)
		}
	}
}

func TestIMDS_refused(t *testing.T) {
	for name, want := range map[string]struct {
		method, target, header string
		status                 int
	}{
		"no header":   {"GET", imdsTarget, "X-IDENTITY-HEADER", 400},
		"no resource": {"GET", imdsPath + "?api-version=2018-02-01", "Metadata", 400},
		"no version":  {"GET", imdsPath + "?resource=x", "Metadata", 400},
		"POST":        {"POST", imdsTarget, "Metadata", 405},
		"elsewhere":   {"GET", "/msi/token?api-version=2018-02-01&resource=x", "Metadata", 404},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := askIMDS(simtest.NewTenant(t, "fresh"), want.method, want.target, want.header)
			if status != want.status || body["access_token"] != nil {
				t.Errorf("got status %d: %v, want %d", status, body, want.status)
			}
		})
	}
}
