package plan_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/plan"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Taking back an apply, after others changed the tenant in between. Scopes are those on Exchange Online.
func TestRollback(t *testing.T) {
	t.Parallel()
	partial := func() *fakeTenant {
		return newTenant(grant(graphID, "User.Read"), grant(exchangeID, "EAS.AccessAsUser.All"))
	}
	tests := map[string]struct {
		tenant   *fakeTenant
		between  func(*fakeTenant)
		writes   []string
		exchange string
		client   bool // its service principal stands afterwards
	}{
		"created, untouched": {newTenant(), nil, []string{"DeleteGrant", "DeleteGrant", "DeleteServicePrincipal"}, "none", false},
		"created, grown": {
			newTenant(), grow(exchangeID, "Mail.Send"), []string{"UpdateGrant", "DeleteGrant"}, "Mail.Send", true,
		},
		"created, shrunk": {
			newTenant(), shrink(exchangeID, consent.EAS), []string{"DeleteGrant", "DeleteGrant", "DeleteServicePrincipal"}, "none", false,
		},
		"created, grant gone": {
			newTenant(), func(f *fakeTenant) { f.state.Grants = f.state.Grants[:1] }, []string{"DeleteGrant", "DeleteServicePrincipal"}, "none", false,
		},
		"created, everything gone": {
			newTenant(), func(f *fakeTenant) { *f = *newTenant() }, nil, "none", false,
		},
		"created, service principal recreated by somebody else": {
			newTenant(), func(f *fakeTenant) {
				*f = *newTenant()
				f.next = 7
				f.addClient("c1000007-0000-4000-8000-000000000001")
			}, nil, "none", true,
		},
		"created, users have consented since": {
			newTenant(), func(f *fakeTenant) { f.left.PerUserGrants = true }, []string{"DeleteGrant", "DeleteGrant"}, "none", true,
		},
		"created, users are assigned since": {
			newTenant(), func(f *fakeTenant) { f.left.AppRoleAssignments = true }, []string{"DeleteGrant", "DeleteGrant"}, "none", true,
		},
		"created, a grant on another resource since": {
			newTenant(), func(f *fakeTenant) {
				f.state.Grants = append(f.state.Grants, grant("c1000000-0000-4000-8000-000000000009", "Files.Read"))
			}, []string{"DeleteGrant", "DeleteGrant"}, "none", true,
		},
		"updated, untouched": {partial(), nil, []string{"UpdateGrant"}, "EAS.AccessAsUser.All", true},
		"updated, grown":     {partial(), grow(exchangeID, "Mail.Send"), []string{"UpdateGrant"}, "EAS.AccessAsUser.All Mail.Send", true},
		"updated, own scope revoked by hand": {
			partial(), shrink(exchangeID, consent.EWS), nil, "EAS.AccessAsUser.All", true,
		},
		"updated, what stood before revoked": {
			partial(), shrink(exchangeID, consent.EAS), []string{"DeleteGrant"}, "none", true,
		},
		"updated, spelled otherwise since": {
			partial(), func(f *fakeTenant) {
				f.state.Grants[1].Scopes = consent.ParseScopes("eas.accessasuser.all ews.accessasuser.all")
			},
			[]string{"UpdateGrant"},
			"eas.accessasuser.all", true,
		},
		"updated, exchange gone": {
			partial(), func(f *fakeTenant) {
				f.state.ServicePrincipals = slices.DeleteFunc(f.state.ServicePrincipals, func(sp consent.ServicePrincipal) bool { return sp.ID == exchangeID })
				f.state.Grants = f.state.Grants[:1]
			}, nil, "none", true,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, test.tenant)
			c := r.mustApply()
			if test.between != nil {
				test.between(r.tenant)
			}
			r.tenant.calls = nil
			back, err := r.rollback(c)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.writes, r.tenant.writes()); diff != "" {
				t.Errorf("writes (-want +got):\n%s", diff)
			}
			if got := r.tenant.scopes(exchangeID); got != test.exchange {
				t.Errorf("Exchange Online holds %q, want %q", got, test.exchange)
			}
			if _, stands := r.tenant.state.ServicePrincipal(consent.AppleInternetAccounts); stands != test.client {
				t.Errorf("the client's service principal stands: %v, want %v", stands, test.client)
			}
			if got := r.recorded(c.ID).RolledBackBy; got == nil || *got != back.ID {
				t.Errorf("the apply was rolled back by %v, want %s", got, back.ID)
			}
		})
	}
}

func grow(resource consent.ObjectID, scope consent.Scope) func(*fakeTenant) {
	return func(f *fakeTenant) {
		i := f.findOn(resource)
		f.state.Grants[i].Scopes = f.state.Grants[i].Scopes.With(scope)
	}
}

func shrink(resource consent.ObjectID, scope consent.Scope) func(*fakeTenant) {
	return func(f *fakeTenant) {
		i := f.findOn(resource)
		f.state.Grants[i].Scopes = f.state.Grants[i].Scopes.Without(consent.Scopes(scope))
	}
}

func (f *fakeTenant) findOn(resource consent.ObjectID) int {
	return slices.IndexFunc(f.state.Grants, func(g consent.PermissionGrant) bool { return g.ResourceID == resource })
}

// A scope that somebody else granted, while we merged into the grant, is theirs.
func TestRollback_keepsWhatOthersWereFasterWith(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant(grant(graphID, "User.Read")), &fault{call: "CreateGrant", meddle: meddle(exchangeID, "EWS.AccessAsUser.All")})
	c := r.mustApply()
	if _, err := r.rollback(c); err != nil {
		t.Fatal(err)
	}
	if got := r.tenant.scopes(exchangeID); got != "EWS.AccessAsUser.All" {
		t.Errorf("Exchange Online holds %q, want what stood before", got)
	}
}

// A service principal that somebody else created is theirs too.
func TestRollback_keepsSomebodyElsesServicePrincipal(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant(), &fault{call: "CreateServicePrincipal", meddle: func(f *fakeTenant) { f.addClient(clientID) }})
	c := r.mustApply()
	if _, err := r.rollback(c); err != nil {
		t.Fatal(err)
	}
	if _, stands := r.tenant.state.ServicePrincipal(consent.AppleInternetAccounts); !stands {
		t.Error("the service principal is gone")
	}
}

// A rollback is a change like any other: it can be taken back.
func TestRollback_ofARollback(t *testing.T) {
	t.Parallel()
	for name, tenant := range map[string]*fakeTenant{
		"of everything": newTenant(),
		"of one scope":  newTenant(grant(graphID, "User.Read"), grant(exchangeID, "EAS.AccessAsUser.All Mail.Send")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, tenant)
			first := r.mustApply()
			applied := r.tenant.scopes(exchangeID)
			back, err := r.rollback(first)
			if err != nil {
				t.Fatal(err)
			}
			before := r.tenant.scopes(exchangeID)
			again, err := r.rollback(back)
			if err != nil {
				t.Fatal(err)
			}
			if got := r.tenant.scopes(exchangeID); !consent.ParseScopes(got).SameAs(consent.ParseScopes(applied)) {
				t.Errorf("after the rollback of the rollback Exchange Online holds %q, want %q", got, applied)
			}
			if _, err := r.rollback(again); err != nil {
				t.Fatal(err)
			}
			if got := r.tenant.scopes(exchangeID); got != before {
				t.Errorf("after the third rollback Exchange Online holds %q, want %q", got, before)
			}
		})
	}
}

// The record of a process that died counts as far as the tenant shows that its actions happened.
func TestRollback_ofACrash(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		statuses []plan.Status // as the record has them
		happened int           // how many of the actions the tenant shows
		writes   []string
	}{
		"before the first write":        {[]plan.Status{pending, pending, pending}, 0, nil},
		"during the first, not sent":    {[]plan.Status{started, pending, pending}, 0, nil},
		"during the first, sent":        {[]plan.Status{started, pending, pending}, 1, []string{"DeleteServicePrincipal"}},
		"during the second, not sent":   {[]plan.Status{done, started, pending}, 1, []string{"DeleteServicePrincipal"}},
		"during the second, sent":       {[]plan.Status{done, started, pending}, 2, []string{"DeleteGrant", "DeleteServicePrincipal"}},
		"during the last, sent":         {[]plan.Status{done, done, started}, 3, []string{"DeleteGrant", "DeleteGrant", "DeleteServicePrincipal"}},
		"what failed did not happen":    {[]plan.Status{done, failed, pending}, 3, nil},
		"what was there before is kept": {[]plan.Status{unchanged, unchanged, done}, 3, []string{"DeleteGrant"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, newTenant())
			c := r.mustApply()
			r.tenant.state.Grants = r.tenant.state.Grants[:max(0, test.happened-1)]
			if test.happened == 0 {
				r.tenant.state.ServicePrincipals = r.tenant.state.ServicePrincipals[:2]
			}
			c.Outcome, c.FinishedAt = plan.OutcomeRunning, nil
			for i, status := range test.statuses {
				c.Actions[i].Status = status
				if status != done && status != unchanged {
					c.Actions[i].Result = nil
				}
			}
			if err := r.journal.Save(c); err != nil {
				t.Fatal(err)
			}
			r.tenant.calls = nil
			if _, err := r.rollback(c); err != nil {
				t.Fatal(err)
			}
			if name == "what failed did not happen" {
				test.writes = nil // the grants, which the record does not claim, keep the service principal
			}
			if diff := cmp.Diff(test.writes, r.tenant.writes()); diff != "" {
				t.Errorf("writes (-want +got):\n%s", diff)
			}
		})
	}
}

// A rollback that stopped halfway is continued, and what it had undone already is left alone even if somebody granted it
// again since.
func TestRollback_continued(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant(grant(graphID, "openid"), grant(exchangeID, "EAS.AccessAsUser.All")))
	c := r.mustApply()
	r.tenant.faults = []*fault{{call: "UpdateGrant", skip: 1, err: errDenied}}
	if _, err := r.rollback(c); !errors.Is(err, errDenied) {
		t.Fatalf("got error %v, want a rollback that stops", err)
	}
	if got := r.tenant.scopes(exchangeID); got != "EAS.AccessAsUser.All" {
		t.Fatalf("Exchange Online holds %q; the first half of the rollback should have been done", got)
	}
	if r.recorded(c.ID).RolledBack() {
		t.Error("the apply counts as rolled back after half a rollback")
	}
	grow(exchangeID, consent.EWS)(r.tenant)
	if _, err := r.rollback(c); err != nil {
		t.Fatal(err)
	}
	if got := r.tenant.scopes(exchangeID); got != "EAS.AccessAsUser.All EWS.AccessAsUser.All" {
		t.Errorf("Exchange Online holds %q; what was granted again since is not ours", got)
	}
	if got := r.tenant.scopes(graphID); got != "openid" {
		t.Errorf("Microsoft Graph holds %q, want what stood before", got)
	}
}

// That holds for settings, too: what was put back before the rollback stopped is not put back again.
func TestRollback_continuedSettings(t *testing.T) {
	t.Parallel()
	r := userConsentRig(t, managedTenant())
	c := r.mustApply()
	r.tenant.faults = []*fault{{call: "DeclassifyPermission", skip: 1, err: errDenied}}
	if _, err := r.rollback(c); !errors.Is(err, errDenied) {
		t.Fatalf("got error %v, want a rollback that stops", err)
	}
	r.tenant.state.ConsentPolicies = consent.Scopes(lowImpact, ownedTeam)
	if _, err := r.rollback(c); err != nil {
		t.Fatal(err)
	}
	want := []string{string(lowImpact), string(ownedTeam)}
	if got := r.tenant.settings(); !slices.Equal(got, want) {
		t.Errorf("what stands is %q, want the policy that somebody set since and nothing else", got)
	}
}

// A process that died right after it had disabled the service principal leaves it to whoever enables it then.
func TestRollback_continuedEnabling(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant(grant(graphID, "User.Read")))
	client := &r.tenant.state.ServicePrincipals[len(r.tenant.state.ServicePrincipals)-1]
	client.AccountEnabled, r.required = new(false), consent.AppleMail().Require(consent.Choices{EnableApp: true})
	c := r.mustApply()
	back, err := r.rollback(c)
	if err != nil {
		t.Fatal(err)
	}
	back.Outcome = plan.OutcomeRunning
	client.AccountEnabled = new(true)
	undo, err := plan.NewUndo(c, []plan.Change{back}, r.tenant.state, consent.Choices{})
	if err != nil || !undo.Nothing() {
		t.Errorf("got %v, nothing to do: %v", err, undo.Nothing())
	}
}

// No record can make the program grant or revoke anything but the requirement.
func TestNewUndo_doctoredRecords(t *testing.T) {
	t.Parallel()
	for name, doctor := range map[string]func(*plan.Change){
		"claims to have granted another scope": func(c *plan.Change) {
			c.Actions[1].Result.After = c.Actions[1].Result.After.With("Mail.Send")
		},
		"claims to have revoked another scope": func(c *plan.Change) {
			c.Actions[1].Result.Before = consent.Scopes("Mail.ReadWrite")
		},
		"claims another resource": func(c *plan.Change) {
			c.Actions[1].ResourceAppID = "00000003-0000-0ff1-ce00-000000000000"
		},
		"claims a required scope on the wrong resource": func(c *plan.Change) {
			c.Actions[1].Result.After = consent.Scopes(consent.EWS)
		},
		"claims another client": func(c *plan.Change) { c.Client.AppID = consent.MicrosoftGraph },
		"claims another app's service principal": func(c *plan.Change) {
			c.Actions[0].AppID = "00000000-0000-4000-8000-000000000000"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, newTenant())
			c := r.mustApply()
			doctor(&c)
			if _, err := plan.NewUndo(c, nil, r.tenant.state, consent.Choices{}); !errors.Is(err, plan.ErrRefused) {
				t.Errorf("got error %v, want ErrRefused", err)
			}
		})
	}
}

// A record may name a wrong object; the resource of an undo is the one that the tenant has.
func TestNewUndo_takesTheResourceFromTheTenant(t *testing.T) {
	t.Parallel()
	const sharePoint consent.ObjectID = "c1000000-0000-4000-8000-00000000000f"
	r := newRig(t, newTenant())
	c := r.mustApply()
	back, err := r.rollback(c)
	if err != nil {
		t.Fatal(err)
	}
	for i := range back.Actions {
		back.Actions[i].ResourceID = sharePoint
	}
	undo, err := plan.NewUndo(back, nil, r.tenant.state, consent.Choices{})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range undo.Plan(testTool, r.clock.Now(), r.tenant.state).Actions {
		if a.ResourceID == sharePoint {
			t.Errorf("%s is planned on the resource that the record names", a.Kind)
		}
	}
}

func TestUndo_notices(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	c := r.mustApply()
	codes := func(c plan.Change, left consent.Leftovers) []string {
		undo, err := plan.NewUndo(c, nil, r.tenant.state, consent.Choices{})
		if err != nil {
			t.Fatal(err)
		}
		if !left.None() {
			undo.KeepServicePrincipal(left)
		}
		var codes []string
		for _, n := range undo.Plan(testTool, r.clock.Now(), r.tenant.state).Notices {
			codes = append(codes, n.Code)
		}
		return codes
	}
	if diff := cmp.Diff([]string{"usersLoseConsent", "deletionIsFinal", "tokensOutlive"}, codes(c, consent.Leftovers{})); diff != "" {
		t.Errorf("notices of a rollback (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"usersLoseConsent", "servicePrincipalKept", "tokensOutlive"}, codes(c, consent.Leftovers{PerUserGrants: true})); diff != "" {
		t.Errorf("notices of a rollback that keeps the service principal (-want +got):\n%s", diff)
	}
	back, err := r.rollback(c)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"newObject"}, codes(back, consent.Leftovers{})); diff != "" {
		t.Errorf("notices of the rollback of a rollback (-want +got):\n%s", diff)
	}
}

// Right after an apply a replica may not know what it gave. One 404 is no proof that somebody took it back already.
func TestRollback_notFoundAtFirst(t *testing.T) {
	t.Parallel()
	missed := func(f *fakeTenant) { f.missed = 1 }
	absent := failure{absent: true}
	for name, faults := range map[string][]*fault{
		"the grant, when it is looked at":                {{call: "Grant", meddle: missed}},
		"the grant, when it is deleted":                  {{call: "DeleteGrant", err: absent}},
		"the grant, when it is deleted, again and again": {{call: "DeleteGrant", err: absent}, {call: "DeleteGrant", err: absent}, {call: "DeleteGrant", err: absent}},
		"the service principal, when it is deleted":      {{call: "DeleteServicePrincipal", err: absent}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, newTenant())
			c := r.mustApply()
			r.tenant.faults = faults
			if _, err := r.rollback(c); err != nil {
				t.Fatal(err)
			}
			_, stands := r.tenant.state.ServicePrincipal(consent.AppleInternetAccounts)
			if stands || len(r.tenant.state.Grants) > 0 {
				t.Errorf("the service principal stands: %v, grants: %v", stands, r.tenant.state.Grants)
			}
		})
	}
}

// A service principal whose leftovers cannot be told is not deleted, and the apply does not count as rolled back.
func TestRollback_leftoversNotFound(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	c := r.mustApply()
	r.tenant.faults = []*fault{{call: "Leftovers", skip: 1, err: failure{absent: true}}}
	if _, err := r.rollback(c); err == nil {
		t.Error("got no error")
	}
	if r.recorded(c.ID).RolledBack() {
		t.Error("the apply counts as rolled back")
	}
	if _, err := r.rollback(c); err != nil {
		t.Errorf("the second rollback: %v", err)
	}
	if _, stands := r.tenant.state.ServicePrincipal(consent.AppleInternetAccounts); stands {
		t.Error("the service principal still stands")
	}
}

// A rollback that cannot be seen yet does not count, so that it can be tried again.
func TestRollback_notVisible(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	c := r.mustApply()
	standing := r.tenant.state
	standing.Grants, standing.ServicePrincipals = slices.Clone(standing.Grants), slices.Clone(standing.ServicePrincipals)
	r.clock.limit = time.Minute
	r.tenant.faults = []*fault{{call: "Read", meddle: func(f *fakeTenant) { f.state = standing }}}
	_, err := r.rollback(c)
	if _, ok := errors.AsType[*plan.NotVisibleError](err); !ok {
		t.Errorf("got error %v, want a NotVisibleError", err)
	}
	if r.recorded(c.ID).RolledBack() {
		t.Error("the apply counts as rolled back")
	}
	r.clock.limit = 0
	if _, err := r.rollback(c); err != nil {
		t.Errorf("the second rollback: %v", err)
	}
	if len(r.tenant.state.Grants) > 0 || !r.recorded(c.ID).RolledBack() {
		t.Errorf("after the second rollback there are the grants %v", r.tenant.state.Grants)
	}
}

// Between planning and deleting, somebody may have come to depend on the service principal.
func TestRollback_leftoversAtTheLastMoment(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	c := r.mustApply()
	r.tenant.faults = []*fault{{call: "DeleteGrant", skip: 1, meddle: func(f *fakeTenant) { f.left.PerUserGrants = true }}}
	back, err := r.rollback(c)
	if err != nil {
		t.Fatal(err)
	}
	last := back.Actions[len(back.Actions)-1]
	if last.Kind != consent.DeleteServicePrincipal || last.Status != unchanged || last.Error == "" {
		t.Errorf("got %s %s %q; want the deletion left undone, with the reason", last.Kind, last.Status, last.Error)
	}
	if _, stands := r.tenant.state.ServicePrincipal(consent.AppleInternetAccounts); !stands {
		t.Error("the service principal is gone")
	}
}

// Whatever stands, and whatever others do meanwhile, a rollback takes back exactly what the apply gave.
func TestNewUndo_properties(t *testing.T) {
	t.Parallel()
	names := []consent.Scope{"User.Read", "EAS.AccessAsUser.All", "EWS.AccessAsUser.All", "openid", "Mail.Send", "IMAP.AccessAsUser.All"}
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) consent.ScopeSet {
			return consent.Scopes(rapid.SliceOfN(rapid.SampledFrom(names), 0, 4).Draw(t, label)...)
		}
		tenant := newTenant()
		if rapid.Bool().Draw(t, "client") {
			tenant = newTenant(grant(graphID, draw("graph").String()), grant(exchangeID, draw("exchange").String()))
		}
		before := snapshot(tenant)
		c := tenant.carryOut(t, plan.New(plan.KindPlan, testTool, time.Time{}, allDevices, tenant.state))
		others := make(map[consent.ObjectID]consent.ScopeSet)
		for i, g := range tenant.state.Grants {
			others[g.ResourceID] = draw("others").Without(g.Scopes)
			tenant.state.Grants[i].Scopes = g.Scopes.With(others[g.ResourceID]...)
		}
		undo, err := plan.NewUndo(c, nil, tenant.state, consent.Choices{})
		if err != nil {
			t.Fatal(err)
		}
		tenant.carryOut(t, undo.Plan(testTool, time.Time{}, tenant.state))
		for _, resource := range []consent.ObjectID{graphID, exchangeID} {
			want := before[resource].With(others[resource]...)
			if got := snapshot(tenant)[resource]; !slices.Equal(got, want) {
				t.Fatalf("%s held %v, others added %v; after the rollback it holds %v, want %v", resource, before[resource], others[resource], got, want)
			}
		}
	})
}

// carryOut does what a plan says, with neither engine nor journal, and returns its record.
func (f *fakeTenant) carryOut(t *rapid.T, doc plan.Document) plan.Change {
	c := plan.Begin(doc, plan.Beginning{Operation: plan.OperationApply})
	client := deref(doc.Client.ServicePrincipalID)
	for i, a := range c.Actions {
		var err error
		result := &plan.Result{Target: a.Target, Before: a.Before, After: a.After}
		switch a.Kind {
		case consent.EnableServicePrincipal, consent.DisableServicePrincipal:
			err = f.SetAccountEnabled(t.Context(), consent.ObjectID(a.Target), a.Kind == consent.EnableServicePrincipal)
			result = &plan.Result{Target: a.Target}
		case consent.ClassifyPermission:
			var id string
			id, err = f.ClassifyPermission(t.Context(), a.ResourceID, a.Permission, a.PermissionID)
			result = &plan.Result{Target: id}
		case consent.DeclassifyPermission:
			err = f.DeclassifyPermission(t.Context(), a.ResourceID, a.Target)
			result = &plan.Result{Target: a.Target}
		case consent.SetUserConsentPolicy:
			err = f.SetConsentPolicies(t.Context(), a.After)
		case consent.CreateServicePrincipal:
			var sp consent.ServicePrincipal
			sp, err = f.CreateServicePrincipal(t.Context(), a.AppID)
			client, result.Target = sp.ID, string(sp.ID)
		case consent.DeleteServicePrincipal:
			if left, _ := f.Leftovers(t.Context(), consent.ObjectID(a.Target), nil); left.None() {
				err = f.DeleteServicePrincipal(t.Context(), consent.ObjectID(a.Target))
			}
		case consent.CreateGrant:
			g := consent.PermissionGrant{ClientID: client, ResourceID: a.ResourceID, ConsentType: consent.AllPrincipals, Scopes: a.After}
			g, err = f.CreateGrant(t.Context(), g)
			result.Target = string(g.ID)
		case consent.UpdateGrant:
			err = f.UpdateGrant(t.Context(), consent.GrantID(a.Target), a.After)
		case consent.DeleteGrant:
			err = f.DeleteGrant(t.Context(), consent.GrantID(a.Target))
		}
		if err != nil {
			t.Fatal(err)
		}
		c.Actions[i].Status, c.Actions[i].Result = done, result
	}
	return c
}

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// snapshot returns what each resource's grant holds; nothing for one without a grant or without scopes.
func snapshot(f *fakeTenant) map[consent.ObjectID]consent.ScopeSet {
	held := make(map[consent.ObjectID]consent.ScopeSet)
	for _, g := range f.state.Grants {
		held[g.ResourceID] = slices.Clone(g.Scopes)
	}
	return held
}
