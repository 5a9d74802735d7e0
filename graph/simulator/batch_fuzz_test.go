package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// batchSeeds are the requests of batches, real ones and odd ones. For what the words in capitals stand, see exchange;
// USER is a user's id.
func batchSeeds() []string {
	const (
		newGrant = `"headers":{"Content-Type":"application/json"},"body":{"clientId":"CLIENT","consentType":"AllPrincipals","resourceId":"GRAPH","scope":"User.Read"}`
		deep     = 2000
	)
	item := func(id int) string { return fmt.Sprintf(`{"id":"%d","method":"GET","url":"/organization"}`, id) }
	var many []string
	for id := range maxBatchItems + 1 {
		many = append(many, item(id))
	}
	return []string{
		``, item(1), strings.Join(many, ","), strings.Join(many[1:], ","), `null`, `{}`, `[]`, `7`,
		item(1) + "," + item(1), `{"id":"K","method":"GET","url":"a"},{"id":"` + "\u212a" + `","method":"GET","url":"a"}`,
		`{"id":1,"method":"GET","url":"/organization"}`, `{"id":"\ud800","method":"GET","url":"/organization"}`,
		`{"id":"1","method":"GET","url":"/servicePrincipals?$filter=appId eq '` + appleAppID + `'&$select=id,appId&$top=2"},
		 {"id":"2","method":"GET","url":"/servicePrincipals(appId='` + appleAppID + `')?$select=id"},
		 {"id":"3","method":"GET","url":"/servicePrincipals/CLIENT/oauth2PermissionGrants?$skiptoken=%zz"}`,
		`{"id":"1","method":"POST","url":"/oauth2PermissionGrants",` + newGrant + `},
		 {"id":"2","method":"PATCH","url":"/oauth2PermissionGrants/GRANT","headers":{"content-type":"application/json; charset=utf-8"},"body":{"scope":" a  b"}},
		 {"id":"3","method":"GET","url":"/oauth2PermissionGrants?$top=1","dependsOn":["1","2"]}`,
		`{"id":"1","method":"POST","url":"/oauth2PermissionGrants","headers":{"Content-Type":"application/json"},
		  "body":{"clientId":"CLIENT","consentType":"Principal","principalId":"USER","resourceId":"EXCHANGE","scope":"x","id":"y"}}`,
		`{"id":"1","method":"DELETE","url":"/servicePrincipals/EXCHANGE"},
		 {"id":"2","method":"GET","url":"/oauth2PermissionGrants/GRANT","dependsOn":["1"]},
		 {"id":"3","method":"DELETE","url":"/servicePrincipals/CLIENT"}`,
		`{"id":"1","method":"DELETE","url":"/servicePrincipals/CLIENT"},
		 {"id":"2","method":"POST","url":"/servicePrincipals","headers":{"Content-Type":"application/json"},"body":{"appId":"` + appleAppID + `"},"dependsOn":["1"]},
		 {"id":"3","method":"POST","url":"/oauth2PermissionGrants","dependsOn":["2"],` + newGrant + `}`,
		`{"id":"1","method":"PATCH","url":"/servicePrincipals/CLIENT","headers":{"Content-Type":"application/json"},"body":{"accountEnabled":null,"tags":null,"displayName":"\u001b"}}`,
		`{"id":"1","method":"GET","url":"/organization","dependsOn":["2"]},{"id":"2","method":"GET","url":"/organization","dependsOn":["3"]},
		 {"id":"3","method":"GET","url":"/organization","dependsOn":["1"]}`,
		`{"id":"1","method":"GET","url":"/organization","dependsOn":["none"]}`, `{"id":"1","method":"GET","url":"/organization","dependsOn":null}`,
		`{"id":"1","method":"POST","url":"/$batch","headers":{"Content-Type":"application/json"},"body":{"requests":[` + item(1) + `]}}`,
		`{"id":"1","method":"POST","url":"%24BATCH","headers":{"Content-Type":"application/json"},"body":{"requests":[` + item(1) + `]}}`,
		`{"id":"1","method":"GET","url":"https://graph.microsoft.com/v1.0/organization"}`, `{"id":"1","method":"GET","url":"//graph.microsoft.com/v1.0"}`,
		`{"id":"1","method":"GET","url":"/v1.0/organization"}`, `{"id":"1","method":"GET","url":"%2e%2e/%00?%00=%00;&"}`, `{"id":"1","method":"GET","url":"/"}`,
		`{"id":"1","method":"CONNECT","url":"/organization"},{"id":"2","method":"geT","url":"/organization"},{"id":"3","method":"\r\n","url":"/organization"}`,
		`{"id":"1","method":"GET","url":"/organization","headers":{"authorization":"Bearer x","Transfer-Encoding":"chunked","\u0000":"\r\n"}}`,
		strings.Repeat(`[`, deep) + strings.Repeat(`]`, deep),
	}
}

func FuzzBatch(f *testing.F) {
	for _, requests := range batchSeeds() {
		f.Add([]byte(`{"requests":[`+requests+`]}`), len(requests)%2 == 0)
	}
	for _, body := range []string{``, `{`, `null`, `[]`, `{"requests":null}`, `{"requests":{}}`, "\xef\xbb\xbf{}", "\x00"} {
		f.Add([]byte(body), false)
	}
	server, err := New(Options{Scenario: "partial"})
	if err != nil {
		f.Fatal(err)
	}
	before := server.Directory()
	f.Fuzz(func(t *testing.T, body []byte, lags bool) {
		// As new, since New takes longer than a batch.
		server.directory, server.lag, server.log, server.requests = before.clone(), newLag(lags), nil, 0
		c := (&client{t: t, server: server}).as("Application.ReadWrite.All DelegatedPermissionGrant.ReadWrite.All Directory.Read.All")
		text := c.placeholders().Replace(strings.ReplaceAll(string(body), "USER", before.Users[1].ID))
		got := c.do("POST", "/$batch", text)
		after := server.Directory()
		checkDirectory(t, after)
		if got.status == http.StatusOK && checkBatch(t, text, got.text) {
			return
		}
		if refused := []int{http.StatusOK, http.StatusBadRequest, http.StatusRequestEntityTooLarge}; !slices.Contains(refused, got.status) || got.body == nil {
			t.Errorf("got status %d: %s", got.status, got.text)
		}
		if !reflect.DeepEqual(before, after) {
			t.Error("a batch without a write has written")
		}
	})
}

// checkBatch compares a batch with its answer, and tells whether the batch may have written.
func checkBatch(t *testing.T, asked, answered string) (writes bool) {
	t.Helper()
	var batch struct{ Requests []batchItem }
	var answer struct{ Responses []batchResponse }
	if err := json.Unmarshal([]byte(asked), &batch); err != nil {
		t.Fatalf("a batch that is no JSON was answered: %v", err)
	}
	if err := json.Unmarshal([]byte(answered), &answer); err != nil {
		t.Fatal(err)
	}
	var asking, answering []string
	for _, item := range batch.Requests {
		asking = append(asking, item.ID)
		writes = writes || !strings.EqualFold(item.Method, http.MethodGet)
	}
	for _, r := range answer.Responses {
		answering = append(answering, r.ID)
		r.check(t)
	}
	slices.Sort(asking)
	slices.Sort(answering)
	if !slices.Equal(asking, answering) {
		t.Errorf("requests %q have the responses %q", asking, answering)
	}
	return writes
}

// check fails unless it is an answer that one request can have, and not that of a batch inside the batch.
func (r batchResponse) check(t *testing.T) {
	t.Helper()
	if r.Status < 200 || r.Status > 599 {
		t.Errorf("request %q has status %d", r.ID, r.Status)
	}
	var inside struct{ Responses json.RawMessage }
	if json.Unmarshal(r.Body, &inside) == nil && inside.Responses != nil {
		t.Errorf("request %q is a batch inside a batch", r.ID)
	}
}

// checkDirectory fails unless the tables of the directory fit together.
func checkDirectory(t *testing.T, d Directory) {
	t.Helper()
	ids := map[string]bool{}
	stands := func(what, id string) {
		if ids[id] {
			t.Errorf("there are two objects %s", id)
		}
		ids[id] = true
		if id == "" || what == "" {
			t.Errorf("%q has the id %q", what, id)
		}
	}
	apps := map[string]bool{}
	for _, sp := range d.ServicePrincipals {
		stands(sp.AppID, sp.ID)
		if apps[sp.AppID] {
			t.Errorf("application %s has two service principals", sp.AppID)
		}
		apps[sp.AppID] = true
	}
	for _, u := range d.Users {
		stands(u.UserPrincipalName, u.ID)
	}
	for _, a := range d.AppRoleAssignments {
		if !ids[a.PrincipalID] || !ids[a.ResourceID] {
			t.Errorf("an app role assignment hangs in the air: %+v", a)
		}
	}
	for _, g := range d.PermissionGrants {
		if !ids[g.ClientID] || !ids[g.ResourceID] || g.principal() != "" && !ids[g.principal()] {
			t.Errorf("a grant hangs in the air: %+v", g)
			continue
		}
		if g.ID != GrantID(g.ClientID, g.ResourceID, g.principal()) || len(g.Scope) > maxScopeLength {
			t.Errorf("grant %+v has a wrong id or scope", g)
		}
		if (g.ConsentType == allPrincipals) != (g.principal() == "") || g.ConsentType != allPrincipals && g.ConsentType != singlePrincipal {
			t.Errorf("grant %+v is for nobody", g)
		}
		stands(g.ConsentType, g.ID)
	}
}
