package operation

import (
	"context"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
	"appleconsent/plan"
)

// Look reads the tenant and returns its status or a plan, which is carried out later, if at all. Errors: *consent.RefusedAlsoError.
func (s *Session) Look(ctx context.Context, kind plan.Kind, required consent.Requirement) (plan.Document, error) {
	required, state, err := s.readToShow(ctx, required)
	return s.document(kind, required, state, err)
}

// readTenant is ReadFor or readToShow.
type readTenant func(context.Context, consent.Requirement) (consent.Requirement, consent.State, error)

// readToShow is ReadFor for what people are shown: of a tenant without a service principal of the client it also reads which was deleted,
// in place of the grants that there cannot be.
func (s *Session) readToShow(ctx context.Context, required consent.Requirement) (consent.Requirement, consent.State, error) {
	required, state, err := s.ReadFor(ctx, required)
	if _, found := state.ServicePrincipal(required.App.ID); err == nil && !found {
		state.Deleted = s.restorable(ctx, required.App.ID)
		err = ctx.Err()
	}
	return required, state, err
}

// restorable returns what can be restored. Nothing depends on it, so that there is none if it cannot be read.
func (s *Session) restorable(ctx context.Context, app consent.AppID) []consent.Restorable {
	deleted, err := spend(ctx, s, "reading the tenant", func(ctx context.Context) ([]doctor.DeletedServicePrincipal, error) {
		return s.Tenant.Deleted(ctx, app)
	})
	if err != nil {
		return nil
	}
	return doctor.Restorables(deleted, s.Clock.Now())
}

// document makes a status or a plan of a state, unless that could not be read.
func (s *Session) document(kind plan.Kind, required consent.Requirement, state consent.State, err error) (plan.Document, error) {
	if err != nil {
		return plan.Document{}, err
	}
	doc := plan.New(kind, s.Tool, s.Clock.Now(), required, state)
	if kind == plan.KindPlan {
		doc = s.planned(doc)
	}
	return doc, nil
}

// ReadFor is Read, and holds what is asked for beyond what the application needs against what the tenant's resources publish. Errors:
// *consent.RefusedAlsoError.
func (s *Session) ReadFor(ctx context.Context, required consent.Requirement) (consent.Requirement, consent.State, error) {
	state, err := s.Read(ctx, required)
	if err == nil && !required.Checked {
		required, err = required.Resolve(state)
	}
	return required, state, err
}

// planned notes in a plan who made it, and how many people it is about.
func (s *Session) planned(doc plan.Document) plan.Document {
	if by := s.Identity.Operator; by != "" {
		doc.PlannedBy = &by // of the session itself, a document would keep all that the session has
	}
	return doc.WithUsage(s.usage)
}

// Examine reads what decides whether users are well now, by the requirement with what is asked for looked up, as far as that could be
// read. Errors: *consent.RefusedAlsoError.
func (s *Session) Examine(ctx context.Context, required consent.Requirement) (consent.Requirement, doctor.Facts, error) {
	facts, err := s.examine(ctx, required, false)
	if err == nil && !required.Checked && facts.Published.Read() {
		required, err = required.Resolve(catalogued(facts))
	}
	return required, facts, err
}

// ExamineConsented is Examine by the requirement and, beside it, all that single users have granted the client on the resources that its
// application calls, as far as that is read for the examination. Errors: *consent.RefusedAlsoError for what is asked for by name.
func (s *Session) ExamineConsented(ctx context.Context, required consent.Requirement) (Expansion, doctor.Facts, error) {
	facts, err := s.examine(ctx, required, true)
	if err != nil {
		return Expansion{}, facts, err
	}
	users := facts.PerUserGrants.Value
	e, err := expand(required, Consented{State: catalogued(facts), Grants: users.Grants, Scopes: users.Scopes, Capped: users.Capped})
	e.Lacks, e.Failed = facts.PerUserGrants.Lacks, facts.PerUserGrants.Failed
	return e, facts, err
}

func (s *Session) examine(ctx context.Context, required consent.Requirement, consented bool) (doctor.Facts, error) {
	now := s.Clock.Now()
	asked := doctor.Question{SignInsSince: doctor.SignInsSince(now), Consented: consented}
	facts, err := spend(ctx, s, "examining the tenant", func(ctx context.Context) (doctor.Facts, error) {
		return besideUsage(ctx, s, func(ctx context.Context) (doctor.Facts, error) { return s.Tenant.Examine(ctx, required, asked) })
	})
	facts.At, facts.Usage, facts.Granted = now, s.usage, s.granted()
	return facts, err
}

// catalogued is what names are looked up in: the service principals and what the resources publish, as far as that was read.
func catalogued(facts doctor.Facts) consent.State {
	return consent.State{ServicePrincipals: facts.ServicePrincipals.Value, Published: facts.Published.Value}
}

// granted is when a change that is recorded here last granted something in the tenant, if it still stands; zero if none did.
func (s *Session) granted() time.Time {
	records, err := s.records()
	if err != nil {
		return time.Time{}
	}
	standing, err := records.Standing()
	if err != nil {
		return time.Time{}
	}
	newest := standing[0]
	if newest.FinishedAt == nil {
		return newest.StartedAt
	}
	return *newest.FinishedAt
}

// How the tenant is looked at while something is waited for: ever more seldom, and after each change closely again. All that is
// required has arrived when it stands and nothing moves any more; what is less than that is given time to become more, since
// one grant can show minutes after the other.
const (
	firstLook   = 5 * time.Second
	slowestLook = 30 * time.Second
	partialWait = 2 * time.Minute
)

// Seen is what a look at the tenant shows of what is waited for.
type Seen struct {
	Moved     bool // it is not as at the last look
	Changed   bool // it is not as at the first look
	Satisfied bool // all is there
}

// Await waits until what is waited for has arrived and moves no more. A failed look that passes lets go well the next time is
// noted and not the end. Errors: *TimeoutError when the time is up.
func (s *Session) Await(
	ctx context.Context, required consent.Requirement, look func(consent.State) Seen, passes func(error) bool,
) error {
	defer s.Reporter.Busy("waiting until the grants appear")()
	return s.budget.spend(ctx, func(ctx context.Context) error {
		still := time.Duration(0) // for how long nothing has changed
		for pause := firstLook; ; pause = min(pause+firstLook, slowestLook) {
			if err := s.Clock.Sleep(ctx, pause); err != nil {
				return err
			}
			state, err := s.Tenant.Read(ctx, required)
			switch {
			case err != nil && (ctx.Err() != nil || !passes(err)):
				return s.inTenant(err)
			case err != nil:
				s.Reporter.Note(s.inTenant(err).Error() + "; trying again")
				continue
			}
			seen := look(state)
			if still += pause; seen.Moved {
				still, pause = 0, 0
			}
			if seen.Changed && still > 0 && (seen.Satisfied || still >= partialWait) {
				return nil
			}
		}
	})
}
