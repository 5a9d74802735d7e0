package simulator

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestConditionalAccess(t *testing.T) {
	c := newTenant(t, "fresh").as("Policy.Read.All")
	got := c.get(conditionalPath).must(t, http.StatusOK)
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
	rows := got.body["value"].([]any)
	if diff := cmp.Diff(any(want), only(rows[0], want)); diff != "" || len(rows) != 1 {
		t.Errorf("%d policies (-want +got):\n%s", len(rows), diff)
	}
}

func TestConditionalAccess_ofOldProfiles(t *testing.T) {
	got := newTenant(t, "old-profiles").as("Policy.Read.All").get(conditionalPath + "?$select=displayName,state")
	var rows []string
	for i, name := range got.values("displayName") {
		rows = append(rows, name+": "+got.values("state")[i])
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

// What another admin sets up sparely is shown in full, with platforms if it has some.
func TestConditionalAccess_withPlatforms(t *testing.T) {
	c := newTenant(t, "fresh").as("Policy.Read.All")
	c.server.Edit(func(d *Directory) {
		d.ConditionalAccessPolicies = []ConditionalAccessPolicy{{ID: "x", State: "enabled", Conditions: ConditionalAccessConditions{
			Platforms: &ConditionalAccessPlatforms{IncludePlatforms: []string{"iOS"}},
		}}}
	})
	got := c.get(conditionalPath).must(t, http.StatusOK)
	for _, want := range []string{`"platforms":{"includePlatforms":["iOS"],"excludePlatforms":[]}`, `"clientAppTypes":[]`, `"grantControls":null`} {
		if !strings.Contains(got.text, want) {
			t.Errorf("got %s, want %s", got.text, want)
		}
	}
}
