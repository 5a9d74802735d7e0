package plan_test

import (
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/plan"
)

func TestDecode_tooManyActions(t *testing.T) {
	t.Parallel()
	doc := newRig(t, partialTenant()).planApply()
	for len(doc.Actions) <= 100 {
		doc.Actions = append(doc.Actions, doc.Actions[0])
	}
	if _, err := plan.Decode([]byte(encode(t, doc))); err == nil || !strings.Contains(err.Error(), "at the most") {
		t.Errorf("got error %v", err)
	}
}

// The documents tell of the client what the tenant tells.
func TestNew_client(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant(grant(graphID, "User.Read")))
	sp := &r.tenant.state.ServicePrincipals[2]
	sp.AccountEnabled, sp.VerifiedPublisher = new(bool), "Apple Inc."
	got := r.planApply().Client
	if got.AccountEnabled == nil || *got.AccountEnabled || got.Publisher == nil || *got.Publisher != "Apple Inc." {
		t.Errorf("got %+v", got)
	}
}

// Each detail of an action counts by itself.
func TestStale_details(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	c := r.mustApply()
	undo, err := plan.NewUndo(c, nil, r.tenant.state, consent.Choices{})
	if err != nil {
		t.Fatal(err)
	}
	plans := func() plan.Document { return undo.Plan(testTool, r.clock.now, r.tenant.state) }
	for name, doctor := range map[string]func(*plan.Document){
		"another service principal to delete": func(d *plan.Document) { d.Actions[2].Target = string(graphID) },
		"another client of a grant":           func(d *plan.Document) { d.Actions[0].ClientID = plan.Action{}.ClientID },
	} {
		saved := plans()
		doctor(&saved)
		if len(plan.Stale(saved, plans())) == 0 {
			t.Errorf("%s is not noticed", name)
		}
	}
}
