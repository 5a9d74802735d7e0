package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"appleconsent/consent"
	"appleconsent/internal/operation"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

type rollbackOptions struct {
	changeOptions
	change string // id of the change; empty: the newest active one
	run    string // the run over many tenants that is undone; empty: one tenant
	asked  asked
}

func rollbackCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name:      "rollback",
		Usage:     "undo a recorded change",
		ArgsUsage: "[CHANGE]",
		Description: "Undoes what a change did, not what others did since: by default the newest active apply of this tenant. It is shown,\n" +
			"confirmed, recorded and verified like an apply, and can be undone itself.\n\n" +
			"   appleconsent rollback --simulate fresh --yes\n   appleconsent rollback\n   appleconsent rollback CHANGE --dry-run\n" +
			"   appleconsent rollback --run RUN --tenants customers.csv\n\n" +
			"CHANGE is an id that history lists, such as 20261123T200000Z-3f9a1c.",
		Flags: slices.Concat(changeFlags(), rollbackFlags(), []cli.Flag{usageFlag(), runFlag()}, connectionFlags(), manyChangeFlags(),
			documentFlags(withMany(allFormats))),
		Action: action(env, parseRollback, runRollback),
	}
}

func parseRollback(in *input) (rollbackOptions, error) {
	o := rollbackOptions{change: in.Args().First(), run: in.String("run")}
	if in.NArg() > 0 && o.change == "" { // what a script passes on whose variable is not set
		return o, errors.New("CHANGE is empty; nothing was read or changed")
	}
	usage, err := parseUsage(in)
	if err != nil {
		return o, err
	}
	if o.changeOptions, err = parseChange(in); err != nil {
		return o, err
	}
	o.connection.usage = usage
	o.asked, err = parseAsked(in)
	if err == nil && o.run == "" {
		err = render.CanHold(in.output.format, plan.KindChange, consent.Choices{})
	}
	return o, cmp.Or(err, o.asked.namesOnly("a change has the names, which the command line must say, too"), o.checkRun(),
		o.connection.checkSimulated(o.many), o.asked.unlessLoosening(o.many))
}

// checkRun refuses what names no run, or a run and something else.
func (o rollbackOptions) checkRun() error {
	switch {
	case o.run == "" && o.many != nil:
		return &hintedError{
			errors.New("--tenants needs --run RUN here: the newest change of each tenant may be something else"),
			"the run that made the changes is told at its end, and by history",
		}
	case o.run == "":
		return nil
	case o.change != "":
		return errors.New("CHANGE and --run do not go together: a run is undone in all of its tenants")
	case !plan.IsChangeID(o.run):
		return fmt.Errorf("--run: %q is not the id of a run, such as 20261123T200000Z-3f9a1c", o.run)
	}
	return nil
}

// runFlag names a run over many tenants.
func runFlag() cli.Flag {
	return &cli.StringFlag{Name: "run", Usage: "undo what the run `RUN` over many tenants did; with --tenants, in those only"}
}

// rollbackFlags say what a rollback may bring about beyond the default requirement; what it takes away needs no words.
func rollbackFlags() []cli.Flag {
	return []cli.Flag{namedAlsoFlag("the rollback"), routes().register(), enableAppFlag()}
}

func runRollback(ctx context.Context, o rollbackOptions, k *call) error {
	if o.many != nil {
		return k.rollbackMany(ctx, o)
	}
	if o.change != "" { // a wrong id or a damaged record is told before any request
		dir, err := o.connection.folder()
		if err == nil {
			_, err = plan.NewJournal(dir).Load(o.change)
		}
		if err != nil && !is[*plan.AmbiguousError](err) {
			return err
		}
	}
	s, err := k.open(ctx, o.connection, operation.Directory)
	if err != nil {
		return err
	}
	defer s.close()
	result, err := s.Rollback(ctx, o.change, o.asked.Choices, k.terms(o.changeOptions))
	err = k.unlessWider(err, o.asked.Choices, given("rollback", o.change)...)
	if already, ok := errors.AsType[*operation.RolledBackError](err); ok {
		return k.showRolledBack(already)
	}
	return k.ended(result, o.changeOptions, err)
}

// showRolledBack says that there is nothing to do; if the rollback was undone too, how to undo that.
func (k *call) showRolledBack(already *operation.RolledBackError) error {
	again := ""
	if already.UndoneBy != nil {
		again = k.follow.command("rollback", *already.UndoneBy)
	}
	return k.show(render.OfRolledBack(already.Change, again))
}
