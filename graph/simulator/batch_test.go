package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// learn.microsoft.com/graph/json-batching
func TestBatch(t *testing.T) {
	cases := map[string]struct {
		requests string
		want     map[string]int
	}{
		"independent requests succeed and fail by themselves": {
			`{"id":"1","method":"GET","url":"/servicePrincipals/CLIENT?$select=id"},
			 {"id":"2","method":"GET","url":"oauth2PermissionGrants/none"},
			 {"id":"3","method":"PUT","url":"/servicePrincipals"}`,
			map[string]int{"1": 200, "2": 404, "3": 405},
		},
		"a write has no body in its answer": {
			`{"id":"1","method":"PATCH","url":"/oauth2PermissionGrants/GRANT","headers":{"Content-Type":"application/json"},"body":{"scope":"x"}}`,
			map[string]int{"1": 204},
		},
		"a body without content type is refused": {
			`{"id":"1","method":"PATCH","url":"/oauth2PermissionGrants/GRANT","body":{"scope":"x"}}`,
			map[string]int{"1": 400},
		},
		"what depends on a failure fails": {
			`{"id":"1","method":"GET","url":"/oauth2PermissionGrants/none"},
			 {"id":"2","method":"DELETE","url":"/oauth2PermissionGrants/GRANT","dependsOn":["1"]},
			 {"id":"3","method":"GET","url":"/oauth2PermissionGrants/GRANT","dependsOn":["2"]}`,
			map[string]int{"1": 404, "2": 424, "3": 424},
		},
		"order comes from dependsOn, not from the list": {
			`{"id":"read","method":"GET","url":"/oauth2PermissionGrants/GRANT","dependsOn":["Delete"]},
			 {"id":"delete","method":"DELETE","url":"/oauth2PermissionGrants/GRANT"}`,
			map[string]int{"delete": 204, "read": 404},
		},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := newTenant(t, "partial")
			got := c.batch(c.placeholders().Replace(want.requests)).must(t, http.StatusOK)
			if diff := cmp.Diff(want.want, got.itemStatuses()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestBatch_refused(t *testing.T) {
	const item = `{"id":"%d","method":"GET","url":"/servicePrincipals"}`
	var many []string
	for n := range 21 {
		many = append(many, fmt.Sprintf(item, n))
	}
	cases := map[string]string{
		"no requests":                   ``,
		"more than twenty requests":     strings.Join(many, ","),
		"the same id, but for its case": `{"id":"a","method":"GET","url":"/organization"},{"id":"A","method":"GET","url":"/organization"}`,
		"no id":                         `{"method":"GET","url":"/organization"}`,
		"no url":                        `{"id":"1","method":"GET"}`,
		"an absolute url":               `{"id":"1","method":"GET","url":"https://graph.microsoft.com/v1.0/organization"}`,
		"a batch inside":                `{"id":"1","method":"POST","url":"/$batch"}`,
		"a batch inside, with a query":  `{"id":"1","method":"POST","url":"$batch?a=b"}`,
		"a batch inside, in capitals":   `{"id":"1","method":"POST","url":"/$BATCH"}`,
		"a batch inside, encoded":       `{"id":"1","method":"POST","url":"/%24batch"}`,
		"a batch inside, all encoded":   `{"id":"1","method":"POST","url":"%2F%24%62atch"}`,
		"a circle":                      `{"id":"1","method":"GET","url":"/organization","dependsOn":["1"]}`,
		"an unknown dependency":         `{"id":"1","method":"GET","url":"/organization","dependsOn":["2"]}`,
	}
	for name, requests := range cases {
		t.Run(name, func(t *testing.T) {
			newTenant(t, "fresh").batch(requests).must(t, http.StatusBadRequest)
		})
	}
}

func TestBatch_permissionsHoldForEachItem(t *testing.T) {
	c := newTenant(t, "partial")
	fill := c.placeholders()
	got := c.as("Directory.Read.All").batch(fill.Replace(
		`{"id":"read","method":"GET","url":"/oauth2PermissionGrants/GRANT"},
		 {"id":"delete","method":"DELETE","url":"/oauth2PermissionGrants/GRANT"}`)).must(t, http.StatusOK)
	if diff := cmp.Diff(map[string]int{"read": 200, "delete": 403}, got.itemStatuses()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func (c *client) batch(requests string) response {
	c.t.Helper()
	return c.do("POST", "/$batch", `{"requests":[`+requests+`]}`)
}

// itemStatuses returns the status of each item of a batch.
func (r response) itemStatuses() map[string]int {
	var body struct {
		Responses []struct {
			ID     string
			Status int
		}
	}
	_ = json.Unmarshal([]byte(r.text), &body) // no JSON leaves no statuses
	statuses := map[string]int{}
	for _, item := range body.Responses {
		statuses[item.ID] = item.Status
	}
	return statuses
}
