package operation_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
	"appleconsent/internal/operation"
	"appleconsent/plan"
)

// Object ids of the tenants in these tests.
const (
	clientID   = consent.ObjectID("c1000000-0000-4000-8000-000000000001")
	graphID    = consent.ObjectID("c1000000-0000-4000-8000-000000000002")
	exchangeID = consent.ObjectID("c1000000-0000-4000-8000-000000000003")
)

// fakeTenant is a tenant in memory. What it is not asked for here, it does not have.
type fakeTenant struct {
	operation.Tenant
	state  consent.State
	writes int
	lacks  string
	binned []doctor.DeletedServicePrincipal
	before func(ctx context.Context, call string) error // happens before each call; nil: nothing
	counts atomic.Int32                                 // calls of Usage
	stuck  bool                                         // Usage ends with its context only
}

// newTenant returns a tenant with the client and both resources, in which nothing is granted.
func newTenant(number int) *fakeTenant {
	app := consent.DefaultApplication()
	return &fakeTenant{state: consent.State{
		Tenant: consent.Tenant{ID: fmt.Sprintf("7e000000-0000-4000-8000-%012d", number), DisplayName: "Contoso", Cloud: "global"},
		ServicePrincipals: []consent.ServicePrincipal{
			{ID: clientID, AppID: app.ID, DisplayName: "Apple Internet Accounts"},
			{ID: graphID, AppID: app.Resources[0].AppID, DisplayName: "Microsoft Graph"},
			{ID: exchangeID, AppID: app.Resources[1].AppID, DisplayName: "Office 365 Exchange Online"},
		},
	}}
}

func (f *fakeTenant) enter(ctx context.Context, call string) error {
	if f.before != nil {
		return f.before(ctx, call)
	}
	return nil
}

func (f *fakeTenant) SignIn(ctx context.Context) (operation.Identity, error) {
	return operation.Identity{TenantID: f.state.Tenant.ID, Operator: "admin@contoso.com"}, f.enter(ctx, "SignIn")
}

func (f *fakeTenant) CheckTenant(_ context.Context, asked, got string) error {
	if asked != "" && asked != got {
		return errors.New("another tenant")
	}
	return nil
}

func (f *fakeTenant) KeepAccount()                          {}
func (f *fakeTenant) AskForSettings()                       {}
func (f *fakeTenant) AskForExamination()                    {}
func (f *fakeTenant) StepUp([]consent.ActionKind)           {}
func (f *fakeTenant) Shortfall([]consent.ActionKind) string { return f.lacks }

func (f *fakeTenant) AskForUsage() {}

func (f *fakeTenant) Usage(ctx context.Context) consent.Usage {
	f.counts.Add(1)
	if f.stuck {
		<-ctx.Done()
	}
	return consent.Usage{MailOnMacs: new(41)}
}

func (f *fakeTenant) Examine(context.Context, consent.Requirement, time.Time) (doctor.Facts, error) {
	return doctor.Facts{}, nil
}

func (f *fakeTenant) Deleted(ctx context.Context, _ consent.AppID) ([]doctor.DeletedServicePrincipal, error) {
	return f.binned, f.enter(ctx, "Deleted")
}

func (f *fakeTenant) Read(ctx context.Context, _ consent.Requirement) (consent.State, error) {
	err := f.enter(ctx, "Read")
	s := f.state
	s.Grants, s.ServicePrincipals = slices.Clone(s.Grants), slices.Clone(s.ServicePrincipals)
	return s, err
}

func (f *fakeTenant) Reread(ctx context.Context, required consent.Requirement, _ consent.Look) (consent.State, error) {
	return f.Read(ctx, required)
}

func (f *fakeTenant) ServicePrincipal(_ context.Context, app consent.AppID) (consent.ServicePrincipal, bool, error) {
	i := slices.IndexFunc(f.state.ServicePrincipals, func(sp consent.ServicePrincipal) bool { return sp.AppID == app })
	return f.state.ServicePrincipals[max(i, 0)], i >= 0, nil
}

func (f *fakeTenant) Grant(_ context.Context, id consent.GrantID) (consent.PermissionGrant, bool, error) {
	for _, g := range f.state.Grants {
		if g.ID == id {
			return g, true, nil
		}
	}
	return consent.PermissionGrant{}, false, nil
}

func (f *fakeTenant) CreateGrant(ctx context.Context, g consent.PermissionGrant) (consent.PermissionGrant, error) {
	if err := f.enter(ctx, "CreateGrant"); err != nil {
		return g, err
	}
	f.writes++
	g.ID = consent.GrantID("grant-" + string(g.ResourceID[len(g.ResourceID)-1:]))
	f.state.Grants = append(f.state.Grants, g)
	return g, nil
}

func (f *fakeTenant) DeleteGrant(ctx context.Context, id consent.GrantID) error {
	if err := f.enter(ctx, "DeleteGrant"); err != nil {
		return err
	}
	f.writes++
	f.state.Grants = slices.DeleteFunc(f.state.Grants, func(g consent.PermissionGrant) bool { return g.ID == id })
	return nil
}

// script is a Reporter that writes down what it hears.
type script struct {
	mu    sync.Mutex
	lines []string
}

func (s *script) add(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

func (s *script) Started(a plan.RecordedAction)  { s.add("started %s", a.ID) }
func (s *script) Finished(a plan.RecordedAction) { s.add("finished %s: %s", a.ID, a.Status) }
func (s *script) Note(text string)               { s.add("note: %s", text) }
func (s *script) Warning(text string)            { s.add("warning: %s", text) }

func (s *script) Begins(plan.Document)                 {}
func (s *script) ListsLag()                            { s.add("lists lag") }
func (s *script) Verified()                            { s.add("verified") }
func (s *script) Waiting(what string, d time.Duration) { s.add("waiting %s for %s", d, what) }

func (s *script) Busy(what string) func() {
	s.add("busy: %s", what)
	return func() { s.add("free: %s", what) }
}

func (s *script) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.lines, "\n")
}

// fakeClock moves when somebody sleeps.
type fakeClock struct{ now time.Time }

func (c *fakeClock) Now() time.Time { return c.now }

func (c *fakeClock) Sleep(ctx context.Context, d time.Duration) error {
	c.now = c.now.Add(d)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// stage is a session with all that it works on.
type stage struct {
	*operation.Session
	tenant *fakeTenant
	said   *script
	clock  *fakeClock
}

// open returns a signed-in session with a tenant; journals of several sessions may be one.
func open(t *testing.T, tenant *fakeTenant, journal plan.Journal) *stage {
	t.Helper()
	s := &stage{tenant: tenant, said: &script{}, clock: &fakeClock{time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}}
	var err error
	s.Session, err = operation.Open(t.Context(), operation.Setup{
		Tenant: tenant, Journal: journal, Clock: s.clock, Reporter: s.said, Tool: plan.Tool{Name: "test", Version: "1"},
		Limit: operation.Limit{Time: time.Minute, Name: "--timeout"}, Wanted: tenant.state.Tenant.ID,
	}, operation.Directory)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newStage(t *testing.T) *stage {
	t.Helper()
	return open(t, newTenant(1), plan.NewJournal(t.TempDir()))
}

// required is what the default application needs.
func required() consent.Requirement { return consent.DefaultApplication().Require(consent.Choices{}) }

// apply grants everything and returns the change.
func (s *stage) apply(t *testing.T) plan.Change {
	t.Helper()
	result, err := s.Apply(t.Context(), required(), nil, operation.Terms{})
	if err != nil || result.Change == nil {
		t.Fatalf("got %v, %v", result.Change, err)
	}
	return *result.Change
}
