package doctor_test

import (
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
)

func TestServicePrincipal(t *testing.T) {
	t.Parallel()
	deleted := func(f *doctor.Facts) {
		f.Deleted.Value = []doctor.DeletedServicePrincipal{
			{ID: "d1", DeletedAt: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}, {ID: "d2", DeletedAt: time.Date(2026, 11, 9, 0, 0, 0, 0, time.UTC)},
		}
	}
	undated := func(f *doctor.Facts) { f.Deleted.Value = []doctor.DeletedServicePrincipal{{ID: "d1"}} }
	unreadDeleted := func(f *doctor.Facts) { f.Deleted.Lacks = "Application.Read.All" }
	byMicrosoft := func(sp *consent.ServicePrincipal) {
		sp.DisabledByMicrosoft = "DisabledDueToViolationOfServicesAgreement"
	}
	byOwner := func(sp *consent.ServicePrincipal) { sp.DisabledByOwner = true }
	disabledExchange := func(f *doctor.Facts) { f.ServicePrincipals.Value[2].AccountEnabled = new(bool) }
	stranger := func(sp *consent.ServicePrincipal) { sp.VerifiedPublisher = "Fabrikam" }
	enabling := consent.AppleMail().Require(consent.Choices{EnableApp: true})
	run(t, doctor.ServicePrincipal, map[string]testCase{
		"there and enabled": {facts: healthy(), want: want{status: doctor.OK, found: "clientEnabled"}},
		"not told": {facts: healthy(client(func(sp *consent.ServicePrincipal) { sp.AccountEnabled = nil })), want: want{
			status: doctor.OK, found: "clientEnabledUnknown",
		}},
		"absent": {facts: healthy(absent), want: want{
			status: doctor.Problem, found: "clientAbsent", fixes: "createClient:apply",
			with: []doctor.Finding{{Code: "clientAbsent", Name: "Apple Internet Accounts"}},
		}},
		"absent by users": {required: &byUsers, facts: healthy(absent), want: want{status: doctor.OK, found: "clientAbsentYet"}},
		"deleted": {facts: healthy(absent, deleted), want: want{
			status: doctor.Problem, found: "clientAbsent deletedRestorable", fixes: "recreateClient:apply",
			with: []doctor.Finding{{Code: "deletedRestorable", ID: "d2", At: time.Date(2026, 12, 9, 0, 0, 0, 0, time.UTC)}},
		}},
		"deleted, it is not told when": {facts: healthy(absent, undated), want: want{
			status: doctor.Problem, found: "clientAbsent deletedRestorable", fixes: "recreateClient:apply",
			with: []doctor.Finding{{Code: "deletedRestorable", ID: "d1"}},
		}},
		"deleted too long ago": {at: now.AddDate(0, 0, 31), facts: healthy(absent, deleted), want: want{
			status: doctor.Problem, found: "clientAbsent deletedExpired", fixes: "createClient:apply",
		}},
		"an old copy beside a living one": {facts: healthy(deleted), want: want{status: doctor.OK, found: "clientEnabled deletedCopy"}},
		"deleted items unread": {facts: healthy(unreadDeleted), want: want{
			status: doctor.OK, found: "clientEnabled deletedNotRead", with: []doctor.Finding{{Code: "deletedNotRead", Lacks: "Application.Read.All"}},
		}},
		"deleted items fail": {facts: healthy(func(f *doctor.Facts) { f.Deleted.Failed = "a timeout" }), want: want{
			status: doctor.OK, found: "clientEnabled deletedNotRead", with: []doctor.Finding{{Code: "deletedNotRead", Failed: "a timeout"}},
		}},
		"disabled": {facts: healthy(client(disabled)), want: want{
			status: doctor.Problem, found: "clientDisabled", fixes: "enableClient:applyEnablingApp",
		}},
		"disabled, to be enabled": {required: &enabling, facts: healthy(client(disabled)), want: want{
			status: doctor.Problem, found: "clientDisabled", fixes: "enableClient:applyEnablingApp",
		}},
		"disabled by Microsoft": {facts: healthy(client(byMicrosoft)), want: want{
			status: doctor.Problem, found: "clientDisabledByMicrosoft", fixes: "askMicrosoft",
			with: []doctor.Finding{{Code: "clientDisabledByMicrosoft", Name: "Apple Internet Accounts", Detail: "DisabledDueToViolationOfServicesAgreement"}},
		}},
		"disabled by both": {facts: healthy(client(byMicrosoft), client(disabled)), want: want{
			status: doctor.Problem, found: "clientDisabled clientDisabledByMicrosoft", fixes: "askMicrosoft",
		}},
		"disabled by its owner": {facts: healthy(client(byOwner)), want: want{
			status: doctor.Problem, found: "clientDisabledByOwner", fixes: "askOwner",
			with: []doctor.Finding{{Code: "clientDisabledByOwner", Name: "Apple Internet Accounts"}},
		}},
		"disabled here and by its owner": {facts: healthy(client(byOwner), client(disabled)), want: want{
			status: doctor.Problem, found: "clientDisabled clientDisabledByOwner", fixes: "askOwner",
		}},
		"disabled, and a resource too": {facts: healthy(client(disabled), disabledExchange), want: want{
			status: doctor.Problem, found: "clientDisabled resourceDisabled", fixes: "enableClient enableResource",
		}},
		"assignment required": {facts: healthy(client(assignmentRequired)), want: want{status: doctor.Warning, found: "assignmentRequired", fixes: "assignment"}},
		"another publisher": {facts: healthy(client(stranger)), want: want{
			status: doctor.Warning, found: "unexpectedPublisher",
			with: []doctor.Finding{{Code: "unexpectedPublisher", Name: "Apple Internet Accounts", Detail: "Fabrikam"}},
		}},
		"disabled, assigned, a stranger": {facts: healthy(client(disabled), client(assignmentRequired), client(stranger)), want: want{
			status: doctor.Problem, found: "clientDisabled assignmentRequired unexpectedPublisher", fixes: "enableClient:applyEnablingApp assignment",
		}},
		"a resource is disabled": {facts: healthy(disabledExchange), want: want{
			status: doctor.Problem, found: "clientEnabled resourceDisabled", fixes: "enableResource",
			with: []doctor.Finding{{Code: "resourceDisabled", Name: "Office 365 Exchange Online"}},
		}},
		"unread": {facts: lacking(), want: want{status: doctor.Skipped, needs: "Directory.Read.All", found: "notRead"}},
	})
}
