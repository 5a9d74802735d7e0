package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"appleconsent/internal/operation/fleet"
	"appleconsent/internal/terminal"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

// changing are how many tenants are changed, by the flags of apply or rollback.
func (r *manyRun) changing(o changeOptions, operation plan.Operation) fleet.Changing {
	once := sync.OnceFunc(func() { r.Say("Stopping after the current requests. Press Ctrl-C again to quit now.") })
	found := render.NewOverview()
	c := fleet.Changing{
		Detailed: o.detailed, AtMost: r.o.atMost,
		Found: func(result fleet.Result) { found.Add(r.outcome(result)) },
		Show:  func() { r.preview(found, o.yes) },
	}
	c.Terms.Reason, c.Terms.DryRun, c.Terms.Interrupted = o.reason, o.dryRun, once
	if !o.dryRun {
		var tail [3]byte
		_, _ = rand.Read(tail[:]) // never fails, see its documentation
		r.run = plan.NewChangeID(systemClock{}.Now(), tail)
		c.Terms.Run = r.run
	}
	if !o.yes {
		c.Confirm = r.confirmMany(operation)
	}
	return c
}

// preview shows what is due, and what is in the way elsewhere, before it is asked about.
func (r *manyRun) preview(found *render.Overview, yes bool) {
	r.meter.stop()
	if yes && r.Quiet() {
		return
	}
	r.Copyable(found.Text(r.ErrStyle()))
}

// confirmMany asks for the number of tenants: nobody types that without having seen it.
func (k *call) confirmMany(operation plan.Operation) func(context.Context, int) (bool, error) {
	verb := "change"
	if operation == plan.OperationRollback {
		verb = "roll back"
	}
	return func(ctx context.Context, due int) (bool, error) {
		question := fmt.Sprintf("Type %d to %s %s", due, verb, render.Count(due, "tenant"))
		answer, err := k.env.prompter(k.output).Ask(ctx, question, "", func(string) error { return nil })
		if errors.Is(err, terminal.ErrQuit) {
			return false, nil
		}
		return err == nil && strings.TrimSpace(answer) == strconv.Itoa(due), err
	}
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
	case o.change != "" || o.record != nil:
		return errors.New("--run goes with neither CHANGE nor --record: a run is undone in all of its tenants")
	case !plan.IsChangeID(o.run):
		return fmt.Errorf("--run: %q is not the id of a run, such as 20261123T200000Z-3f9a1c", o.run)
	}
	return nil
}

// runFlag names a run over many tenants.
func runFlag() cli.Flag {
	return &cli.StringFlag{Name: "run", Usage: "undo what the run `RUN` over many tenants did; with --tenants, in those only"}
}
