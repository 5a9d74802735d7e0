package doctor_test

import (
	"testing"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
)

func TestUserConsent(t *testing.T) {
	t.Parallel()
	allLow := classified("low", "low", "low")
	unreadClasses := func(f *doctor.Facts) { f.Classifications.Lacks = "Directory.Read.All" }
	run(t, doctor.UserConsent, map[string]testCase{
		"granted": {facts: healthy(setting()), want: want{status: doctor.OK, found: "settingFound grantDecides"}},
		"off": {facts: healthy(ungranted, setting()), want: want{
			status: doctor.Problem, found: "settingFound approvalNeeded mailClientsOff", fixes: "grantForAll:apply usersCouldAlso",
		}},
		"legacy": {facts: healthy(ungranted, setting(legacy)), want: want{
			status: doctor.OK, items: []doctor.Item{doctor.PolicyEntry{legacy}}, found: "settingFound askedOnce",
		}},
		"mail clients": {facts: healthy(ungranted, setting(managed, mail)), want: want{status: doctor.OK, found: "settingFound askedOnceByMicrosoft"}},
		"managed without the exemption": {facts: healthy(ungranted, setting(managed)), want: want{
			status: doctor.Problem, found: "settingFound approvalNeeded mailClientsOff", fixes: "grantForAll:apply usersCouldAlso",
		}},
		"custom": {facts: healthy(ungranted, setting(custom, low)), want: want{
			status: doctor.Warning, found: "settingFound customPolicyNotRead mailClientsOff", fixes: "grantForAll:apply usersCouldAlso",
			with: []doctor.Finding{{Code: "customPolicyNotRead", Scopes: consent.Scopes(custom)}},
		}},
		"low-impact, all low": {facts: healthy(ungranted, setting(low), allLow), want: want{status: doctor.OK, found: "settingFound askedOnceLowImpact"}},
		"low-impact, none low": {facts: healthy(ungranted, setting(low)), want: want{
			status: doctor.Problem, found: "settingFound nothingLowImpact mailClientsOff", fixes: "grantForAll:apply usersCouldAlso",
		}},
		"low-impact, one not low": {facts: healthy(ungranted, setting(low), classified("low", "low", "high")), want: want{
			status: doctor.Problem, found: "settingFound notAllLowImpact mailClientsOff", fixes: "grantForAll:apply usersCouldAlso",
			with: []doctor.Finding{{Code: "notAllLowImpact", Scopes: consent.Scopes(consent.EWS)}},
		}},
		"low-impact, no publisher": {facts: healthy(ungranted, setting(low), allLow, client(unverified)), want: want{
			status: doctor.Problem, found: "settingFound noVerifiedPublisher mailClientsOff", fixes: "grantForAll:apply",
			with: []doctor.Finding{{Code: "noVerifiedPublisher", Name: "Apple Internet Accounts"}},
		}},
		"low-impact, publisher unknown": {facts: healthy(absent, setting(low), allLow), want: want{status: doctor.OK, found: "settingFound askedOnceLowImpact"}},
		"low-impact, classes unread": {facts: healthy(ungranted, setting(low), unreadClasses), want: want{
			status: doctor.Warning, found: "settingFound classificationsNotRead mailClientsOff", fixes: "grantForAll:apply usersCouldAlso",
			with: []doctor.Finding{{Code: "classificationsNotRead", Lacks: "Directory.Read.All"}},
		}},
		"assignment required": {facts: healthy(ungranted, setting(legacy), client(assignmentRequired)), want: want{
			status: doctor.Problem, found: "settingFound assignmentBlocksConsent mailClientsOff", fixes: "grantForAll:apply",
			with: []doctor.Finding{{Code: "assignmentBlocksConsent", Name: "Apple Internet Accounts"}},
		}},
		"assignment required, granted": {facts: healthy(setting(legacy), client(assignmentRequired)), want: want{status: doctor.OK, found: "settingFound grantDecides"}},
		"grants unread": {facts: healthy(unreadGrants, setting()), want: want{
			status: doctor.Warning, found: "settingFound approvalNeeded mailClientsOff grantsTakenAsMissing", fixes: "grantForAll usersCouldAlso",
		}},
		"grants unread, legacy": {facts: healthy(unreadGrants, setting(legacy)), want: want{status: doctor.OK, found: "settingFound askedOnce grantsTakenAsMissing"}},
		"by users, off": {required: &byUsers, facts: healthy(ungranted, setting()), want: want{
			status: doctor.Problem, found: "settingFound approvalNeeded mailClientsOff", fixes: "letUsersConsent:applyByUserConsent",
		}},
		"by users, set up": {required: &byUsers, facts: healthy(ungranted, setting(low), allLow), want: want{
			status: doctor.OK, found: "settingFound askedOnceLowImpact",
		}},
		"by users, none low": {required: &byUsers, facts: healthy(ungranted, setting(low)), want: want{
			status: doctor.Problem, found: "settingFound nothingLowImpact mailClientsOff", fixes: "letUsersConsent:applyByUserConsent",
		}},
		"by users, classified otherwise": {required: &byUsers, facts: healthy(ungranted, setting(low), classified("low", "high", "low")), want: want{
			status: doctor.Problem, found: "settingFound notAllLowImpact mailClientsOff", fixes: "otherClassification",
		}},
		"by users, no publisher": {required: &byUsers, facts: healthy(ungranted, setting(low), allLow, client(unverified)), want: want{
			status: doctor.Problem, found: "settingFound noVerifiedPublisher mailClientsOff", fixes: "grantInstead:apply",
		}},
		"by users, custom": {required: &byUsers, facts: healthy(ungranted, setting(custom)), want: want{
			status: doctor.Warning, found: "settingFound customPolicyNotRead mailClientsOff", fixes: "customPolicy:applyByUserConsent",
		}},
		"by users, legacy, assignment": {required: &byUsers, facts: healthy(ungranted, setting(legacy), client(assignmentRequired)), want: want{
			status: doctor.Problem, found: "settingFound assignmentBlocksConsent mailClientsOff", fixes: "assignmentOff",
		}},
		"by users, off, assignment": {required: &byUsers, facts: healthy(ungranted, setting(), client(assignmentRequired)), want: want{
			status: doctor.Problem, found: "settingFound assignmentBlocksConsent mailClientsOff", fixes: "assignmentOff thenLetUsersConsent",
		}},
		"by users, off, no publisher": {required: &byUsers, facts: healthy(ungranted, setting(), client(unverified)), want: want{
			status: doctor.Problem, found: "settingFound approvalNeeded mailClientsOff", fixes: "grantForAll:apply",
		}},
		"by users, managed": {required: &byUsers, facts: healthy(ungranted, setting(managed)), want: want{
			status: doctor.Problem, found: "settingFound approvalNeeded mailClientsOff", fixes: "checkMailClients",
		}},
		"by users, managed, and low": {required: &byUsers, facts: healthy(ungranted, setting(low, managed)), want: want{
			status: doctor.Problem, found: "settingFound nothingLowImpact mailClientsOff", fixes: "checkMailClients",
		}},
		"by users, managed, and custom": {required: &byUsers, facts: healthy(ungranted, setting(managed, custom)), want: want{
			status: doctor.Warning, found: "settingFound customPolicyNotRead mailClientsOff", fixes: "customPolicy",
		}},
		"by users, custom, classified otherwise": {required: &byUsers, facts: healthy(ungranted, setting(custom), classified("high")), want: want{
			status: doctor.Warning, found: "settingFound customPolicyNotRead mailClientsOff", fixes: "otherClassification",
		}},
		"by users, classes unread": {required: &byUsers, facts: healthy(ungranted, setting(), unreadClasses), want: want{
			status: doctor.Problem, found: "settingFound approvalNeeded mailClientsOff", fixes: "letUsersConsent",
		}},
		"by users, granted": {required: &byUsers, facts: healthy(setting()), want: want{status: doctor.OK, found: "settingFound grantDecides"}},
		"mail clients, assignment": {facts: healthy(ungranted, setting(managed, mail), client(assignmentRequired)), want: want{
			status: doctor.Problem, found: "settingFound assignmentBlocksConsent mailClientsOn", fixes: "grantForAll:apply",
		}},
		"unread": {facts: lacking(), want: want{status: doctor.Skipped, needs: "Policy.Read.All", found: "notRead"}},
	})
}

func TestUserConsent_entriesOfAnyCase(t *testing.T) {
	t.Parallel()
	facts := healthy(ungranted, func(f *doctor.Facts) {
		f.Policies.Value = consent.Scopes("managePermissionGrantsForSelf.microsoft-user-default-legacy")
	})
	want{status: doctor.OK, found: "settingFound askedOnce"}.compare(t, examine(t, doctor.UserConsent, allDevices, facts))
}

func TestAdminConsentRequests(t *testing.T) {
	t.Parallel()
	workflow := func(enabled bool, reviewers int) change {
		return func(f *doctor.Facts) {
			f.Requests.Value = doctor.AdminConsentRequests{Enabled: enabled, Reviewers: reviewers}
		}
	}
	run(t, doctor.AdminConsentRequestPolicy, map[string]testCase{
		"off, granted":    {facts: healthy(workflow(false, 0)), want: want{status: doctor.OK, found: "requestsOff requestsNotNeeded"}},
		"on, granted":     {facts: healthy(workflow(true, 0)), want: want{status: doctor.OK, found: "requestsOn requestsNotNeeded"}},
		"off":             {facts: healthy(ungranted, workflow(false, 3)), want: want{status: doctor.Warning, found: "cannotRequest", fixes: "allowRequests"}},
		"on, no reviewer": {facts: healthy(ungranted, workflow(true, 0)), want: want{status: doctor.Warning, found: "requestsOn noReviewer", fixes: "nameReviewers"}},
		"on": {facts: healthy(ungranted, workflow(true, 2)), want: want{
			status: doctor.OK, found: "requestsOn requestsReviewed", with: []doctor.Finding{{Code: "requestsReviewed", Count: 2}},
		}},
		"off, unread": {facts: healthy(unreadGrants, workflow(false, 0)), want: want{status: doctor.Warning, found: "cannotRequest", fixes: "allowRequests"}},
		"unread":      {facts: lacking(), want: want{status: doctor.Skipped, needs: "Policy.Read.All", found: "notRead"}},
	})
}
