package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"appleconsent/consent"
)

// signInDays is how many days of the sign-in log are looked at, and recentDays how many of them are the present.
const (
	signInDays = 7
	recentDays = 2
)

// signInLimits is what the log cannot show (learn.microsoft.com/graph/api/signin-list).
const signInLimits = "The log has interactive sign-ins only, not the background refreshes that mail sync mostly is; it needs Microsoft Entra ID P1 or P2 " +
	"and lags by minutes to hours."

// signIns counts the sign-ins to Apple Mail that failed for want of consent or of a usable service principal. blocked
// tells whether another check found the cause.
func (e examination) signIns(blocked bool) Check {
	c := Check{ID: "signIns", Title: "Failed sign-ins", Status: OK, Why: signInLimits}
	if unread(&c, e.facts.SignIns) {
		return c
	}
	failures := e.consentFailures()
	c.Days = e.perDay(failures)
	more := ""
	if e.readBack().After(e.firstDay()) {
		more = fmt.Sprintf("The log has more rows than were read: what is before %s is not known.", e.readBack().Format("2 January, 15:04 UTC"))
	}
	if len(failures) == 0 && more != "" {
		c.Status, c.Found = Warning, sentences("None of the newest sign-ins to Apple Mail failed over consent or over the app.", more)
		return c
	}
	if len(failures) == 0 {
		c.Found = sentences(fmt.Sprintf("No sign-in to Apple Mail failed over consent or over the app in the last %d days.", signInDays), signInLimits)
		return c
	}
	c.Items = perCode(failures)
	c.Found = fmt.Sprintf("%s of %s failed over consent or over the app in the last %d days, %s.",
		consent.Count(len(failures), "sign-in"), consent.Count(usersOf(failures), "user"), signInDays, trend(c.Days))
	if more != "" { // then nothing can be said about the trend
		c.Found = sentences(fmt.Sprintf("At least %s of %s failed over consent or over the app in the last %d days.",
			consent.Count(len(failures), "sign-in"), consent.Count(usersOf(failures), "user"), signInDays), more)
	}
	c.Status, c.Fix = Warning, Fix{Text: "They may be from before the cure: look again tomorrow."}
	if e.assignmentRequired() && slices.ContainsFunc(failures, func(f SignInFailure) bool { return f.Code == notAssigned }) {
		c.Fix.Text = "Some are of users who are not assigned, see the service principal above; the rest may be from before the cure."
	}
	if blocked {
		c.Status, c.Fix = Problem, Fix{Text: "Cure the problems above and look again some hours later."}
	}
	return c
}

// SignInsSince is the beginning of the first day of the sign-in log that is looked at, in UTC.
func SignInsSince(at time.Time) time.Time {
	return at.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-signInDays)
}

// today is the beginning of the current day, and firstDay that of the first day that counts.
func (e examination) today() time.Time    { return e.at.Truncate(24 * time.Hour) }
func (e examination) firstDay() time.Time { return SignInsSince(e.at) }

// consentFailures returns the failures that count. What is later than now, by another clock, is of today.
func (e examination) consentFailures() []SignInFailure {
	var failures []SignInFailure
	for _, f := range e.facts.SignIns.Value.Failures {
		f.At = f.At.UTC()
		if f.At.After(e.at) {
			f.At = e.at
		}
		if slices.Contains(ConsentCodes(), f.Code) && !f.At.Before(e.firstDay()) {
			failures = append(failures, f)
		}
	}
	return failures
}

// readBack is since when the log is known: of one with more rows than were read, from the oldest of these on.
func (e examination) readBack() time.Time {
	switch s := e.facts.SignIns.Value; {
	case s.Capped && s.ReadBack.IsZero():
		return e.at
	case s.Capped && s.ReadBack.After(e.firstDay()):
		return s.ReadBack.UTC()
	}
	return e.firstDay()
}

// perDay counts the failures of each day that was read, if only in part.
func (e examination) perDay(failures []SignInFailure) []Day {
	days := make([]Day, 0, signInDays)
	for day := e.readBack().Truncate(24 * time.Hour); !day.After(e.today()); day = day.AddDate(0, 0, 1) {
		of := slices.DeleteFunc(slices.Clone(failures), func(f SignInFailure) bool { return !f.At.Truncate(24 * time.Hour).Equal(day) })
		days = append(days, Day{Date: day.Format(time.DateOnly), Failures: len(of), Users: usersOf(of)})
	}
	return days
}

// perCode counts the failures of each code, the most frequent first.
func perCode(failures []SignInFailure) []Item {
	byCode := make(map[int][]SignInFailure)
	for _, f := range failures {
		byCode[f.Code] = append(byCode[f.Code], f)
	}
	var items []Item
	codes := slices.Clone(consentCodes)
	slices.SortStableFunc(codes, func(a, b consentCode) int { return cmp.Compare(len(byCode[b.code]), len(byCode[a.code])) })
	for _, c := range codes {
		if of := byCode[c.code]; len(of) > 0 {
			items = append(items, Item{
				Name:   fmt.Sprintf("%d %s", c.code, c.meaning),
				Detail: fmt.Sprintf("%s of %s", consent.Count(len(of), "sign-in"), consent.Count(usersOf(of), "user")),
			})
		}
	}
	return items
}

func usersOf(failures []SignInFailure) int {
	users := make(map[string]bool)
	for _, f := range failures {
		users[strings.ToLower(f.UserID)] = true
	}
	return len(users)
}

// trend compares the last days with those before, by failures per day.
func trend(days []Day) string {
	recent, before := 0, 0
	for i, day := range days {
		if i >= len(days)-recentDays {
			recent += day.Failures
		} else {
			before += day.Failures
		}
	}
	perDay := cmp.Compare(recent*(len(days)-recentDays), before*recentDays)
	switch {
	case recent == 0:
		return fmt.Sprintf("none of them in the last %d", recentDays)
	case before == 0:
		return fmt.Sprintf("all of them in the last %d", recentDays)
	case perDay > 0:
		return fmt.Sprintf("more per day in the last %d than before", recentDays)
	case perDay < 0:
		return fmt.Sprintf("fewer per day in the last %d than before", recentDays)
	}
	return fmt.Sprintf("as many per day in the last %d as before", recentDays)
}
