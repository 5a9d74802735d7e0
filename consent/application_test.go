package consent_test

import (
	"slices"
	"testing"

	"appleconsent/consent"

	"pgregory.net/rapid"
)

// What is declared of the applications is found by its id, and nothing else is.
func TestApplications(t *testing.T) {
	t.Parallel()
	if consent.DefaultApplication().ID != consent.AppleInternetAccounts {
		t.Errorf("commands are about %s", consent.DefaultApplication().ID)
	}
	for _, app := range consent.Applications() {
		if got, known := consent.ApplicationOf(app.ID); !known || got.Name != app.Name {
			t.Errorf("%s: got %q, %v", app.ID, got.Name, known)
		}
		ids := app.Require(consent.Choices{}).AppIDs()
		if ids[0] != app.ID || len(ids) != 1+len(app.Resources)+len(app.LookAlikes) {
			t.Errorf("%s goes by %s", app.ID, ids)
		}
		for _, id := range ids[1:] {
			if got, known := consent.ResourceOf(id); !known || got.AppID != id || got.Label == "" {
				t.Errorf("resource %s: got %+v, %v", id, got, known)
			}
		}
		for _, r := range app.Resources {
			for _, p := range r.Permissions {
				if id, known := consent.PermissionID(r.AppID, p.Scope); !known || id != p.ID {
					t.Errorf("%s on %s: got %q, %v", p.Scope, r.AppID, id, known)
				}
			}
			if id, known := consent.PermissionID(r.AppID, "Mail.Send"); known {
				t.Errorf("Mail.Send on %s: got %q", r.AppID, id)
			}
		}
	}
	if got, known := consent.ApplicationOf(consent.MicrosoftGraph); known {
		t.Errorf("Microsoft Graph is taken for the client %q", got.Name)
	}
	if got, known := consent.ResourceOf(consent.AppleInternetAccounts); known {
		t.Errorf("the client is taken for the resource %q", got.Name)
	}
}

// What a difference may plan by the choices is known before a tenant is read.
func TestChoices_Kinds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		choices := consent.Choices{
			Devices:   rapid.SampledFrom(consent.DeviceChoices()).Draw(t, "devices"),
			Route:     rapid.SampledFrom(consent.RouteChoices()).Draw(t, "route"),
			EnableApp: rapid.Bool().Draw(t, "enable"),
		}
		for _, a := range consent.Diff(consent.AppleMail().Require(choices), anyState(t)).Actions {
			if !slices.Contains(choices.Kinds(), a.Kind) {
				t.Errorf("%+v is not among the kinds of %+v", a.Kind, choices)
			}
		}
	})
}

// What would be lost with a service principal is named, and what is excepted is not.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		left consent.Leftovers
		want []string
	}{
		{consent.Leftovers{Excepted: []string{"g"}}, nil},
		{consent.Leftovers{TenantWideGrants: true}, []string{"tenant-wide grants"}},
		{consent.Leftovers{PerUserGrants: true, AppRoleAssignments: true}, []string{"grants of individual users", "app role assignments"}},
	} {
		if got := test.left.Strings(); !slices.Equal(got, test.want) || test.left.None() != (len(test.want) == 0) {
			t.Errorf("%+v: got %q, none: %v", test.left, got, test.left.None())
		}
	}
}

// A scope is one word, and so is an entry of the authorization policy.
func TestScope_IsWord(t *testing.T) {
	t.Parallel()
	for scope, want := range map[consent.Scope]bool{"User.Read": true, "": false, " ": false, "a b": false, " a": false, "a\t": false} {
		if scope.IsWord() != want {
			t.Errorf("%q: got %v", scope, !want)
		}
	}
	if got := consent.Scopes("a", "b").List(); got != "a, b" {
		t.Errorf("got %q", got)
	}
}
