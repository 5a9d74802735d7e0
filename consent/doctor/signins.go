package doctor

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"appleconsent/consent"
)

// SignInDays is how many days of the sign-in log are looked at, and RecentDays how many of them a trend is about.
const (
	SignInDays = 7
	RecentDays = 2
)

// Cause is why a sign-in to the client failed, as far as something can be done about it.
type Cause string

// The causes, in the order in which they are told.
const (
	NoConsent        Cause = "consent"
	AppState         Cause = "appState"
	RefusedByPolicy  Cause = "conditionalAccess"
	OtherSignInCause Cause = "other"
)

// notAssigned is Entra's error code of a user who is not assigned to an app that requires it.
const notAssigned = 50105

// codesOf are the error codes of a cause.
type codesOf struct {
	cause Cause
	codes []int
}

// causes has the error codes that count, by cause (learn.microsoft.com/entra/identity-platform/reference-error-codes). Others are
// wrong passwords and the like, and steps of a sign-in that goes on, such as 50058 and 50199.
func causes() []codesOf {
	return []codesOf{
		{NoConsent, []int{65001, 65004, 65006, 90094, 90095, 900941, 650056, 90008}},
		{AppState, []int{700016, 7000112, notAssigned}},
		{RefusedByPolicy, []int{53000, 53001, 53002, 53003, 530003}},
		{OtherSignInCause, []int{500011, 650052}},
	}
}

// SignInCodes returns Entra's error codes of failed sign-ins that count.
func SignInCodes() []int {
	var codes []int
	for _, c := range causes() {
		codes = append(codes, c.codes...)
	}
	return codes
}

func causeOf(code int) Cause {
	for _, known := range causes() {
		if slices.Contains(known.codes, code) {
			return known.cause
		}
	}
	return OtherSignInCause
}

// signIns counts the sign-ins to the client that failed for a reason that something can be done about. blocked says whether another
// check found the cause.
func (e examination) signIns(c *Check, blocked bool) {
	failures, cut := e.failures(SignInCodes()), e.readBack().After(e.firstDay())
	c.Days = e.perDay(failures)
	switch {
	case len(failures) > 0:
		e.failed(c, failures, blocked)
	case cut:
		c.found(Warning, Finding{Code: "noFailuresRead"})
	default:
		c.found(OK, Finding{Code: "noFailures"})
		c.found(OK, Finding{Code: "logLimits"})
	}
	if cut {
		c.found(OK, Finding{Code: "logCut", At: e.readBack()})
	}
}

// failed judges failures, of which there are some.
func (e examination) failed(c *Check, failures []SignInFailure, blocked bool) {
	c.Items = perCode(failures)
	f := e.counted(Finding{Code: "failuresFound"}, failures)
	refused := where(failures, func(f SignInFailure) bool { return causeOf(f.Code) == RefusedByPolicy })
	unassigned := slices.ContainsFunc(failures, func(f SignInFailure) bool { return f.Code == notAssigned })
	switch {
	case len(refused) == len(failures):
		c.found(Warning, f)
	case blocked:
		c.found(Problem, f, Fix{Code: "problemsFirst"})
	case e.sp.AssignmentRequired && unassigned:
		c.found(Warning, f, Fix{Code: "lookAtAssignment"})
	default:
		c.found(Warning, f, Fix{Code: "lookAgain"})
	}
	if len(refused) > 0 {
		c.Fixes = append(c.Fixes, Fix{Code: "lookAtPolicies"})
	}
	c.apart(failures)
}

// counted is the finding with how many sign-ins failed, of which there are some.
func (e examination) counted(f Finding, failures []SignInFailure) Finding {
	f.Count, f.Users, f.AtLeast = len(failures), usersOf(failures), e.readBack().After(e.firstDay())
	if !f.AtLeast { // else nothing can be said about the trend
		f.Trend = trend(e.perDay(failures))
	}
	return f
}

// apart tells failures by cause, and by the resource that the users were on the way to.
func (c *Check) apart(failures []SignInFailure) {
	for _, known := range causes() {
		of := where(failures, func(f SignInFailure) bool { return causeOf(f.Code) == known.cause })
		if len(of) > 0 {
			c.found(OK, Finding{Code: "failuresByCause", Cause: known.cause, Count: len(of), Users: usersOf(of)})
		}
	}
	for _, resource := range []consent.AppID{consent.ExchangeOnline, consent.MicrosoftGraph} {
		of := where(failures, func(f SignInFailure) bool { return f.Resource == resource })
		if known, _ := consent.ResourceOf(resource); len(of) > 0 {
			c.found(OK, Finding{Code: "failuresByResource", Name: known.Name, ID: string(resource), Count: len(of), Users: usersOf(of)})
		}
	}
}

func where(failures []SignInFailure, fits func(SignInFailure) bool) []SignInFailure {
	return slices.DeleteFunc(slices.Clone(failures), func(f SignInFailure) bool { return !fits(f) })
}

// SignInsSince is the beginning of the first day of the sign-in log that is looked at, in UTC.
func SignInsSince(at time.Time) time.Time {
	return at.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-SignInDays)
}

func (e examination) firstDay() time.Time { return SignInsSince(e.facts.At) }

// failures returns those with one of the codes. What is later than now, by another clock, is of today.
func (e examination) failures(codes []int) []SignInFailure {
	var failures []SignInFailure
	for _, f := range e.facts.SignIns.Value.Failures {
		f.At = f.At.UTC()
		if f.At.After(e.facts.At) {
			f.At = e.facts.At
		}
		if slices.Contains(codes, f.Code) && !f.At.Before(e.firstDay()) {
			failures = append(failures, f)
		}
	}
	return failures
}

// readBack is since when the log is known: of one with more rows than were read, from the oldest of these on.
func (e examination) readBack() time.Time {
	switch s := e.facts.SignIns.Value; {
	case s.Capped && s.ReadBack.IsZero():
		return e.facts.At
	case s.Capped && s.ReadBack.After(e.firstDay()):
		return s.ReadBack.UTC()
	}
	return e.firstDay()
}

// perDay counts the failures of each day that was read, if only in part.
func (e examination) perDay(failures []SignInFailure) []Day {
	days := make([]Day, 0, SignInDays)
	for day := e.readBack().Truncate(24 * time.Hour); !day.After(e.facts.At); day = day.AddDate(0, 0, 1) {
		of := where(failures, func(f SignInFailure) bool { return f.At.Truncate(24 * time.Hour).Equal(day) })
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
	codes := SignInCodes()
	slices.SortStableFunc(codes, func(a, b int) int { return cmp.Compare(len(byCode[b]), len(byCode[a])) })
	var items []Item
	for _, code := range codes {
		if of := byCode[code]; len(of) > 0 {
			items = append(items, FailedSignIns{code, len(of), usersOf(of), causeOf(code)})
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

// trend compares the last days with those before, by failures per day. There is at least one failure.
func trend(days []Day) string {
	recent, before := 0, 0
	for i, day := range days {
		if i >= len(days)-RecentDays {
			recent += day.Failures
		} else {
			before += day.Failures
		}
	}
	perDay := cmp.Compare(recent*(len(days)-RecentDays), before*RecentDays)
	switch {
	case recent == 0:
		return "over"
	case before == 0:
		return "new"
	case perDay > 0:
		return "rising"
	case perDay < 0:
		return "falling"
	}
	return "steady"
}
