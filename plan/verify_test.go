package plan_test

import (
	"errors"
	"testing"
	"time"

	"appleconsent/plan"
)

// An empty state shows every deletion: if the tenant cannot be read, nothing is verified.
func TestEngine_verifyNeedsAnAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	c := r.mustApply()
	back, err := r.rollback(c)
	if err != nil {
		t.Fatal(err)
	}
	r.tenant.faults = []*fault{{call: "Read", err: errDenied}}
	if err := r.engine().Verify(t.Context(), back); !errors.Is(err, errDenied) {
		t.Errorf("got error %v, want the one of the read", err)
	}
}

// Only what was carried out must show.
func TestEngine_verifyOnlyWhatIsDone(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	c := r.begin(r.planApply(), plan.OperationApply)
	r.clock.limit = time.Minute
	if err := r.engine().Verify(t.Context(), c); err != nil {
		t.Errorf("nothing was done, and yet: %v", err)
	}
}
