package faults_test

import (
	"net/http"
	"slices"
	"strings"

	"appleconsent/internal/testbed"
	"appleconsent/plan"
)

// checkAnswer wants one error line, the next command, and the truth about whether anything was written.
func (c *cell) checkAnswer(a testbed.Answer) {
	c.T.Helper()
	if !slices.Contains([]int{0, 1, 4, 5, 130}, a.Code) || (a.Code == 130) != c.trouble.interrupt && a.Code != 0 {
		c.T.Errorf("exit code %d\n%s", a.Code, a.Stderr)
	}
	if errs := strings.Count("\n"+a.Stderr, "\nerror: "); errs != min(a.Code, 1) {
		c.T.Errorf("%d error lines with exit code %d:\n%s", errs, a.Code, a.Stderr)
	}
	records := c.own()
	claims := strings.Contains(a.Stderr, "nothing was changed") || strings.Contains(a.Stderr, "nothing was written")
	if claims && len(c.watch.Touched()) > 0 && c.trouble.others == nil {
		c.T.Errorf("it says that nothing was changed, and wrote %v:\n%s", c.watch.Touched(), a.Stderr)
	}
	if a.Code != 0 && !claims && (len(records) == 0 || !strings.Contains(a.Stderr, "appleconsent rollback "+records[len(records)-1])) && a.Code != 130 {
		c.T.Errorf("it says neither that nothing was changed nor how to take it back:\n%s", a.Stderr)
	}
}

// checkNothingBlind wants a look at the tenant between two tries of a write, unless the first was certainly not carried out.
func (c *cell) checkNothingBlind() {
	c.T.Helper()
	for _, refused := range []string{"401", "403", "409, another", "429"} {
		if strings.HasPrefix(c.trouble.name, refused) {
			return
		}
	}
	last := ""
	for _, request := range c.sent {
		switch {
		case strings.HasPrefix(request, http.MethodGet):
			last = ""
		case request == last:
			c.T.Errorf("sent twice without a look: %s", request)
		default:
			last = request
		}
	}
}

// own returns the ids of the records that the troubled command wrote.
func (c *cell) own() []string {
	ids := testbed.RecordIDs(c.T, c.State)
	if c.story.Command == "rollback" && len(ids) > 0 {
		return ids[1:]
	}
	return ids
}

// checkRecord wants the record of the troubled command to say truly what is done, what is not, and what is not known.
func (c *cell) checkRecord(a testbed.Answer) {
	c.T.Helper()
	ids := c.own()
	if len(ids) == 0 {
		if len(c.watch.Touched()) > 0 && c.trouble.others == nil {
			c.T.Errorf("%v was written without a record", c.watch.Touched())
		}
		return
	}
	change, err := plan.NewJournal(c.State).Load(ids[len(ids)-1])
	if err != nil {
		c.T.Fatal(err)
	}
	want := map[int]plan.Outcome{0: plan.OutcomeSucceeded, 1: plan.OutcomeFailed, 4: plan.OutcomeSucceeded, 5: plan.OutcomeFailed}[a.Code]
	if a.Code == 130 && change.Outcome != plan.OutcomeInterrupted && !strings.Contains(a.Stderr, "was written and recorded") || a.Code != 130 && change.Outcome != want {
		c.T.Errorf("exit code %d, and the record says %s", a.Code, change.Outcome)
	}
	for _, action := range change.Actions {
		c.checkAction(action, a)
	}
}

func (c *cell) checkAction(action plan.RecordedAction, a testbed.Answer) {
	c.T.Helper()
	meddled := c.trouble.others != nil || c.trouble.edit != nil
	lied := c.trouble.name == "not done, 204" && !c.watch.Wrote(action)
	wrong := c.watch.Untrue(action) && !meddled
	if lied && action.Status == plan.StatusDone {
		wrong = action.Error != "not visible before the timeout"
	}
	if wrong || action.Status == plan.StatusStarted && c.trouble.clear {
		c.T.Errorf("the record says %s of %s, and written was %v\n%s", action.Status, describe(action), c.watch.Touched(), a.Stderr)
	}
}
