package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"appleconsent/consent"
	"appleconsent/plan"

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
			"   appleconsent rollback --simulate fresh\n   appleconsent rollback 20261123T200000Z-3f9a1c --dry-run",
		Flags: slices.Concat(changeFlags(), connectionFlags(), outputFlags()),
		Action: func(c *cli.Context) error {
			p, err := start(c)
			if err != nil {
				return err
			}
			options, err := parseRollback(c, env)
			if err != nil {
				return err
			}
			p.connection = options.connection.flags(c)
			return runRollback(c.Context, options, env, p)
		},
	}
}

func parseRollback(c *cli.Context, env Environment) (rollbackOptions, error) {
	o := rollbackOptions{change: c.Args().First()}
	if err := atMost(c, 1); err != nil {
		return o, err
	}
	var err error
	o.changeOptions, err = parseChange(c, env)
	return o, err
}

func runRollback(ctx context.Context, o rollbackOptions, env Environment, p *printer) error {
	journal := plan.NewJournal(o.connection.stateDir)
	if o.change != "" { // a wrong id or a damaged record is told before any request
		if _, err := journal.Load(o.change); err != nil {
			return withHistoryHint(err, p)
		}
	}
	s, err := open(ctx, o.connection, env, p)
	if err != nil {
		return err
	}
	defer s.close()
	if !o.dryRun {
		release, err := s.lock(plan.OperationRollback)
		if err != nil {
			return err
		}
		defer release()
	}
	change, err := s.changeToRollBack(o.change)
	if err != nil {
		return withHistoryHint(err, p)
	}
	if change.RolledBack() {
		return s.alreadyRolledBack(change)
	}
	required := consent.AppleMail(consent.AllDevices)
	replan := func(ctx context.Context) (plan.Document, error) { return s.planRollback(ctx, change, required) }
	doc, err := replan(ctx)
	if err != nil {
		return err
	}
	return s.carryOut(ctx, o.changeOptions, newPrompter(env), changing{doc, plan.OperationRollback, required, replan})
}

func withHistoryHint(err error, p *printer) error {
	return &hintedError{err, "nothing was changed; see what is recorded with: " + p.command("history")}
}

// changeToRollBack returns the change of that id, or the newest apply that stands; it must be one of this tenant.
func (s *session) changeToRollBack(id string) (plan.Change, error) {
	if id == "" {
		change, err := s.journal.Standing(s.identity.TenantID)
		if errors.Is(err, plan.ErrNoChange) {
			return change, fmt.Errorf("no apply of tenant %s that still stands is recorded on this machine", s.identity.TenantID)
		}
		return change, err
	}
	change, err := s.journal.Load(id)
	if err == nil && change.Tenant.ID != s.identity.TenantID {
		return change, fmt.Errorf("change %s was made in tenant %s, and you are signed in to %s", id, change.Tenant.ID, s.identity.TenantID)
	}
	return change, err
}

// alreadyRolledBack says by which change; if that one was rolled back too, how to take it back again.
func (s *session) alreadyRolledBack(change plan.Change) error {
	by := *change.RolledBackBy
	note := ""
	if rollback, err := s.journal.Load(by); err == nil && rollback.RolledBack() {
		note = fmt.Sprintf(" That rollback was itself taken back; undo that with: %s\n", s.command("rollback", *rollback.RolledBackBy))
	}
	return s.result(change, func(plan.Style) string {
		return fmt.Sprintf("Nothing to do: change %s was rolled back already, by %s.\n%s", change.ID, by, note)
	})
}

// planRollback reads the tenant and plans how the change is taken back.
func (s *session) planRollback(ctx context.Context, change plan.Change, required consent.Requirement) (plan.Document, error) {
	state, err := s.read(ctx, required)
	if err != nil {
		return plan.Document{}, err
	}
	earlier, err := s.journal.Rollbacks(change.ID)
	if err != nil {
		return plan.Document{}, err
	}
	undo, err := plan.NewUndo(change, earlier, required, state)
	if err != nil {
		return plan.Document{}, fmt.Errorf("roll back %s: %w", change.ID, err)
	}
	if undo.Client != "" {
		err := s.budget.spend(ctx, func(ctx context.Context) error {
			left, err := s.client.Leftovers(ctx, undo.Client, undo.Deleted)
			if err == nil && !left.None() {
				undo.KeepServicePrincipal(left)
			}
			return s.inTenant(err)
		})
		if err != nil {
			return plan.Document{}, err
		}
	}
	return undo.Plan(tool(), s.clock.Now(), state), nil
}
