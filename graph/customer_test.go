package graph_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/graph"
	"appleconsent/graph/signin"
	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/simtest"
	"appleconsent/graph/wire"
	"appleconsent/graph/wire/wiretest"

	"github.com/google/go-cmp/cmp"
)

const (
	contract = `{"customerId":"7E000000-0000-4000-8000-%012d","displayName":%q,"defaultDomainName":"c.example","contractType":"ResellerPartner"}`
	related  = `{"id":"x","status":%q,"endDateTime":"2127-03-01T23:30:00-02:00","customer":{"tenantId":"7e000000-0000-4000-8000-%012d","displayName":"Related"},
		"accessDetails":{"unifiedRoles":[{"roleDefinitionId":%q}]}}`
	cloudApplicationAdministrator = "158c047a-c907-4556-b7ef-446551a6b5f7"
	helpdesk                      = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
)

// partner plays Graph for a partner's tenant: two pages of contracts, and relationships.
func partner(t *testing.T, relationships ...string) *tenant {
	t.Helper()
	var s *tenant
	s = newTenant(t, func(w http.ResponseWriter, r *http.Request) {
		body := `{"value":[` + strings.Join(relationships, ",") + `]}`
		switch {
		case strings.HasSuffix(r.URL.Path, "/contracts") && r.URL.Query().Get("$skiptoken") == "":
			body = fmt.Sprintf(`{"value":[`+contract+`],"@odata.nextLink":"%s/v1.0/contracts?$skiptoken=2"}`, 2, "beta", s.URL)
		case strings.HasSuffix(r.URL.Path, "/contracts"):
			body = fmt.Sprintf(`{"value":[`+contract+`]}`, 1, "Alpha")
		}
		wiretest.JSON(http.StatusOK, body)(w, r)
	})
	return s
}

// Customers are read to the last page and come by their names; relationships that are not active say nothing, and one without a
// contract is a customer, too.
func TestClient_Customers(t *testing.T) {
	t.Parallel()
	s := partner(t, fmt.Sprintf(related, "active", 1, strings.ToUpper(cloudApplicationAdministrator)), fmt.Sprintf(related, "expired", 1, helpdesk),
		fmt.Sprintf(related, "active", 3, helpdesk), `{"id":"y","status":"created","customer":null,"endDateTime":null}`)
	got, nameless, err := s.client().Customers(t.Context(), true)
	if err != nil || nameless != 0 {
		t.Fatal(nameless, err)
	}
	id := func(n int) string { return fmt.Sprintf("7e000000-0000-4000-8000-%012d", n) }
	want := []consent.Customer{
		{ID: id(1), DisplayName: "Alpha", Domain: "c.example", Contract: "ResellerPartner", Relationships: []consent.Relationship{
			{Ends: "2127-03-02", Roles: []consent.Role{{ID: cloudApplicationAdministrator, Name: "Cloud Application Administrator"}}},
		}},
		{ID: id(2), DisplayName: "beta", Domain: "c.example", Contract: "ResellerPartner"},
		{ID: id(3), DisplayName: "Related", Relationships: []consent.Relationship{{Ends: "2127-03-02", Roles: []consent.Role{{ID: helpdesk}}}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if _, grants := got[0].Granting(); !grants {
		t.Error("a relationship with a role that can grant consent is not enough")
	}
	if _, grants := got[2].Granting(); grants {
		t.Error("a relationship without such a role is enough")
	}
}

// Without relationships, none is asked for; a list that cannot be trusted is an error.
func TestClient_Customers_contractsAlone(t *testing.T) {
	t.Parallel()
	s := partner(t)
	got, _, err := s.client().Customers(t.Context(), false)
	for _, r := range s.Requests() {
		if !strings.HasSuffix(r.Path, "/contracts") {
			t.Errorf("%s was asked for", r.Path)
		}
	}
	if err != nil || len(got) != 2 {
		t.Errorf("got %d customers, %v", len(got), err)
	}
	odd := newTenant(t, wiretest.JSON(http.StatusOK, `{"value":[{"customerId":"contoso"}]}`))
	if _, _, err := odd.client().Customers(t.Context(), false); err == nil || !strings.Contains(err.Error(), "the customerId of a row is not a GUID") {
		t.Errorf("got error %v", err)
	}
}

// A row that does not say whose it is, is left out and counted, and a relationship whose end has passed is none.
func TestClient_Customers_oddRows(t *testing.T) {
	t.Parallel()
	active := fmt.Sprintf(related, "active", 1, cloudApplicationAdministrator)
	over := strings.Replace(active, "2127-03-01T23:30:00-02:00", new(wiretest.Clock).Now().Add(-time.Minute).Format(time.RFC3339), 1)
	endless := strings.Replace(active, `"2127-03-01T23:30:00-02:00"`, "null", 1)
	nobodys := strings.Replace(active, "7e000000", "", 1)
	s := newTenant(t, func(w http.ResponseWriter, r *http.Request) {
		body := `{"value":[` + over + `,` + endless + `,` + nobodys + `]}`
		if strings.HasSuffix(r.URL.Path, "/contracts") {
			body = `{"value":[{"customerId":null,"displayName":"Nobody"},` + fmt.Sprintf(contract, 1, "Alpha") + `,{"displayName":"x"}]}`
		}
		wiretest.JSON(http.StatusOK, body)(w, r)
	})
	got, nameless, err := s.client().Customers(t.Context(), true)
	if err != nil || nameless != 3 || len(got) != 1 || got[0].DisplayName != "Alpha" || len(got[0].Relationships) != 0 {
		t.Errorf("got %+v, %d left out, %v", got, nameless, err)
	}
}

// The simulated partner's relationships need the permission that is asked for, and what is missing is named.
func TestClient_Customers_permission(t *testing.T) {
	t.Parallel()
	server, err := simtest.New(simulator.Options{Scenario: "partner"})
	if err != nil {
		t.Fatal(err)
	}
	base, stop, err := simulator.Serve(t.Context(), "127.0.0.1:0", server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stop() })
	cloud, err := wire.Loopback(base)
	if err != nil {
		t.Fatal(err)
	}
	client, err := graph.New(signin.SimulatedCredential(cloud, wiretest.Network(t)), new(wiretest.Clock), "test", func(string, time.Duration) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := client.Customers(t.Context(), true); err == nil || !strings.Contains(fmt.Sprintf("%+v", err), "403") {
		t.Errorf("without the permission: got error %v", err)
	}
	client.AskForRelationships()
	got, _, err := client.Customers(t.Context(), true)
	if err != nil || len(got) != 100 {
		t.Errorf("got %d customers, %v; want 100", len(got), err)
	}
}
