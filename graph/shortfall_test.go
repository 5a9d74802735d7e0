package graph

import (
	"encoding/json"
	"slices"
	"testing"

	"appleconsent/graph/signin"
	"appleconsent/graph/wire/wiretest"
)

// What a token seems to lack. Claims that are odd or left out lack nothing that they could hold.
func TestShortfallOf(t *testing.T) {
	t.Parallel()
	const (
		grants, applications = "DelegatedPermissionGrant.ReadWrite.All", "Application.ReadWrite.All"
		cloudAdmin           = `"wids":["b79fbf4d-3ef9-4689-8143-76b194e85509","158c047a-c907-4556-b7ef-446551a6b5f7"]`
		privilegedAdmin      = `"wids":["e8611ab8-c189-46e8-94e1-60213ab1f814"]`
		nobody               = `"wids":["b79fbf4d-3ef9-4689-8143-76b194e85509"]`
	)
	both := []string{grants, applications}
	for name, test := range map[string]struct {
		claims string
		needs  []string
		want   []string
		role   bool
	}{
		"a person with everything":            {`"scp":"Application.ReadWrite.All DelegatedPermissionGrant.ReadWrite.All",` + cloudAdmin, both, nil, false},
		"a person who may write all":          {`"scp":"Directory.ReadWrite.All",` + cloudAdmin, both, nil, false},
		"a person who reads":                  {`"scp":"Directory.Read.All",` + cloudAdmin, both, both, false},
		"a person without a role":             {`"scp":"` + grants + `",` + nobody, []string{grants}, nil, true},
		"a role for grants":                   {`"scp":"` + grants + `",` + privilegedAdmin, []string{grants}, nil, false},
		"but not for service principals":      {`"scp":"Directory.ReadWrite.All",` + privilegedAdmin, both, nil, true},
		"roles are left out":                  {`"scp":"` + grants + `"`, []string{grants}, nil, false},
		"nothing is needed":                   {`"scp":"User.Read",` + nobody, nil, nil, false},
		"an application with everything":      {`"roles":["Application.ReadWrite.All","DelegatedPermissionGrant.ReadWrite.All"]`, both, nil, false},
		"an application that may write all":   {`"roles":["Directory.ReadWrite.All"]`, both, []string{applications}, false},
		"an application that reads":           {`"idtyp":"app","roles":["Directory.Read.All"]`, both, both, false},
		"an application without anything":     {`"idtyp":"app"`, []string{grants}, []string{grants}, false},
		"an application with a role of Entra": {`"roles":["Directory.Read.All"],` + nobody, []string{grants}, []string{grants}, false},
		"a person with roles of an app":       {`"scp":"` + grants + `","roles":["x"],` + cloudAdmin, []string{grants}, nil, false},
		"claims of other types":               {`"scp":5,"roles":{"a":1},"wids":[1,2]`, []string{grants}, []string{grants}, false},
		"permissions as a list":               {`"scp":["` + grants + `"]`, []string{grants}, nil, false},
	} {
		var held map[string]any
		if err := json.Unmarshal([]byte(`{"tid":"`+wiretest.TenantID+`",`+test.claims+`}`), &held); err != nil {
			t.Fatal(err)
		}
		c, err := signin.ReadClaims(wiretest.Token(held))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, role := shortfallOf(c, test.needs); !slices.Equal(got, test.want) || role != test.role {
			t.Errorf("%s: got %v and role %v, want %v and role %v", name, got, role, test.want, test.role)
		}
	}
}
