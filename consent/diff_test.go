package consent_test

import (
	"slices"
	"strings"
	"testing"

	"appleconsent/consent"

	"github.com/google/go-cmp/cmp"
)

// Object ids of the tenant in these tests.
const (
	clientID   consent.ObjectID = "c1000000-0000-4000-8000-000000000001"
	graphID    consent.ObjectID = "c1000000-0000-4000-8000-000000000002"
	exchangeID consent.ObjectID = "c1000000-0000-4000-8000-000000000003"
	aadGraphID consent.ObjectID = "c1000000-0000-4000-8000-000000000004"
	strangerID consent.ObjectID = "c1000000-0000-4000-8000-000000000005"
)

// tenant returns a state with a client and both resources, and the given grants.
func tenant(grants ...consent.PermissionGrant) consent.State {
	return consent.State{
		Tenant: consent.Tenant{ID: "7e000000-0000-4000-8000-000000000000", Cloud: "global"},
		ServicePrincipals: []consent.ServicePrincipal{
			{ID: clientID, AppID: consent.AppleInternetAccounts, DisplayName: "Apple Internet Accounts"},
			{ID: graphID, AppID: consent.MicrosoftGraph, DisplayName: "Microsoft Graph"},
			{ID: exchangeID, AppID: consent.ExchangeOnline, DisplayName: "Office 365 Exchange Online"},
			{ID: aadGraphID, AppID: consent.AzureADGraph, DisplayName: "Windows Azure Active Directory"},
		},
		Grants: grants,
	}
}

// grant returns a tenant-wide grant of the client, whose id is the resource's.
func grant(resource consent.ObjectID, scope string) consent.PermissionGrant {
	return consent.PermissionGrant{
		ID: consent.GrantID(resource), ClientID: clientID, ResourceID: resource,
		ConsentType: consent.AllPrincipals, Scopes: consent.ParseScopes(scope),
	}
}

// without returns the state without the service principal of the application.
func without(s consent.State, app consent.AppID) consent.State {
	var kept []consent.ServicePrincipal
	for _, sp := range s.ServicePrincipals {
		if sp.AppID != app {
			kept = append(kept, sp)
		}
	}
	s.ServicePrincipals = kept
	return s
}

// client returns the state with its client changed.
func client(s consent.State, change func(*consent.ServicePrincipal)) consent.State {
	change(&s.ServicePrincipals[0])
	return s
}

func createGrant(appID consent.AppID, resource consent.ObjectID, scopes ...consent.Scope) consent.Action {
	return consent.Action{
		Kind: consent.CreateGrant, ResourceAppID: appID, ResourceID: resource, ClientID: clientID,
		Before: consent.ScopeSet{}, After: scopes,
	}
}

func updateGrant(appID consent.AppID, resource consent.ObjectID, before, after string) consent.Action {
	return consent.Action{
		Kind: consent.UpdateGrant, Target: string(resource), ResourceAppID: appID, ResourceID: resource, ClientID: clientID,
		Before: consent.ParseScopes(before), After: consent.ParseScopes(after),
	}
}

// What a difference must be, in each state of a tenant.
func TestDiff(t *testing.T) {
	t.Parallel()
	createBoth := []consent.Action{
		createGrant(consent.MicrosoftGraph, graphID, consent.UserRead),
		createGrant(consent.ExchangeOnline, exchangeID, consent.EAS, consent.EWS),
	}
	userRead := grant(graphID, "User.Read")
	mail := grant(exchangeID, "EAS.AccessAsUser.All EWS.AccessAsUser.All")
	tests := map[string]struct {
		state   consent.State
		actions []consent.Action
		notices []string // codes beside the retirement of EWS
	}{
		"rule 1: everything granted":                  {tenant(userRead, mail), nil, nil},
		"rule 1: case does not matter":                {tenant(grant(graphID, "user.READ"), mail), nil, nil},
		"rule 1: any white space, empty parts, twice": {tenant(grant(graphID, " \tUser.Read\n\r User.Read  "), mail), nil, nil},
		"rule 1: a look-alike letter is another scope": {
			tenant(userRead, grant(exchangeID, "EAS.AccessAsUser.All EWſ.AccessAsUser.All")),
			[]consent.Action{updateGrant(consent.ExchangeOnline, exchangeID,
				"EAS.AccessAsUser.All EWſ.AccessAsUser.All", "EAS.AccessAsUser.All EWſ.AccessAsUser.All EWS.AccessAsUser.All")},
			nil,
		},
		"rule 2: a grant for one user does not count": {
			tenant(perUser(userRead), perUser(mail)), createBoth, nil,
		},
		"rule 2: a grant of another client does not count": {
			tenant(ofStranger(userRead), ofStranger(mail)), createBoth, nil,
		},
		"rule 3: the same name on another resource does not count": {
			tenant(grant(graphID, "User.Read EWS.AccessAsUser.All"), grant(aadGraphID, "User.Read"), grant(exchangeID, "EAS.AccessAsUser.All")),
			[]consent.Action{updateGrant(consent.ExchangeOnline, exchangeID, "EAS.AccessAsUser.All", "EAS.AccessAsUser.All EWS.AccessAsUser.All")},
			[]string{"sameScopeElsewhere", "sameScopeElsewhere"},
		},
		"rule 4: nothing granted": {tenant(), createBoth, nil},
		"rule 4: what stands is kept in its order and spelling": {
			tenant(grant(graphID, "openid PROFILE"), grant(exchangeID, "IMAP.AccessAsUser.All ews.accessasuser.all")),
			[]consent.Action{
				updateGrant(consent.MicrosoftGraph, graphID, "openid PROFILE", "openid PROFILE User.Read"),
				updateGrant(consent.ExchangeOnline, exchangeID, "IMAP.AccessAsUser.All ews.accessasuser.all",
					"IMAP.AccessAsUser.All ews.accessasuser.all EAS.AccessAsUser.All"),
			},
			nil,
		},
		"rule 4: a grant without scopes is updated": {
			tenant(userRead, grant(exchangeID, "")),
			[]consent.Action{updateGrant(consent.ExchangeOnline, exchangeID, "", "EAS.AccessAsUser.All EWS.AccessAsUser.All")},
			nil,
		},
		"rule 5: several grants decide together": {
			tenant(userRead, grant(exchangeID, "EAS.AccessAsUser.All"), second(grant(exchangeID, "EWS.AccessAsUser.All"))),
			nil,
			[]string{"severalGrants"},
		},
		"rule 5: the first of several is updated": {
			tenant(userRead, grant(exchangeID, "IMAP.AccessAsUser.All"), second(grant(exchangeID, "EWS.AccessAsUser.All"))),
			[]consent.Action{updateGrant(consent.ExchangeOnline, exchangeID, "IMAP.AccessAsUser.All", "IMAP.AccessAsUser.All EAS.AccessAsUser.All")},
			[]string{"severalGrants"},
		},
		"rule 6: no service principal of the client": {
			without(tenant(), consent.AppleInternetAccounts),
			[]consent.Action{
				{Kind: consent.CreateServicePrincipal, AppID: consent.AppleInternetAccounts},
				ofNobody(createGrant(consent.MicrosoftGraph, graphID, consent.UserRead)),
				ofNobody(createGrant(consent.ExchangeOnline, exchangeID, consent.EAS, consent.EWS)),
			},
			nil,
		},
		"rule 7: a disabled client is a warning": {
			client(tenant(), func(sp *consent.ServicePrincipal) { sp.AccountEnabled = new(bool) }),
			createBoth,
			[]string{"clientDisabled"},
		},
		"rule 7: assignment required is a warning": {
			client(tenant(), func(sp *consent.ServicePrincipal) { sp.AssignmentRequired = true }),
			createBoth,
			[]string{"assignmentRequired"},
		},
		"rule 7: disabled by Microsoft is a warning": {
			client(tenant(), func(sp *consent.ServicePrincipal) {
				sp.DisabledByMicrosoft = "DisabledDueToViolationOfServicesAgreement"
			}),
			createBoth,
			[]string{"clientDisabledByMicrosoft"},
		},
		"rule 7: another verified publisher is a warning": {
			client(tenant(), func(sp *consent.ServicePrincipal) { sp.VerifiedPublisher = "Applesauce Ltd" }),
			createBoth,
			[]string{"unexpectedPublisher"},
		},
		"rule 7: another owner without a verified publisher is a warning": {
			client(tenant(), func(sp *consent.ServicePrincipal) { sp.OwnerOrganizationID = string(strangerID) }),
			createBoth,
			[]string{"unexpectedPublisher"},
		},
		"rule 7: Apple as the publisher is nothing": {
			client(tenant(), func(sp *consent.ServicePrincipal) {
				sp.VerifiedPublisher, sp.OwnerOrganizationID = "Apple Inc.", "e0fad04c-a04c-41ab-b35e-dc523af755a1"
			}),
			createBoth, nil,
		},
		"rule 7: another name of the client is nothing": {
			client(tenant(), func(sp *consent.ServicePrincipal) { sp.DisplayName = "iOS Accounts" }), createBoth, nil,
		},
		"rule 8: a missing resource blocks everything": {
			without(tenant(), consent.ExchangeOnline), nil, []string{"resourceMissing"},
		},
		"rule 9: scopes beyond the requirement are no reason to act": {
			tenant(grant(graphID, "openid User.Read"), grant(exchangeID, "EAS.AccessAsUser.All EWS.AccessAsUser.All Mail.Send")), nil, nil,
		},
		"rule 9: a scope string at the limit is accepted": {
			tenant(userRead, grant(exchangeID, filler(consent.MaxScopeLength-len(" EAS.AccessAsUser.All EWS.AccessAsUser.All")))),
			[]consent.Action{updateGrant(consent.ExchangeOnline, exchangeID,
				filler(consent.MaxScopeLength-len(" EAS.AccessAsUser.All EWS.AccessAsUser.All")),
				filler(consent.MaxScopeLength-len(" EAS.AccessAsUser.All EWS.AccessAsUser.All"))+" EAS.AccessAsUser.All EWS.AccessAsUser.All")},
			nil,
		},
		"rule 9: a scope string beyond the limit blocks everything": {
			tenant(grant(exchangeID, filler(consent.MaxScopeLength+1-len(" EAS.AccessAsUser.All EWS.AccessAsUser.All")))),
			nil,
			[]string{"scopeTooLong"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := consent.Diff(consent.AppleMail().Require(consent.Choices{}), test.state)
			if diff := cmp.Diff(test.actions, d.Actions); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
			var codes []string
			for _, n := range d.Notices {
				if n.Code != "ewsRetirement" {
					codes = append(codes, n.Code)
				}
			}
			if diff := cmp.Diff(test.notices, codes); diff != "" {
				t.Errorf("notices (-want +got):\n%s", diff)
			}
		})
	}
}

func perUser(g consent.PermissionGrant) consent.PermissionGrant {
	g.ConsentType = consent.Principal
	return g
}

func ofStranger(g consent.PermissionGrant) consent.PermissionGrant {
	g.ClientID = strangerID
	return g
}

func second(g consent.PermissionGrant) consent.PermissionGrant {
	g.ID += "-2"
	return g
}

func ofNobody(a consent.Action) consent.Action {
	a.ClientID = ""
	return a
}

// filler returns a scope of that length.
func filler(length int) string {
	return strings.Repeat("f", length)
}

func TestDiff_resources(t *testing.T) {
	t.Parallel()
	state := tenant(grant(exchangeID, "IMAP.AccessAsUser.All ews.accessasuser.all"))
	got := consent.Diff(consent.AppleMail().Require(consent.Choices{}), state).Resources
	want := []consent.ResourceDifference{
		{
			Resource:           consent.Resource{AppID: consent.MicrosoftGraph, Name: "Microsoft Graph", Label: "microsoft_graph", Word: "graph"},
			ServicePrincipalID: graphID, Required: consent.Scopes(consent.UserRead),
			Granted: consent.ScopeSet{}, Missing: consent.Scopes(consent.UserRead), Extra: consent.ScopeSet{},
		},
		{
			Resource:           consent.Resource{AppID: consent.ExchangeOnline, Name: "Office 365 Exchange Online", Label: "exchange_online", Word: "exchange"},
			ServicePrincipalID: exchangeID, GrantID: consent.GrantID(exchangeID), Required: consent.Scopes(consent.EAS, consent.EWS),
			Granted: consent.Scopes(consent.EWS), Missing: consent.Scopes(consent.EAS), Extra: consent.Scopes("IMAP.AccessAsUser.All"),
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("resources (-want +got):\n%s", diff)
	}
}

// A blocker keeps every action back, also those on resources that are fine.
func TestDiff_blockedHasNoActions(t *testing.T) {
	t.Parallel()
	d := consent.Diff(consent.AppleMail().Require(consent.Choices{}), without(tenant(), consent.ExchangeOnline))
	if len(d.Actions) != 0 || d.Satisfied() {
		t.Errorf("got actions %v, satisfied %v; want none and false", d.Actions, d.Satisfied())
	}
	if got := d.Resources[1]; got.ServicePrincipalID != "" || len(got.Missing) != 2 {
		t.Errorf("got %+v; want no service principal and both scopes missing", got)
	}
}

func TestAppleMail_devices(t *testing.T) {
	t.Parallel()
	tests := map[consent.Devices]struct {
		exchange consent.ScopeSet
		notices  int
	}{
		consent.AllDevices: {consent.Scopes(consent.EAS, consent.EWS), 1},
		consent.IOSDevices: {consent.Scopes(consent.EAS), 0},
		consent.MacDevices: {consent.Scopes(consent.EWS), 1},
	}
	for _, devices := range consent.DeviceChoices() {
		r := consent.AppleMail().Require(consent.Choices{Devices: devices})
		if diff := cmp.Diff(tests[devices].exchange, r.Scopes(consent.ExchangeOnline)); diff != "" {
			t.Errorf("%s on Exchange Online (-want +got):\n%s", devices, diff)
		}
		if diff := cmp.Diff(consent.Scopes(consent.UserRead), r.Scopes(consent.MicrosoftGraph)); diff != "" {
			t.Errorf("%s on Microsoft Graph (-want +got):\n%s", devices, diff)
		}
		if len(r.Notices) != tests[devices].notices {
			t.Errorf("%s: got %d notices about EWS, want %d", devices, len(r.Notices), tests[devices].notices)
		}
	}
}

// The requirement is data: another app and other scopes need no other code.
func TestDiff_anotherRequirement(t *testing.T) {
	t.Parallel()
	calendar := consent.Application{
		ID: "11111111-1111-4111-8111-111111111111",
		Resources: []consent.ApplicationResource{{
			Resource: consent.Resource{AppID: consent.MicrosoftGraph}, Permissions: []consent.Permission{{Scope: "Calendars.Read"}},
		}},
	}
	state := tenant()
	state.ServicePrincipals[0].AppID = calendar.ID
	want := []consent.Action{createGrant(consent.MicrosoftGraph, graphID, "Calendars.Read")}
	if diff := cmp.Diff(want, consent.Diff(calendar.Require(consent.Choices{}), state).Actions); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
}

// The levels of the notices: a blocker stops, a warning is worth acting on.
func TestDiff_levels(t *testing.T) {
	t.Parallel()
	state := client(tenant(), func(sp *consent.ServicePrincipal) {
		sp.AccountEnabled, sp.AssignmentRequired = new(bool), true
		sp.DisabledByMicrosoft, sp.VerifiedPublisher = "NotDisabled", "Contoso"
	})
	state.ServicePrincipals[2].AccountEnabled = new(bool)
	got := make(map[string]consent.Level)
	for _, n := range consent.Diff(consent.AppleMail().Require(consent.Choices{}), state).Notices {
		got[n.Code] = n.Level
	}
	want := map[string]consent.Level{
		"clientDisabled": consent.Warning, "assignmentRequired": consent.Warning, "unexpectedPublisher": consent.Warning,
		"resourceDisabled": consent.Warning, "ewsRetirement": consent.Warning,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("notices (-want +got):\n%s", diff)
	}
}

// Graph lists grants in any order; the notices come in one.
func TestDiff_noticesAreInOrder(t *testing.T) {
	t.Parallel()
	state := tenant(grant(graphID, "EWS.AccessAsUser.All"), grant(aadGraphID, "User.Read"))
	first := consent.Diff(consent.AppleMail().Require(consent.Choices{}), state).Notices
	slices.Reverse(state.Grants)
	if diff := cmp.Diff(first, consent.Diff(consent.AppleMail().Require(consent.Choices{}), state).Notices); diff != "" {
		t.Errorf("notices (-first +second):\n%s", diff)
	}
}
