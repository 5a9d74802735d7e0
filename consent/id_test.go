package consent_test

import (
	"testing"

	"appleconsent/consent"
)

func TestParseGUID(t *testing.T) {
	t.Parallel()
	const guid = "f8d98a96-0999-43f5-8af3-69971c7bb423"
	for _, text := range []string{guid, "F8D98A96-0999-43F5-8AF3-69971C7BB423"} {
		if got, err := consent.ParseGUID(text); err != nil || got != guid {
			t.Errorf("ParseGUID(%q) = %q, %v; want %q", text, got, err, guid)
		}
	}
	for name, text := range map[string]string{
		"empty":                       "",
		"the well-known typo":         guid + "3",
		"braces":                      "{f8d98a96-0999-43f5-8af3-69971c7bb423}",
		"hyphens elsewhere":           "f8d98a960-999-43f5-8af3-69971c7bb423",
		"a letter beyond f":           "g8d98a96-0999-43f5-8af3-69971c7bb423",
		"36 bytes that are not ASCII": "ſ8d98a96-0999-43f5-8af3-69971c7bb42",
	} {
		if got, err := consent.ParseGUID(text); err == nil {
			t.Errorf("%s: ParseGUID(%q) = %q, want an error", name, text, got)
		}
	}
}

// Rollback's actions, of which Diff has none.
func TestAction_shownIn(t *testing.T) {
	t.Parallel()
	stands := tenant(grant(exchangeID, "EAS.AccessAsUser.All Mail.Send"))
	revoke := updateGrant(consent.ExchangeOnline, exchangeID, "EAS.AccessAsUser.All EWS.AccessAsUser.All", "EAS.AccessAsUser.All")
	revokeEAS := updateGrant(consent.ExchangeOnline, exchangeID, "EAS.AccessAsUser.All Mail.Send", "Mail.Send")
	deleted := consent.Action{
		Kind: consent.DeleteGrant, GrantID: consent.GrantID(graphID), ResourceID: graphID, Before: consent.Scopes(consent.UserRead), After: consent.ScopeSet{},
	}
	gone := consent.Action{Kind: consent.DeleteServicePrincipal, AppID: consent.AppleInternetAccounts, ServicePrincipalID: clientID}
	older := gone
	older.ServicePrincipalID = strangerID
	tests := map[string]struct {
		action consent.Action
		want   bool
	}{
		"a scope is revoked":                              {revoke, true},
		"a scope is not revoked":                          {revokeEAS, false},
		"a grant is gone":                                 {deleted, true},
		"a service principal still stands":                {gone, false},
		"a service principal was replaced by another one": {older, true},
		"unknown kinds are never shown":                   {consent.Action{Kind: "other"}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.action.ShownIn(stands, consent.AppleInternetAccounts); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// A scope that was revoked from one of several grants may stand on the other.
func TestAction_shownIn_severalGrants(t *testing.T) {
	t.Parallel()
	state := tenant(grant(exchangeID, "EAS.AccessAsUser.All"), second(grant(exchangeID, "EWS.AccessAsUser.All")))
	revoke := updateGrant(consent.ExchangeOnline, exchangeID, "EAS.AccessAsUser.All EWS.AccessAsUser.All", "EAS.AccessAsUser.All")
	if !revoke.ShownIn(state, consent.AppleInternetAccounts) {
		t.Error("what stands on another grant counts as not revoked")
	}
}
