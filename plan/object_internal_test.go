package plan

import (
	"testing"

	"appleconsent/consent"
)

// What a state shows of actions that rollback plans, and of a kind that nobody knows.
func TestShownIn(t *testing.T) {
	t.Parallel()
	const client, resource = consent.ObjectID("client"), consent.ObjectID("exchange")
	grant := func(id consent.GrantID, scopes string) consent.PermissionGrant {
		return consent.PermissionGrant{
			ID: id, ClientID: client, ResourceID: resource, ConsentType: consent.AllPrincipals, Scopes: consent.ParseScopes(scopes),
		}
	}
	update := func(before, after string) consent.Action {
		return consent.Action{
			Kind: consent.UpdateGrant, Target: "g", ResourceID: resource, Before: consent.ParseScopes(before), After: consent.ParseScopes(after),
		}
	}
	deletion := func(id string) consent.Action {
		return consent.Action{Kind: consent.DeleteServicePrincipal, AppID: consent.AppleInternetAccounts, Target: id}
	}
	state := consent.State{
		ServicePrincipals: []consent.ServicePrincipal{{ID: client, AppID: consent.AppleInternetAccounts}},
		Grants:            []consent.PermissionGrant{grant("g", "EAS.AccessAsUser.All Mail.Send"), grant("other", "EWS.AccessAsUser.All")},
	}
	tests := map[string]struct {
		action consent.Action
		want   bool
	}{
		"a scope is revoked, and another grant has it":    {update("EAS.AccessAsUser.All EWS.AccessAsUser.All", "EAS.AccessAsUser.All"), true},
		"a scope is not revoked":                          {update("EAS.AccessAsUser.All Mail.Send", "Mail.Send"), false},
		"a grant is gone":                                 {consent.Action{Kind: consent.DeleteGrant, Target: "x", ResourceID: "graph", Before: consent.Scopes("User.Read")}, true},
		"a service principal is still there":              {deletion(string(client)), false},
		"a service principal was replaced by another one": {deletion("older"), true},
		"unknown objects are never shown":                 {consent.Action{Kind: consent.ActionKind{Verb: consent.Create, Object: "other"}}, false},
	}
	for name, test := range tests {
		if got := shownIn(state, consent.AppleInternetAccounts, test.action); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}
