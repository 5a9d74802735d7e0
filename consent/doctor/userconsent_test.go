package doctor_test

import (
	"testing"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
)

const byRoute = "apply --route user-consent"

func TestUserConsent(t *testing.T) {
	t.Parallel()
	allLow := classified("low", "low", "low")
	unreadClasses := func(f *doctor.Facts) { f.Classifications.Lacks = "Directory.Read.All" }
	run(t, "userConsent", map[string]testCase{
		"granted": {facts: healthy(setting()), want: want{
			status: doctor.OK, found: []string{"User consent is off.", "does not matter to Apple Mail"},
		}},
		"off": {facts: healthy(ungranted, setting()), want: want{
			status: doctor.Problem, found: []string{"User consent is off."}, fix: "apply --route user-consent", command: "apply",
		}},
		"legacy": {facts: healthy(ungranted, setting(legacy)), want: want{
			status: doctor.OK, found: []string{"asked once"}, items: []string{string(legacy) + ": "},
		}},
		"mail clients":                   {facts: healthy(ungranted, setting(managed, mail)), want: want{status: doctor.OK, found: []string{"without notice", "User.Read is unconfirmed"}}},
		"managed without the exemption":  {facts: healthy(ungranted, setting(managed)), want: want{status: doctor.Problem, found: []string{"excepts mailboxes"}, fix: "Grant", command: "apply"}},
		"custom":                         {facts: healthy(ungranted, setting(custom, low)), want: want{status: doctor.Warning, found: []string{string(custom), "not read", "!" + string(low)}, fix: "Grant", command: "apply"}},
		"low-impact, all low":            {facts: healthy(ungranted, setting(low), allLow), want: want{status: doctor.OK, found: []string{"asked once"}}},
		"low-impact, none low":           {facts: healthy(ungranted, setting(low)), want: want{status: doctor.Problem, found: []string{"nothing classified equals user consent off"}, fix: "Grant", command: "apply"}},
		"low-impact, one not low":        {facts: healthy(ungranted, setting(low), classified("low", "low", "high")), want: want{status: doctor.Problem, found: []string{"Not classified as low impact: EWS.AccessAsUser.All."}, fix: "Grant", command: "apply"}},
		"low-impact, no publisher":       {facts: healthy(ungranted, setting(low), allLow, client(unverified)), want: want{status: doctor.Problem, found: []string{"no verified publisher"}, fix: "Grant", command: "apply"}},
		"low-impact, publisher unknown":  {facts: healthy(absent, setting(low), allLow), want: want{status: doctor.OK}},
		"low-impact, classes unread":     {facts: healthy(ungranted, setting(low), unreadClasses), want: want{status: doctor.Warning, found: []string{"needs Directory.Read.All"}, fix: "Grant", command: "apply"}},
		"assignment required":            {facts: healthy(ungranted, setting(legacy), client(assignmentRequired)), want: want{status: doctor.Problem, found: []string{"cannot consent at all"}, fix: "Grant", command: "apply"}},
		"assignment required, granted":   {facts: healthy(setting(legacy), client(assignmentRequired)), want: want{status: doctor.OK}},
		"grants unread":                  {facts: healthy(unreadGrants, setting()), want: want{status: doctor.Warning, found: []string{"as if they were missing"}, fix: "Grant", command: "apply"}},
		"grants unread, legacy":          {facts: healthy(unreadGrants, setting(legacy)), want: want{status: doctor.OK, found: []string{"as if they were missing"}}},
		"by users, off":                  {required: &byUsers, facts: healthy(ungranted, setting()), want: want{status: doctor.Problem, fix: "Let users consent", command: byRoute}},
		"by users, set up":               {required: &byUsers, facts: healthy(ungranted, setting(low), allLow), want: want{status: doctor.OK}},
		"by users, none low":             {required: &byUsers, facts: healthy(ungranted, setting(low)), want: want{status: doctor.Problem, fix: "Let users consent", command: byRoute}},
		"by users, classified otherwise": {required: &byUsers, facts: healthy(ungranted, setting(low), classified("low", "high", "low")), want: want{status: doctor.Problem, fix: "Remove the other classification"}},
		"by users, no publisher":         {required: &byUsers, facts: healthy(ungranted, setting(low), allLow, client(unverified)), want: want{status: doctor.Problem, fix: "cannot cure it", command: "apply"}},
		"by users, custom":               {required: &byUsers, facts: healthy(ungranted, setting(custom)), want: want{status: doctor.Warning, fix: "custom policy", command: byRoute}},
		"by users, legacy, assignment":   {required: &byUsers, facts: healthy(ungranted, setting(legacy), client(assignmentRequired)), want: want{status: doctor.Problem, fix: "Set Assignment required to No"}},
		"by users, off, assignment":      {required: &byUsers, facts: healthy(ungranted, setting(), client(assignmentRequired)), want: want{status: doctor.Problem, fix: "Then let users consent.", command: byRoute}},
		"unread":                         {facts: lacking(), want: want{status: doctor.Skipped, needs: "Policy.Read.All"}},
	})
}

func TestUserConsent_entriesOfAnyCase(t *testing.T) {
	t.Parallel()
	facts := healthy(ungranted, func(f *doctor.Facts) {
		f.Policies.Value = consent.Scopes("managePermissionGrantsForSelf.microsoft-user-default-legacy")
	})
	want{status: doctor.OK, found: []string{"asked once"}}.compare(t, examine(t, "userConsent", allDevices, facts, now))
}

func TestAdminConsentRequests(t *testing.T) {
	t.Parallel()
	workflow := func(enabled bool, reviewers int) change {
		return func(f *doctor.Facts) {
			f.Requests.Value = doctor.AdminConsentRequests{Enabled: enabled, Reviewers: reviewers}
		}
	}
	run(t, "adminConsentRequests", map[string]testCase{
		"off, granted":    {facts: healthy(workflow(false, 0)), want: want{status: doctor.OK, found: []string{"cannot request", "does not need it"}}},
		"on, granted":     {facts: healthy(workflow(true, 0)), want: want{status: doctor.OK, found: []string{"does not need it"}}},
		"off":             {facts: healthy(ungranted, workflow(false, 3)), want: want{status: doctor.Warning, found: []string{"90094", "Need admin approval"}, fix: "Admin consent settings"}},
		"on, no reviewer": {facts: healthy(ungranted, workflow(true, 0)), want: want{status: doctor.Warning, found: []string{"no reviewer"}, fix: "Name reviewers"}},
		"on":              {facts: healthy(ungranted, workflow(true, 2)), want: want{status: doctor.OK, found: []string{"90095", "2 reviewers", "7000112"}}},
		"off, unread":     {facts: healthy(unreadGrants, workflow(false, 0)), want: want{status: doctor.Warning, fix: "Admin consent settings"}},
		"unread":          {facts: lacking(), want: want{status: doctor.Skipped, needs: "Policy.Read.All"}},
	})
}
