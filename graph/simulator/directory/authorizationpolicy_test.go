package directory_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

const authorizationPath = "/policies/authorizationPolicy"

// noon is the time in tests that need one.
var noon = time.Date(2026, time.November, 24, 12, 0, 0, 0, time.UTC)

// object is a member of the answer that is an object.
func object(r simtest.Response, name string) map[string]any {
	object, _ := r.Body[name].(map[string]any)
	return object
}

// assigned are the entries on users' own consent.
func assigned(r simtest.Response) []any {
	list, _ := object(r, "defaultUserRolePermissions")["permissionGrantPoliciesAssigned"].([]any)
	return list
}

func TestAuthorizationPolicy(t *testing.T) {
	c := asPolicyAdmin(simtest.NewTenant(t, "fresh"))
	const owned = "ManagePermissionGrantsForOwnedResource.microsoft-dynamically-managed-permissions-"
	want := map[string]any{
		"@odata.context":                         "https://graph.microsoft.com/v1.0/$metadata#policies/authorizationPolicy/$entity",
		"id":                                     "authorizationPolicy",
		"deletedDateTime":                        nil,
		"displayName":                            "Authorization Policy",
		"description":                            "Used to manage authorization related settings across the company.",
		"allowInvitesFrom":                       "everyone",
		"allowedToSignUpEmailBasedSubscriptions": true,
		"allowedToUseSSPR":                       true,
		"allowEmailVerifiedUsersToJoinOrganization": false,
		"blockMsolPowerShell":                       false,
		"guestUserRoleId":                           "10dae51f-b6af-4016-8d66-8c2a99b929b3",
		"defaultUserRolePermissions": map[string]any{
			"allowedToCreateApps": true, "allowedToCreateSecurityGroups": true, "allowedToCreateTenants": true,
			"allowedToReadBitlockerKeysForOwnedDevice": true, "allowedToReadOtherUsers": true,
			"permissionGrantPoliciesAssigned": []any{
				"ManagePermissionGrantsForSelf.microsoft-user-default-recommended",
				"ManagePermissionGrantsForSelf.microsoft-user-default-allow-consent-apps",
				owned + "for-team", owned + "for-chat",
			},
		},
	}
	if diff := cmp.Diff(want, c.Get(authorizationPath).Must(t, http.StatusOK).Body); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestUpdateAuthorizationPolicy(t *testing.T) {
	c := asPolicyAdmin(simtest.NewTenant(t, "fresh"))
	before := c.Get(authorizationPath).Must(t, http.StatusOK)
	body := `{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["ManagePermissionGrantsForSelf.a","managePermissionGrantsForSelf.b"]}}`
	if got := c.Do("PATCH", authorizationPath, body).Must(t, http.StatusNoContent); got.Text != "" {
		t.Errorf("got a body: %s", got.Text)
	}
	want := before.Body
	want["defaultUserRolePermissions"].(map[string]any)["permissionGrantPoliciesAssigned"] = []any{
		"ManagePermissionGrantsForSelf.a", "managePermissionGrantsForSelf.b",
	}
	if diff := cmp.Diff(want, c.Get(authorizationPath).Body); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	c.Do("PATCH", authorizationPath, `{"allowInvitesFrom":"none","defaultUserRolePermissions":{"allowedToCreateApps":false}}`).Must(t, http.StatusNoContent)
	want["allowInvitesFrom"] = "none"
	want["defaultUserRolePermissions"].(map[string]any)["allowedToCreateApps"] = false
	if diff := cmp.Diff(want, c.Get(authorizationPath).Body); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	c.Do("PATCH", authorizationPath, `{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":[]}}`).Must(t, http.StatusNoContent)
	if got := c.Get(authorizationPath); assigned(got) == nil || len(assigned(got)) != 0 {
		t.Errorf("got %s, want an empty list", got.Text)
	}
}

func TestUpdateAuthorizationPolicy_refused(t *testing.T) {
	for name, body := range map[string]string{
		"an unknown property":           `{"colour":"red"}`,
		"the property of beta":          `{"permissionGrantPolicyIdsAssignedToDefaultUserRole":[]}`,
		"the id":                        `{"id":"x"}`,
		"an unknown permission":         `{"defaultUserRolePermissions":{"colour":"red"}}`,
		"text in place of a list":       `{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":"x"}}`,
		"null in place of a list":       `{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":null}}`,
		"a list in place of an object":  `{"defaultUserRolePermissions":["x"]}`,
		"a number in place of a switch": `{"allowedToUseSSPR":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			c := asPolicyAdmin(simtest.NewTenant(t, "fresh"))
			before := c.Server.Directory()
			got := c.Do("PATCH", authorizationPath, body).Must(t, http.StatusBadRequest)
			if got.Code() != "Request_BadRequest" {
				t.Errorf("got code %s: %s", got.Code(), got.Message())
			}
			if diff := cmp.Diff(before, c.Server.Directory()); diff != "" {
				t.Errorf("something changed:\n%s", diff)
			}
		})
	}
	asPolicyAdmin(simtest.NewTenant(t, "fresh")).Do("DELETE", authorizationPath, "").Must(t, http.StatusMethodNotAllowed)
}

// managed-consent takes every change and makes none as long as Microsoft manages the setting; another one that somebody chose can be
// changed.
func TestUpdateAuthorizationPolicy_discarded(t *testing.T) {
	c := asPolicyAdmin(simtest.NewTenant(t, "managed-consent"))
	before := c.Server.Directory()
	c.Do("PATCH", authorizationPath, `{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":[]}}`).Must(t, http.StatusNoContent)
	if diff := cmp.Diff(before, c.Server.Directory()); diff != "" {
		t.Errorf("something changed:\n%s", diff)
	}
	if wrote := c.Server.Requests()[0].Wrote; len(wrote) != 0 {
		t.Errorf("the log says that it wrote %v", wrote)
	}
	c.Do("PATCH", authorizationPath, `{"colour":"red"}`).Must(t, http.StatusBadRequest)

	c.Server.Edit(directory.Edit{Do: "setConsentPolicies", Policies: []string{"ManagePermissionGrantsForSelf.contoso"}}.Apply)
	c.Do("PATCH", authorizationPath, `{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["x"]}}`).Must(t, http.StatusNoContent)
	if left := assigned(c.Get(authorizationPath)); len(left) != 1 {
		t.Errorf("it kept %v", left)
	}
}

func TestUpdateAuthorizationPolicy_lagsAndIsTold(t *testing.T) {
	c := asPolicyAdmin(simtest.NewTenant(t, "lagging"))
	var told [][2]int
	c.Server.OnWrite(func(before, after directory.Directory) {
		count := func(d directory.Directory) int {
			return len(d.AuthorizationPolicy.DefaultUserRolePermissions.PermissionGrantPoliciesAssigned)
		}
		told = append(told, [2]int{count(before), count(after)})
	})
	c.Do("PATCH", authorizationPath, `{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["x"]}}`).Must(t, http.StatusNoContent)
	var seen []int
	for range 4 {
		seen = append(seen, len(assigned(c.Get(authorizationPath))))
	}
	if diff := cmp.Diff([]int{4, 4, 4, 1}, seen); diff != "" {
		t.Errorf("what reads show (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][2]int{{4, 1}}, told); diff != "" {
		t.Errorf("what the hook was told (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"authorizationPolicy"}, c.Server.Requests()[0].Wrote); diff != "" {
		t.Errorf("what the log says (-want +got):\n%s", diff)
	}
}

// The shared part of a policy belongs to the copy alone.
func TestDirectory_policiesAreCopies(t *testing.T) {
	c := simtest.NewTenant(t, "old-profiles")
	want := simtest.NewClient(t, simulator.Options{Scenario: "old-profiles"}).Server.Directory()
	d := c.Server.Directory()
	d.AuthorizationPolicy.DefaultUserRolePermissions.PermissionGrantPoliciesAssigned[0] = "mine"
	d.AdminConsentRequestPolicy["reviewers"].([]any)[0].(map[string]any)["query"] = "mine"
	d.ConditionalAccessPolicies[0]["grantControls"].(map[string]any)["builtInControls"].([]any)[0] = "mine"
	d.ConditionalAccessPolicies[0]["conditions"].(map[string]any)["clientAppTypes"].([]any)[0] = "mine"
	d.Domains[0]["id"], d.SignIns[0].AppID, d.DeviceConfigurations[0]["hostName"] = "mine", "mine", "mine"
	if diff := cmp.Diff(want, c.Server.Directory()); diff != "" {
		t.Errorf("a change of the copy arrived:\n%s", diff)
	}
}

// Rules strike the new paths as any other.
func TestRule_policies(t *testing.T) {
	c := asPolicyAdmin(simtest.NewTenant(t, "fresh"))
	c.Misbehave(
		simulator.Rule{Method: "PATCH", Path: "/v1.0/policies/authorizationPolicy", Trouble: simulator.TroubleStatus, Status: 503},
		simulator.Rule{Path: "/v1.0/servicePrincipals/*/delegatedPermissionClassifications", Trouble: simulator.TroubleStatus, Status: 429},
		simulator.Rule{Path: "/beta/deviceManagement", Trouble: simulator.TroubleStatus, Status: 500},
	)
	c.Get(authorizationPath).Must(t, http.StatusOK)
	c.Do("PATCH", authorizationPath, `{}`).Must(t, http.StatusServiceUnavailable)
	c.Do("PATCH", authorizationPath, `{}`).Must(t, http.StatusNoContent)
	c.Get("/servicePrincipals/"+c.IDOf(identity.GraphAppID)+"/delegatedPermissionClassifications").Must(t, http.StatusTooManyRequests)
	c.Get(devicesPath).Must(t, http.StatusInternalServerError)
	if got := c.Server.Requests(); !strings.HasPrefix(got[len(got)-1].Path, "/beta/") {
		t.Errorf("the log says %+v", got)
	}
}
