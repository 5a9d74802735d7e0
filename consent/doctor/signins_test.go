package doctor_test

import (
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"

	"github.com/google/go-cmp/cmp"
)

// failed are so many sign-ins of a user that failed with a code, some days ago.
func failed(daysAgo, code, times int, user string) change {
	return func(f *doctor.Facts) {
		for range times {
			f.SignIns.Value.Failures = append(f.SignIns.Value.Failures, doctor.SignInFailure{At: now.AddDate(0, 0, -daysAgo), UserID: user, Code: code})
		}
	}
}

// onTheWayTo are sign-ins to a resource that failed today, one of each user.
func onTheWayTo(resource consent.AppID, code int, users ...string) change {
	return func(f *doctor.Facts) {
		for _, user := range users {
			f.SignIns.Value.Failures = append(f.SignIns.Value.Failures, doctor.SignInFailure{At: now, UserID: user, Code: code, Resource: resource})
		}
	}
}

func TestSignIns(t *testing.T) {
	t.Parallel()
	readBack := func(at time.Time) change {
		return func(f *doctor.Facts) { f.SignIns.Value.Capped, f.SignIns.Value.ReadBack = true, at }
	}
	capped := readBack(now.AddDate(0, 0, -3))
	run(t, doctor.FailedSignInLog, map[string]testCase{
		"none": {facts: healthy(), want: want{status: doctor.OK, found: "noFailures logLimits"}},
		"other codes and older ones do not count": {facts: healthy(failed(1, 50126, 3, "a"), failed(8, 65001, 3, "a")), want: want{
			status: doctor.OK, found: "noFailures logLimits",
		}},
		"none of those that were read": {facts: healthy(capped), want: want{
			status: doctor.Warning, found: "noFailuresRead logCut", with: []doctor.Finding{{Code: "logCut", At: now.AddDate(0, 0, -3)}},
		}},
		"none of the app's was read": {facts: healthy(readBack(time.Time{})), want: want{status: doctor.Warning, found: "noFailuresRead logCut"}},
		"all that matter were read":  {facts: healthy(readBack(now.AddDate(0, 0, -9))), want: want{status: doctor.OK, found: "noFailures logLimits"}},
		"at least": {facts: healthy(capped, failed(0, 65001, 3, "a")), want: want{
			status: doctor.Warning, items: []doctor.Item{doctor.FailedSignIns{65001, 3, 1, doctor.NoConsent}}, found: "failuresFound failuresByCause logCut", fixes: "lookAgain",
			with: []doctor.Finding{{Code: "failuresFound", Count: 3, Users: 1, AtLeast: true}},
		}},
		"some, all granted": {facts: healthy(failed(4, 65001, 1, "a"), failed(3, 90094, 2, "a"), failed(3, 90094, 3, "B"), failed(3, 90094, 1, "b")), want: want{
			status: doctor.Warning, items: []doctor.Item{doctor.FailedSignIns{90094, 6, 2, doctor.NoConsent}, doctor.FailedSignIns{65001, 1, 1, doctor.NoConsent}}, found: "failuresFound failuresByCause", fixes: "lookAgain",
			with: []doctor.Finding{{Code: "failuresFound", Count: 7, Users: 2, Trend: "over"}},
		}},
		"some, missing": {facts: healthy(ungranted, failed(0, 90094, 1, "a")), want: want{
			status: doctor.Problem, found: "failuresFound failuresByCause", fixes: "problemsFirst",
			with: []doctor.Finding{{Code: "failuresFound", Count: 1, Users: 1, Trend: "new"}},
		}},
		"some, disabled": {facts: healthy(client(disabled), failed(0, 7000112, 1, "a")), want: want{
			status: doctor.Problem, found: "failuresFound failuresByCause", fixes: "problemsFirst",
		}},
		"some, unread": {facts: healthy(unreadGrants, failed(0, 90094, 1, "a")), want: want{
			status: doctor.Warning, found: "failuresFound failuresByCause", fixes: "lookAgain",
		}},
		"more": {facts: healthy(failed(0, 65001, 3, "a"), failed(5, 65001, 5, "a")), want: want{
			status: doctor.Warning, found: "failuresFound failuresByCause", fixes: "lookAgain",
			with: []doctor.Finding{{Code: "failuresFound", Count: 8, Users: 1, Trend: "rising"}},
		}},
		"fewer": {facts: healthy(failed(1, 65001, 1, "a"), failed(5, 65001, 5, "a")), want: want{
			status: doctor.Warning, found: "failuresFound failuresByCause", fixes: "lookAgain",
			with: []doctor.Finding{{Code: "failuresFound", Count: 6, Users: 1, Trend: "falling"}},
		}},
		"as many": {facts: healthy(failed(1, 65001, 2, "a"), failed(5, 65001, 5, "a")), want: want{
			status: doctor.Warning, found: "failuresFound failuresByCause", fixes: "lookAgain",
			with: []doctor.Finding{{Code: "failuresFound", Count: 7, Users: 1, Trend: "steady"}},
		}},
		"not assigned": {facts: healthy(client(assignmentRequired), failed(0, 50105, 1, "a")), want: want{
			status: doctor.Warning, found: "failuresFound failuresByCause", fixes: "lookAtAssignment",
		}},
		"steps of a sign-in are none": {facts: healthy(failed(1, 50058, 3, "a"), failed(1, 50199, 2, "b")), want: want{
			status: doctor.OK, found: "noFailures logLimits",
		}},
		"Conditional Access": {facts: healthy(failed(1, 53003, 2, "a"), failed(1, 53000, 1, "b"), failed(0, 530003, 1, "A")), want: want{
			status: doctor.Warning, found: "failuresFound failuresByCause", fixes: "lookAtPolicies",
			with: []doctor.Finding{{Code: "failuresByCause", Cause: doctor.RefusedByPolicy, Count: 4, Users: 2}},
			items: []doctor.Item{
				doctor.FailedSignIns{53003, 2, 1, doctor.RefusedByPolicy},
				doctor.FailedSignIns{53000, 1, 1, doctor.RefusedByPolicy},
				doctor.FailedSignIns{530003, 1, 1, doctor.RefusedByPolicy},
			},
		}},
		"Conditional Access, and consent is missing": {facts: healthy(ungranted, failed(1, 53001, 1, "a")), want: want{
			status: doctor.Warning, found: "failuresFound failuresByCause", fixes: "lookAtPolicies",
		}},
		"of all causes, of one user": {facts: healthy(ungranted, failed(1, 53002, 1, "a"), failed(1, 65006, 1, "a"), failed(1, 500011, 1, "a"), failed(1, 7000112, 1, "a")), want: want{
			status: doctor.Problem, found: "failuresFound failuresByCause failuresByCause failuresByCause failuresByCause", fixes: "problemsFirst lookAtPolicies",
			with: []doctor.Finding{{Code: "failuresFound", Count: 4, Users: 1, Trend: "new"}},
		}},
		"by resource": {facts: healthy(onTheWayTo(consent.ExchangeOnline, 65001, "a", "b"), onTheWayTo(consent.MicrosoftGraph, 65001, "b"), onTheWayTo("x", 65001, "c")), want: want{
			status: doctor.Problem, found: "failuresFound failuresByCause failuresByResource failuresByResource", fixes: "problemsFirst",
			with: []doctor.Finding{{Code: "failuresFound", Count: 4, Users: 3, Trend: "new"}, {
				Code: "failuresByResource", Name: "Office 365 Exchange Online", ID: string(consent.ExchangeOnline), Count: 2, Users: 2,
			}},
		}},
		"the log's clock is ahead": {facts: healthy(failed(-1, 65001, 1, "a")), want: want{
			status: doctor.Warning, found: "failuresFound failuresByCause", fixes: "lookAgain",
			with: []doctor.Finding{{Code: "failuresFound", Count: 1, Users: 1, Trend: "new"}},
		}},
		"unread": {facts: lacking(), want: want{status: doctor.Skipped, needs: "AuditLog.Read.All", found: "notRead"}},
	})
}

func TestSignIns_days(t *testing.T) {
	t.Parallel()
	berlin := now.In(time.FixedZone("", 10*3600)) // there it is the 19th already
	facts := healthy(at(berlin), failed(6, 65001, 2, "a"), failed(6, 65001, 1, "b"), failed(1, 90094, 1, "a"), failed(0, 65001, 1, "a"))
	got := examine(t, doctor.FailedSignInLog, allDevices, facts).Days
	if diff := cmp.Diff([]doctor.Day{
		{"2026-11-12", 3, 2}, {"2026-11-13", 0, 0}, {"2026-11-14", 0, 0}, {"2026-11-15", 0, 0}, {"2026-11-16", 0, 0}, {"2026-11-17", 1, 1}, {"2026-11-18", 1, 1},
	}, got); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
	partly := healthy(failed(0, 65001, 1, "a"), func(f *doctor.Facts) { f.SignIns.Value.Capped, f.SignIns.Value.ReadBack = true, now.AddDate(0, 0, -1) })
	if got := examine(t, doctor.FailedSignInLog, allDevices, partly).Days; len(got) != 2 {
		t.Errorf("of the two days that were read, %d are shown", len(got))
	}
	if got := examine(t, doctor.FailedSignInLog, allDevices, healthy()).Days; len(got) != 7 {
		t.Errorf("without failures there are %d days", len(got))
	}
}

func TestSignInsSince(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, time.November, 12, 0, 0, 0, 0, time.UTC)
	for _, at := range []time.Time{now, now.In(time.FixedZone("", 10*3600)), want.AddDate(0, 0, 7).Add(-1), want.AddDate(0, 0, 6)} {
		if got := doctor.SignInsSince(at); !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("at %s the first day is %s", at, got)
		}
	}
}
