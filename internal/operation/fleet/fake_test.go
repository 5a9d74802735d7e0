package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/internal/operation"
	"appleconsent/internal/operation/fleet"
	"appleconsent/plan"
)

// world is many tenants in memory, and what is between them and the program.
type world struct {
	journal plan.Journal
	tenants map[string]*fakeTenant // by id
	domains map[string]string      // ids by domain
	// before happens before each call of a tenant's; nil: nothing.
	before func(ctx context.Context, tenantID, call string) error
	// opening happens before somebody signs in for a row; nil: nothing.
	opening func(fleet.Row)

	mu   sync.Mutex
	busy int // calls that are under way
	most int // of busy
	all  int // calls that were made
	// changes that are under way, and the most of them, see hidingFor
	writing, mostWriting int
}

func idOf(n int) string { return fmt.Sprintf("7e000000-0000-4000-8000-%012d", n) }

// newWorld has that many tenants with all service principals, in which nothing is granted.
func newWorld(t *testing.T, n int) *world {
	t.Helper()
	w := &world{journal: plan.NewJournal(t.TempDir()).OfMany(), tenants: make(map[string]*fakeTenant), domains: make(map[string]string)}
	app := consent.DefaultApplication()
	for i := range n {
		id := idOf(i)
		object := func(k int) consent.ObjectID {
			return consent.ObjectID(fmt.Sprintf("c%d000000-0000-4000-8000-%012d", k, i))
		}
		w.tenants[id] = &fakeTenant{world: w, id: id, state: consent.State{
			Tenant: consent.Tenant{ID: id, DisplayName: fmt.Sprintf("Tenant %d", i), Cloud: "global"},
			ServicePrincipals: []consent.ServicePrincipal{
				{ID: object(1), AppID: app.ID, DisplayName: "Apple Internet Accounts"},
				{ID: object(2), AppID: app.Resources[0].AppID, DisplayName: "Microsoft Graph"},
				{ID: object(3), AppID: app.Resources[1].AppID, DisplayName: "Office 365 Exchange Online"},
			},
		}}
	}
	return w
}

// rows are those of all tenants, by their ids.
func (w *world) rows() []fleet.Row {
	var rows []fleet.Row
	for i := range len(w.tenants) {
		rows = append(rows, fleet.Row{Line: i + 1, Tenant: idOf(i), Name: fmt.Sprintf("Row %d", i)})
	}
	return rows
}

func (w *world) enter(ctx context.Context, tenantID, call string) (leave func(), err error) {
	w.mu.Lock()
	w.all++
	w.busy++
	w.most = max(w.most, w.busy)
	w.mu.Unlock()
	leave = func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.busy--
	}
	if err := ctx.Err(); err != nil {
		return leave, err
	}
	if w.before != nil {
		return leave, w.before(ctx, tenantID, call)
	}
	return leave, nil
}

// open is fleet.Setup's.
func (w *world) open(ctx context.Context, row fleet.Row, need operation.Need) (*operation.Session, func(bool), error) {
	if w.opening != nil {
		w.opening(row)
	}
	id := row.Tenant
	if known, found := w.domains[id]; found {
		id = known
	}
	tenant := w.tenants[id]
	if tenant == nil {
		return nil, nil, errors.New("no such tenant")
	}
	s, err := operation.Open(ctx, operation.Setup{
		Tenant: tenant, Journal: w.journal, Clock: stillClock{}, Reporter: mute{}, Tool: plan.Tool{Name: "test", Version: "1"},
		Limit: operation.Limit{Time: time.Minute}, Wanted: row.Tenant,
	}, need)
	return s, func(bool) {}, err
}

// fakeTenant is a tenant in memory. What it is not asked for here, it does not have.
type fakeTenant struct {
	operation.Tenant
	world *world
	id    string

	mu     sync.Mutex
	state  consent.State
	writes int
	hides  bool // its grants
}

func (f *fakeTenant) SignIn(ctx context.Context) (operation.Identity, error) {
	leave, err := f.world.enter(ctx, f.id, "SignIn")
	defer leave()
	return operation.Identity{TenantID: f.id, Operator: "admin"}, err
}

func (f *fakeTenant) CheckTenant(_ context.Context, asked, got string) error {
	if asked != got && f.world.domains[asked] != got {
		return fmt.Errorf("asked for %s and got %s", asked, got)
	}
	return nil
}

func (f *fakeTenant) KeepAccount()                          {}
func (f *fakeTenant) StepUp([]consent.ActionKind)           {}
func (f *fakeTenant) Shortfall([]consent.ActionKind) string { return "" }

func (f *fakeTenant) Read(ctx context.Context, _ consent.Requirement) (consent.State, error) {
	leave, err := f.world.enter(ctx, f.id, "Read")
	defer leave()
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.state
	if f.hides {
		s.Grants = nil
	}
	s.Grants, s.ServicePrincipals = slices.Clone(s.Grants), slices.Clone(s.ServicePrincipals)
	return s, err
}

func (f *fakeTenant) Reread(ctx context.Context, required consent.Requirement, _ consent.Look) (consent.State, error) {
	return f.Read(ctx, required)
}

func (f *fakeTenant) Grant(_ context.Context, id consent.GrantID) (consent.PermissionGrant, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.state.Grants, func(g consent.PermissionGrant) bool { return g.ID == id })
	if i < 0 || f.hides {
		return consent.PermissionGrant{}, false, nil
	}
	return f.state.Grants[i], true, nil
}

func (f *fakeTenant) CreateGrant(ctx context.Context, g consent.PermissionGrant) (consent.PermissionGrant, error) {
	leave, err := f.world.enter(ctx, f.id, "CreateGrant")
	defer leave()
	if err != nil {
		return g, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.writes++
	g.ID = consent.GrantID("grant-" + string(g.ResourceID))
	f.state.Grants = append(f.state.Grants, g)
	return g, nil
}

func (f *fakeTenant) DeleteGrant(ctx context.Context, id consent.GrantID) error {
	leave, err := f.world.enter(ctx, f.id, "DeleteGrant")
	defer leave()
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.writes++
	f.state.Grants = slices.DeleteFunc(f.state.Grants, func(g consent.PermissionGrant) bool { return g.ID == id })
	return nil
}

// grants are how many stand in all tenants.
func (w *world) grants() int {
	n := 0
	for _, tenant := range w.tenants {
		n += len(tenant.state.Grants)
	}
	return n
}

// stillClock does not move.
type stillClock struct{}

func (stillClock) Now() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

func (stillClock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// mute is a Reporter that nobody listens to.
type mute struct{}

func (mute) Started(plan.RecordedAction)   {}
func (mute) Finished(plan.RecordedAction)  {}
func (mute) Waiting(string, time.Duration) {}
func (mute) Begins(plan.Document)          {}
func (mute) ListsLag()                     {}
func (mute) Verified()                     {}
func (mute) Busy(string) (done func())     { return func() {} }
func (mute) Note(string)                   {}
func (mute) Warning(string)                {}

// judge is what a command line would say of errors.
func judge(err error) fleet.Judgement {
	var stale *plan.StaleError
	var told *codedError
	switch {
	case errors.As(err, new(*plan.NotVisibleError)):
		return fleet.Judgement{Code: "notVisible", Exit: 4}
	case errors.Is(err, context.Canceled):
		return fleet.Judgement{Code: "interrupted", Exit: 130}
	case errors.As(err, &stale):
		return fleet.Judgement{Code: "stalePlan", Exit: 5}
	case errors.As(err, &told):
		return fleet.Judgement{Code: told.code, Exit: max(told.exit, 1), Common: told.common}
	}
	return fleet.Judgement{Code: "failed", Exit: 1}
}

// codedError is an error with what judge says of it.
type codedError struct {
	code   string
	exit   int
	common bool
}

func (e *codedError) Error() string { return e.code }

// heard is a run with what was heard of it.
type heard struct {
	fleet.Ended
	results []fleet.Result
	shown   []fleet.Result
	asked   int // about so many tenants; 0: nothing was asked
}

func (h *heard) setup(w *world, parallel int) fleet.Setup {
	return fleet.Setup{
		Parallel: parallel, Await: func(context.Context) error { return nil }, Open: w.open, Judge: judge, Count: func(fleet.Counts) {},
		Emit: func(r fleet.Result) error {
			h.results = append(h.results, r)
			return nil
		},
	}
}

// look looks at all rows.
func (w *world) look(ctx context.Context, rows []fleet.Row, parallel int) *heard {
	h := new(heard)
	h.Ended = h.setup(w, parallel).Look(ctx, rows, func(ctx context.Context, s *operation.Session, _ fleet.Row) (fleet.Finding, error) {
		doc, err := s.Look(ctx, plan.KindPlan, required())
		return fleet.Looked(doc, true), err
	})
	return h
}

// apply grants everywhere what is missing. The change may be adapted before.
func (w *world) apply(ctx context.Context, rows []fleet.Row, adapt func(*fleet.Changing)) *heard {
	h := new(heard)
	c := fleet.Changing{
		Terms: operation.Terms{Run: runID},
		Found: func(r fleet.Result) { h.shown = append(h.shown, r) },
		Show:  func() {},
		Confirm: func(_ context.Context, due int) (bool, error) {
			h.asked = due
			return true, nil
		},
		Do: func(ctx context.Context, s *operation.Session, _ fleet.Row, planned *plan.Document, t operation.Terms) (operation.Result, error) {
			return s.Apply(ctx, required(), planned, t)
		},
	}
	if adapt != nil {
		adapt(&c)
	}
	h.Ended = h.setup(w, 4).Change(ctx, rows, c)
	return h
}

const runID = "20261124T115959Z-aaaaaa"

func required() consent.Requirement { return consent.DefaultApplication().Require(consent.Choices{}) }

// stateOf is the state of each row, in the order in which results came.
func (h *heard) statesInOrder() []fleet.State {
	states := make([]fleet.State, len(h.results))
	for i, r := range h.results {
		states[i] = r.State
	}
	return states
}

// check wants exactly one result for each row, in their order, and counts that agree.
func (h *heard) check(t *testing.T, rows []fleet.Row) {
	t.Helper()
	if len(h.results) != len(rows) || h.Rows != len(rows) {
		t.Fatalf("%d results and %d counted for %d rows", len(h.results), h.Rows, len(rows))
	}
	counts := make(map[fleet.State]int)
	for i, r := range h.results {
		if r.Row.Line != rows[i].Line || r.State == "" {
			t.Errorf("result %d is %s of line %d, want line %d", i, r.State, r.Row.Line, rows[i].Line)
		}
		counts[r.State]++
	}
	if fmt.Sprint(counts) != fmt.Sprint(h.States) {
		t.Errorf("counted %v, and there are %v", h.States, counts)
	}
}
