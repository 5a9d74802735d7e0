package plan_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/plan"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// managedTenant is one as Microsoft sets up new ones, where nobody has used Apple Mail yet.
func managedTenant() *fakeTenant {
	f := newTenant()
	f.state.ConsentPolicies = consent.Scopes(recommended, mailClients, ownedTeam)
	return f
}

func userConsentRig(t *testing.T, tenant *fakeTenant, faults ...*fault) *rig {
	t.Helper()
	r := newRig(t, tenant, faults...)
	r.required = byUserConsent
	return r
}

var lowAndClassified = []string{
	"User.Read low", "EAS.AccessAsUser.All low", "EWS.AccessAsUser.All low", string(lowImpact), string(ownedTeam),
}

func TestUserConsent_applyAndRollback(t *testing.T) {
	t.Parallel()
	for name, policies := range map[string]consent.ScopeSet{
		"managed":              consent.Scopes(recommended, mailClients, ownedTeam),
		"off":                  consent.Scopes(ownedTeam),
		"empty":                {},
		"legacy, odd spelling": consent.Scopes("managePermissionGrantsForSelf.microsoft-user-default-legacy", ownedTeam),
		"in another order":     consent.Scopes(ownedTeam, mailClients, recommended),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := userConsentRig(t, managedTenant())
			r.tenant.state.ConsentPolicies = policies
			before := r.tenant.settings()
			c := r.mustApply()
			want := slices.Clone(lowAndClassified[:4])
			if policies.Has(ownedTeam) {
				want = lowAndClassified
			}
			if diff := cmp.Diff(want, r.tenant.settings()); diff != "" {
				t.Fatalf("after the apply (-want +got):\n%s", diff)
			}
			if again := r.planApply(); len(again.Actions) != 0 || !again.Satisfied {
				t.Errorf("a second apply would do %v, satisfied %v", again.Actions, again.Satisfied)
			}
			if _, err := r.rollback(c); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before, r.tenant.settings()); diff != "" {
				t.Errorf("after the rollback (-want +got):\n%s", diff)
			}
		})
	}
}

// What stood beside the low-impact policy does not come back to a setting that somebody has chosen since.
func TestUserConsent_rollbackOpensNothing(t *testing.T) {
	t.Parallel()
	wide := consent.Scope("ManagePermissionGrantsForSelf.wide")
	for _, since := range []consent.ScopeSet{{}, {ownedTeam}, {recommended}, {wide}} {
		r := userConsentRig(t, managedTenant())
		r.tenant.state.ConsentPolicies = consent.Scopes(lowImpact, wide)
		c := r.mustApply()
		r.tenant.state.ConsentPolicies = since
		if _, err := r.rollback(c); err != nil {
			t.Fatal(err)
		}
		if got := r.tenant.state.ConsentPolicies; !slices.Equal(got, since) {
			t.Errorf("somebody chose %q, and after the rollback there stands %q", since, got)
		}
	}
	r := userConsentRig(t, managedTenant()) // and the other way round: a rollback of the rollback of off
	r.tenant.state.ConsentPolicies = consent.ScopeSet{}
	back, err := r.rollback(r.mustApply())
	if err != nil {
		t.Fatal(err)
	}
	r.tenant.state.ConsentPolicies = consent.Scopes(wide)
	if _, err := r.rollback(back); err != nil {
		t.Fatal(err)
	}
	if got := r.tenant.state.ConsentPolicies; !slices.Equal(got, consent.Scopes(wide)) {
		t.Errorf("after the rollback of the rollback there stands %q", got)
	}
}

// A rollback that stopped halfway is taken up again.
func TestUserConsent_rollbackStops(t *testing.T) {
	t.Parallel()
	r := userConsentRig(t, managedTenant())
	before := r.tenant.settings()
	c := r.mustApply()
	r.tenant.faults = []*fault{{call: "DeclassifyPermission", skip: 1, err: errDenied}}
	if _, err := r.rollback(c); !errors.Is(err, errDenied) {
		t.Fatalf("got %v", err)
	}
	r.tenant.faults = nil
	if _, err := r.rollback(c); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, r.tenant.settings()); diff != "" {
		t.Errorf("after the second rollback (-want +got):\n%s", diff)
	}
}

func TestUserConsent_rollbackKeepsWhatOthersDid(t *testing.T) {
	t.Parallel()
	custom := consent.Scope("ManagePermissionGrantsForSelf.contoso")
	for name, test := range map[string]struct {
		meddle  func(*consent.State)
		want    consent.ScopeSet
		notice  string
		nothing bool // is to be taken back
	}{
		"another setting": {
			func(s *consent.State) { s.ConsentPolicies = consent.Scopes(custom, ownedTeam) }, consent.Scopes(custom, ownedTeam), "userConsentKept", false,
		},
		"one more policy": {
			func(s *consent.State) { s.ConsentPolicies = s.ConsentPolicies.With(custom) },
			consent.Scopes(recommended, mailClients, ownedTeam, custom), "consentsStay", false,
		},
		"switched off": {
			func(s *consent.State) { s.ConsentPolicies = consent.Scopes(ownedTeam) }, consent.Scopes(ownedTeam), "userConsentKept", false,
		},
		"undone by hand": {
			func(s *consent.State) {
				s.ConsentPolicies = consent.Scopes(recommended, mailClients, ownedTeam)
				s.Classifications = nil
			},
			consent.Scopes(recommended, mailClients, ownedTeam), "", true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := userConsentRig(t, managedTenant())
			c := r.mustApply()
			test.meddle(&r.tenant.state)
			undo, err := plan.NewUndo(c, nil, r.tenant.state, consent.Choices{})
			if err != nil {
				t.Fatal(err)
			}
			doc := undo.Plan(testTool, r.clock.now, r.tenant.state)
			if codes := noticeCodes(doc); test.notice != "" && !slices.Contains(codes, test.notice) {
				t.Errorf("got notices %q, want %s", codes, test.notice)
			}
			if undo.Nothing() != test.nothing {
				t.Errorf("nothing to take back: %v", undo.Nothing())
			}
			if _, err := r.rollback(c); err != nil {
				t.Fatal(err)
			}
			if got := r.tenant.state.ConsentPolicies; !slices.Equal(got, test.want) {
				t.Errorf("the policy is %q, want %q", got, test.want)
			}
			if left := r.tenant.state.Classifications; len(left) > 0 {
				t.Errorf("classifications are left: %v", left)
			}
		})
	}
}

func noticeCodes(doc plan.Document) []string {
	var codes []string
	for _, n := range doc.Notices {
		codes = append(codes, n.Code)
	}
	return codes
}

// Each write whose answer is lost, or that comes before what it needs is visible, ends as if nothing had happened.
func TestUserConsent_unclearAnswers(t *testing.T) {
	t.Parallel()
	for _, call := range []string{"ClassifyPermission", "SetConsentPolicies"} {
		for name, f := range map[string]fault{
			"lost and carried out":     {err: failure{unanswered: true}, executed: true},
			"lost and not carried out": {err: failure{unanswered: true}},
			"absent for a while":       {err: failure{absent: true}},
		} {
			t.Run(call+" "+name, func(t *testing.T) {
				t.Parallel()
				f.call = call
				r := userConsentRig(t, managedTenant(), &f)
				before := r.tenant.settings()
				c := r.mustApply()
				if diff := cmp.Diff(lowAndClassified, r.tenant.settings()); diff != "" {
					t.Errorf("after the apply (-want +got):\n%s", diff)
				}
				if _, err := r.rollback(c); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(before, r.tenant.settings()); diff != "" {
					t.Errorf("after the rollback (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// What somebody else did between plan and write stops the change, or is left as theirs.
func TestUserConsent_somebodyElse(t *testing.T) {
	t.Parallel()
	r := userConsentRig(t, managedTenant(), &fault{call: "ConsentPolicies", meddle: func(f *fakeTenant) { f.state.ConsentPolicies = consent.Scopes(ownedTeam) }})
	_, err := r.apply(t.Context())
	if _, drift := errors.AsType[*plan.DriftError](err); !drift || slices.Contains(r.tenant.writes(), "SetConsentPolicies") {
		t.Errorf("a policy that was changed meanwhile: got %v after %q", err, r.tenant.writes())
	}

	id, _ := consent.PermissionID(consent.MicrosoftGraph, consent.UserRead)
	r = userConsentRig(t, managedTenant(), &fault{call: "Classifications", meddle: func(f *fakeTenant) {
		_, _ = f.ClassifyPermission(context.Background(), graphID, consent.UserRead, id)
	}})
	c := r.mustApply()
	if got := c.Actions[0].Status; got != plan.StatusUnchanged {
		t.Errorf("what somebody else classified is %s", got)
	}
	if _, err := r.rollback(c); err != nil {
		t.Fatal(err)
	}
	if got := r.tenant.settings(); !slices.Contains(got, "User.Read low") {
		t.Errorf("the rollback took away what somebody else classified: %q", got)
	}
}

// A permission that somebody classifies otherwise in the moment before the write is not waited for.
func TestUserConsent_classifiedOtherwise(t *testing.T) {
	t.Parallel()
	id, _ := consent.PermissionID(consent.ExchangeOnline, consent.EAS)
	r := userConsentRig(t, managedTenant(), &fault{call: "ClassifyPermission", skip: 1, meddle: func(f *fakeTenant) {
		f.state.Classifications = append(f.state.Classifications, consent.Classification{
			ID: "medium-" + id, ResourceID: exchangeID, PermissionID: id, Permission: consent.EAS, Level: "medium",
		})
	}})
	c, err := r.apply(t.Context())
	if _, drift := errors.AsType[*plan.DriftError](err); !drift || r.clock.slept > 0 {
		t.Errorf("got %v after %s", err, r.clock.slept)
	}
	if got := c.Actions[1].Status; got != plan.StatusFailed {
		t.Errorf("the record says %s of it", got)
	}
}

// A tenant that answers 204 and discards the setting is found out by reading back.
func TestUserConsent_discardedSetting(t *testing.T) {
	t.Parallel()
	r := userConsentRig(t, managedTenant())
	r.tenant.discards, r.clock.limit = true, 60*1e9
	before := r.tenant.settings()
	c := r.mustApply()
	unseen, ok := errors.AsType[*plan.NotVisibleError](r.engine().Verify(t.Context(), c))
	if !ok || len(unseen.Hidden) != 1 || unseen.Hidden[0].Kind != consent.SetUserConsentPolicy {
		t.Fatalf("got %+v", unseen)
	}
	if got := r.recorded(c.ID).Actions[3].Error; !strings.Contains(got, "not visible before") {
		t.Errorf("the record says %q", got)
	}
	r.clock.limit = 0
	if _, err := r.rollback(r.recorded(c.ID)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, r.tenant.settings()); diff != "" {
		t.Errorf("after the rollback (-want +got):\n%s", diff)
	}
}

// A record can be edited, and cannot make a rollback touch what no apply touches.
func TestUserConsent_doctoredRecord(t *testing.T) {
	t.Parallel()
	for name, doctor := range map[string]func(*plan.Change){
		"another permission": func(c *plan.Change) {
			c.Actions[0].Permission, c.Actions[0].PermissionID = "Mail.ReadWrite", "024d486e-b451-40bb-833d-3e66d98c5c73"
		},
		"another id":       func(c *plan.Change) { c.Actions[0].PermissionID = "024d486e-b451-40bb-833d-3e66d98c5c73" },
		"another resource": func(c *plan.Change) { c.Actions[0].ResourceAppID = consent.AzureADGraph },
		"an entry that is no name": func(c *plan.Change) {
			c.Actions[3].Result.Before = c.Actions[3].Result.Before.With("ManagePermissionGrantsForSelf.a b")
		},
		"an entry of owned resources": func(c *plan.Change) {
			c.Actions[3].Result.Before = c.Actions[3].Result.Before.With("ManagePermissionGrantsForOwnedResource.mine")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := userConsentRig(t, managedTenant())
			c := r.mustApply()
			doctor(&c)
			if _, err := plan.NewUndo(c, nil, r.tenant.state, consent.Choices{}); !errors.Is(err, plan.ErrRefused) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestEnableApp(t *testing.T) {
	t.Parallel()
	disabled := func() *fakeTenant {
		f := newTenant(grant(graphID, "User.Read"), grant(exchangeID, "EAS.AccessAsUser.All EWS.AccessAsUser.All"))
		i := slices.IndexFunc(f.state.ServicePrincipals, func(sp consent.ServicePrincipal) bool { return sp.ID == clientID })
		f.state.ServicePrincipals[i].AccountEnabled = new(false)
		return f
	}
	r := newRig(t, disabled())
	if doc := r.planApply(); len(doc.Actions) > 0 || !doc.Satisfied {
		t.Errorf("without being asked for: %v", doc.Actions)
	}
	r.required = consent.AppleMail().Require(consent.Choices{EnableApp: true})
	doc := r.planApply()
	if !doc.Requirement.EnableApp || !doc.Satisfied || len(doc.Actions) != 1 { // it speaks of the grants alone
		t.Errorf("got %+v, satisfied %v", doc.Requirement, doc.Satisfied)
	}
	c := r.mustApply()
	if sp, _ := r.tenant.state.ServicePrincipal(consent.AppleInternetAccounts); sp.Disabled() {
		t.Fatal("it is still disabled")
	}
	if err := r.engine().Verify(t.Context(), c); err != nil {
		t.Error(err)
	}
	rollback, err := r.rollback(c)
	if err != nil {
		t.Fatal(err)
	}
	if sp, _ := r.tenant.state.ServicePrincipal(consent.AppleInternetAccounts); !sp.Disabled() {
		t.Fatal("it is not disabled again")
	}
	if _, err := r.rollback(rollback); err != nil {
		t.Fatal(err)
	}
	if sp, _ := r.tenant.state.ServicePrincipal(consent.AppleInternetAccounts); sp.Disabled() {
		t.Error("rolling back the rollback does not enable it")
	}

	r = newRig(t, disabled(), &fault{call: "SetAccountEnabled", err: failure{unanswered: true}, executed: true})
	r.required = consent.AppleMail().Require(consent.Choices{EnableApp: true})
	if c := r.mustApply(); c.Actions[0].Status != plan.StatusDone {
		t.Errorf("a lost answer: %v", statuses(c))
	}
}

// Whatever stands, an apply by the route of user consent and its rollback leave the tenant as it was.
func TestUserConsent_properties(t *testing.T) {
	t.Parallel()
	entries := []consent.Scope{
		lowImpact, recommended, mailClients, ownedTeam, "ManagePermissionGrantsForSelf.contoso", "managePermissionGrantsForOwnedResource.chat",
	}
	rapid.Check(t, func(t *rapid.T) {
		tenant := newTenant()
		tenant.state.ConsentPolicies = rapid.SliceOfN(rapid.SampledFrom(entries), 0, 5).Draw(t, "policies") // with some twice
		if rapid.Bool().Draw(t, "classified") {
			id, _ := consent.PermissionID(consent.ExchangeOnline, consent.EAS)
			_, _ = tenant.ClassifyPermission(t.Context(), exchangeID, consent.EAS, id)
		}
		before := tenant.settings()
		c := tenant.carryOut(t, plan.New(plan.KindPlan, testTool, time.Time{}, byUserConsent, tenant.state))
		undo, err := plan.NewUndo(c, nil, tenant.state, byUserConsent.Choices)
		if err != nil {
			t.Fatal(err)
		}
		tenant.carryOut(t, undo.Plan(testTool, time.Time{}, tenant.state))
		if diff := cmp.Diff(before, tenant.settings()); diff != "" {
			t.Fatalf("after the rollback (-want +got):\n%s", diff)
		}
	})
}

// What the rollback of a setting or of classifications does to people is in its plan, as a warning where they lose something.
func TestUserConsent_rollbackWarns(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		policies consent.ScopeSet
		code     string
		level    consent.Level
	}{
		"only classified":               {consent.Scopes(lowImpact, ownedTeam), "userConsentEnds", consent.Warning},
		"from off":                      {consent.Scopes(ownedTeam), "consentsStay", consent.Warning},
		"from Microsoft's mail clients": {consent.Scopes(recommended, mailClients), "consentsStay", consent.Info},
	} {
		tenant := newTenant()
		tenant.state.ConsentPolicies = test.policies
		r := userConsentRig(t, tenant)
		undo, err := plan.NewUndo(r.mustApply(), nil, r.tenant.state, consent.Choices{})
		if err != nil {
			t.Fatal(err)
		}
		doc := undo.Plan(testTool, r.clock.Now(), r.tenant.state)
		if !slices.ContainsFunc(doc.Notices, func(n plan.Notice) bool { return n.Code == test.code && n.Level == test.level }) {
			t.Errorf("%s: got notices %+v", name, doc.Notices)
		}
	}
}

// A rollback that lets users consent to more again says so like the plan that did it first.
func TestUserConsent_redoWarns(t *testing.T) {
	t.Parallel()
	r := userConsentRig(t, managedTenant())
	back, err := r.rollback(r.mustApply())
	if err != nil {
		t.Fatal(err)
	}
	undo, err := plan.NewUndo(back, nil, r.tenant.state, consent.Choices{Route: consent.UserConsent})
	if err != nil {
		t.Fatal(err)
	}
	notices := undo.Plan(testTool, r.clock.Now(), r.tenant.state).Notices
	if !slices.ContainsFunc(notices, func(n plan.Notice) bool { return n.Code == consent.WiderConsent && n.Level == consent.Warning }) {
		t.Errorf("got notices %+v", notices)
	}
}
