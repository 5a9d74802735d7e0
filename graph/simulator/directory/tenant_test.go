package directory_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"

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
	const privileged, global, cloud, app = identity.PrivilegedRoleAdministrator, identity.GlobalAdministrator, identity.CloudApplicationAdministrator, identity.ApplicationAdministrator
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
			c := simtest.NewTenant(t, "fresh")
			opens := func(c *simtest.Client) bool {
				method, path, _ := strings.Cut(request, " ")
				got := c.Do(method, path, "")
				if got.Status == http.StatusForbidden && got.Code() != "Authorization_RequestDenied" {
					t.Errorf("got code %s", got.Code())
				}
				return got.Status != http.StatusForbidden
			}
			for _, permission := range all {
				open := slices.Contains(want.permissions, permission)
				if opens(c.AsRole(global, permission)) != open || opens(asApp(c, permission)) != open {
					t.Errorf("%s: want open %v", permission, open)
				}
			}
			for _, role := range []string{privileged, global, cloud, app, identity.ApplicationDeveloper, identity.SecurityAdministrator, ""} {
				if open := want.roles == nil || slices.Contains(want.roles, role); opens(c.AsRole(role, want.permissions[0])) != open {
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
		got := simtest.NewTenant(t, scenario).Get("/policies/adminConsentRequestPolicy").Must(t, http.StatusOK)
		reviewers, ok := got.Body["reviewers"].([]any)
		if got.Body["isEnabled"] != want.enabled || !ok || len(reviewers) != want.reviewers || got.Body["requestDurationInDays"] != 30.0 {
			t.Errorf("%s: got %s", scenario, got.Text)
		}
		if want.reviewers == 0 {
			continue
		}
		query := "/v1.0/users/" + identity.UserID(identity.ObjectID("tenant", scenario), "admin")
		if diff := cmp.Diff(any(map[string]any{"query": query, "queryType": "MicrosoftGraph", "queryRoot": nil}), reviewers[0]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", scenario, diff)
		}
	}
}

func TestDomains(t *testing.T) {
	got := simtest.NewTenant(t, "old-profiles").Get("/domains?$select=id,authenticationType,isDefault,isInitial").Must(t, http.StatusOK)
	want := []any{
		map[string]any{"id": "contoso.com", "authenticationType": "Managed", "isDefault": false, "isInitial": false},
		map[string]any{"id": "contoso.example", "authenticationType": "Managed", "isDefault": true, "isInitial": true},
		map[string]any{"id": "fabrikam.com", "authenticationType": "Federated", "isDefault": false, "isInitial": false},
	}
	if diff := cmp.Diff(any(want), got.Body["value"]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	whole := simtest.NewTenant(t, "fresh").Get("/domains").Must(t, http.StatusOK)
	for _, want := range []string{`"isVerified":true`, `"isRoot":true`, `"isAdminManaged":true`, `"supportedServices":["Email",`} {
		if strings.Count(whole.Text, want) != 2 {
			t.Errorf("got %s, want %s twice", whole.Text, want)
		}
	}
}

func TestDeletedItems(t *testing.T) {
	c := simtest.NewClient(t, simulator.Options{Scenario: "deleted", Now: func() time.Time { return noon }})
	ofApple := deletedPath + "?$filter=appId eq '" + identity.AppleAppID + "'&$select=id,appId,deletedDateTime"
	row := c.Get(ofApple).Must(t, http.StatusOK).Body["value"].([]any)[0].(map[string]any)
	if row["appId"] != identity.AppleAppID || row["deletedDateTime"] != "2026-11-21T12:00:00Z" {
		t.Errorf("got %v", row)
	}
	if got := c.Get(deletedPath + "?$filter=appId eq '" + identity.GraphAppID + "'").Values("id"); len(got) != 0 {
		t.Errorf("got %v of an app that was not deleted", got)
	}
	created := c.Do("POST", "/servicePrincipals", `{"appId":"`+identity.AppleAppID+`"}`).Must(t, http.StatusCreated)
	if value, found := created.Body["deletedDateTime"]; value != nil || !found {
		t.Errorf("what was just created says deletedDateTime %v", value)
	}
	c.Do("DELETE", "/servicePrincipals/"+created.Body["id"].(string), "").Must(t, http.StatusNoContent)
	times := c.Get(ofApple).Values("deletedDateTime")
	slices.Sort(times)
	if diff := cmp.Diff([]string{"2026-11-21T12:00:00Z", "2026-11-24T12:00:00Z"}, times); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	c.Get("/directory/deletedItems").Must(t, http.StatusBadRequest)
}

func TestUpdateServicePrincipal_accountEnabled(t *testing.T) {
	c := simtest.NewTenant(t, "disabled")
	path := "/servicePrincipals/" + c.IDOf(identity.AppleAppID)
	for _, enabled := range []bool{true, false} {
		c.Do("PATCH", path, fmt.Sprintf(`{"accountEnabled":%v}`, enabled)).Must(t, http.StatusNoContent)
		if got := c.Get(path+"?$select=accountEnabled").Must(t, http.StatusOK); got.Body["accountEnabled"] != enabled {
			t.Errorf("got %s, want %v", got.Text, enabled)
		}
	}
}
