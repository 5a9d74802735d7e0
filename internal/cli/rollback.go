package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"appleconsent/consent"
	"appleconsent/graph"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

type rollbackOptions struct {
	changeOptions
	change string // id of the change; empty: the newest apply that stands
}

func rollbackCommand(env Environment, start starter) *cli.Command {
	return &cli.Command{
		Name:      "rollback",
		Usage:     "take back a recorded change",
		ArgsUsage: "[CHANGE]",
		Description: "Takes back what a change did, not what others did since: by default the newest apply of this tenant that still\n" +
			"stands. It is shown, confirmed, recorded and verified like an apply, and can be taken back itself.\n\n" +
			"   appleconsent rollback --simulate fresh --yes\n   appleconsent rollback\n   appleconsent rollback CHANGE --dry-run\n\n" +
			"CHANGE is an id that history lists, such as 20261123T200000Z-3f9a1c.",
		Flags: slices.Concat(changeFlags(), connectionFlags(), documentFlags(allFormats)),
		Action: func(c *cli.Context) error {
			p, err := start(c)
			if err != nil {
				return err
			}
			options, err := parseRollback(c, env)
			if err != nil {
				return err
			}
			p.connection, p.changes = options.connection.flags(c), true
			return runRollback(c.Context, options, env, p)
		},
	}
}

func parseRollback(c *cli.Context, env Environment) (rollbackOptions, error) {
	o := rollbackOptions{change: c.Args().First()}
	if err := atMost(c, 1); err != nil {
		return o, err
	}
	if c.NArg() > 0 && o.change == "" { // what a script passes on whose variable is not set
		return o, errors.New("CHANGE is empty; nothing was read or changed")
	}
	var err error
	o.changeOptions, err = parseChange(c, env)
	return o, err
}

func runRollback(ctx context.Context, o rollbackOptions, env Environment, p *printer) error {
	if o.change != "" { // a wrong id or a damaged record is told before any request
		if _, err := plan.NewJournal(o.connection.stateDir).Load(o.change); err != nil {
			return withHistoryHint(err, p)
		}
	}
	s, err := open(ctx, o.connection, env, p, func(*graph.Client) {})
	if err != nil {
		return err
	}
	defer s.close()
	s.dryRun = o.dryRun
	if !o.dryRun {
		release, err := s.lock(plan.OperationRollback)
		if err != nil {
			return err
		}
		defer release()
	}
	candidates, err := s.changesToRollBack(o.change)
	if err != nil {
		return withHistoryHint(err, p)
	}
	if candidates[0].RolledBack() {
		return s.alreadyRolledBack(candidates[0])
	}
	doc, undo, err := s.planRollback(ctx, candidates)
	if err != nil {
		return err
	}
	replan := func(ctx context.Context) (plan.Document, error) {
		fresh, _, err := s.planRollback(ctx, []plan.Change{undo.Change})
		return fresh, err
	}
	return s.carryOut(ctx, o.changeOptions, newPrompter(env), changing{
		doc, plan.OperationRollback, undo.Required, undo.Unsettled(s.clock.Now()), replan,
	})
}

func withHistoryHint(err error, p *printer) error {
	return &hintedError{err, "nothing was changed; see what is recorded with: " + p.command("history")}
}

// changesToRollBack returns the change of that id, or those that stand, the newest first; they are of this tenant.
func (s *session) changesToRollBack(id string) ([]plan.Change, error) {
	if id == "" {
		records, err := s.records()
		if err != nil {
			return nil, err
		}
		standing, err := records.Standing()
		if errors.Is(err, plan.ErrNoChange) {
			return nil, fmt.Errorf("no apply of tenant %s that still stands is recorded on this machine", s.identity.TenantID)
		}
		return standing, err
	}
	change, err := s.journal.Load(id)
	if err == nil && change.Tenant.ID != s.identity.TenantID {
		return nil, fmt.Errorf("change %s was made in tenant %s, and you are signed in to %s", id, change.Tenant.ID, s.identity.TenantID)
	}
	return []plan.Change{change}, err
}

// alreadyRolledBack says by which change; if that one was rolled back too, how to take it back again.
func (s *session) alreadyRolledBack(change plan.Change) error {
	again := ""
	if rollback, err := s.journal.Load(*change.RolledBackBy); err == nil && rollback.RolledBack() {
		again = s.command("rollback", *rollback.RolledBackBy)
	}
	return s.show(render.OfRolledBack(change, again))
}

// planRollback reads the tenant and plans how the first of the changes that has something left to undo is taken back; if
// none has, the plan of the first has nothing to do. One whose effects may still appear is not passed over.
func (s *session) planRollback(ctx context.Context, candidates []plan.Change) (plan.Document, *plan.Undo, error) {
	states := make(map[consent.Route]consent.State)
	var firstDoc plan.Document
	var first *plan.Undo
	for i, change := range candidates {
		required, err := change.Required()
		if err != nil {
			return plan.Document{}, nil, fmt.Errorf("roll back %s: %w", change.ID, err)
		}
		state, known := states[required.Route]
		if !known {
			if state, err = s.readFor(ctx, required); err != nil {
				return plan.Document{}, nil, err
			}
			states[required.Route] = state
		}
		undo, err := s.undo(ctx, change, state)
		if err != nil {
			return plan.Document{}, nil, err
		}
		doc := s.planned(undo.Plan(tool(), s.clock.Now(), state))
		if !undo.Nothing() || undo.Unsettled(s.clock.Now()) {
			return doc, undo, nil
		}
		if i == 0 {
			firstDoc, first = doc, undo
		}
		if i+1 < len(candidates) {
			s.note("change %s is already undone in the tenant; looking at the one before it", change.ID)
		}
	}
	return firstDoc, first, nil
}

// undo plans how one change is taken back. If there is nothing left of it because an earlier rollback did everything and
// could only not be verified, that is noted now.
func (s *session) undo(ctx context.Context, change plan.Change, state consent.State) (*plan.Undo, error) {
	records, err := s.records()
	if err != nil {
		return nil, err
	}
	earlier := records.Rollbacks(change.ID)
	undo, err := plan.NewUndo(change, earlier, state)
	if err != nil {
		return nil, fmt.Errorf("roll back %s: %w", change.ID, err)
	}
	i := slices.IndexFunc(earlier, func(c plan.Change) bool { return c.Outcome == plan.OutcomeSucceeded })
	if undo.Nothing() && i >= 0 && !s.dryRun && !undo.Unsettled(s.clock.Now()) {
		return undo, s.journal.MarkRolledBack(earlier[i])
	}
	if undo.Client == "" {
		return undo, nil
	}
	return undo, s.budget.spend(ctx, func(ctx context.Context) error {
		left, err := s.client.Leftovers(ctx, undo.Client, undo.Deleted)
		if err == nil && !left.None() {
			undo.KeepServicePrincipal(left)
		}
		return s.inTenant(err)
	})
}
