package doctor_test

import (
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
)

func TestTenantWideGrants(t *testing.T) {
	t.Parallel()
	onlyEAS := func(f *doctor.Facts) { f.Grants.Value[1].Scopes = consent.Scopes(consent.EAS) }
	onGraph := func(f *doctor.Facts) { f.Grants.Value[0].Scopes = f.Grants.Value[0].Scopes.With(consent.EWS) }
	unreadPrincipals := func(f *doctor.Facts) {
		f.ServicePrincipals = doctor.Reading[[]consent.ServicePrincipal]{Failed: "a timeout"}
	}
	run(t, doctor.TenantWideGrants, map[string]testCase{
		"all granted": {facts: healthy(), want: want{status: doctor.OK, found: "allGranted", with: []doctor.Finding{{Code: "allGranted", Count: 3}}}},
		"one missing": {facts: healthy(onlyEAS), want: want{
			status: doctor.Problem, found: "scopesMissing", fixes: "grantMissing:apply",
			with: []doctor.Finding{{Code: "scopesMissing", Name: "Office 365 Exchange Online", Scopes: consent.Scopes(consent.EWS), Of: 2}},
		}},
		"all missing": {facts: healthy(ungranted), want: want{status: doctor.Problem, found: "scopesMissing scopesMissing", fixes: "grantMissing:apply"}},
		"no client: nothing is granted even if the grants are unread": {facts: healthy(absent, unreadGrants), want: want{
			status: doctor.Problem, found: "scopesMissing scopesMissing", fixes: "grantMissing:apply",
		}},
		"the same name on another resource": {facts: healthy(onlyEAS, onGraph), want: want{
			status: doctor.Problem, found: "scopesMissing sameNameElsewhere", fixes: "grantMissing:apply",
			with: []doctor.Finding{{Code: "sameNameElsewhere", Name: "Microsoft Graph", Scopes: consent.Scopes(consent.EWS)}},
		}},
		"no Exchange Online: the blocker": {facts: healthy(withoutExchange), want: want{
			status: doctor.Problem, found: "scopesMissing resourceMissing", fixes: "resource",
			with: []doctor.Finding{{Code: "resourceMissing", Name: "Office 365 Exchange Online", ID: string(consent.ExchangeOnline)}},
		}},
		"no Exchange Online by users": {required: &byUsers, facts: healthy(withoutExchange), want: want{
			status: doctor.Problem, found: "scopesMissing noGrantExpected resourceMissing", fixes: "resource",
		}},
		"the scope string would be too long": {facts: healthy(func(f *doctor.Facts) {
			f.Grants.Value[1].Scopes = consent.Scopes(consent.Scope(strings.Repeat("x", 3840)))
		}), want: want{
			status: doctor.Problem, found: "scopesMissing scopeTooLong", fixes: "revokeUnused",
			with: []doctor.Finding{{Code: "scopeTooLong", Name: "Office 365 Exchange Online", Count: 3882, Of: 3850}},
		}},
		"a grant that cannot be understood": {facts: healthy(func(f *doctor.Facts) {
			f.OddGrants = []consent.OddGrant{{ID: "g3", ResourceID: exchangeID, Member: "scope"}}
		}), want: want{
			status: doctor.Problem, found: "allGranted oddGrant", fixes: "repairGrant",
			with: []doctor.Finding{{Code: "oddGrant", Name: "Office 365 Exchange Online", ID: "g3", Detail: "scope"}},
		}},
		"missing by users": {required: &byUsers, facts: healthy(ungranted), want: want{
			status: doctor.Warning, found: "scopesMissing scopesMissing noGrantExpected",
		}},
		"granted by users": {required: &byUsers, facts: healthy(), want: want{status: doctor.OK, found: "allGranted"}},
		"grants unread":    {facts: healthy(unreadGrants), want: want{status: doctor.Skipped, needs: "Directory.Read.All", found: "notRead"}},
		"service principals not read": {facts: healthy(unreadPrincipals), want: want{
			status: doctor.Skipped, found: "notRead", with: []doctor.Finding{{Code: "notRead", Failed: "a timeout"}},
		}},
	})
}

func TestPerUserGrants(t *testing.T) {
	t.Parallel()
	counted := func(grants, users int, capped bool) change {
		return func(f *doctor.Facts) {
			f.PerUserGrants.Value = doctor.PerUserGrants{Grants: grants, Users: users, Capped: capped}
		}
	}
	run(t, doctor.GrantsOfUsers, map[string]testCase{
		"none": {facts: healthy(), want: want{status: doctor.OK, found: "noUserGrants"}},
		"redundant": {facts: healthy(counted(4, 2, false)), want: want{
			status: doctor.OK, found: "userGrants userGrantsRedundant", with: []doctor.Finding{{Code: "userGrants", Count: 4, Users: 2}},
		}},
		"capped": {facts: healthy(counted(1000, 1, true)), want: want{
			status: doctor.OK, found: "userGrants userGrantsRedundant", with: []doctor.Finding{{Code: "userGrants", Count: 1000, Users: 1, AtLeast: true}},
		}},
		"needed":        {facts: healthy(ungranted, counted(4, 2, false)), want: want{status: doctor.OK, found: "userGrants userGrantsNeeded"}},
		"grants unread": {facts: healthy(unreadGrants, counted(4, 2, false)), want: want{status: doctor.OK, found: "userGrants userGrantsUnclear"}},
		"unread":        {facts: lacking(), want: want{status: doctor.Skipped, needs: "Directory.Read.All", found: "notRead"}},
	})
}

func TestPermissionClassifications(t *testing.T) {
	t.Parallel()
	unreadPolicies := func(f *doctor.Facts) { f.Policies = doctor.Reading[consent.ScopeSet]{Lacks: "Policy.Read.All"} }
	iOS := consent.AppleMail().Require(consent.Choices{Devices: consent.IOSDevices})
	run(t, doctor.PermissionClassifications, map[string]testCase{
		"not all low, low-impact, missing": {facts: healthy(ungranted, setting(low), classified("low", "medium")), want: want{status: doctor.Problem, items: []doctor.Item{
			doctor.ClassifiedPermission{consent.UserRead, "Microsoft Graph", "low"},
			doctor.ClassifiedPermission{consent.EAS, "Office 365 Exchange Online", "medium"},
			doctor.ClassifiedPermission{consent.EWS, "Office 365 Exchange Online", ""},
		}, found: "lowImpactCount settingNeedsAll", fixes: "grantSettles:apply", with: []doctor.Finding{{Code: "lowImpactCount", Count: 1, Of: 3}}}},
		"all low, low-impact, missing": {facts: healthy(ungranted, setting(low), classified("low", "low", "LOW")), want: want{
			status: doctor.OK, found: "lowImpactCount", with: []doctor.Finding{{Code: "lowImpactCount", Count: 3, Of: 3}},
		}},
		"devices narrow it": {required: &iOS, facts: healthy(ungranted, setting(low), classified("low", "low")), want: want{
			status: doctor.OK, found: "lowImpactCount", with: []doctor.Finding{{Code: "lowImpactCount", Count: 2, Of: 2}},
		}},
		"not low, granted":         {facts: healthy(setting(low)), want: want{status: doctor.OK, found: "lowImpactCount classesNotNeeded"}},
		"not low, another setting": {facts: healthy(ungranted, setting(legacy)), want: want{status: doctor.OK, found: "lowImpactCount settingIgnores"}},
		"not low, setting unread": {facts: healthy(ungranted, unreadPolicies), want: want{
			status: doctor.OK, found: "lowImpactCount settingNotRead", with: []doctor.Finding{{Code: "settingNotRead", Lacks: "Policy.Read.All"}},
		}},
		"not low, low-impact, unread": {facts: healthy(unreadGrants, setting(low)), want: want{
			status: doctor.Warning, found: "lowImpactCount settingNeedsAll grantsTakenAsMissing", fixes: "grantSettles",
		}},
		"not low by users": {required: &byUsers, facts: healthy(ungranted, setting()), want: want{
			status: doctor.Problem, found: "lowImpactCount routeNeedsAll", fixes: "classify:applyByUserConsent",
		}},
		"otherwise by users: by hand": {required: &byUsers, facts: healthy(ungranted, classified("low", "high", "low")), want: want{
			status: doctor.Problem, found: "lowImpactCount routeNeedsAll", fixes: "otherClassification",
		}},
		"not low by users, yet granted": {required: &byUsers, facts: healthy(), want: want{status: doctor.OK, found: "lowImpactCount classesNotNeeded"}},
		"unread":                        {facts: lacking(), want: want{status: doctor.Skipped, needs: "Directory.Read.All", found: "notRead"}},
		"the Graph permission of a name": {facts: healthy(ungranted, graphEAS), want: want{
			status: doctor.Problem, found: "lowImpactCount settingNeedsAll", fixes: "grantSettles:apply",
			with: []doctor.Finding{{Code: "lowImpactCount", Of: 3}},
		}},
	})
}

// graphEAS classifies EAS on Microsoft Graph, which is another permission of the same name.
func graphEAS(f *doctor.Facts) {
	f.Classifications.Value = append(f.Classifications.Value, consent.Classification{
		ResourceID: graphID, PermissionID: "ff91d191-45a0-43fd-b837-bd682c4a0b0f", Permission: consent.EAS, Level: "low",
	})
}
