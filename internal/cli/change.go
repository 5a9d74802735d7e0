package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"appleconsent/consent"
	"appleconsent/internal/operation"
	"appleconsent/internal/terminal"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

// changeOptions are those that apply and rollback share.
type changeOptions struct {
	connection            connection
	many                  *manyOptions // nil: one tenant
	yes, dryRun, detailed bool
	reason                string
	savedFile             string // the file of a saved plan, or of a record kept elsewhere; empty if none was given
}

func changeFlags() []cli.Flag {
	return []cli.Flag{
		yesFlag(),
		&cli.BoolFlag{Name: "dry-run", Usage: "show what would be done and stop"},
		reasonFlag("the change record"),
		detailedExitCodeFlag(),
	}
}

func yesFlag() cli.Flag {
	return &cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "do not ask for confirmation"}
}

// unlessMute refuses to go on where a question would have to be asked, and there is nobody to ask.
func unlessMute(in *input, answered bool, hint string) error {
	if answered || in.env.canAsk() {
		return nil
	}
	return &hintedError{fmt.Errorf("%s cannot ask for confirmation without a terminal; nothing was read or changed", in.Command.Name), hint}
}

func reasonFlag(where string) cli.Flag {
	return &cli.StringFlag{Name: "reason", Usage: "`TEXT` to keep in " + where + ", such as a ticket"}
}

func parseReason(in *input) (string, error) {
	reason := strings.TrimSpace(in.String("reason"))
	if len(reason) > plan.MaxReason {
		return "", fmt.Errorf("--reason has %d bytes; %d are kept", len(reason), plan.MaxReason)
	}
	in.follow.reason = reason
	return reason, nil
}

func parseChange(in *input) (changeOptions, error) {
	conn, err := parseConnection(in)
	if err != nil {
		in.changes = is[*stateFolderError](err) // it says what every other trouble with that folder says
		return changeOptions{}, err
	}
	o := changeOptions{connection: conn, yes: in.Bool("yes"), dryRun: in.Bool("dry-run"), detailed: in.Bool("detailed-exitcode")}
	if o.reason, err = parseReason(in); err != nil {
		return o, err
	}
	if o.detailed && !o.dryRun {
		return o, errors.New("--detailed-exitcode goes with --dry-run: what was carried out exits 0")
	}
	if err := unlessMute(in, o.yes || o.dryRun, "look first with --dry-run, then run it with --yes"); err != nil {
		return o, err
	}
	in.changes = true
	o.many, err = parseManyChange(in)
	return o, err
}

// terms are on which a change is carried out: it is shown on stderr, and asked about unless --yes was given. What is asked about is
// shown whole, however quiet it shall be.
func (k *call) terms(o changeOptions) operation.Terms {
	t := k.confirmed(k.env.prompter(k.output), o.reason)
	t.DryRun = o.dryRun
	t.Accept = func(doc plan.Document) error { return render.CanHoldChange(k.output.format, doc) }
	t.Preview = func(doc plan.Document) {
		if o.yes && k.Quiet() {
			k.warn(doc)
			return
		}
		k.Show(render.OfPlan(doc))
	}
	if o.yes {
		t.Confirm = nil
	}
	return t
}

// confirmed are the terms of a plan that has been shown and is asked about.
func (k *call) confirmed(ask terminal.Prompter, reason string) operation.Terms {
	return operation.Terms{
		Reason: reason,
		Confirm: func(ctx context.Context, p operation.Planned) (bool, error) {
			k.Gap()
			return ask.Confirm(ctx, question(p))
		},
		Interrupted: func() { k.Say("Stopping after the current request. Press Ctrl-C again to quit now.") },
	}
}

// warn says what a plan warns of.
func (k *call) warn(doc plan.Document) {
	for _, n := range doc.Notices {
		if n.Level == consent.Warning {
			k.Warning(render.Brief(n, doc.Client))
		}
	}
}

func question(p operation.Planned) string {
	what := "Apply this plan"
	if p.Operation == plan.OperationRollback {
		what = "Carry out this rollback"
	}
	return fmt.Sprintf("%s (%s) in %s?", what, render.Count(len(p.Doc.Actions), "action"), p.Doc.Tenant.Title())
}

// ended shows what a change came to: its record, or the plan if none was begun. Only a dry run writes a plan to the file, in whose place
// there may be a record.
func (k *call) ended(r operation.Result, o changeOptions, err error) error {
	switch {
	case is[*operation.BlockedError](err):
		if k.env.Terminals.Out && k.output.stdout() == render.Text { // the plan says why
			err = &seenError{err}
		}
		return errors.Join(k.unwritten().show(render.OfPlan(r.Plan)), err)
	case err != nil:
		return err
	case r.Change != nil:
		return k.showDone(*r.Change, r.Plan)
	}
	if !o.dryRun {
		k = k.unwritten()
	}
	if err := k.show(render.OfPlan(r.Plan).Leading(k.onward(r.Plan, o.savedFile))); err != nil {
		return err
	}
	if o.dryRun && o.detailed && len(r.Plan.Actions) > 0 {
		return errChangesDue
	}
	return nil
}

// unwritten is the call for a result that is not for the file of --out: nothing was changed, so that there is no record.
func (k *call) unwritten() *call {
	if k.output.file == "" {
		return k
	}
	k.Notef("Nothing was changed: %s was not written.", plan.Printable(k.output.file))
	here := *k
	here.output.format, here.output.file = k.output.stdout(), ""
	return &here
}

// showDone shows a change that was just made as planned, with how to check and to undo it.
func (k *call) showDone(change plan.Change, planned plan.Document) error {
	commands := render.Commands{Check: k.checkOf(change), Undo: k.follow.command(rollbackWords(change)...)}
	if err := k.show(render.OfDone(change, planned, commands)); err != nil {
		return &hintedError{
			fmt.Errorf("%s %s %w: %w", change.Operation, change.ID, errUnshown, err),
			"see it with: " + k.follow.command("history", "show", change.ID),
		}
	}
	return nil
}
