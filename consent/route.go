package consent

import (
	"slices"
	"strings"
)

// Route is the way in which users come to consent.
type Route string

// The routes: an admin consents once for all users, or the tenant lets users consent for themselves.
const (
	AdminConsent Route = "admin-consent"
	UserConsent  Route = "user-consent"
)

// RouteChoices returns the routes, the default first.
func RouteChoices() []Route { return []Route{AdminConsent, UserConsent} }

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

// LowImpact is the classification that lets users consent under the low-impact setting.
const LowImpact = "low"

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

// OnlyLowImpact reports whether users may consent to low-impact permissions, and no other policy decides about them.
func OnlyLowImpact(policies ScopeSet) bool {
	own := SelfPolicies(policies)
	return len(own) > 0 && len(own.Without(Scopes(lowImpactPolicy))) == 0
}

// withLowImpact returns the entries with the low-impact policy in place of all that say what users may consent to. The others
// stay as they are, also one that is there twice.
func withLowImpact(policies ScopeSet) ScopeSet {
	return append(Scopes(lowImpactPolicy), slices.DeleteFunc(slices.Clone(policies), IsSelfPolicy)...)
}

// Classification is how a delegated permission of a resource is classified (learn.microsoft.com/graph/api/resources/
// delegatedpermissionclassification).
type Classification struct {
	ID           string
	ResourceID   ObjectID
	PermissionID string // GUID, in lower case
	Permission   Scope  // its name
	Level        string // low, medium or high
}

// Low reports whether users may consent to the permission under the low-impact setting.
func (c Classification) Low() bool { return strings.EqualFold(c.Level, LowImpact) }
