package directory_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"
)

// The permission tables of learn.microsoft.com/graph/api, one line per call. A
// request that gets past the permissions may still fail for another reason.
func TestPermissions(t *testing.T) {
	const (
		appRead, appWrite = "Application.Read.All", "Application.ReadWrite.All"
		appOwned          = "Application.ReadWrite.OwnedBy"
		dirRead, dirWrite = "Directory.Read.All", "Directory.ReadWrite.All"
		grantRead         = "DelegatedPermissionGrant.Read.All"
		grantWrite        = "DelegatedPermissionGrant.ReadWrite.All"
		orgRead, userRead = "Organization.Read.All", "User.Read"
	)
	all := []string{appRead, appWrite, appOwned, dirRead, dirWrite, grantRead, grantWrite, orgRead, userRead}
	cases := []struct {
		request                string
		delegated, application []string
	}{
		{"GET /servicePrincipals", []string{appRead, appWrite, dirRead, dirWrite}, []string{appRead, appWrite, appOwned, dirRead, dirWrite}},
		{"GET /servicePrincipals/CLIENT", []string{appRead, appWrite, dirRead, dirWrite}, []string{appRead, appWrite, appOwned, dirRead, dirWrite}},
		{"GET /servicePrincipals/CLIENT/appRoleAssignments", []string{appRead, appWrite, dirRead, dirWrite}, []string{appRead, appWrite, appOwned, dirRead, dirWrite}},
		{"GET /servicePrincipals/CLIENT/oauth2PermissionGrants", []string{dirRead, dirWrite, grantWrite}, []string{dirRead, dirWrite, grantWrite}},
		{"GET /oauth2PermissionGrants", []string{dirRead, dirWrite, grantWrite}, []string{dirRead, dirWrite, grantWrite}},
		{"GET /oauth2PermissionGrants/GRANT", []string{dirRead, dirWrite, grantWrite}, []string{dirRead, dirWrite, grantWrite}},
		{"POST /oauth2PermissionGrants", []string{dirWrite, grantWrite}, []string{dirWrite, grantWrite}},
		{"PATCH /oauth2PermissionGrants/GRANT", []string{dirWrite, grantWrite}, []string{dirWrite, grantWrite}},
		{"DELETE /oauth2PermissionGrants/GRANT", []string{dirWrite, grantWrite}, []string{dirWrite, grantWrite}},
		{"POST /servicePrincipals", []string{appWrite, dirWrite}, []string{appWrite}},
		{"PATCH /servicePrincipals/CLIENT", []string{appWrite, dirWrite}, []string{appWrite}},
		{"DELETE /servicePrincipals/CLIENT", []string{appWrite, dirWrite}, []string{appWrite}},
		{"GET /organization", []string{orgRead, userRead, dirRead, dirWrite}, []string{orgRead, dirRead, dirWrite}},
	}
	for _, call := range cases {
		t.Run(call.request, func(t *testing.T) {
			for _, permission := range all {
				checkPermission(t, call.request, permission, "a person", slices.Contains(call.delegated, permission))
				checkPermission(t, call.request, permission, "an app", slices.Contains(call.application, permission))
			}
		})
	}
}

// checkPermission sends the request with a token that holds one permission.
func checkPermission(t *testing.T, request, permission, caller string, opens bool) {
	t.Helper()
	c := simtest.NewTenant(t, "partial")
	method, path, _ := strings.Cut(placeholders(c).Replace(request), " ")
	if caller == "a person" {
		c = c.As(permission)
	} else {
		c = asApp(c, permission)
	}
	body := ""
	if method == "POST" || method == "PATCH" {
		body = `{"appId":"` + identity.AppleAppID + `"}`
	}
	got := c.Do(method, path, body)
	if opened := got.Status != http.StatusForbidden; opened != opens {
		t.Errorf("%s with %s: got status %d (%s)", caller, permission, got.Status, got.Message())
	}
	if got.Status == http.StatusForbidden && got.Code() != "Authorization_RequestDenied" {
		t.Errorf("%s with %s: got code %q", caller, permission, got.Code())
	}
}

func TestPermissions_ownedByCannotCreateForeignApps(t *testing.T) {
	c := asApp(simtest.NewTenant(t, "fresh"), "Application.ReadWrite.OwnedBy")
	got := c.Do("POST", "/servicePrincipals", `{"appId":"`+identity.AppleAppID+`"}`).Must(t, http.StatusForbidden)
	if !strings.Contains(got.Message(), "backing application") {
		t.Errorf("got message %q", got.Message())
	}
}

func TestPermissions_organizationDetails(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	cases := map[string]any{"User.Read": nil, "Organization.Read.All": "AAD"}
	for scope, want := range cases {
		row := c.As(scope).Get("/organization").Must(t, http.StatusOK).Body["value"].([]any)[0].(map[string]any)
		if row["tenantType"] != want || row["displayName"] != "Contoso (simulated)" {
			t.Errorf("with %s: got %v", scope, row)
		}
	}
}
