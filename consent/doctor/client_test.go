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
	unreadDeleted := func(f *doctor.Facts) { f.Deleted.Lacks = "Application.Read.All" }
	byMicrosoft := func(sp *consent.ServicePrincipal) {
		sp.DisabledByMicrosoft = "DisabledDueToViolationOfServicesAgreement"
	}
	stranger := func(sp *consent.ServicePrincipal) { sp.VerifiedPublisher = "Fabrikam" }
	enabling := allDevices.Enabled(true)
	run(t, "servicePrincipal", map[string]testCase{
		"there and enabled": {facts: healthy(), want: want{status: doctor.OK, found: []string{"Apple Internet Accounts is there and enabled"}}},
		"not told":          {facts: healthy(client(func(sp *consent.ServicePrincipal) { sp.AccountEnabled = nil })), want: want{status: doctor.OK, found: []string{"not told"}}},
		"absent":            {facts: healthy(absent), want: want{status: doctor.Problem, found: []string{"has no service principal"}, fix: "Create it", command: "apply"}},
		"absent by users":   {required: &byUsers, facts: healthy(absent), want: want{status: doctor.OK, found: []string{"first user creates it"}}},
		"deleted": {facts: healthy(absent, deleted), want: want{
			status: doctor.Problem, found: []string{"since 9 November 2026", "30 days", "deletedItems/d2/restore"}, fix: "Create it anew", command: "apply",
		}},
		"an old copy beside a living one": {facts: healthy(deleted), want: want{status: doctor.OK, found: []string{"older copy", "harmless"}}},
		"deleted items unread":            {facts: healthy(unreadDeleted), want: want{status: doctor.OK, found: []string{"Deleted items could not be read (needs Application.Read.All)."}}},
		"deleted items fail":              {facts: healthy(func(f *doctor.Facts) { f.Deleted.Failed = "a timeout" }), want: want{status: doctor.OK, found: []string{"Deleted items could not be read: a timeout."}}},
		"disabled": {facts: healthy(client(disabled)), want: want{
			status: doctor.Problem, found: []string{"AADSTS7000112", "admin consent request", "!is there"}, fix: "Enable it.", command: "apply --enable-app",
		}},
		"disabled, to be enabled": {required: &enabling, facts: healthy(client(disabled)), want: want{
			status: doctor.Problem, found: []string{"AADSTS7000112"}, fix: "Enable it.", command: "apply --enable-app",
		}},
		"disabled by Microsoft":          {facts: healthy(client(byMicrosoft)), want: want{status: doctor.Problem, found: []string{"Microsoft has disabled"}, fix: "Only Microsoft"}},
		"disabled by both":               {facts: healthy(client(byMicrosoft), client(disabled)), want: want{status: doctor.Problem, found: []string{"7000112", "Microsoft has disabled"}, fix: "Only Microsoft"}},
		"assignment required":            {facts: healthy(client(assignmentRequired)), want: want{status: doctor.Warning, found: []string{"AADSTS50105"}, fix: "Properties > Assignment required"}},
		"another publisher":              {facts: healthy(client(stranger)), want: want{status: doctor.Warning, found: []string{`"Fabrikam"`, "unconfirmed"}}},
		"disabled, assigned, a stranger": {facts: healthy(client(disabled), client(assignmentRequired), client(stranger)), want: want{status: doctor.Problem, found: []string{"7000112", "50105", "Fabrikam"}, fix: "Enable it. Set Assignment", command: "apply --enable-app"}},
		"a resource is disabled": {facts: healthy(func(f *doctor.Facts) { f.ServicePrincipals.Value[2].AccountEnabled = new(bool) }), want: want{
			status: doctor.Problem, found: []string{"Office 365 Exchange Online is disabled"}, fix: "Enable the resource",
		}},
		"unread": {facts: lacking(), want: want{status: doctor.Skipped, needs: "Directory.Read.All"}},
	})
}
