package directory_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

func TestConditionalAccess(t *testing.T) {
	c := simtest.NewTenant(t, "fresh").As("Policy.Read.All")
	got := c.Get(conditionalPath).Must(t, http.StatusOK)
	empty := []any{}
	want := map[string]any{
		"displayName": "Require MFA for all users", "state": "enabled", "createdDateTime": "2019-03-04T09:30:00Z", "modifiedDateTime": nil,
		"conditions": map[string]any{
			"clientAppTypes": []any{"all"},
			"applications":   map[string]any{"includeApplications": []any{"All"}, "excludeApplications": empty, "includeUserActions": empty},
			"users": map[string]any{
				"includeUsers": []any{"All"}, "excludeUsers": empty, "includeGroups": empty, "excludeGroups": empty,
				"includeRoles": empty, "excludeRoles": empty,
			},
			"platforms": nil,
		},
		"grantControls": map[string]any{"operator": "OR", "builtInControls": []any{"mfa"}}, "sessionControls": nil,
	}
	rows := got.Body["value"].([]any)
	if diff := cmp.Diff(any(want), simtest.Only(rows[0], want)); diff != "" || len(rows) != 1 {
		t.Errorf("%d policies (-want +got):\n%s", len(rows), diff)
	}
}

func TestConditionalAccess_ofOldProfiles(t *testing.T) {
	got := simtest.NewTenant(t, "old-profiles").As("Policy.Read.All").Get(conditionalPath + "?$select=displayName,state")
	var rows []string
	for i, name := range got.Values("displayName") {
		rows = append(rows, name+": "+got.Values("state")[i])
	}
	slices.Sort(rows)
	want := []string{
		"Block everything (emergency): disabled",
		"Block finance app: enabled",
		"Block legacy authentication: enabled",
		"Block unmanaged mail apps (report): enabledForReportingButNotEnforced",
		"Require MFA for all users: enabled",
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What another admin sets up is shown as it is.
func TestConditionalAccess_withPlatforms(t *testing.T) {
	c := simtest.NewTenant(t, "fresh").As("Policy.Read.All")
	c.Server.Edit(func(d *directory.Directory) {
		policy := d.ConditionalAccessPolicies[0]
		policy["conditions"].(map[string]any)["platforms"] = map[string]any{"includePlatforms": []any{"iOS"}, "excludePlatforms": []any{}}
		policy["grantControls"] = nil
	})
	got := c.Get(conditionalPath).Must(t, http.StatusOK)
	for _, want := range []string{`"platforms":{"excludePlatforms":[],"includePlatforms":["iOS"]}`, `"clientAppTypes":["all"]`, `"grantControls":null`} {
		if !strings.Contains(got.Text, want) {
			t.Errorf("got %s, want %s", got.Text, want)
		}
	}
}
