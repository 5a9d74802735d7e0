package simulator_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

// noon is the time in tests that need one.
var noon = time.Date(2026, time.November, 24, 12, 0, 0, 0, time.UTC)

// facts are what a scenario promises.
type facts struct {
	Client   string // display name, empty if there is no service principal
	Disabled bool
	Graph    string // tenant-wide scope strings
	Exchange string
	PerUser  int
	// NoExchange: there is no Exchange Online.
	NoExchange      bool
	DisabledByOwner bool
}

func TestScenarios_tenantsHaveNamesOfTheirOwn(t *testing.T) {
	names := make(map[string]string)
	for _, s := range simulator.Scenarios() {
		name := directory.Plant(s.Name, "7e000000-0000-4000-8000-000000000000", s.Seed, noon).DisplayName
		if other, taken := names[name]; taken || !strings.HasSuffix(name, " (simulated)") {
			t.Errorf("the tenant of %s is called %q, that of %q too", s.Name, name, other)
		}
		names[name] = s.Name
	}
}

func TestScenarios(t *testing.T) {
	const apple = "Apple Internet Accounts"
	want := map[string]facts{
		"fresh":         {},
		"partial":       {Client: apple, Exchange: "EAS.AccessAsUser.All"},
		"granted":       {Client: apple, Graph: "User.Read", Exchange: "EAS.AccessAsUser.All EWS.AccessAsUser.All"},
		"renamed":       {Client: "iOS Accounts"},
		"user-consents": {Client: apple, PerUser: 5000},
		"extra":         {Client: apple, Graph: "openid profile User.Read offline_access", Exchange: "EAS.AccessAsUser.All IMAP.AccessAsUser.All"},
		"disabled":      {Client: apple, Disabled: true},
		"no-exchange":   {NoExchange: true},
		"disabled-by-owner": {
			Client: apple, Graph: "User.Read", Exchange: "EAS.AccessAsUser.All EWS.AccessAsUser.All", DisabledByOwner: true,
		},
		"consent-blocked": {Client: apple},
		"throttled":       {},
		"lagging":         {},

		"low-impact":          {Client: apple},
		"custom-consent":      {Client: apple},
		"managed-consent":     {Client: apple},
		"mac-on-graph":        {Client: apple, Graph: "User.Read", Exchange: "EAS.AccessAsUser.All EWS.AccessAsUser.All", PerUser: 5},
		"deleted":             {},
		"assignment-required": {Client: apple, Graph: "User.Read", Exchange: "EAS.AccessAsUser.All EWS.AccessAsUser.All"},
		"old-profiles":        {Client: apple, Graph: "User.Read", Exchange: "EAS.AccessAsUser.All EWS.AccessAsUser.All"},
		"device-policies":     {Client: apple, Graph: "User.Read", Exchange: "EAS.AccessAsUser.All EWS.AccessAsUser.All"},
		"partner":             {},
		"unlicensed":          {Client: apple, Graph: "User.Read", Exchange: "EAS.AccessAsUser.All EWS.AccessAsUser.All"},
	}
	got := map[string]facts{}
	for _, s := range simulator.Scenarios() {
		if s.Description == "" {
			t.Errorf("%s has no description", s.Name)
		}
		server, err := simtest.New(simulator.Options{Scenario: s.Name})
		if err != nil {
			t.Fatal(err)
		}
		got[s.Name] = factsOf(server.Directory())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func factsOf(d directory.Directory) facts {
	_, hasExchange := d.ServicePrincipalOf(identity.ExchangeAppID)
	f := facts{NoExchange: !hasExchange}
	client, ok := d.ServicePrincipalOf(identity.AppleAppID)
	if !ok {
		return f
	}
	f.DisabledByOwner = client.IsDisabled != nil && *client.IsDisabled
	f.Client, f.Disabled = client.DisplayName, !*client.AccountEnabled
	for _, g := range d.PermissionGrants {
		resource := byID(d, g.ResourceID)
		switch {
		case g.ClientID != client.ID:
		case g.ConsentType == "Principal":
			f.PerUser++
		case resource.AppID == identity.GraphAppID:
			f.Graph = g.Scope
		case resource.AppID == identity.ExchangeAppID:
			f.Exchange = g.Scope
		}
	}
	return f
}

// byID finds a service principal by its object id; the zero value if there is none.
func byID(d directory.Directory, id string) (found directory.ServicePrincipal) {
	for _, sp := range d.ServicePrincipals {
		if sp.ID == id {
			found = sp
		}
	}
	return found
}

func TestScenarios_order(t *testing.T) {
	var names []string
	for _, s := range simulator.Scenarios() {
		names = append(names, s.Name)
	}
	want := "fresh partial granted renamed user-consents extra disabled disabled-by-owner no-exchange consent-blocked throttled lagging " +
		"low-impact custom-consent managed-consent mac-on-graph deleted assignment-required old-profiles device-policies unlicensed partner"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestScenarios_everyTenantHasItsOwnID(t *testing.T) {
	ids := map[string]bool{}
	for _, s := range simulator.Scenarios() {
		id := simtest.NewTenant(t, s.Name).Server.TenantID()
		ids[id] = identity.IsGUID(id)
	}
	if len(ids) != len(simulator.Scenarios()) || slices.Contains(slices.Collect(maps.Values(ids)), false) {
		t.Errorf("got tenant ids %v", ids)
	}
}

func TestScenarios_areTheSameEachTime(t *testing.T) {
	for _, s := range simulator.Scenarios() {
		begin := func() directory.Directory {
			return simtest.NewClient(t, simulator.Options{Scenario: s.Name, Now: func() time.Time { return noon }}).Server.Directory()
		}
		if one, two := begin(), begin(); !reflect.DeepEqual(one, two) { // of thousands of grants, cmp takes seconds
			t.Errorf("%s differs:\n%s", s.Name, cmp.Diff(one, two))
		}
	}
}

func TestScenarios_perUserGrants(t *testing.T) {
	s, err := simtest.New(simulator.Options{Scenario: "user-consents", PerUserGrants: 3})
	if err != nil {
		t.Fatal(err)
	}
	d := s.Directory()
	var got []string
	for _, g := range d.PermissionGrants {
		if g.ConsentType == "Principal" {
			resource := byID(d, g.ResourceID)
			got = append(got, *g.PrincipalID+" "+resource.DisplayName+": "+g.Scope)
		}
	}
	first, second := identity.UserID(d.TenantID, "user00000"), identity.UserID(d.TenantID, "user00001")
	want := []string{
		first + " Microsoft Graph: openid profile User.Read offline_access",
		first + " Office 365 Exchange Online: EAS.AccessAsUser.All EWS.AccessAsUser.All",
		second + " Microsoft Graph: openid profile User.Read offline_access",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestNew_refusedOptions(t *testing.T) {
	cases := map[string]struct {
		options simulator.Options
		want    string
	}{
		"an unknown scenario lists the names": {simulator.Options{Scenario: "frehs"}, "fresh, partial, granted, renamed, user-consents"},
		"per-user grants need a client":       {simulator.Options{Scenario: "fresh", PerUserGrants: 4}, "cannot have 4 per-user grants"},
		"less than no per-user grants at all": {simulator.Options{Scenario: "granted", PerUserGrants: -1}, "cannot have -1 per-user grants"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := simtest.New(c.options); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want it to say %q", err, c.want)
			}
		})
	}
}
