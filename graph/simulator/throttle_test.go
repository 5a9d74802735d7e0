package simulator

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestThrottled_firstTryOfEachRequest(t *testing.T) {
	c := newTenant(t, "throttled")
	const filter = "/servicePrincipals?$filter=appId eq '" + appleAppID + "'"
	first := c.get(filter).must(t, http.StatusTooManyRequests)
	if got := first.header.Get("Retry-After"); got != "1" {
		t.Errorf("got Retry-After %q, want 1", got)
	}
	c.get(filter).must(t, http.StatusOK)
	c.get(filter).must(t, http.StatusOK)
	c.get("/servicePrincipals").must(t, http.StatusTooManyRequests)

	apple, expenses := `{"appId":"`+appleAppID+`"}`, `{"appId":"`+expensesAppID+`"}`
	c.do("POST", "/servicePrincipals", apple).must(t, http.StatusTooManyRequests)
	c.do("POST", "/servicePrincipals", expenses).must(t, http.StatusTooManyRequests)
	c.do("POST", "/servicePrincipals", apple).must(t, http.StatusCreated)
}

func TestThrottled_nothingIsExecuted(t *testing.T) {
	c := newTenant(t, "throttled")
	before := c.server.Directory()
	c.do("POST", "/servicePrincipals", `{"appId":"`+appleAppID+`"}`).must(t, http.StatusTooManyRequests)
	if diff := cmp.Diff(before, c.server.Directory()); diff != "" {
		t.Errorf("the refused request changed something:\n%s", diff)
	}
}

// learn.microsoft.com/graph/throttling: items are throttled one by one, the batch
// itself answers 200.
func TestThrottled_batchItems(t *testing.T) {
	c := newTenant(t, "throttled")
	const one = `{"id":"1","method":"GET","url":"/organization"}`
	const two = one + `,{"id":"2","method":"GET","url":"/applications"}`
	for _, step := range []struct {
		requests string
		want     map[string]int
	}{
		{one, map[string]int{"1": 429}},
		{two, map[string]int{"1": 200, "2": 429}},
		{two, map[string]int{"1": 200, "2": 200}},
	} {
		got := c.batch(step.requests).must(t, http.StatusOK)
		if diff := cmp.Diff(step.want, got.itemStatuses()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}
