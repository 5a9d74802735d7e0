package consent

import (
	"slices"
	"strings"
)

// OnPolicy is the authorization policy, of which there is one.
const OnPolicy Object = "authorization policy"

// SetUserConsentPolicy replaces the entries of the authorization policy.
var SetUserConsentPolicy = ActionKind{Update, OnPolicy}

// The entries of the authorization policy that this program knows (learn.microsoft.com/entra/identity/enterprise-apps/
// manage-app-consent-policies). What begins with selfConsent says what users may consent to for themselves; all other
// entries, such as ManagePermissionGrantsForOwnedResource, are none of this program's business and stay.
const (
	selfConsent Scope = "ManagePermissionGrantsForSelf."

	legacyPolicy     Scope = selfConsent + "microsoft-user-default-legacy"
	lowImpactPolicy  Scope = selfConsent + "microsoft-user-default-low"
	managedPolicy    Scope = selfConsent + "microsoft-user-default-recommended"
	mailClientPolicy Scope = selfConsent + "microsoft-user-default-allow-consent-apps"
)

// UserConsentSetting is what the authorization policy comes to for the users of Apple Mail.
type UserConsentSetting string

// The settings. Where several policies stand, one approval is enough, so that the most generous one counts.
const (
	SettingOff         UserConsentSetting = "off"         // nobody consents for themselves
	SettingLegacy      UserConsentSetting = "legacy"      // to all that needs no admin, of any app
	SettingMailClients UserConsentSetting = "mailClients" // Microsoft's list of mail clients, which names Apple Mail
	SettingLowImpact   UserConsentSetting = "lowImpact"   // to low-impact permissions of verified publishers
	SettingManaged     UserConsentSetting = "managed"     // Microsoft's rules without that list: mailboxes are excepted
	SettingCustom      UserConsentSetting = "custom"      // a policy of the tenant's own, whose rules are not read
)

// SettingOf reads the entries of the authorization policy.
func SettingOf(policies ScopeSet) UserConsentSetting {
	own := SelfPolicies(policies)
	switch {
	case len(own) == 0:
		return SettingOff
	case own.Has(legacyPolicy):
		return SettingLegacy
	case own.Has(mailClientPolicy):
		return SettingMailClients
	case len(own.Without(Scopes(lowImpactPolicy, managedPolicy))) > 0:
		return SettingCustom
	case own.Has(lowImpactPolicy):
		return SettingLowImpact
	}
	return SettingManaged
}

// LetsUsersConsent reports whether users may consent to Apple Mail under the setting, whatever is classified.
func (s UserConsentSetting) LetsUsersConsent() bool {
	return s == SettingLegacy || s == SettingMailClients
}

// IsSelfPolicy reports whether an entry of the authorization policy says what users may consent to for themselves.
func IsSelfPolicy(entry Scope) bool {
	return strings.HasPrefix(entry.key(), selfConsent.key())
}

// SelfPolicies returns those of the entries, in their order.
func SelfPolicies(policies ScopeSet) ScopeSet {
	return slices.DeleteFunc(slices.Clone(policies), func(entry Scope) bool { return !IsSelfPolicy(entry) })
}

// WiderConsent is the code of the notice that user consent by classification opens the tenant to more applications than the one that it is
// for. Wherever notices are shown, it comes first and stands out.
const WiderConsent = "widerConsent"

// MailClientsAllowed reports whether Microsoft's list of mail clients is assigned, which the Entra admin center has as a checkbox.
func MailClientsAllowed(policies ScopeSet) bool { return policies.Has(mailClientPolicy) }

// ManagedByMicrosoft reports whether Microsoft manages what users may consent to, by its own policy among the entries. Such tenants have
// been seen to take another setting and to discard it.
func ManagedByMicrosoft(policies ScopeSet) bool { return policies.Has(managedPolicy) }

// OnlyLowImpact reports whether users may consent to low-impact permissions, and no other policy decides about them.
func OnlyLowImpact(policies ScopeSet) bool {
	own := SelfPolicies(policies)
	return len(own) > 0 && len(own.Without(Scopes(lowImpactPolicy))) == 0
}

// Loosens reports whether a change of the entries lets users consent to more than Microsoft's own setting does: as far as it is known,
// for the rules of a policy of the tenant's own are not read.
func Loosens(before, after ScopeSet) bool {
	return len(SelfPolicies(after).Without(before).Without(Scopes(managedPolicy, mailClientPolicy))) > 0
}

// withLowImpact returns the entries with the low-impact policy in place of all that say what users may consent to. The others
// stay as they are, also one that is there twice.
func withLowImpact(policies ScopeSet) ScopeSet {
	return append(Scopes(lowImpactPolicy), slices.DeleteFunc(slices.Clone(policies), IsSelfPolicy)...)
}

// letUsersConsent plans the setting that lets users consent for themselves. It comes behind the permissions, so that it never
// stands without what it is for.
func (d *Difference) letUsersConsent(policies ScopeSet) {
	if !OnlyLowImpact(policies) {
		d.plan(Action{Kind: SetUserConsentPolicy, Before: policies, After: withLowImpact(policies)})
		d.note(settingNotices(policies)...)
	}
	// before all others: whoever misses it opens all mailboxes of the tenant
	d.Notices = slices.Insert(d.Notices, 0, Notice{Level: Warning, Code: WiderConsent})
	d.note(Notice{Level: Info, Code: "basicPermissions"}, Notice{Level: Info, Code: "mailClientsCheckbox", Scopes: policies})
	if d.Client != nil && d.Client.VerifiedPublisher == "" {
		d.note(Notice{Level: Warning, Code: "unverifiedPublisher", Name: d.Client.DisplayName})
	}
	if d.Client != nil && d.Client.AssignmentRequired {
		d.note(Notice{Level: Warning, Code: "userConsentUnavailable", Name: d.Client.DisplayName})
	}
}

// settingNotices say what the setting is that is replaced, and what is odd about replacing it.
func settingNotices(policies ScopeSet) []Notice {
	setting := SettingOf(policies)
	notices := []Notice{{Level: Info, Code: "userConsentBefore", Scopes: policies}}
	if setting.LetsUsersConsent() {
		notices = append(notices, Notice{Level: Warning, Code: "userConsentAlready", Scopes: policies})
	}
	if ManagedByMicrosoft(policies) {
		notices = append(notices, Notice{Level: Warning, Code: "managedUserConsent"})
	}
	if setting == SettingCustom {
		notices = append(notices, Notice{Level: Warning, Code: "customUserConsent"})
	}
	return notices
}
