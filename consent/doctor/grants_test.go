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
	run(t, "tenantWideGrants", map[string]testCase{
		"all granted": {facts: healthy(), want: want{status: doctor.OK, found: []string{"All 3 required scopes"}}},
		"one missing": {facts: healthy(onlyEAS), want: want{
			status: doctor.Problem, found: []string{"Missing for all users: EWS.AccessAsUser.All on Office 365 Exchange Online."},
			fix: "Grant the missing", command: "apply",
		}},
		"all missing": {facts: healthy(ungranted), want: want{
			status: doctor.Problem, found: []string{"User.Read on Microsoft Graph; EAS.AccessAsUser.All, EWS.AccessAsUser.All on"},
			fix: "Grant the missing", command: "apply",
		}},
		"no client: nothing is granted even if the grants are unread": {facts: healthy(absent, unreadGrants), want: want{
			status: doctor.Problem, found: []string{"Missing for all users"}, fix: "Grant the missing", command: "apply",
		}},
		"the same name on another resource": {facts: healthy(onlyEAS, onGraph), want: want{
			status: doctor.Problem, found: []string{"does not count"}, fix: "Grant the missing", command: "apply",
		}},
		"no Exchange Online: the blocker": {facts: healthy(withoutExchange), want: want{
			status: doctor.Problem, fix: "no service principal for Office 365 Exchange Online",
		}},
		"no Exchange Online by users": {required: &byUsers, facts: healthy(withoutExchange), want: want{
			status: doctor.Problem, fix: "no service principal for Office 365 Exchange Online",
		}},
		"the scope string would be too long": {facts: healthy(func(f *doctor.Facts) {
			f.Grants.Value[1].Scopes = consent.Scopes(consent.Scope(strings.Repeat("x", 3840)))
		}), want: want{status: doctor.Problem, fix: "Microsoft Graph accepts 3850"}},
		"missing by users": {required: &byUsers, facts: healthy(ungranted), want: want{
			status: doctor.Warning, found: []string{"By the chosen route", "one consent dialog"},
		}},
		"granted by users":            {required: &byUsers, facts: healthy(), want: want{status: doctor.OK}},
		"grants unread":               {facts: healthy(unreadGrants), want: want{status: doctor.Skipped, needs: "Directory.Read.All"}},
		"service principals not read": {facts: healthy(unreadPrincipals), want: want{status: doctor.Skipped, found: []string{"a timeout."}}},
	})
}

func TestPerUserGrants(t *testing.T) {
	t.Parallel()
	counted := func(grants, users int, capped bool) change {
		return func(f *doctor.Facts) {
			f.PerUserGrants.Value = doctor.PerUserGrants{Grants: grants, Users: users, Capped: capped}
		}
	}
	run(t, "perUserGrants", map[string]testCase{
		"none":          {facts: healthy(), want: want{status: doctor.OK, found: []string{"No user has consented one by one."}}},
		"redundant":     {facts: healthy(counted(4, 2, false)), want: want{status: doctor.OK, found: []string{"4 grants of 2 users.", "redundant", "never touches"}}},
		"capped":        {facts: healthy(counted(1000, 1, true)), want: want{status: doctor.OK, found: []string{"At least 1000 grants of 1 user."}}},
		"needed":        {facts: healthy(ungranted, counted(4, 2, false)), want: want{status: doctor.OK, found: []string{"keep working", "!redundant"}}},
		"grants unread": {facts: healthy(unreadGrants, counted(4, 2, false)), want: want{status: doctor.OK, found: []string{"not known"}}},
		"unread":        {facts: lacking(), want: want{status: doctor.Skipped, needs: "Directory.Read.All"}},
	})
}

func TestPermissionClassifications(t *testing.T) {
	t.Parallel()
	unreadPolicies := func(f *doctor.Facts) { f.Policies = doctor.Reading[consent.ScopeSet]{Lacks: "Policy.Read.All"} }
	iOS := consent.AppleMail().Require(consent.Choices{Devices: consent.IOSDevices})
	run(t, "permissionClassifications", map[string]testCase{
		"not all low, low-impact, missing": {facts: healthy(ungranted, setting(low), classified("low", "medium")), want: want{
			status: doctor.Problem, found: []string{"1 of 3 required permissions is classified"}, fix: "Grant consent for all users", command: "apply",
			items: []string{
				"User.Read: Microsoft Graph: low", "EAS.AccessAsUser.All: Office 365 Exchange Online: medium",
				"EWS.AccessAsUser.All: Office 365 Exchange Online: not classified",
			},
		}},
		"all low, low-impact, missing":   {facts: healthy(ungranted, setting(low), classified("low", "low", "LOW")), want: want{status: doctor.OK, found: []string{"3 of 3"}}},
		"devices narrow it":              {required: &iOS, facts: healthy(ungranted, setting(low), classified("low", "low")), want: want{status: doctor.OK, found: []string{"2 of 2"}}},
		"not low, granted":               {facts: healthy(setting(low)), want: want{status: doctor.OK, found: []string{"does not matter"}}},
		"not low, another setting":       {facts: healthy(ungranted, setting(legacy)), want: want{status: doctor.OK, found: []string{"only for the low-impact setting"}}},
		"not low, setting unread":        {facts: healthy(ungranted, unreadPolicies), want: want{status: doctor.OK, found: []string{"needs Policy.Read.All"}}},
		"not low, low-impact, unread":    {facts: healthy(unreadGrants, setting(low)), want: want{status: doctor.Warning, found: []string{"as if they were missing"}, fix: "Grant consent", command: "apply"}},
		"not low by users":               {required: &byUsers, facts: healthy(ungranted, setting()), want: want{status: doctor.Problem, fix: "Classify", command: "apply --route user-consent"}},
		"otherwise by users: by hand":    {required: &byUsers, facts: healthy(ungranted, classified("low", "high", "low")), want: want{status: doctor.Problem, fix: "Remove the other classification first"}},
		"not low by users, yet granted":  {required: &byUsers, facts: healthy(), want: want{status: doctor.OK, found: []string{"does not matter"}}},
		"unread":                         {facts: lacking(), want: want{status: doctor.Skipped, needs: "Directory.Read.All"}},
		"the Graph permission of a name": {facts: healthy(ungranted, graphEAS), want: want{status: doctor.Problem, found: []string{"0 of 3 required permissions are"}, fix: "Grant", command: "apply"}},
	})
}

// graphEAS classifies EAS on Microsoft Graph, which is another permission of the same name.
func graphEAS(f *doctor.Facts) {
	f.Classifications.Value = append(f.Classifications.Value, consent.Classification{
		ResourceID: graphID, PermissionID: "ff91d191-45a0-43fd-b837-bd682c4a0b0f", Permission: consent.EAS, Level: "low",
	})
}
