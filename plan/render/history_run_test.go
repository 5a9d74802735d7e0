package render_test

import (
	"strings"
	"testing"

	"appleconsent/plan"
	"appleconsent/plan/render"
)

// The changes of a run over many tenants are one line in a list, and each is in its JSON form.
func TestHistory_run(t *testing.T) {
	t.Parallel()
	c, err := plan.DecodeChange([]byte(mustRead(t, "change-applied")))
	if err != nil {
		t.Fatal(err)
	}
	run, back := "20261124T120000Z-aaaaaa", "20261124T130000Z-bbbbbb"
	of := func(outcome plan.Outcome) plan.Change {
		one := c
		one.Run, one.Outcome = &run, outcome
		return one
	}
	undone := of(plan.OutcomeSucceeded)
	undone.RolledBackBy = &back
	list := render.OfHistory(render.History{Changes: []plan.Change{c, of(plan.OutcomeSucceeded), of(plan.OutcomeFailed), undone, c}, Whole: true})
	text, err := render.Write(list, render.Text, render.PlainStyle(100))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != 4 || !strings.Contains(lines[2], "  3 tenants            apply run: 2 succeeded, 1 failed, 1 rolled back  ") || !strings.HasSuffix(lines[2], run) {
		t.Errorf("the run is not the second line of %q", lines)
	}
	if document, err := render.Write(list, render.JSON, render.PlainStyle(100)); err != nil || strings.Count(string(document), `"kind": "change"`) != 5 {
		t.Errorf("got %s, %v", document, err)
	}
}

// A run that is shown alone has a line for each of its changes, and says above them what it was.
func TestHistory_ofRun(t *testing.T) {
	t.Parallel()
	c, err := plan.DecodeChange([]byte(mustRead(t, "change-applied")))
	if err != nil {
		t.Fatal(err)
	}
	run := "20261124T120000Z-aaaaaa"
	c.Run = &run
	failed := c
	failed.ID, failed.Outcome = "20261124T120001Z-ffffff", plan.OutcomeFailed
	shown := render.OfHistory(render.History{Changes: []plan.Change{failed, c}, Run: run, Whole: true})
	text, err := render.Write(shown, render.Text, render.PlainStyle(100))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != 4 || lines[0] != "Run "+run+": 2 tenants, apply run: 1 succeeded, 1 failed." || !strings.HasSuffix(lines[2], failed.ID) || !strings.HasSuffix(lines[3], c.ID) {
		t.Errorf("got %q", lines)
	}
}
