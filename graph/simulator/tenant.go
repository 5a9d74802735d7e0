package simulator

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/entra"
	"appleconsent/graph/simulator/identity"
	"appleconsent/internal/disk"

	"github.com/gofrs/flock"
)

// Tenant is one simulated tenant: what Graph answers from, how people and apps sign in,
// and where it is kept. It shares nothing that changes with other tenants.
type Tenant struct {
	Graph  *directory.Graph
	SignIn *entra.SignIn

	scenario Scenario
	store    *store // nil: memory only
	requests int    // how many request ids were given out
}

// newTenant builds the tenant of a scenario, or takes up the one that is kept.
func newTenant(o Options) (*Tenant, error) {
	scenario, err := o.scenario()
	if err != nil {
		return nil, err
	}
	if o.PerUserGrants != 0 {
		scenario.Seed.PerUserGrants = o.PerUserGrants
	}
	if o.PerUserGrants < 0 || o.PerUserGrants > 0 && scenario.Seed.Client == "" {
		return nil, fmt.Errorf("scenario %q cannot have %d per-user grants", scenario.Name, o.PerUserGrants)
	}
	t := &Tenant{scenario: scenario}
	t.Graph = directory.New(scenario.plant(o.Now()), scenario.Behaviour, o.Now, t.nextRequestID)
	t.SignIn = entra.New(entra.Tenant{ID: scenario.TenantID(), Domain: scenario.domain(), Sessions: o.sessions}, t.Graph, o.Now, t.nextRequestID)
	if o.File == "" {
		return t, nil
	}
	if t.store, err = newStore(o.File, o.Now); err != nil {
		return nil, err
	}
	return t, t.look(func() {})
}

// scenario is the one that the tenant begins with.
func (o Options) scenario() (Scenario, error) {
	if o.own != nil {
		return *o.own, nil
	}
	return findScenario(o.Scenario)
}

// look brings the directory up to date and runs f, which changes nothing of it.
func (t *Tenant) look(f func()) error {
	if t.store != nil {
		if err := t.store.load(&t.Graph.Directory, t.scenario); err != nil {
			return err
		}
	}
	f()
	return nil
}

// update brings the directory up to date, runs f while no other process uses it, and keeps it if f changed it.
func (t *Tenant) update(f func() (changed bool)) error {
	if t.store == nil {
		f()
		return nil
	}
	return t.store.update(&t.Graph.Directory, t.scenario, f)
}

// nextRequestID numbers requests with GUIDs.
func (t *Tenant) nextRequestID() string {
	t.requests++
	return identity.ObjectID("request", cmp.Or(t.scenario.id, t.scenario.Name), fmt.Sprint(t.requests))
}

// store keeps a directory in a file that several processes share.
type store struct {
	file string
	lock *flock.Flock
	now  func() time.Time
	seen os.FileInfo // the file as it was read or written last; nil: not yet
}

func newStore(file string, now func() time.Time) (*store, error) {
	if err := disk.MakeFolder(filepath.Dir(file)); err != nil {
		return nil, fmt.Errorf("keep simulated directory %s: %w", disk.Quote(file), disk.Pathless(err))
	}
	return &store{file: file, lock: newLock(file), now: now}, nil
}

func newLock(file string) *flock.Flock {
	return flock.New(file+".lock", flock.SetPermissions(0o600))
}

// update brings d up to date, runs f, and saves d if f changed it, all of it under the file's lock.
func (s *store) update(d *directory.Directory, scenario Scenario, f func() (changed bool)) (err error) {
	if err := disk.Insist(s.lock.Lock); err != nil {
		return fmt.Errorf("lock simulated directory %s: %w", disk.Quote(s.file), disk.Pathless(err))
	}
	defer func() { err = errors.Join(err, s.lock.Unlock()) }()
	if err := s.load(d, scenario); err != nil {
		return err
	}
	if !f() {
		return nil
	}
	return s.save(d)
}

// load reads the file into d if another process wrote it since. A file that was
// there and is gone was reset: the scenario begins anew.
func (s *store) load(d *directory.Directory, scenario Scenario) error {
	info, err := os.Stat(s.file)
	if errors.Is(err, fs.ErrNotExist) {
		if s.seen != nil {
			*d, s.seen = scenario.plant(s.now()), nil
		}
		return nil
	}
	if err == nil && s.isSeen(info) {
		return nil
	}
	var text []byte
	if err == nil {
		text, err = disk.ReadRegular(s.file, math.MaxInt64, os.Stat)
	}
	if err != nil {
		return fmt.Errorf("read simulated directory %s: %w", disk.Quote(s.file), disk.Pathless(err))
	}
	kept, err := parseDirectory(text, scenario, s.now())
	if err != nil {
		return fmt.Errorf("simulated directory %s is unusable (start over with `appleconsent simulate --reset`): %w", disk.Quote(s.file), err)
	}
	*d, s.seen = kept, info
	return nil
}

func (s *store) isSeen(info os.FileInfo) bool {
	return s.seen != nil && os.SameFile(s.seen, info) &&
		s.seen.ModTime().Equal(info.ModTime()) && s.seen.Size() == info.Size()
}

func parseDirectory(text []byte, scenario Scenario, now time.Time) (directory.Directory, error) {
	var d directory.Directory
	if err := json.Unmarshal(text, &d); err != nil {
		return directory.Directory{}, err
	}
	if d.Scenario != scenario.Name || d.TenantID != scenario.TenantID() {
		return directory.Directory{}, fmt.Errorf("it holds scenario %q, not %q", d.Scenario, scenario.Name)
	}
	d.Restore()
	if d.AuthorizationPolicy.ID == "" {
		d.Furnish(scenario.Seed, now) // an older version, which knew no policies, kept it
	}
	return d, nil
}

// save writes d. After a failure nothing counts as seen, so that the next request goes on from what the file holds.
func (s *store) save(d *directory.Directory) error {
	s.seen = nil
	text, err := json.MarshalIndent(d.Kept(), "", " ")
	if err == nil {
		err = disk.ReplaceAlone(s.file, text, func() {})
	}
	if err == nil {
		s.seen, err = os.Stat(s.file)
	}
	if err != nil {
		return fmt.Errorf("keep simulated directory %s: %w", disk.Quote(s.file), disk.Pathless(err))
	}
	return nil
}

// Reset forgets the directory that is kept in a file; servers that are using it
// begin anew with their next request. A file that does not exist is fine.
func Reset(file string) (err error) {
	if _, err := os.Stat(filepath.Dir(file)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	lock := newLock(file)
	if err := disk.Insist(lock.Lock); err != nil {
		return fmt.Errorf("reset simulated directory %s: %w", disk.Quote(file), disk.Pathless(err))
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	if err := disk.RemoveAlone(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reset simulated directory %s: %w", disk.Quote(file), disk.Pathless(err))
	}
	return nil
}
