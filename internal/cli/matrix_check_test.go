package cli_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/plan"
)

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
	if a.code == 130 && change.Outcome != plan.OutcomeInterrupted && !strings.Contains(a.stderr, "was written and recorded") || a.code != 130 && change.Outcome != want {
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
	switch {
	case a.Kind.Object == consent.OnGrant:
		return "grant " + appleMail + " on " + string(a.ResourceAppID)
	case a.Kind.Object == consent.OnClassification:
		return classified(string(a.Permission), string(a.ResourceAppID))
	case a.Kind == consent.SetUserConsentPolicy:
		return policies
	}
	return appleSP
}

func describe(a plan.RecordedAction) string { return string(a.Kind.Verb) + " of " + nameOf(a) }
