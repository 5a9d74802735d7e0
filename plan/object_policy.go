package plan

import (
	"context"
	"slices"

	"appleconsent/consent"
)

type policyTenant interface {
	// ConsentPolicies returns all entries, also those that are none of this program's business.
	ConsentPolicies(ctx context.Context) (consent.ScopeSet, error)
	// SetConsentPolicies replaces all of them.
	SetConsentPolicies(ctx context.Context, entries consent.ScopeSet) error
}

// policies are the entries of the authorization policy, which say what users may consent to for themselves.
type policies struct{ plain }

func (policies) form() form {
	return form{names: map[consent.Verb]string{consent.Update: "setUserConsentPolicy"}, route: consent.UserConsent}
}

// allows lets a rollback assign again whatever was assigned; an apply assigns the low-impact policy alone.
func (policies) allows(t trust, a consent.Action) error {
	for _, entry := range slices.Concat(a.Before, a.After) {
		if !entry.IsWord() || Printable(string(entry)) != string(entry) {
			return refused("the policy %s", entry)
		}
	}
	touched := a.Added().With(a.Removed()...)
	for _, entry := range touched {
		if !consent.IsSelfPolicy(entry) || len(entry) > 200 || !consent.IsMadeOf(string(entry), "._-") {
			return refused("to touch the policy %s", entry)
		}
	}
	if !t.takes() && len(touched) > 0 && !consent.OnlyLowImpact(a.After) {
		return refused("to let users consent to more than low-impact permissions")
	}
	return nil
}

func (policies) inspect(ctx context.Context, r *run, a consent.Action, unclear bool) (*outcome, error) {
	stands, err := r.Tenant.ConsentPolicies(ctx)
	switch {
	case err != nil:
		return nil, err
	case stands.SameAs(a.After):
		return settledBy(unclear, asPlanned(a), &Result{Before: stands, After: stands}), nil
	case !stands.SameAs(a.Before):
		return nil, holdsOther("the authorization policy", a, stands)
	}
	return nil, nil
}

func (policies) send(ctx context.Context, r *run, a consent.Action) (*Result, error) {
	return asPlanned(a), r.Tenant.SetConsentPolicies(ctx, a.After)
}

func (policies) shown(s consent.State, _ consent.AppID, a consent.Action) (string, bool) {
	return "", s.ConsentPolicies.HasAll(a.Added()) && len(a.Removed().In(s.ConsentPolicies)) == 0
}

// undo puts back what the change took off the user-consent setting, if the setting is still what the change made of it, be
// it with something that somebody added. Otherwise it is somebody's decision, and stays.
func (policies) undo(u *Undo, e effect, s consent.State) {
	stands := s.ConsentPolicies
	undo := consent.Action{Kind: consent.SetUserConsentPolicy, Before: stands}
	switch {
	case stands.SameAs(e.Before): // it did not happen, or somebody has undone it
		return
	case stands.SameAs(e.After):
		undo.After = e.Before
	case madeSo(stands, e.Action):
		undo.After = e.Removed().With(stands.Without(e.Added())...)
	default:
		u.notices = append(u.notices, consent.Notice{Level: consent.Info, Code: "userConsentKept", Scopes: stands})
		return
	}
	u.actions = append(u.actions, undo)
	u.notices = append(u.notices, settingBack(undo.Before, undo.After))
}

// settingBack says what it is to users that their setting goes back.
func settingBack(from, to consent.ScopeSet) consent.Notice {
	switch {
	case consent.OnlyLowImpact(to) && consent.Loosens(from, to):
		return consent.Notice{Level: consent.Warning, Code: consent.WiderConsent}
	case consent.SettingOf(to).LetsUsersConsent():
		return consent.Notice{Level: consent.Info, Code: "consentsStay", Scopes: to}
	}
	return consent.Notice{Level: consent.Warning, Code: "consentsStay", Scopes: to}
}

// madeSo reports whether the user-consent setting is what the action made of it: all that it left there, nothing that it
// removed and, where it left nothing, nothing at all.
func madeSo(stands consent.ScopeSet, a consent.Action) bool {
	left := consent.SelfPolicies(a.After)
	return stands.HasAll(left) && len(a.Removed().In(stands)) == 0 && (len(left) > 0 || len(consent.SelfPolicies(stands)) == 0)
}

func (policies) undoneBy(a, undone consent.Action) (wholly, partly bool) {
	same := undone.Kind == a.Kind
	return same, same
}
