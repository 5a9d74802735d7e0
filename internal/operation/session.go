// Package operation has the use cases: look at a tenant, examine it, plan and carry out a change, roll one back, wait for
// grants that somebody else gives.
//
// Everything is done for one tenant in a Session, over the interface Tenant, a plan.Journal, a clock and a Reporter that hears
// what is going on. Sessions share nothing that changes, so that many can be at work side by side; one session does one thing
// at a time.
//
// It knows no terminal, no flag, no exit code and no sentence about results: a question is a function that is passed in
// (Terms), and what came of it is a value or a typed error.
package operation

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
	"appleconsent/plan"
)

// Identity is who is signed in, and where.
type Identity struct {
	TenantID string // GUID, in lower case
	Operator string // user principal name, or the appId of an application
}

// Tenant is what operations need of a tenant, beside what package plan needs.
type Tenant interface {
	plan.Tenant
	// SignIn gets a token for what was asked for and returns who is signed in.
	SignIn(ctx context.Context) (Identity, error)
	// CheckTenant refuses a sign-in to another tenant (got) than the one that was asked for, by its GUID or a domain.
	CheckTenant(ctx context.Context, asked, got string) error
	// KeepAccount keeps who signed in for the next time.
	KeepAccount()
	// AskForSettings and AskForExamination make the next sign-in ask for what it takes to read the user-consent setting, and
	// all that Examine reads.
	AskForSettings()
	AskForExamination()
	// AskForUsage makes all later sign-ins ask for what it takes to read Usage, too.
	AskForUsage()
	// StepUp makes the next sign-in ask for what actions of these kinds need.
	StepUp(kinds []consent.ActionKind)
	// Shortfall says what the sign-in seems to lack for actions of these kinds; empty if it seems to lack nothing.
	Shortfall(kinds []consent.ActionKind) string
	// Consented reads what single users have granted the client on the resources that its application calls, with these, and what
	// they publish.
	Consented(ctx context.Context, required consent.Requirement) (Consented, error)
	// Deleted returns the application's service principals that lie in the deleted items. It does not wait for long.
	Deleted(ctx context.Context, app consent.AppID) ([]doctor.DeletedServicePrincipal, error)
	// Examine reads what decides whether users are well.
	Examine(ctx context.Context, required consent.Requirement, asked doctor.Question) (doctor.Facts, error)
	// Usage reads how many people use the application, within a time of its own.
	Usage(ctx context.Context) consent.Usage
}

// Reporter hears what a session does while it does it. It serves one tenant and may be called from several goroutines.
type Reporter interface {
	plan.Progress
	// Busy says what is waited for, until done is called.
	Busy(what string) (done func())
	// Begins is called before a plan is carried out, which knows what its resources are called in the tenant.
	Begins(planned plan.Document)
	// Verified is called when a change is visible.
	Verified()
	// Note and Warning are for people: what is good to know, and what must be known.
	Note(text string)
	Warning(text string)
}

// Setup is what a session is made of. All fields but the last four and Cloud, without which it is the default one, are required.
type Setup struct {
	Tenant     Tenant
	Journal    plan.Journal
	Clock      plan.Clock
	Reporter   Reporter
	Tool       plan.Tool // this program, in documents
	Cloud      string    // one of consent.Clouds
	Limit      Limit
	Wanted     string // the tenant that was named and that it must be, by its GUID or a domain; empty: any
	AsksPerson bool   // signing in may wait for a person, whose time does not count
	Usage      bool   // plans and examinations tell how many people they are about
	Within     Within // nil: all time counts
}

// Within bounds work in time as context.WithTimeoutCause does. End releases it, and returns how much of the time that was spent does not
// count, such as what was waited for in common with other sessions.
type Within func(ctx context.Context, limit time.Duration, cause error) (bounded context.Context, end func() (uncounted time.Duration))

// Need is what has to be read, which a sign-in asks for.
type Need int

// The needs: the directory alone, the user-consent setting, or all that Examine reads.
const (
	Directory Need = iota
	Settings
	Examination
)

// NeedOf returns what it takes to plan by these choices.
func NeedOf(choices consent.Choices) Need {
	if choices.Route == consent.UserConsent {
		return Settings
	}
	return Directory
}

// Session is a signed-in connection to one tenant. Its methods are called one after the other.
type Session struct {
	Setup
	Identity Identity // who is signed in

	budget budget
	known  *plan.Records  // see records
	usage  *consent.Usage // see besideUsage
}

// Open signs in. Before it returns, nothing is asked of the tenant itself. Errors: those of signing in, and *TimeoutError.
func Open(ctx context.Context, setup Setup, need Need) (*Session, error) {
	s := &Session{Setup: setup, budget: budget{clock: setup.Clock, limit: setup.Limit, left: setup.Limit.Time, within: setup.Within}}
	if setup.Usage {
		s.Tenant.AskForUsage()
	}
	s.ask(need)
	if err := s.signIn(ctx); err != nil {
		return nil, err
	}
	err := s.budget.spend(ctx, func(ctx context.Context) error {
		return s.Tenant.CheckTenant(ctx, s.Wanted, s.Identity.TenantID)
	})
	if err != nil {
		return nil, err
	}
	s.Tenant.KeepAccount()
	return s, nil
}

// Reach makes a session that was opened for less read what is needed, too. A person may be asked to sign in once more.
func (s *Session) Reach(ctx context.Context, need Need) error {
	s.ask(need)
	return s.signIn(ctx)
}

func (s *Session) ask(need Need) {
	switch need {
	case Settings:
		s.Tenant.AskForSettings()
	case Examination:
		s.Tenant.AskForExamination()
	case Directory:
	}
}

// signIn gets a token. The time of a person who signs in does not count; it is bounded on its own.
func (s *Session) signIn(ctx context.Context) error {
	defer s.Reporter.Busy("signing in")()
	signIn := func(ctx context.Context) (err error) {
		s.Identity, err = s.Tenant.SignIn(ctx)
		return err
	}
	if s.AsksPerson {
		return s.Limit.named(signIn(ctx))
	}
	return s.budget.spend(ctx, signIn)
}

// Require returns what the application needs by the choices, here and now.
func (s *Session) Require(app consent.Application, choices consent.Choices) consent.Requirement {
	return app.Require(s.now(choices))
}

func (s *Session) now(choices consent.Choices) consent.Choices {
	return choices.On(consent.DayOf(s.Clock.Now().UTC()), s.Cloud)
}

// Read returns the state of the tenant.
func (s *Session) Read(ctx context.Context, required consent.Requirement) (consent.State, error) {
	return spend(ctx, s, "reading the tenant", func(ctx context.Context) (consent.State, error) {
		return besideUsage(ctx, s, func(ctx context.Context) (consent.State, error) { return s.Tenant.Read(ctx, required) })
	})
}

// besideUsage asks something of the tenant, and at the same time how many people it is about, if that is to be told and is not
// known yet.
func besideUsage[T any](ctx context.Context, s *Session, ask func(context.Context) (T, error)) (T, error) {
	if !s.Usage || s.usage != nil {
		return ask(ctx)
	}
	reading, giveUp := context.WithCancel(ctx)
	defer giveUp()
	read := make(chan consent.Usage, 1)
	go func() { read <- s.Tenant.Usage(reading) }()
	answer, err := ask(ctx)
	if err != nil {
		giveUp()
	}
	if usage := <-read; err == nil {
		s.usage = &usage
	}
	return answer, err
}

// spend asks something of the tenant, within the time that is left.
func spend[T any](ctx context.Context, s *Session, what string, ask func(context.Context) (T, error)) (T, error) {
	defer s.Reporter.Busy(what)()
	var answer T
	err := s.budget.spend(ctx, func(ctx context.Context) (err error) {
		answer, err = ask(ctx)
		return s.inTenant(err)
	})
	return answer, err
}

func (s *Session) inTenant(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("tenant %s: %w", s.Identity.TenantID, err)
}

// records returns the change records of the tenant. They are read once, or once more when the tenant is locked.
func (s *Session) records() (*plan.Records, error) {
	if s.known != nil {
		return s.known, nil
	}
	records, err := s.Journal.Tenant(s.Identity.TenantID)
	if err == nil {
		s.known = records
	}
	return records, err
}

// Lock keeps other processes of this state folder from changing the tenant until release is called. Errors: those of
// plan.Journal.Lock.
func (s *Session) Lock(operation plan.Operation) (release func(), err error) {
	s.known = nil            // they are read under the lock
	host, _ := os.Hostname() // without a name, the process number has to do
	return s.Journal.Lock(s.Identity.TenantID, plan.Holder{
		PID: os.Getpid(), Host: host, Operation: operation, Since: s.Clock.Now().UTC(),
	})
}

// Limit is the time that a session may take in all. The time of a person who signs in does not count; package signin bounds that.
type Limit struct {
	Time time.Duration
	Name string // what it is called where it was set, for the error; may be empty
}

// TimeoutError means that the time is up. It is a context.DeadlineExceeded.
type TimeoutError struct {
	Limit Limit
	Err   error // what says so in other words; may be nil
}

func (e *TimeoutError) Error() string {
	short := strings.NewReplacer("h0m0s", "h", "m0s", "m") // what is zero
	text := "timed out after " + short.Replace(e.Limit.Time.String())
	if e.Limit.Name != "" {
		text += " (" + e.Limit.Name + ")"
	}
	return text
}

func (e *TimeoutError) Unwrap() error { return e.Err }

// Is makes it a context.DeadlineExceeded, of which it is the cause.
func (e *TimeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// Timeout makes it what package net calls a timeout.
func (e *TimeoutError) Timeout() bool { return true }

// named makes an error that only says that a deadline has passed one that says which.
func (l Limit) named(err error) error {
	if _, told := errors.AsType[*TimeoutError](err); told || !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &TimeoutError{Limit: l, Err: err}
}

// budget is the time that a session has left. Time spent outside of spend, such as on an answer at a prompt, does not count.
type budget struct {
	clock  plan.Clock
	limit  Limit
	left   time.Duration
	within Within // nil: all time counts
}

// spend runs f with what is left of the time. Contexts tell by their cause which time is up.
func (b *budget) spend(ctx context.Context, f func(context.Context) error) error {
	within := b.within
	if within == nil {
		within = countingAll
	}
	begin := b.clock.Now()
	ctx, end := within(ctx, b.left, &TimeoutError{Limit: b.limit})
	defer end()
	err := f(ctx)
	b.left -= b.clock.Now().Sub(begin) - end()
	return b.limit.named(err)
}

func countingAll(ctx context.Context, limit time.Duration, cause error) (bounded context.Context, end func() time.Duration) {
	bounded, cancel := context.WithTimeoutCause(ctx, limit, cause)
	return bounded, func() time.Duration {
		cancel()
		return 0
	}
}
