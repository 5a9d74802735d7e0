package graph_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/graph/wire/wiretest"
)

// An answer from which nothing certain follows about the setting is an error: what is not known cannot be kept.
func TestConsentPolicies(t *testing.T) {
	t.Parallel()
	policy := func(entries string) string {
		return `{"id":"authorizationPolicy","defaultUserRolePermissions":{"allowedToCreateApps":true,"permissionGrantPoliciesAssigned":` + entries + `}}`
	}
	for name, test := range map[string]struct {
		body string
		want consent.ScopeSet
		err  string
	}{
		"two":             {policy(`["A.b","C.d"]`), consent.Scopes("A.b", "C.d"), ""},
		"none":            {policy(`[]`), consent.ScopeSet{}, ""},
		"one twice":       {policy(`["A.b","a.B","C.d"]`), consent.ScopeSet{"A.b", "a.B", "C.d"}, ""},
		"null":            {policy(`null`), consent.ScopeSet{}, ""},
		"missing":         {`{"id":"authorizationPolicy","defaultUserRolePermissions":{}}`, nil, "permissionGrantPoliciesAssigned"},
		"empty":           {`{}`, nil, "permissionGrantPoliciesAssigned"},
		"beta's flat one": {`{"id":"x","permissionGrantPolicyIdsAssignedToDefaultUserRole":["A.b"]}`, nil, "permissionGrantPoliciesAssigned"},
		"an empty entry":  {policy(`["A.b",""]`), nil, "no name"},
		"white space":     {policy(`["A.b C.d"]`), nil, "no name"},
		"a number":        {policy(`[1]`), nil, "authorization policy"},
		"null among them": {policy(`[null]`), nil, "authorization policy"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := newTenant(t, wiretest.JSON(200, test.body)).client().ConsentPolicies(t.Context())
			if test.err == "" && (err != nil || !slices.Equal(got, test.want)) {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
			if test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
				t.Errorf("got %q, %v; want an error about %q", got, err, test.err)
			}
		})
	}
}

func TestClassifications(t *testing.T) {
	t.Parallel()
	row := func(level string) string {
		return `{"value":[{"id":"iSVt-_E","permissionId":"266D2589-20b5-4f91-9a03-89247d1be8da","permissionName":" EAS.AccessAsUser.All","classification":` + level + `}]}`
	}
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		level  string // empty: an error
	}{
		"low":              {wiretest.JSON(200, row(`"low"`)), "low"},
		"high":             {wiretest.JSON(200, row(`"high"`)), "high"},
		"unheard of":       {wiretest.JSON(200, row(`"extreme"`)), "another"},
		"null":             {wiretest.JSON(200, row(`null`)), "another"},
		"no id":            {wiretest.JSON(200, strings.Replace(row(`"low"`), "iSVt-_E", "", 1)), ""},
		"an id with a way": {wiretest.JSON(200, strings.Replace(row(`"low"`), "iSVt-_E", "../x", 1)), ""},
		"no permission":    {wiretest.JSON(200, strings.Replace(row(`"low"`), "266D2589", "x", 1)), ""},
		"no list":          {wiretest.JSON(200, `{}`), ""},
		"forbidden":        {wiretest.Refusal(403, "Authorization_RequestDenied", "x"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := newTenant(t, test.answer).client().Classifications(t.Context(), graphID)
			if test.level == "" {
				if err == nil {
					t.Errorf("got %+v, want an error", got)
				}
				return
			}
			want := consent.Classification{
				ID: "iSVt-_E", ResourceID: graphID, PermissionID: "266d2589-20b5-4f91-9a03-89247d1be8da", Permission: consent.EAS, Level: test.level,
			}
			if err != nil || len(got) != 1 || got[0] != want {
				t.Errorf("got %+v, %v; want %+v", got, err, want)
			}
		})
	}
}
