package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"appleconsent/consent"
	"appleconsent/plan"
)

// What changes between planning a rollback and its deletions stops it, and nothing that others granted is lost.
func TestRollback_atTheLastMoment(t *testing.T) {
	t.Parallel()
	deleteClient := func(f *fakeTenant) { f.state.ServicePrincipals, f.state.Grants = f.state.ServicePrincipals[:2], nil }
	for name, test := range map[string]struct {
		fault  *fault
		writes []string
		last   plan.Status // of the deletion of the service principal
		err    error
	}{
		"a grant grows before it is deleted": {
			&fault{call: "Grant", meddle: grow(exchangeID, "Mail.Send")}, nil, pending, &plan.DriftError{},
		},
		"what is left cannot be read": {
			&fault{call: "Leftovers", skip: 1, err: errDenied}, []string{"DeleteGrant", "DeleteGrant"}, failed, errDenied,
		},
		"somebody else deletes the service principal": {
			&fault{call: "Leftovers", skip: 1, meddle: deleteClient, err: failure{absent: true}}, []string{"DeleteGrant", "DeleteGrant"}, unchanged, nil,
		},
		"somebody else deletes it between look and deletion": {
			&fault{call: "DeleteServicePrincipal", meddle: deleteClient, err: failure{absent: true}},
			[]string{"DeleteGrant", "DeleteGrant", "DeleteServicePrincipal"},
			unchanged, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, newTenant())
			c := r.mustApply()
			r.tenant.calls, r.tenant.faults = nil, []*fault{test.fault}
			back, err := r.rollback(c)
			checkError(t, test.err, err)
			if diff := cmp.Diff(test.writes, r.tenant.writes()); diff != "" {
				t.Errorf("writes (-want +got):\n%s", diff)
			}
			if last := back.Actions[len(back.Actions)-1]; last.Kind != consent.DeleteServicePrincipal || last.Status != test.last {
				t.Errorf("got %s %s, want the deletion of the service principal %s", last.Kind, last.Status, test.last)
			}
		})
	}
}

// Beside our grant, or instead of it, somebody else's may stand on the same resource. It is not ours.
func TestRollback_severalGrants(t *testing.T) {
	t.Parallel()
	theirs := grant(exchangeID, "EAS.AccessAsUser.All Mail.Send")
	theirs.ID = "theirs"
	for name, between := range map[string]func(*fakeTenant){
		"beside it":  func(f *fakeTenant) { f.state.Grants = append([]consent.PermissionGrant{theirs}, f.state.Grants...) },
		"instead of": func(f *fakeTenant) { remove(exchangeID)(f); f.state.Grants = append(f.state.Grants, theirs) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, newTenant(grant(graphID, "User.Read")))
			c := r.mustApply()
			between(r.tenant)
			if _, err := r.rollback(c); err != nil {
				t.Fatal(err)
			}
			var left []string
			for _, g := range r.tenant.state.Grants {
				left = append(left, string(g.ID)+" "+g.Scopes.String())
			}
			want := []string{string(grantID(clientID, graphID)) + " User.Read", "theirs EAS.AccessAsUser.All Mail.Send"}
			if name == "beside it" {
				want[0], want[1] = want[1], want[0]
			}
			if diff := cmp.Diff(want, left); diff != "" {
				t.Errorf("grants (-want +got):\n%s", diff)
			}
		})
	}
}

// What an earlier rollback undid counts only if it is known to have happened, and only until that rollback is taken back.
func TestRollback_continuedAfter(t *testing.T) {
	t.Parallel()
	lost := func() *fault { return &fault{call: "UpdateGrant", err: failure{unanswered: true}} }
	for name, test := range map[string]struct {
		faults   []*fault
		takeBack bool
	}{
		"a write whose outcome is not known": {[]*fault{lost(), lost(), lost()}, false},
		"half a rollback, itself taken back": {[]*fault{{call: "UpdateGrant", skip: 1, err: errDenied}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, newTenant(grant(graphID, "openid"), grant(exchangeID, "EAS.AccessAsUser.All")))
			c := r.mustApply()
			r.tenant.faults = test.faults
			half, err := r.rollback(c)
			if err == nil {
				t.Fatal("the rollback should have stopped")
			}
			if test.takeBack {
				if _, err := r.rollback(half); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := r.rollback(c); err != nil {
				t.Fatal(err)
			}
			if got := r.tenant.scopes(exchangeID) + ", " + r.tenant.scopes(graphID); got != "EAS.AccessAsUser.All, openid" {
				t.Errorf("after the rollback there stands %q, want what stood before", got)
			}
		})
	}
}
