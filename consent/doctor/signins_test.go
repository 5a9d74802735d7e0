package doctor_test

import (
	"strings"
	"testing"
	"time"

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

func TestSignIns(t *testing.T) {
	t.Parallel()
	readBack := func(at time.Time) change {
		return func(f *doctor.Facts) { f.SignIns.Value.Capped, f.SignIns.Value.ReadBack = true, at }
	}
	capped := readBack(now.AddDate(0, 0, -3))
	run(t, "signIns", map[string]testCase{
		"none": {facts: healthy(), want: want{status: doctor.OK, found: []string{"No sign-in to Apple Mail failed", "P1 or P2", "interactive"}}},
		"other codes and older ones do not count": {facts: healthy(failed(1, 50126, 3, "a"), failed(8, 65001, 3, "a")), want: want{status: doctor.OK, found: []string{"No sign-in"}}},
		"none of those that were read":            {facts: healthy(capped), want: want{status: doctor.Warning, found: []string{"None of the newest", "more rows", "before 15 November"}}},
		"none of the app's was read":              {facts: healthy(readBack(time.Time{})), want: want{status: doctor.Warning, found: []string{"None of the newest"}}},
		"all that matter were read":               {facts: healthy(readBack(now.AddDate(0, 0, -9))), want: want{status: doctor.OK, found: []string{"No sign-in"}}},
		"at least": {facts: healthy(capped, failed(0, 65001, 3, "a")), want: want{
			status: doctor.Warning, found: []string{"At least 3 sign-ins of 1 user", "more rows", "!all of them"}, fix: "before",
			items: []string{"65001 no consent: 3 sign-ins of 1 user"},
		}},
		"some, all granted": {facts: healthy(failed(4, 65001, 1, "a"), failed(3, 90094, 2, "a"), failed(3, 90094, 3, "B"), failed(3, 90094, 1, "b")), want: want{
			status: doctor.Warning, found: []string{"7 sign-ins of 2 users failed", "none of them in the last 2."}, fix: "before the cure",
			items: []string{"90094 needs admin approval: 6 sign-ins of 2 users", "65001 no consent: 1 sign-in of 1 user"},
		}},
		"some, missing":            {facts: healthy(ungranted, failed(0, 90094, 1, "a")), want: want{status: doctor.Problem, found: []string{"all of them in the last 2."}, fix: "Cure the problems above"}},
		"some, disabled":           {facts: healthy(client(disabled), failed(0, 7000112, 1, "a")), want: want{status: doctor.Problem, fix: "Cure the problems above"}},
		"some, unread":             {facts: healthy(unreadGrants, failed(0, 90094, 1, "a")), want: want{status: doctor.Warning, fix: "before the cure"}},
		"more":                     {facts: healthy(failed(0, 65001, 3, "a"), failed(5, 65001, 5, "a")), want: want{status: doctor.Warning, found: []string{"more per day in the last 2 than before"}, fix: "before"}},
		"fewer":                    {facts: healthy(failed(1, 65001, 1, "a"), failed(5, 65001, 5, "a")), want: want{status: doctor.Warning, found: []string{"fewer per day"}, fix: "before"}},
		"as many":                  {facts: healthy(failed(1, 65001, 2, "a"), failed(5, 65001, 5, "a")), want: want{status: doctor.Warning, found: []string{"as many per day"}, fix: "before"}},
		"the log's clock is ahead": {facts: healthy(failed(-1, 65001, 1, "a")), want: want{status: doctor.Warning, found: []string{"1 sign-in of 1 user"}, fix: "before"}},
		"unread":                   {facts: lacking(), want: want{status: doctor.Skipped, needs: "AuditLog.Read.All"}},
	})
}

func TestSignIns_days(t *testing.T) {
	t.Parallel()
	facts := healthy(failed(6, 65001, 2, "a"), failed(6, 65001, 1, "b"), failed(1, 90094, 1, "a"), failed(0, 65001, 1, "a"))
	berlin := now.In(time.FixedZone("", 10*3600)) // there it is the 19th already
	got := examine(t, "signIns", allDevices, facts, berlin).Days
	if diff := cmp.Diff([]doctor.Day{
		{"2026-11-12", 3, 2}, {"2026-11-13", 0, 0}, {"2026-11-14", 0, 0}, {"2026-11-15", 0, 0}, {"2026-11-16", 0, 0}, {"2026-11-17", 1, 1}, {"2026-11-18", 1, 1},
	}, got); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
	partly := healthy(failed(0, 65001, 1, "a"), func(f *doctor.Facts) { f.SignIns.Value.Capped, f.SignIns.Value.ReadBack = true, now.AddDate(0, 0, -1) })
	if got := examine(t, "signIns", allDevices, partly, now).Days; len(got) != 2 {
		t.Errorf("of the two days that were read, %d are shown", len(got))
	}
	if got := examine(t, "signIns", allDevices, healthy(), now).Days; len(got) != 7 {
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

func TestConsentCodes_haveMeanings(t *testing.T) {
	t.Parallel()
	for _, code := range doctor.ConsentCodes() {
		items := examine(t, "signIns", allDevices, healthy(failed(0, code, 1, "a")), now).Items
		if len(items) != 1 || strings.HasSuffix(items[0].Name, " ") {
			t.Errorf("%d: got items %v", code, items)
		}
	}
}
