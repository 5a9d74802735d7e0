package render_test

import (
	"strings"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/plan"
	"appleconsent/plan/render"
)

// What was asked for beyond what is needed is named in each form of a plan and of a record, with what the resource says of it.
func TestWrite_also(t *testing.T) {
	t.Parallel()
	state := partialTenant()
	state.Published = consent.Catalogue{consent.MicrosoftGraph: {
		{Scope: "Group.Read.All", DisplayName: "Read all groups\x1b[31m", Admin: true}, {Scope: "Mail.Read", DisplayName: "Read mail"},
	}}
	asked := consent.Choices{Also: []consent.Also{
		{Resource: consent.MicrosoftGraph, Scope: "group.read.all"}, {Resource: consent.MicrosoftGraph, Scope: "Mail.Read"},
	}}
	required, err := consent.AppleMail().Require(asked).Resolve(state)
	if err != nil {
		t.Fatal(err)
	}
	doc := plan.New(plan.KindPlan, testTool, testTime, required, state)
	for _, f := range render.Formats(plan.KindPlan) {
		out, err := render.Write(render.OfPlan(doc), f, render.PlainStyle(1000))
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		text := strings.ReplaceAll(strings.ReplaceAll(string(out), "\n#   |", ""), "\\", "")
		for _, want := range []string{"requested with --also", "Group.Read.All", "Mail.Read", "Read all groups", "admin by definition"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not tell %q:\n%s", f, want, out)
			}
		}
		if strings.Contains(text, "\x1b") {
			t.Errorf("%s has what acts on a terminal", f)
		}
	}
	c := plan.Begin(doc, plan.Beginning{ID: "20261124T120000Z-000001", Operation: plan.OperationApply, At: time.Unix(0, 0)})
	for _, f := range render.Formats(plan.KindChange) {
		out, err := render.Write(render.OfChange(c), f, render.PlainStyle(1000))
		if err != nil || !strings.Contains(strings.ReplaceAll(string(out), "&#8203;", ""), "graph:Mail.Read") {
			t.Errorf("%s, %v:\n%s", f, err, out)
		}
	}
}
