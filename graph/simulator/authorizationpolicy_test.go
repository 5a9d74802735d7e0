package simulator

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const authorizationPath = "/policies/authorizationPolicy"

// noon is the time in tests that need one.
var noon = time.Date(2026, time.November, 24, 12, 0, 0, 0, time.UTC)

// asRole returns the same client with a person's token: scopes, and one role.
func (c *client) asRole(role, scp string) *client {
	return c.with(claims{Scope: scp, AdminRoles: []string{role}})
}

// asPolicyAdmin may read and write the policies.
func (c *client) asPolicyAdmin() *client {
	return c.asRole(privilegedRoleAdministrator,
		"Policy.ReadWrite.Authorization Policy.ReadWrite.PermissionGrant Application.ReadWrite.All Policy.Read.All")
}

// object is a member of the answer that is an object.
func (r response) object(name string) map[string]any {
	object, _ := r.body[name].(map[string]any)
	return object
}

// assigned are the entries on users' own consent.
func (r response) assigned() []any {
	list, _ := r.object("defaultUserRolePermissions")["permissionGrantPoliciesAssigned"].([]any)
	return list
}

func TestAuthorizationPolicy(t *testing.T) {
	c := newTenant(t, "fresh").asPolicyAdmin()
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
	if diff := cmp.Diff(want, c.get(authorizationPath).must(t, http.StatusOK).body); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestUpdateAuthorizationPolicy(t *testing.T) {
	c := newTenant(t, "fresh").asPolicyAdmin()
	before := c.get(authorizationPath).must(t, http.StatusOK)
	body := `{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["ManagePermissionGrantsForSelf.a","managePermissionGrantsForSelf.b"]}}`
	if got := c.do("PATCH", authorizationPath, body).must(t, http.StatusNoContent); got.text != "" {
		t.Errorf("got a body: %s", got.text)
	}
	want := before.body
	want["defaultUserRolePermissions"].(map[string]any)["permissionGrantPoliciesAssigned"] = []any{
		"ManagePermissionGrantsForSelf.a", "managePermissionGrantsForSelf.b",
	}
	if diff := cmp.Diff(want, c.get(authorizationPath).body); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	c.do("PATCH", authorizationPath, `{"allowInvitesFrom":"none","defaultUserRolePermissions":{"allowedToCreateApps":false}}`).must(t, http.StatusNoContent)
	want["allowInvitesFrom"] = "none"
	want["defaultUserRolePermissions"].(map[string]any)["allowedToCreateApps"] = false
	if diff := cmp.Diff(want, c.get(authorizationPath).body); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	c.do("PATCH", authorizationPath, `{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":[]}}`).must(t, http.StatusNoContent)
	if got := c.get(authorizationPath); got.assigned() == nil || len(got.assigned()) != 0 {
		t.Errorf("got %s, want an empty list", got.text)
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
			c := newTenant(t, "fresh").asPolicyAdmin()
			before := c.server.Directory()
			got := c.do("PATCH", authorizationPath, body).must(t, http.StatusBadRequest)
			if got.code() != "Request_BadRequest" {
				t.Errorf("got code %s: %s", got.code(), got.message())
			}
			if diff := cmp.Diff(before, c.server.Directory()); diff != "" {
				t.Errorf("something changed:\n%s", diff)
			}
		})
	}
	newTenant(t, "fresh").asPolicyAdmin().do("DELETE", authorizationPath, "").must(t, http.StatusMethodNotAllowed)
}

// managed-consent takes every change and makes none.
func TestUpdateAuthorizationPolicy_discarded(t *testing.T) {
	c := newTenant(t, "managed-consent").asPolicyAdmin()
	before := c.server.Directory()
	c.do("PATCH", authorizationPath, `{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":[]}}`).must(t, http.StatusNoContent)
	if diff := cmp.Diff(before, c.server.Directory()); diff != "" {
		t.Errorf("something changed:\n%s", diff)
	}
	if wrote := c.server.Requests()[0].Wrote; len(wrote) != 0 {
		t.Errorf("the log says that it wrote %v", wrote)
	}
	c.do("PATCH", authorizationPath, `{"colour":"red"}`).must(t, http.StatusBadRequest)
}

func TestUpdateAuthorizationPolicy_lagsAndIsTold(t *testing.T) {
	c := newTenant(t, "lagging").asPolicyAdmin()
	var told [][2]int
	c.server.OnWrite(func(before, after Directory) {
		count := func(d Directory) int {
			return len(d.AuthorizationPolicy.DefaultUserRolePermissions.PermissionGrantPoliciesAssigned)
		}
		told = append(told, [2]int{count(before), count(after)})
	})
	c.do("PATCH", authorizationPath, `{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["x"]}}`).must(t, http.StatusNoContent)
	var seen []int
	for range 4 {
		seen = append(seen, len(c.get(authorizationPath).assigned()))
	}
	if diff := cmp.Diff([]int{4, 4, 4, 1}, seen); diff != "" {
		t.Errorf("what reads show (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][2]int{{4, 1}}, told); diff != "" {
		t.Errorf("what the hook was told (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"authorizationPolicy"}, c.server.Requests()[0].Wrote); diff != "" {
		t.Errorf("what the log says (-want +got):\n%s", diff)
	}
}

// The shared part of a policy belongs to the copy alone.
func TestDirectory_policiesAreCopies(t *testing.T) {
	c := newTenant(t, "old-profiles")
	want := newClient(t, Options{Scenario: "old-profiles"}).server.Directory()
	d := c.server.Directory()
	d.AuthorizationPolicy.DefaultUserRolePermissions.PermissionGrantPoliciesAssigned[0] = "mine"
	d.AdminConsentRequestPolicy.Reviewers[0].Query = "mine"
	d.ConditionalAccessPolicies[0].GrantControls.BuiltInControls[0] = "mine"
	d.ConditionalAccessPolicies[0].Conditions.ClientAppTypes[0] = "mine"
	d.Domains[0].ID, d.SignIns[0].AppID, d.DeviceConfigurations[0].HostName = "mine", "mine", "mine"
	if diff := cmp.Diff(want, c.server.Directory()); diff != "" {
		t.Errorf("a change of the copy arrived:\n%s", diff)
	}
}

// Rules strike the new paths as any other.
func TestRule_policies(t *testing.T) {
	c := newTenant(t, "fresh").asPolicyAdmin()
	c.misbehave(
		Rule{Method: "PATCH", Path: "/v1.0/policies/authorizationPolicy", Trouble: TroubleStatus, Status: 503},
		Rule{Path: "/v1.0/servicePrincipals/*/delegatedPermissionClassifications", Trouble: TroubleStatus, Status: 429},
		Rule{Path: "/beta/deviceManagement", Trouble: TroubleStatus, Status: 500},
	)
	c.get(authorizationPath).must(t, http.StatusOK)
	c.do("PATCH", authorizationPath, `{}`).must(t, http.StatusServiceUnavailable)
	c.do("PATCH", authorizationPath, `{}`).must(t, http.StatusNoContent)
	c.get("/servicePrincipals/"+c.idOf(graphAppID)+"/delegatedPermissionClassifications").must(t, http.StatusTooManyRequests)
	c.get(devicesPath).must(t, http.StatusInternalServerError)
	if got := c.server.Requests(); !strings.HasPrefix(got[len(got)-1].Path, "/beta/") {
		t.Errorf("the log says %+v", got)
	}
}
