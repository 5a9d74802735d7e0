package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"appleconsent/internal/operation"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

// maxReason is the number of bytes of --reason that a record keeps.
const maxReason = 1000

// changeOptions are those that apply and rollback share.
type changeOptions struct {
	connection            connection
	many                  *manyOptions // nil: one tenant
	yes, dryRun, detailed bool
	reason                string
}

func changeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "do not ask for confirmation"},
		&cli.BoolFlag{Name: "dry-run", Usage: "show what would be done and stop"},
		&cli.StringFlag{Name: "reason", Usage: "`TEXT` to keep in the change record, such as a ticket"},
		detailedExitCodeFlag(),
	}
}

func parseChange(in *input) (changeOptions, error) {
	conn, err := parseConnection(in)
	if err != nil {
		in.changes = is[*stateFolderError](err) // it says what every other trouble with that folder says
		return changeOptions{}, err
	}
	o := changeOptions{
		connection: conn, yes: in.Bool("yes"), dryRun: in.Bool("dry-run"), detailed: in.Bool("detailed-exitcode"),
		reason: strings.TrimSpace(in.String("reason")),
	}
	if len(o.reason) > maxReason {
		return o, fmt.Errorf("--reason has %d bytes; a record keeps %d", len(o.reason), maxReason)
	}
	if !o.yes && !o.dryRun && !in.env.canAsk() {
		return o, &hintedError{
			fmt.Errorf("%s cannot ask for confirmation without a terminal; nothing was read or changed", in.Command.Name),
			"look first with --dry-run, then run it with --yes",
		}
	}
	in.changes = true
	o.many, err = parseManyChange(in)
	return o, err
}

// terms are on which a change is carried out: it is shown on stderr, and asked about unless --yes was given.
func (k *call) terms(o changeOptions) operation.Terms {
	t := k.confirmed(o.reason)
	t.DryRun = o.dryRun
	t.Accept = func(doc plan.Document) error { return render.CanHoldChange(k.output.format, doc) }
	t.Preview = func(doc plan.Document) { k.Preview(render.OfPlan(doc)) }
	if o.yes {
		t.Confirm = nil
	}
	return t
}

// confirmed are the terms of a plan that has been shown and is asked about.
func (k *call) confirmed(reason string) operation.Terms {
	ask := k.env.prompter()
	return operation.Terms{
		Reason:      reason,
		Confirm:     func(ctx context.Context, p operation.Planned) (bool, error) { return ask.Confirm(ctx, question(p)) },
		Interrupted: func() { k.Say("Stopping after the current request. Press Ctrl-C again to quit now.") },
	}
}

func question(p operation.Planned) string {
	what := "Apply this plan"
	if p.Operation == plan.OperationRollback {
		what = "Carry out this rollback"
	}
	return fmt.Sprintf("%s (%s) in %s?", what, render.Count(len(p.Doc.Actions), "action"), p.Doc.Tenant.Title())
}

// ended shows what a change came to: its record, or the plan if none was begun.
func (k *call) ended(r operation.Result, o changeOptions, err error) error {
	switch {
	case is[*operation.BlockedError](err):
		return errors.Join(k.show(render.OfPlan(r.Plan)), err)
	case err != nil:
		return err
	case r.Change != nil:
		return k.showDone(*r.Change)
	}
	if err := k.show(render.OfPlan(r.Plan)); err != nil {
		return err
	}
	if o.dryRun && o.detailed && len(r.Plan.Actions) > 0 {
		return errChangesDue
	}
	return nil
}

// showDone shows a change that was just made; its text also says how to undo it.
func (k *call) showDone(change plan.Change) error {
	if err := k.show(render.OfDone(change, k.follow.command(rollbackWords(change)...))); err != nil {
		return &hintedError{
			fmt.Errorf("%s %s %w: %w", change.Operation, change.ID, errUnshown, err),
			"see it with: " + k.follow.command("history", "show", change.ID),
		}
	}
	return nil
}
