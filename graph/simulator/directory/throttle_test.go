package directory_test

import (
	"net/http"
	"testing"

	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

func TestThrottled_firstTryOfEachRequest(t *testing.T) {
	c := simtest.NewTenant(t, "throttled")
	const filter = "/servicePrincipals?$filter=appId eq '" + identity.AppleAppID + "'"
	first := c.Get(filter).Must(t, http.StatusTooManyRequests)
	if got := first.Header.Get("Retry-After"); got != "1" {
		t.Errorf("got Retry-After %q, want 1", got)
	}
	c.Get(filter).Must(t, http.StatusOK)
	c.Get(filter).Must(t, http.StatusOK)
	c.Get("/servicePrincipals").Must(t, http.StatusTooManyRequests)

	apple, expenses := `{"appId":"`+identity.AppleAppID+`"}`, `{"appId":"`+identity.ExpensesAppID+`"}`
	c.Do("POST", "/servicePrincipals", apple).Must(t, http.StatusTooManyRequests)
	c.Do("POST", "/servicePrincipals", expenses).Must(t, http.StatusTooManyRequests)
	c.Do("POST", "/servicePrincipals", apple).Must(t, http.StatusCreated)
}

func TestThrottled_nothingIsExecuted(t *testing.T) {
	c := simtest.NewTenant(t, "throttled")
	before := c.Server.Directory()
	c.Do("POST", "/servicePrincipals", `{"appId":"`+identity.AppleAppID+`"}`).Must(t, http.StatusTooManyRequests)
	if diff := cmp.Diff(before, c.Server.Directory()); diff != "" {
		t.Errorf("the refused request changed something:\n%s", diff)
	}
}
