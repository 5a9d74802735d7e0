package simulator

import (
	"net/http"
	"testing"
)

// Which requests a rule strikes: . is one that passes, x one that is struck.
func TestRule_choosesRequests(t *testing.T) {
	t.Parallel()
	const get, patch = http.MethodGet, http.MethodPatch
	type request struct{ method, path string }
	requests := []request{
		{get, "/v1.0/servicePrincipals"},
		{get, "/v1.0/oauth2PermissionGrants"},
		{get, "/v1.0/oauth2permissiongrants/a"},
		{patch, "/v1.0/oauth2PermissionGrants/a"},
		{get, "/v1.0/servicePrincipals"},
		{get, "/x/oauth2/v2.0/token"},
	}
	for name, test := range map[string]struct {
		rule Rule
		want string
	}{
		"the first of all":            {Rule{}, "x....."},
		"all of all":                  {Rule{Times: -1}, "xxxxxx"},
		"a path":                      {Rule{Path: "/v1.0/oauth2PermissionGrants", Times: -1}, ".xxx.."},
		"a path and a method":         {Rule{Path: "v1.0/oauth2PermissionGrants/", Method: "get", Times: -1}, ".xx..."},
		"a path with a star":          {Rule{Path: "/*/oauth2PermissionGrants/*", Times: -1}, "..xx.."},
		"no longer path than the own": {Rule{Path: "/v1.0/servicePrincipals/a", Times: -1}, "......"},
		"the sign-in":                 {Rule{Path: "/*/oauth2/v2.0/token"}, ".....x"},
		"the second and third":        {Rule{Method: get, Match: 2, Times: 2}, ".xx..."},
		"from the second on":          {Rule{Method: get, Match: 2, Times: -1}, ".xx.xx"},
		"whatever follows":            {Rule{Path: "/v1.0/oauth2PermissionGrants", Match: 2, Onwards: true}, "..xxxx"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rule := armed{Rule: test.rule}
			got := ""
			for _, r := range requests {
				if rule.strikes(r.method, r.path) {
					got += "x"
				} else {
					got += "."
				}
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
