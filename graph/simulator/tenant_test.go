package simulator

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	devicesPath     = "https://graph.microsoft.com/beta/deviceManagement/deviceConfigurations"
	conditionalPath = "/identity/conditionalAccess/policies"
	deletedPath     = "/directory/deletedItems/microsoft.graph.servicePrincipal"
)

// The permissions of the routes about how the tenant is set up, alike for people and
// apps, and the roles of which people need one.
func TestPermissions_tenant(t *testing.T) {
	all := []string{
		"Policy.Read.All", "Policy.ReadWrite.Authorization", "Policy.ReadWrite.ConsentRequest", "Policy.ReadWrite.PermissionGrant",
		"AuditLog.Read.All", "Domain.Read.All", "Directory.Read.All", "Application.Read.All", "Application.ReadWrite.All",
		"DeviceManagementConfiguration.Read.All", "DeviceManagementConfiguration.ReadWrite.All", "User.Read",
	}
	const privileged, global, cloud, app = privilegedRoleAdministrator, globalAdministrator, cloudApplicationAdministrator, applicationAdministrator
	cases := map[string]struct{ permissions, roles []string }{
		"GET " + authorizationPath:                {[]string{"Policy.Read.All", "Policy.ReadWrite.Authorization"}, nil},
		"PATCH " + authorizationPath:              {[]string{"Policy.ReadWrite.Authorization"}, []string{privileged, global}},
		"GET /policies/adminConsentRequestPolicy": {[]string{"Policy.Read.All", "Policy.ReadWrite.ConsentRequest", "Directory.Read.All"}, nil},
		"GET " + exchangeClassed:                  {[]string{"Directory.Read.All", "Application.Read.All", "Application.ReadWrite.All"}, nil},
		"POST " + exchangeClassed:                 {[]string{"Policy.ReadWrite.PermissionGrant"}, []string{privileged, global, cloud, app}},
		"DELETE " + exchangeClassed + "/x":        {[]string{"Policy.ReadWrite.PermissionGrant"}, []string{privileged, global, cloud, app}},
		"GET " + conditionalPath:                  {[]string{"Policy.Read.All"}, nil},
		"GET " + signInsPath:                      {[]string{"AuditLog.Read.All"}, nil},
		"GET /domains":                            {[]string{"Domain.Read.All", "Directory.Read.All"}, nil},
		"GET " + deletedPath:                      {[]string{"Directory.Read.All", "Application.Read.All", "Application.ReadWrite.All"}, nil},
		"GET " + devicesPath:                      {[]string{"DeviceManagementConfiguration.Read.All", "DeviceManagementConfiguration.ReadWrite.All"}, nil},
	}
	for request, want := range cases {
		t.Run(request, func(t *testing.T) {
			c := newTenant(t, "fresh")
			opens := func(c *client) bool {
				method, path, _ := strings.Cut(request, " ")
				got := c.do(method, path, "")
				if got.status == http.StatusForbidden && got.code() != "Authorization_RequestDenied" {
					t.Errorf("got code %s", got.code())
				}
				return got.status != http.StatusForbidden
			}
			for _, permission := range all {
				open := slices.Contains(want.permissions, permission)
				if opens(c.asRole(global, permission)) != open || opens(c.asApp(permission)) != open {
					t.Errorf("%s: want open %v", permission, open)
				}
			}
			for _, role := range []string{privileged, global, cloud, app, applicationDeveloper, securityAdministrator, ""} {
				if open := want.roles == nil || slices.Contains(want.roles, role); opens(c.asRole(role, want.permissions[0])) != open {
					t.Errorf("role %s: want open %v", role, open)
				}
			}
		})
	}
}

func TestConsentRequestPolicy(t *testing.T) {
	for scenario, want := range map[string]struct {
		enabled   bool
		reviewers int
	}{
		"fresh": {true, 1}, "low-impact": {true, 1}, "custom-consent": {true, 0}, "consent-blocked": {false, 0},
	} {
		got := newTenant(t, scenario).get("/policies/adminConsentRequestPolicy").must(t, http.StatusOK)
		reviewers, ok := got.body["reviewers"].([]any)
		if got.body["isEnabled"] != want.enabled || !ok || len(reviewers) != want.reviewers || got.body["requestDurationInDays"] != 30.0 {
			t.Errorf("%s: got %s", scenario, got.text)
		}
		if want.reviewers == 0 {
			continue
		}
		query := "/v1.0/users/" + userID(objectID("tenant", scenario), "admin")
		if diff := cmp.Diff(any(map[string]any{"query": query, "queryType": "MicrosoftGraph", "queryRoot": nil}), reviewers[0]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", scenario, diff)
		}
	}
}

func TestDomains(t *testing.T) {
	got := newTenant(t, "old-profiles").get("/domains?$select=id,authenticationType,isDefault,isInitial").must(t, http.StatusOK)
	want := []any{
		map[string]any{"id": "contoso.com", "authenticationType": "Managed", "isDefault": false, "isInitial": false},
		map[string]any{"id": "contoso.example", "authenticationType": "Managed", "isDefault": true, "isInitial": true},
		map[string]any{"id": "fabrikam.com", "authenticationType": "Federated", "isDefault": false, "isInitial": false},
	}
	if diff := cmp.Diff(any(want), got.body["value"]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	whole := newTenant(t, "fresh").get("/domains").must(t, http.StatusOK)
	for _, want := range []string{`"isVerified":true`, `"isRoot":true`, `"isAdminManaged":true`, `"supportedServices":["Email",`} {
		if strings.Count(whole.text, want) != 2 {
			t.Errorf("got %s, want %s twice", whole.text, want)
		}
	}
}

func TestDeletedItems(t *testing.T) {
	c := newClient(t, Options{Scenario: "deleted", Now: func() time.Time { return noon }})
	ofApple := deletedPath + "?$filter=appId eq '" + appleAppID + "'&$select=id,appId,deletedDateTime"
	row := c.get(ofApple).must(t, http.StatusOK).body["value"].([]any)[0].(map[string]any)
	if row["appId"] != appleAppID || row["deletedDateTime"] != "2026-11-21T12:00:00Z" {
		t.Errorf("got %v", row)
	}
	if got := c.get(deletedPath + "?$filter=appId eq '" + graphAppID + "'").values("id"); len(got) != 0 {
		t.Errorf("got %v of an app that was not deleted", got)
	}
	created := c.do("POST", "/servicePrincipals", `{"appId":"`+appleAppID+`"}`).must(t, http.StatusCreated)
	if value, found := created.body["deletedDateTime"]; value != nil || !found {
		t.Errorf("what was just created says deletedDateTime %v", value)
	}
	c.do("DELETE", "/servicePrincipals/"+created.body["id"].(string), "").must(t, http.StatusNoContent)
	times := c.get(ofApple).values("deletedDateTime")
	slices.Sort(times)
	if diff := cmp.Diff([]string{"2026-11-21T12:00:00Z", "2026-11-24T12:00:00Z"}, times); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	c.get("/directory/deletedItems").must(t, http.StatusBadRequest)
}

// A directory that was kept before there were policies gets those that its scenario
// begins with; what it holds otherwise stays.
func TestFile_ofAnOlderVersion(t *testing.T) {
	for _, scenario := range []string{"consent-blocked", "unlicensed", "deleted", "granted"} {
		file := filepath.Join(t.TempDir(), scenario+".json")
		now := func() time.Time { return noon }
		begun := newClient(t, Options{Scenario: scenario, Now: now}).server.Directory()
		changed := begun.clone()
		changed.DisplayName = "kept"
		if err := os.WriteFile(file, withoutPolicies(t, changed), 0o600); err != nil {
			t.Fatal(err)
		}
		c := newClient(t, Options{Scenario: scenario, File: file, Now: now})
		if diff := cmp.Diff(changed, c.server.Directory()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", scenario, diff)
		}
		c.asPolicyAdmin().do("PATCH", authorizationPath, `{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["x"]}}`).must(t, http.StatusNoContent)
		again := newClient(t, Options{Scenario: scenario, File: file, Now: now}).server.Directory()
		if diff := cmp.Diff(c.server.Directory(), again); diff != "" || again.DisplayName != "kept" {
			t.Errorf("%s, kept by this version (-want +got):\n%s", scenario, diff)
		}
	}
}

// withoutPolicies is what an older version would have kept.
func withoutPolicies(t *testing.T, d Directory) []byte {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal(mustJSON(d), &members); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"authorizationPolicy", "adminConsentRequestPolicy", "delegatedPermissionClassifications", "conditionalAccessPolicies",
		"signIns", "domains", "deviceConfigurations", "premium", "intune",
	} {
		if _, found := members[name]; !found {
			t.Errorf("%s is not kept", name)
		}
		delete(members, name)
	}
	return mustJSON(members)
}

func TestUpdateServicePrincipal_accountEnabled(t *testing.T) {
	c := newTenant(t, "disabled")
	path := "/servicePrincipals/" + c.idOf(appleAppID)
	for _, enabled := range []bool{true, false} {
		c.do("PATCH", path, string(mustJSON(map[string]bool{"accountEnabled": enabled}))).must(t, http.StatusNoContent)
		if got := c.get(path+"?$select=accountEnabled").must(t, http.StatusOK); got.body["accountEnabled"] != enabled {
			t.Errorf("got %s, want %v", got.text, enabled)
		}
	}
}
