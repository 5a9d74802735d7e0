package plan_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/plan"
)

// Object ids of the tenant in these tests.
const (
	tenantID   = "7e000000-0000-4000-8000-000000000000"
	clientID   = consent.ObjectID("c1000000-0000-4000-8000-000000000001")
	graphID    = consent.ObjectID("c1000000-0000-4000-8000-000000000002")
	exchangeID = consent.ObjectID("c1000000-0000-4000-8000-000000000003")
)

// failure is an error as package graph would return it.
type failure struct {
	unanswered, exists, conflicts, absent bool
	retryAfter, again                     time.Duration
	times                                 int
}

func (f failure) Error() string {
	return fmt.Sprintf("failure%+v", struct{ u, e, c, a bool }{f.unanswered, f.exists, f.conflicts, f.absent})
}
func (f failure) Unanswered() bool            { return f.unanswered }
func (f failure) Exists() bool                { return f.exists }
func (f failure) Conflicts() bool             { return f.conflicts }
func (f failure) Again() (time.Duration, int) { return f.again, f.times }
func (f failure) Absent() bool                { return f.absent }
func (f failure) RetryAfter() time.Duration   { return f.retryAfter }

var errDenied = errors.New("denied")

// fault happens instead of, or beside, one call of the tenant.
type fault struct {
	call     string            // method name; "" is any
	skip     int               // how many calls of that name go well first
	executed bool              // the write is carried out all the same
	err      error             // what the caller gets; nil lets the call go its way
	meddle   func(*fakeTenant) // another admin's change, made before the call
}

// fakeTenant is a tenant in memory that does what it is told, unless a fault says otherwise.
type fakeTenant struct {
	state    consent.State
	left     consent.Leftovers
	faults   []*fault
	calls    []string
	hidden   int // tries for which the service principal of the client stays invisible to CreateGrant
	missed   int // reads by id that do not find a grant which stands
	unlisted int // reads that do not show the grants which stand, as Graph's list has been seen to do
	next     int // number of the next service principal

	holder consent.NameHolder // of the client's name

	mu sync.Mutex // guards calls, faults and what Grant counts: what is known by its id is asked for side by side

	discards bool // what is set in the authorization policy is answered with success and discarded
}

// newTenant returns a tenant with both resources, and with a client if grants are given.
func newTenant(grants ...consent.PermissionGrant) *fakeTenant {
	f := &fakeTenant{state: consent.State{
		Tenant: consent.Tenant{ID: tenantID, DisplayName: "Contoso", Cloud: "global"},
		ServicePrincipals: []consent.ServicePrincipal{
			{ID: graphID, AppID: consent.MicrosoftGraph, DisplayName: "Microsoft Graph"},
			{ID: exchangeID, AppID: consent.ExchangeOnline, DisplayName: "Office 365 Exchange Online"},
		},
	}}
	if len(grants) > 0 {
		f.addClient(clientID)
		f.state.Grants = grants
	}
	return f
}

func (f *fakeTenant) addClient(id consent.ObjectID) {
	f.state.ServicePrincipals = append(f.state.ServicePrincipals,
		consent.ServicePrincipal{ID: id, AppID: consent.AppleInternetAccounts, DisplayName: "Apple Internet Accounts"})
}

// grant returns a tenant-wide grant of the client.
func grant(resource consent.ObjectID, scope string) consent.PermissionGrant {
	return consent.PermissionGrant{
		ID: grantID(clientID, resource), ClientID: clientID, ResourceID: resource,
		ConsentType: consent.AllPrincipals, Scopes: consent.ParseScopes(scope),
	}
}

func grantID(client, resource consent.ObjectID) consent.GrantID {
	return consent.GrantID(client[len(client)-1:] + "-" + resource[len(resource)-1:])
}

// enter counts a call and finds its fault.
func (f *fakeTenant) enter(call string) *fault {
	fault := f.faultOf(call)
	if fault != nil && fault.meddle != nil {
		fault.meddle(f)
	}
	return fault
}

func (f *fakeTenant) faultOf(call string) *fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, call)
	for i, fault := range f.faults {
		if fault.call != call {
			continue
		}
		if fault.skip > 0 {
			fault.skip--
			continue
		}
		f.faults = slices.Delete(f.faults, i, i+1)
		return fault
	}
	return nil
}

// write runs a write and its fault.
func (f *fakeTenant) write(call string, do func() error) error {
	fault := f.enter(call)
	if fault == nil || fault.err == nil {
		return do()
	}
	if fault.executed {
		_ = do()
	}
	return fault.err
}

func (f *fakeTenant) Read(ctx context.Context, _ consent.Requirement) (consent.State, error) {
	if fault := f.enter("Read"); fault != nil && fault.err != nil {
		return consent.State{}, fault.err
	}
	s := f.state
	s.Grants, s.ServicePrincipals = slices.Clone(s.Grants), slices.Clone(s.ServicePrincipals)
	s.Classifications = slices.Clone(s.Classifications)
	if f.unlisted > 0 {
		f.unlisted--
		s.Grants = nil
	}
	return s, ctx.Err()
}

func (f *fakeTenant) Reread(ctx context.Context, required consent.Requirement, _ consent.Look) (consent.State, error) {
	return f.Read(ctx, required)
}

func (f *fakeTenant) NameHolder(context.Context, consent.AppID) (consent.NameHolder, error) {
	f.enter("NameHolder")
	return f.holder, nil
}

func (f *fakeTenant) ServicePrincipalByID(_ context.Context, id consent.ObjectID) (consent.ServicePrincipal, bool, error) {
	if fault := f.enter("ServicePrincipalByID"); fault != nil && fault.err != nil {
		return consent.ServicePrincipal{}, false, fault.err
	}
	i := slices.IndexFunc(f.state.ServicePrincipals, func(sp consent.ServicePrincipal) bool { return sp.ID == id })
	if i < 0 {
		return consent.ServicePrincipal{}, false, nil
	}
	return f.state.ServicePrincipals[i], true, nil
}

func (f *fakeTenant) find(id consent.GrantID) int {
	return slices.IndexFunc(f.state.Grants, func(g consent.PermissionGrant) bool { return g.ID == id })
}

func (f *fakeTenant) Grant(_ context.Context, id consent.GrantID) (consent.PermissionGrant, bool, error) {
	if fault := f.enter("Grant"); fault != nil && fault.err != nil {
		return consent.PermissionGrant{}, false, fault.err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.state.Grants, func(g consent.PermissionGrant) bool {
		return g.ID == id || consent.TenantWideGrantID(g.ClientID, g.ResourceID) == id
	})
	if f.missed > 0 || i < 0 {
		f.missed--
		return consent.PermissionGrant{}, false, nil
	}
	return f.state.Grants[i], true, nil
}

func (f *fakeTenant) Leftovers(_ context.Context, client consent.ObjectID, except []consent.Action) (consent.Leftovers, error) {
	if fault := f.enter("Leftovers"); fault != nil && fault.err != nil {
		return consent.Leftovers{}, fault.err
	}
	left := f.left
	for _, g := range f.state.Grants {
		excepted := slices.ContainsFunc(except, func(e consent.Action) bool {
			return e.Kind.Verb == consent.Delete && e.Target == string(g.ID) && e.Before.HasAll(g.Scopes)
		})
		left.TenantWideGrants = left.TenantWideGrants || g.ClientID == client && !excepted
		if g.ClientID == client && excepted {
			left.Excepted = append(left.Excepted, string(g.ID))
		}
	}
	return left, nil
}

func (f *fakeTenant) CreateServicePrincipal(_ context.Context, app consent.AppID) (sp consent.ServicePrincipal, err error) {
	err = f.write("CreateServicePrincipal", func() error {
		if _, found := f.state.ServicePrincipal(app); found {
			return failure{exists: true}
		}
		f.addClient(consent.ObjectID(strings.Replace(string(clientID), "c1000000", fmt.Sprintf("c1%06d", f.next), 1)))
		f.next++
		sp, _ = f.state.ServicePrincipal(app)
		return nil
	})
	return sp, err
}

func (f *fakeTenant) DeleteServicePrincipal(_ context.Context, id consent.ObjectID) error {
	return f.write("DeleteServicePrincipal", func() error {
		f.state.ServicePrincipals = slices.DeleteFunc(f.state.ServicePrincipals, func(sp consent.ServicePrincipal) bool { return sp.ID == id })
		f.state.Grants = slices.DeleteFunc(f.state.Grants, func(g consent.PermissionGrant) bool { return g.ClientID == id })
		return nil
	})
}

func (f *fakeTenant) CreateGrant(_ context.Context, g consent.PermissionGrant) (consent.PermissionGrant, error) {
	g.ID = grantID(g.ClientID, g.ResourceID)
	err := f.write("CreateGrant", func() error {
		_, found := f.state.ServicePrincipal(consent.AppleInternetAccounts)
		switch {
		case f.hidden > 0 || !found:
			f.hidden--
			return failure{absent: true}
		case f.find(g.ID) >= 0:
			return failure{exists: true}
		}
		f.state.Grants = append(f.state.Grants, g)
		return nil
	})
	return g, err
}

func (f *fakeTenant) UpdateGrant(_ context.Context, id consent.GrantID, scopes consent.ScopeSet) error {
	return f.write("UpdateGrant", func() error {
		i := f.find(id)
		if i < 0 {
			return failure{absent: true}
		}
		f.state.Grants[i].Scopes = scopes
		return nil
	})
}

func (f *fakeTenant) DeleteGrant(_ context.Context, id consent.GrantID) error {
	return f.write("DeleteGrant", func() error {
		i := f.find(id)
		if i < 0 {
			return failure{absent: true}
		}
		f.state.Grants = slices.Delete(f.state.Grants, i, i+1)
		return nil
	})
}

// writes returns the calls that change something, in order.
func (f *fakeTenant) writes() []string {
	var writes []string
	for _, c := range f.calls {
		if c != "Read" && c != "Grant" && c != "Leftovers" && c != "Classifications" && c != "ConsentPolicies" && c != "ServicePrincipal" && c != "ServicePrincipalByID" && c != "NameHolder" {
			writes = append(writes, c)
		}
	}
	return writes
}

// scopes returns what the tenant-wide grant on a resource holds; "none" if there is no such grant.
func (f *fakeTenant) scopes(resource consent.ObjectID) string {
	for _, g := range f.state.Grants {
		if g.ResourceID == resource {
			return g.Scopes.String()
		}
	}
	return "none"
}

// fakeClock runs as fast as it is asked to, for as long as its limit says.
type fakeClock struct {
	now   time.Time
	slept time.Duration
	limit time.Duration // 0 is for ever
}

func (c *fakeClock) Now() time.Time { return c.now }

func (c *fakeClock) Sleep(ctx context.Context, d time.Duration) error {
	c.now, c.slept = c.now.Add(d), c.slept+d
	if c.limit > 0 && c.slept > c.limit {
		return context.DeadlineExceeded
	}
	return ctx.Err()
}

// silence is a Progress that nobody listens to, but for lists that lag.
type silence struct{ lagging *int }

func (silence) Started(plan.RecordedAction)   {}
func (silence) Finished(plan.RecordedAction)  {}
func (silence) Waiting(string, time.Duration) {}
func (s silence) ListsLag()                   { *s.lagging++ }

// rig is an engine on a fake tenant, with a journal in a folder of its own.
type rig struct {
	t       *testing.T
	tenant  *fakeTenant
	clock   *fakeClock
	journal plan.Journal
	dir     string
	changes int
	lagging int // how often lists lagged behind what was verified

	required consent.Requirement
}

func newRig(t *testing.T, tenant *fakeTenant, faults ...*fault) *rig {
	t.Helper()
	tenant.faults = faults
	dir := t.TempDir()
	return &rig{t, tenant, &fakeClock{now: time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)}, plan.NewJournal(dir), dir, 0, 0, allDevices}
}

var allDevices = consent.AppleMail().Require(consent.Choices{})

var testTool = plan.Tool{Name: "appleconsent", Version: "test"}

func (r *rig) engine() plan.Engine {
	return plan.Engine{Tenant: r.tenant, Journal: r.journal, Clock: r.clock, Required: r.required, Progress: silence{&r.lagging}}
}

// planApply returns the plan of an apply, from what stands and without a call.
func (r *rig) planApply() plan.Document {
	return plan.New(plan.KindPlan, testTool, r.clock.Now(), r.required, r.tenant.state)
}

// planWithout is planApply by lists that leave out the grants on a resource.
func (r *rig) planWithout(resource consent.ObjectID) plan.Document {
	state := r.tenant.state
	state.Grants = slices.DeleteFunc(slices.Clone(state.Grants), func(g consent.PermissionGrant) bool { return g.ResourceID == resource })
	return plan.New(plan.KindPlan, testTool, r.clock.Now(), r.required, state)
}

func (r *rig) begin(doc plan.Document, operation plan.Operation) plan.Change {
	r.changes++
	return plan.Begin(doc, plan.Beginning{
		ID: plan.NewChangeID(r.clock.Now(), [3]byte{0, 0, byte(r.changes)}), Operation: operation, Operator: "admin@contoso.example", At: r.clock.Now(),
	})
}

// apply plans and carries out.
func (r *rig) apply(ctx context.Context) (plan.Change, error) {
	return r.engine().Run(ctx, r.begin(r.planApply(), plan.OperationApply))
}

// mustApply is an apply that must succeed.
func (r *rig) mustApply() plan.Change {
	r.t.Helper()
	c, err := r.apply(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// rollback plans how the change is taken back and does it.
func (r *rig) rollback(c plan.Change) (plan.Change, error) {
	r.t.Helper()
	undo, err := plan.NewUndo(c, r.earlier(c), r.tenant.state, r.required.Choices)
	if err != nil {
		r.t.Fatal(err)
	}
	left, err := r.tenant.Leftovers(r.t.Context(), undo.Client, undo.Actions())
	if err != nil {
		r.t.Fatal(err)
	}
	if undo.Client != "" && !left.None() {
		undo.KeepServicePrincipal(left)
	}
	doc := undo.Plan(testTool, r.clock.Now(), r.tenant.state)
	engine := r.engine()
	engine.KeepOpen = undo.Unsettled(r.clock.Now())
	change, err := engine.Run(r.t.Context(), r.begin(doc, plan.OperationRollback))
	if err == nil {
		err = engine.Verify(r.t.Context(), change)
	}
	return change, err
}

func (r *rig) earlier(c plan.Change) []plan.Change {
	r.t.Helper()
	return r.records().Rollbacks(c.ID)
}

// records reads the records of the tenant anew.
func (r *rig) records() *plan.Records {
	r.t.Helper()
	records, err := r.journal.Tenant(tenantID)
	if err != nil {
		r.t.Fatal(err)
	}
	return records
}

// recorded returns the record as it is on disk.
func (r *rig) recorded(id string) plan.Change {
	r.t.Helper()
	c, err := r.journal.Load(id)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// statuses returns how far the actions of a change have come.
func statuses(c plan.Change) []plan.Status {
	var list []plan.Status
	for _, a := range c.Actions {
		list = append(list, a.Status)
	}
	return list
}
