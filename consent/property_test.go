package consent_test

import (
	"slices"
	"strings"
	"testing"

	"appleconsent/consent"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// scopeNames are those that matter, in several spellings, and some that do not.
var scopeNames = []string{
	"User.Read", "user.read", "EAS.AccessAsUser.All", "eas.accessasuser.ALL", "EWS.AccessAsUser.All", "EWſ.AccessAsUser.All",
	"openid", "profile", "IMAP.AccessAsUser.All", "Mail.Send",
}

// anyState draws a tenant: with or without a client, with grants of all kinds on all kinds of resources.
func anyState(t *rapid.T) consent.State {
	s := tenant()
	if rapid.Bool().Draw(t, "no client") {
		s = without(s, consent.AppleInternetAccounts)
	}
	if rapid.IntRange(0, 9).Draw(t, "no exchange") == 0 {
		s = without(s, consent.ExchangeOnline)
	}
	for i := range rapid.IntRange(0, 6).Draw(t, "grants") {
		g := grant(
			rapid.SampledFrom([]consent.ObjectID{graphID, exchangeID, aadGraphID, strangerID}).Draw(t, "resource"),
			strings.Join(rapid.SliceOfN(rapid.SampledFrom(scopeNames), 0, 6).Draw(t, "scopes"), rapid.SampledFrom([]string{" ", "  ", "\t"}).Draw(t, "space")))
		g.ID = consent.GrantID(rune('a' + i))
		g.ClientID = rapid.SampledFrom([]consent.ObjectID{clientID, clientID, clientID, strangerID}).Draw(t, "client")
		g.ConsentType = rapid.SampledFrom([]consent.ConsentType{consent.AllPrincipals, consent.AllPrincipals, consent.Principal}).Draw(t, "consent type")
		s.Grants = append(s.Grants, g)
	}
	if _, found := s.ServicePrincipal(consent.AppleInternetAccounts); !found {
		s.Grants = slices.DeleteFunc(s.Grants, func(g consent.PermissionGrant) bool { return g.ClientID == clientID })
	}
	for i, sp := range s.ServicePrincipals {
		if sp.AppID == consent.AppleInternetAccounts {
			s.ServicePrincipals[i].AccountEnabled = rapid.SampledFrom([]*bool{nil, new(true), new(false)}).Draw(t, "enabled")
		}
	}
	s.ConsentPolicies = rapid.SliceOfN(rapid.SampledFrom(policyNames), 0, 5).Draw(t, "policies")
	for resource, app := range map[consent.ObjectID]consent.AppID{graphID: consent.MicrosoftGraph, exchangeID: consent.ExchangeOnline} {
		for _, scope := range consent.AppleMail().Require(consent.Choices{}).Scopes(app) {
			if level := rapid.SampledFrom([]string{"", "", "low", "Low", "high"}).Draw(t, "class of "+string(scope)); level != "" {
				id, _ := consent.PermissionID(app, scope)
				s.Classifications = append(s.Classifications, consent.Classification{ID: "c-" + id, ResourceID: resource, PermissionID: id, Permission: scope, Level: level})
			}
		}
	}
	return s
}

// policyNames are entries of the authorization policy, of both kinds and in several spellings.
var policyNames = []consent.Scope{
	"ManagePermissionGrantsForSelf.microsoft-user-default-low", "managePermissionGrantsForSelf.Microsoft-User-Default-Low",
	"ManagePermissionGrantsForSelf.microsoft-user-default-legacy", "ManagePermissionGrantsForSelf.microsoft-user-default-recommended",
	"ManagePermissionGrantsForSelf.microsoft-user-default-allow-consent-apps", "ManagePermissionGrantsForSelf.contoso",
	"ManagePermissionGrantsForOwnedResource.team", "managepermissiongrantsforownedresource.chat", "Unheard.of",
}

func anyRequirement(t *rapid.T) consent.Requirement {
	return consent.AppleMail().Require(consent.Choices{
		Devices: rapid.SampledFrom(consent.DeviceChoices()).Draw(t, "devices"),
		Route:   rapid.SampledFrom(append(consent.RouteChoices(), "")).Draw(t, "route"), EnableApp: rapid.Bool().Draw(t, "enable"),
	})
}

// carryOut is the model of a tenant that does what it is told, as Graph does it: PATCH replaces the whole scope string.
func carryOut(s consent.State, actions []consent.Action) consent.State {
	s.Grants, s.ServicePrincipals = slices.Clone(s.Grants), slices.Clone(s.ServicePrincipals)
	s.Classifications = slices.Clone(s.Classifications)
	for _, a := range actions {
		switch a.Kind {
		case consent.EnableServicePrincipal:
			i := slices.IndexFunc(s.ServicePrincipals, func(sp consent.ServicePrincipal) bool { return string(sp.ID) == a.Target })
			s.ServicePrincipals[i].AccountEnabled = new(true)
		case consent.ClassifyPermission:
			s.Classifications = append(s.Classifications, consent.Classification{
				ID: "new-" + a.PermissionID, ResourceID: a.ResourceID, PermissionID: a.PermissionID, Permission: a.Permission, Level: consent.LowImpact,
			})
		case consent.SetUserConsentPolicy:
			s.ConsentPolicies = a.After
		case consent.CreateServicePrincipal:
			s.ServicePrincipals = append(s.ServicePrincipals, consent.ServicePrincipal{ID: clientID, AppID: a.AppID})
		case consent.CreateGrant:
			s.Grants = append(s.Grants, consent.PermissionGrant{
				ID: "new-" + consent.GrantID(a.ResourceID), ClientID: clientID, ResourceID: a.ResourceID, ConsentType: consent.AllPrincipals, Scopes: a.After,
			})
		case consent.UpdateGrant:
			i := slices.IndexFunc(s.Grants, func(g consent.PermissionGrant) bool { return string(g.ID) == a.Target })
			s.Grants[i].Scopes = a.After
		case consent.DeleteGrant, consent.DeleteServicePrincipal, consent.DisableServicePrincipal, consent.DeclassifyPermission:
			panic("apply never deletes")
		}
	}
	return s
}

func TestDiff_properties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		required, state := anyRequirement(t), anyState(t)
		d := consent.Diff(required, state)
		after := carryOut(state, d.Actions)
		again := consent.Diff(required, after)

		if blocked := slices.ContainsFunc(d.Notices, func(n consent.Notice) bool { return n.Level == consent.Blocker }); blocked {
			if len(d.Actions) > 0 || d.Satisfied() {
				t.Fatalf("blocked, and yet actions %v, satisfied %v", d.Actions, d.Satisfied())
			}
			return
		}
		if !again.Satisfied() {
			t.Fatalf("the requirement is not met after applying %v: %+v", d.Actions, again.Resources)
		}
		if len(again.Actions) > 0 {
			t.Fatalf("a second difference has actions: %v", again.Actions)
		}
		consents := func(a consent.Action) bool { return a.Kind != consent.EnableServicePrincipal } // satisfied speaks of consent alone
		if d.Satisfied() == slices.ContainsFunc(d.Actions, consents) {
			t.Fatalf("satisfied is %v with actions %v", d.Satisfied(), d.Actions)
		}
		nothingLost(t, state, after)
		nothingForeign(t, required, d.Actions)
		othersKept(t, state.ConsentPolicies, after.ConsentPolicies)
	})
}

// nothingLost fails if a scope that stood is gone, or moved, or spelled otherwise.
func nothingLost(t *rapid.T, before, after consent.State) {
	for i, g := range before.Grants {
		if kept := after.Grants[i].Scopes; len(kept) < len(g.Scopes) || !slices.Equal(kept[:len(g.Scopes)], g.Scopes) {
			t.Fatalf("grant %s held %v and then %v", g.ID, g.Scopes, kept)
		}
	}
}

// nothingForeign fails if an action grants anything but the requirement.
func nothingForeign(t *rapid.T, required consent.Requirement, actions []consent.Action) {
	for _, a := range actions {
		if required.Route != consent.UserConsent && (a.Kind.Object == consent.OnClassification || a.Kind.Object == consent.OnPolicy) || required.Route == consent.UserConsent && a.Kind.Object == consent.OnGrant {
			t.Fatalf("%+v is not of the route %q", a, required.Route)
		}
		if !required.EnableApp && a.Kind == consent.EnableServicePrincipal {
			t.Fatalf("%+v was not asked for", a)
		}
		if a.Kind.Object != consent.OnGrant {
			continue
		}
		if foreign := a.Added().Without(required.Scopes(a.ResourceAppID)); len(foreign) > 0 {
			t.Fatalf("%+v grants %v", a, foreign)
		}
		if len(a.Removed()) > 0 {
			t.Fatalf("%+v revokes %v", a, a.Removed())
		}
	}
}

// othersKept fails if an entry of the policy is gone, or moved among its like, that is not about what users consent to
// for themselves, or if anything but the low-impact setting came.
func othersKept(t *rapid.T, before, after consent.ScopeSet) {
	others := func(policies consent.ScopeSet) consent.ScopeSet {
		return slices.DeleteFunc(slices.Clone(policies), consent.IsSelfPolicy)
	}
	if !slices.Equal(others(before), others(after)) {
		t.Fatalf("the policy held %v and then %v", before, after)
	}
	if came := after.Without(before); len(came) > 1 || len(came) == 1 && consent.SettingOf(came) != consent.SettingLowImpact {
		t.Fatalf("%v came to the policy", came)
	}
}

// Equal states give equal differences, whatever happened to the input in between.
func TestDiff_isAFunction(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		required, state := anyRequirement(t), anyState(t)
		first := consent.Diff(required, state)
		second := consent.Diff(required, state)
		if diff := cmp.Diff(first, second); diff != "" {
			t.Fatalf("first and second time:\n%s", diff)
		}
	})
}
