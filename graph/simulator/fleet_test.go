package simulator_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

// The id and the domain of a member say all of it, and other texts are none.
func TestMember(t *testing.T) {
	t.Parallel()
	for _, want := range []simulator.Member{
		{Scenario: "fresh", Number: 1},
		{Scenario: "unlicensed", Number: 3000},
		{Scenario: "granted", Refusal: 7000229, Number: 1 << 40},
		{Scenario: "fresh", Refusal: 65001, Number: 7},
	} {
		for _, name := range []string{want.ID(), strings.ToUpper(want.ID()), want.Domain()} {
			if got, err := simulator.ParseMember(name); err != nil || got != want {
				t.Errorf("%s: got %+v, %v; want %+v", name, got, err, want)
			}
		}
		if !identity.IsGUID(want.ID()) {
			t.Errorf("%s is not a GUID", want.ID())
		}
	}
	for _, none := range []string{
		"", "contoso.example", "7e000000-0000-4000-8000-000000000000", "f1ee7000-0000-8000-8000-000000000001", "f1ee7000-00ff-8000-8000-000000000001",
		"f1ee7000-0001-8000-8001-000000000001", "organizations",
	} {
		if got, err := simulator.ParseMember(none); err == nil {
			t.Errorf("%q is taken for %+v", none, got)
		}
	}
}

// A fleet has its kinds in the proportions of the mix, however large it is, and a larger one begins with the smaller one.
func TestMembers(t *testing.T) {
	t.Parallel()
	mix, err := simulator.ParseMix("fresh=3, granted=1,65001=1")
	if err != nil {
		t.Fatal(err)
	}
	small, _ := simulator.Members(10, mix)
	large, err := simulator.Members(1000, mix)
	if err != nil || !slices.Equal(small, large[:10]) {
		t.Errorf("%v; the larger fleet does not begin with the smaller one", err)
	}
	got, ids := map[string]int{}, map[string]bool{}
	for _, m := range large {
		got[m.Scenario]++
		if m.Refusal != 0 {
			got["refused"]++
		}
		ids[m.ID()] = true
	}
	if diff := cmp.Diff(map[string]int{"fresh": 800, "granted": 200, "refused": 200}, got); diff != "" || len(ids) != 1000 {
		t.Errorf("%d ids; kinds (-want +got):\n%s", len(ids), diff)
	}
	for _, wrong := range []string{"", "fresh=0", "fresh=x", "fresh=1001", "no-such=1", "12=1", "fresh=1,"} {
		if _, err := simulator.ParseMix(wrong); err == nil {
			t.Errorf("%q is taken for a mix", wrong)
		}
	}
	for _, size := range []int{0, -1, 20001} {
		if _, err := simulator.Members(size, mix); err == nil {
			t.Errorf("there is a fleet of %d", size)
		}
	}
}

// token signs the admin of a tenant in.
func token(t *testing.T, h http.Handler, tenant string) (status int, token string) {
	t.Helper()
	form := url.Values{"grant_type": {"urn:appleconsent:simulated-admin"}, "client_id": {"x"}, "scope": {"http://example.com/Directory.ReadWrite.All"}}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/"+tenant+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	_, rest, _ := strings.Cut(w.Body.String(), `"access_token":"`)
	token, _, _ = strings.Cut(rest, `"`)
	return w.Code, token
}

// request asks Graph for something.
func request(t *testing.T, h http.Handler, token, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const createApple = `{"appId":"f8d98a96-0999-43f5-8af3-69971c7bb423"}`

// Each member answers for itself: by the tenant that a sign-in names, and by the one that a token is of.
func TestFleet(t *testing.T) {
	t.Parallel()
	f := simtest.NewFleet(simulator.FleetOptions{})
	one, two := simulator.Member{Scenario: "fresh", Number: 1}, simulator.Member{Scenario: "fresh", Number: 2}
	_, ofOne := token(t, f, one.ID())
	_, ofTwo := token(t, f, two.Domain())
	if w := request(t, f, ofOne, http.MethodPost, "/v1.0/servicePrincipals", createApple); w.Code != http.StatusCreated {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	for token, want := range map[string]int{ofOne: 1, ofTwo: 0} {
		w := request(t, f, token, http.MethodGet, "/v1.0/servicePrincipals?$filter=appId+eq+'f8d98a96-0999-43f5-8af3-69971c7bb423'", "")
		if got := strings.Count(w.Body.String(), `"appId":`); got != want {
			t.Errorf("got %d service principals, want %d: %s", got, want, w.Body)
		}
	}
	if len(f.Servers()) != 2 || len(f.Server(two.ID()).Requests()) != 2 {
		t.Errorf("%d members were asked, and the second one %d times", len(f.Servers()), len(f.Server(two.ID()).Requests()))
	}
	for tenant, want := range map[string]int{
		simulator.Member{Scenario: "fresh", Refusal: 53003}.ID(): http.StatusBadRequest, "7e000000-0000-4000-8000-000000000000": http.StatusBadRequest,
		"organizations": http.StatusOK,
	} {
		if status, _ := token(t, f, tenant); status != want {
			t.Errorf("a sign-in to %s is answered %d, want %d", tenant, status, want)
		}
	}
	if w := request(t, f, "e30.e30.x", http.MethodGet, "/v1.0/organization", ""); w.Code != http.StatusUnauthorized {
		t.Errorf("a token of no tenant is answered %d", w.Code)
	}
}

// A rule strikes the member that it names, or every member by its own requests.
func TestFleet_rules(t *testing.T) {
	t.Parallel()
	f := simtest.NewFleet(simulator.FleetOptions{})
	one, two := simulator.Member{Scenario: "granted", Number: 1}.ID(), simulator.Member{Scenario: "granted", Number: 2}.ID()
	err := f.SetRules(
		simulator.Rule{Path: "/v1.0/organization", Trouble: simulator.TroubleStatus, Status: 503},
		simulator.Rule{Tenant: two, Path: "/v1.0/domains", Trouble: simulator.TroubleStatus, Status: 429, ThrottleScope: "Application/Read/x"},
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, tenant := range []string{one, two} {
		_, held := token(t, f, tenant)
		for i, want := range []int{503, 200} {
			if w := request(t, f, held, http.MethodGet, "/v1.0/organization", ""); w.Code != want {
				t.Errorf("%s: request %d is answered %d, want %d", tenant, i+1, w.Code, want)
			}
		}
		w := request(t, f, held, http.MethodGet, "/v1.0/domains", "")
		if struck := w.Header().Get("X-Ms-Throttle-Scope") == "Application/Read/x"; struck != (tenant == two) {
			t.Errorf("%s: got %d %v", tenant, w.Code, w.Header())
		}
	}
}

// Only what was changed is kept, in a file for each member, and forgotten by a reset.
func TestFleet_kept(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "fleet")
	if err := simulator.ResetFleet(folder); err != nil {
		t.Errorf("nothing is kept yet: %v", err)
	}
	changed, read := simulator.Member{Scenario: "fresh", Number: 1}.ID(), simulator.Member{Scenario: "fresh", Number: 2}.ID()
	count := func() (rows int) {
		f := simulator.NewFleet(simulator.FleetOptions{Folder: folder})
		for _, tenant := range []string{changed, read} {
			_, held := token(t, f, tenant)
			w := request(t, f, held, http.MethodGet, "/v1.0/servicePrincipals?$filter=appId+eq+'f8d98a96-0999-43f5-8af3-69971c7bb423'", "")
			rows += strings.Count(w.Body.String(), `"appId":`)
		}
		return rows
	}
	first := simulator.NewFleet(simulator.FleetOptions{Folder: folder})
	_, held := token(t, first, changed)
	request(t, first, held, http.MethodPost, "/v1.0/servicePrincipals", createApple)
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) != 1 || filepath.Base(files[0]) != changed+".json" || count() != 1 {
		t.Errorf("%q are kept, %v, and %d service principals stand; want one of each", files, err, count())
	}
	stranger := filepath.Join(folder, "notes.json")
	if err := os.WriteFile(stranger, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := simulator.ResetFleet(folder); err != nil || count() != 0 {
		t.Errorf("after a reset %d stand, %v", count(), err)
	}
	if _, err := os.Stat(stranger); err != nil {
		t.Error(err)
	}
}

// The partner's tenant lists customers that are members of the fleet.
func TestFleet_customers(t *testing.T) {
	t.Parallel()
	d := simtest.NewFleet(simulator.FleetOptions{}).Server(simulator.HomeOfFleet).Directory()
	if len(d.Contracts) != 100 {
		t.Errorf("%d contracts, want 100", len(d.Contracts))
	}
	for _, contract := range d.Contracts {
		id, _ := contract["customerId"].(string)
		if _, err := simulator.ParseMember(id); err != nil {
			t.Error(err)
		}
	}
}

// What is kept of a member is what it does not share with all others: thousands of them fit on a disk.
func TestFleet_keptSmall(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	id := simulator.Member{Scenario: "fresh", Number: 1}.ID()
	f := simtest.NewFleet(simulator.FleetOptions{Folder: folder})
	_, held := token(t, f, id)
	request(t, f, held, http.MethodPost, "/v1.0/servicePrincipals", createApple)
	info, err := os.Stat(filepath.Join(folder, id+".json"))
	if err != nil || info.Size() > 30_000 {
		t.Errorf("%v bytes are kept, %v", info.Size(), err)
	}
	again := simtest.NewFleet(simulator.FleetOptions{Folder: folder}).Server(id).Directory()
	if diff := cmp.Diff(f.Server(id).Directory(), again); diff != "" {
		t.Errorf("what was kept is not what was there (-want +got):\n%s", diff)
	}
}
