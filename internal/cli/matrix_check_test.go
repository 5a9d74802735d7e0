package cli_test

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appleconsent/graph/simulator"
	"appleconsent/plan"
)

// picture is what matters of a directory, without ids that change when something is created again: each service principal
// and each grant by name, and what it holds.
type picture map[string]string

const appleSP = "sp " + appleMail

func pictureOf(d simulator.Directory) picture {
	p := picture{}
	apps := map[string]string{}
	for _, sp := range d.ServicePrincipals {
		apps[sp.ID] = sp.AppID
		p["sp "+sp.AppID] = fmt.Sprintf("enabled %v", sp.AccountEnabled == nil || *sp.AccountEnabled)
	}
	for _, g := range d.PermissionGrants {
		user := ""
		if g.PrincipalID != nil {
			user = " for " + *g.PrincipalID
		}
		p["grant "+apps[g.ClientID]+" on "+apps[g.ResourceID]+user] = g.Scope
	}
	return p
}

// required is what the program may grant: the scopes by the grant that holds them.
var required = map[string][]string{
	"grant " + appleMail + " on " + msGraph:  {"User.Read"},
	"grant " + appleMail + " on " + exchange: {"EAS.AccessAsUser.All", "EWS.AccessAsUser.All"},
}

// watch looks at every write to a tenant, as it happens.
type watch struct {
	t  *testing.T
	mu sync.Mutex
	// command is what is running, apply or rollback.
	command string
	// before is the tenant as it must be in the end: as it was, with what others did meanwhile.
	before  simulator.Directory
	touched map[string]bool // what was written since forget, by name
}

func newWatch(t *testing.T, before simulator.Directory) *watch {
	return &watch{t: t, before: before, touched: map[string]bool{}}
}

func (w *watch) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.touched = map[string]bool{}
}

// wrote checks one write: an apply loses nothing and adds what is required and nothing else; a rollback loses what is
// required and did not stand before, and adds nothing. Nothing else is touched at all.
func (w *watch) wrote(before, after simulator.Directory) {
	w.mu.Lock()
	defer w.mu.Unlock()
	old, now, home := pictureOf(before), pictureOf(after), pictureOf(w.before)
	for name := range union(old, now) {
		if old[name] == now[name] {
			continue
		}
		w.touched[name] = true
		had, has := strings.Fields(old[name]), strings.Fields(now[name])
		switch {
		case name == appleSP && w.command == "apply" && old[name] == "":
		case name == appleSP && w.command == "rollback" && now[name] == "" && home[name] == "":
			w.nothingLost(old)
		case w.command == "apply" && len(without(had, has)) == 0 && len(without(without(has, had), required[name])) == 0:
		case w.command == "rollback" && len(without(has, had)) == 0 &&
			len(without(without(had, has), without(required[name], strings.Fields(home[name])))) == 0:
		default:
			w.t.Errorf("%s changed %s from %q to %q", w.command, name, old[name], now[name])
		}
	}
}

// nothingLost wants no grant to be left on a client that is deleted.
func (w *watch) nothingLost(old picture) {
	for name := range old {
		if strings.HasPrefix(name, "grant "+appleMail) {
			w.t.Errorf("with the service principal went %s: %s", name, old[name])
		}
	}
}

func without(list, gone []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(gone, s) })
}

func union(a, b picture) picture {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// edited makes another's change, now and in what must be in the end.
func (w *watch) edited(e simulator.Edit, d *simulator.Directory) {
	w.mu.Lock()
	defer w.mu.Unlock()
	was := pictureOf(*d)
	e.Apply(d)
	if cmp.Equal(was, pictureOf(*d)) {
		return // there was nothing to do it to
	}
	if e.Do == "grant" || e.Do == "consent" { // it needs a client, which then is more than ours
		simulator.Edit{Do: "createServicePrincipal"}.Apply(&w.before)
	}
	e.Apply(&w.before)
}

// checkBack wants the tenant to be as it was, but for what others did.
func (w *watch) checkBack(d simulator.Directory) {
	w.t.Helper()
	if diff := cmp.Diff(pictureOf(w.before), pictureOf(d)); diff != "" {
		w.t.Errorf("after the rollback (-before +after):\n%s", diff)
	}
}

// checkAnswer wants one error line, the next command, and the truth about whether anything was written.
func (c *cell) checkAnswer(a answer) {
	c.t.Helper()
	if !slices.Contains([]int{0, 1, 4, 5, 130}, a.code) || (a.code == 130) != c.trouble.interrupt && a.code != 0 {
		c.t.Errorf("exit code %d\n%s", a.code, a.stderr)
	}
	if errs := strings.Count("\n"+a.stderr, "\nerror: "); errs != min(a.code, 1) {
		c.t.Errorf("%d error lines with exit code %d:\n%s", errs, a.code, a.stderr)
	}
	records := c.own()
	claims := strings.Contains(a.stderr, "nothing was changed") || strings.Contains(a.stderr, "nothing was written")
	if claims && len(c.watch.touched) > 0 && c.trouble.others == nil {
		c.t.Errorf("it says that nothing was changed, and wrote %v:\n%s", c.watch.touched, a.stderr)
	}
	if a.code != 0 && !claims && (len(records) == 0 || !strings.Contains(a.stderr, "appleconsent rollback "+records[len(records)-1])) && a.code != 130 {
		c.t.Errorf("it says neither that nothing was changed nor how to take it back:\n%s", a.stderr)
	}
}

// checkNothingBlind wants a look at the tenant between two tries of a write, unless the first was certainly not carried out.
func (c *cell) checkNothingBlind() {
	c.t.Helper()
	if strings.HasPrefix(c.trouble.name, "429") {
		return
	}
	last := ""
	for _, request := range c.sent {
		switch {
		case strings.HasPrefix(request, http.MethodGet):
			last = ""
		case request == last:
			c.t.Errorf("sent twice without a look: %s", request)
		default:
			last = request
		}
	}
}

// own returns the ids of the records that the troubled command wrote.
func (c *cell) own() []string {
	ids := recordsIn(c.t, c.state)
	if c.story.command == "rollback" && len(ids) > 0 {
		return ids[1:]
	}
	return ids
}

// recordsIn returns the ids of the change records in a state folder, the oldest first.
func recordsIn(t *testing.T, state string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(state, "changes"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var ids []string
	for _, e := range entries {
		id, found := strings.CutSuffix(e.Name(), ".json")
		if !found {
			t.Errorf("%s is left among the records", e.Name())
		}
		ids = append(ids, id)
	}
	return ids
}

// checkRecord wants the record of the troubled command to say truly what is done, what is not, and what is not known.
func (c *cell) checkRecord(a answer) {
	c.t.Helper()
	ids := c.own()
	if len(ids) == 0 {
		if len(c.watch.touched) > 0 && c.trouble.others == nil {
			c.t.Errorf("%v was written without a record", c.watch.touched)
		}
		return
	}
	change, err := plan.NewJournal(c.state).Load(ids[len(ids)-1])
	if err != nil {
		c.t.Fatal(err)
	}
	want := map[int]plan.Outcome{0: plan.OutcomeSucceeded, 1: plan.OutcomeFailed, 4: plan.OutcomeSucceeded, 5: plan.OutcomeFailed}[a.code]
	if a.code == 130 && change.Outcome != plan.OutcomeInterrupted && !strings.Contains(a.stderr, "is written completely") || a.code != 130 && change.Outcome != want {
		c.t.Errorf("exit code %d, and the record says %s", a.code, change.Outcome)
	}
	for _, action := range change.Actions {
		c.checkAction(action, a)
	}
}

func (c *cell) checkAction(action plan.RecordedAction, a answer) {
	c.t.Helper()
	meddled := c.trouble.others != nil || c.trouble.edit != nil
	lied := c.trouble.name == "not done, 204" && !c.watch.touched[nameOf(action)]
	wrong := untrue(action, c.watch.touched) && !meddled
	if lied && action.Status == plan.StatusDone {
		wrong = action.Error != "re-reading did not show it before the time was up"
	}
	if wrong || action.Status == plan.StatusStarted && c.trouble.clear {
		c.t.Errorf("the record says %s of %s, and written was %v\n%s", action.Status, describe(action), c.watch.touched, a.stderr)
	}
}

// untrue tells whether an action says that it happened and did not, or the other way round. One that says that it was
// started says neither.
func untrue(a plan.RecordedAction, touched map[string]bool) bool {
	switch a.Status {
	case plan.StatusDone:
		return !touched[nameOf(a)]
	case plan.StatusPending, plan.StatusUnchanged, plan.StatusFailed:
		return touched[nameOf(a)]
	case plan.StatusStarted:
	}
	return false
}

// nameOf is what the action writes, as a picture names it.
func nameOf(a plan.RecordedAction) string {
	if !a.Kind.OnGrant() {
		return appleSP
	}
	return "grant " + appleMail + " on " + string(a.ResourceAppID)
}

func describe(a plan.RecordedAction) string { return string(a.Kind) + " of " + nameOf(a) }
