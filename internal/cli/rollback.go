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
	change string       // as it was typed; empty: the newest active one
	record *plan.Change // that is kept elsewhere; nil: none
	file   string       // which holds it
	run    string       // the run over many tenants that is undone; empty: one tenant
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
			ofChange + " With latest it is the newest apply. With --record\n" +
			"it is a record kept elsewhere, such as the artifact of a CI run, which is trusted no more than one of this machine.",
		Flags: slices.Concat([]cli.Flag{&cli.StringFlag{Name: "record", Usage: "undo the change whose record is in `FILE`"}}, changeFlags(), rollbackFlags(),
			[]cli.Flag{usageFlag(), runFlag()}, connectionFlags(), manyChangeFlags(), documentFlags(withMany(allFormats))),
		Action: action(env, parseRollback, runRollback),
	}
}

func parseRollback(in *input) (rollbackOptions, error) {
	o := rollbackOptions{change: in.Args().First(), run: in.String("run")}
	if in.NArg() > 0 && o.change == "" { // what a script passes on whose variable is not set
		return o, errors.New("CHANGE is empty; nothing was read or changed")
	}
	if in.IsSet("record") && in.NArg() > 0 {
		return o, errors.New("CHANGE and --record both name a change: use one of them")
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
	err = cmp.Or(err, o.asked.namesOnly("a change has the names, which the command line must say, too"))
	if err == nil && in.IsSet("record") {
		err = o.readRecord(in)
	}
	if alone := o.connection.checkSimulated(o.many); err == nil && alone != nil && o.change != "" { // one of the fleet's runs, perhaps
		err = cmp.Or(in.findChange(&o), alone)
	}
	return o, cmp.Or(err, o.checkRun(), o.connection.checkSimulated(o.many), o.asked.unlessLoosening(o.many))
}

// readRecord reads the record that is kept elsewhere. One of a simulation is for simulations only.
func (o *rollbackOptions) readRecord(in *input) error {
	o.file = in.String("record")
	record, err := plan.ReadRecord(o.file)
	if err == nil {
		err = in.output.unlessSame(o.file)
	}
	if err == nil {
		err = o.connection.unlessOtherWorld("record", "rolled back", record.Tenant)
	}
	if err != nil {
		return err
	}
	o.record, o.savedFile = &record, o.file
	return nil
}

// unlessOtherWorld refuses to do in real tenants what was planned or done in a simulation, and the other way round, before anybody is
// asked to sign in.
func (conn connection) unlessOtherWorld(what, done string, tenant plan.TenantInfo) error {
	switch simulated := conn.simulate != ""; {
	case tenant.Simulated && !simulated:
		return fmt.Errorf("the %s is of a simulation: it can be %s with --simulate only", what, done)
	case !tenant.Simulated && simulated:
		return fmt.Errorf("the %s is not of a simulation: it cannot be %s with --simulate", what, done)
	}
	return nil
}

// rollbackFlags say what a rollback may bring about beyond the default requirement; what it takes away needs no words.
func rollbackFlags() []cli.Flag {
	return []cli.Flag{namedAlsoFlag("the rollback"), routes().register(), enableAppFlag()}
}

func runRollback(ctx context.Context, o rollbackOptions, k *call) error {
	if o.many != nil {
		return k.rollbackMany(ctx, o)
	}
	if err := k.findChange(&o); err != nil { // a wrong id or a damaged record is told before any request
		return err
	}
	s, err := k.open(ctx, o.connection, operation.Directory)
	if err != nil {
		return err
	}
	defer s.close()
	words := given("rollback", o.change)
	var result operation.Result
	if o.record != nil {
		words = []string{"rollback", "--record", o.file}
		result, err = s.RollbackRecord(ctx, *o.record, o.asked.Choices, k.terms(o.changeOptions))
	} else {
		result, err = s.Rollback(ctx, o.change, o.asked.Choices, k.terms(o.changeOptions))
	}
	err = k.unlessWider(err, o.asked.Choices, words...)
	if already, ok := errors.AsType[*operation.RolledBackError](err); ok {
		return k.showRolledBack(already)
	}
	return k.ended(result, o.changeOptions, err)
}

// findChange puts the whole id in the place of its beginning, and makes sure that there is a record, of a change and not of a run. What
// the newest is, the tenant decides that is signed in to.
func (k *call) findChange(o *rollbackOptions) error {
	if o.record != nil {
		return nil
	}
	dir, err := o.connection.folder()
	if err != nil {
		return err
	}
	if o.change == "" || o.change == plan.Latest {
		return unlessEmpty(plan.NewJournal(dir))
	}
	journal, of := plan.NewJournal(dir), recordFilter{simulation: o.connection.simulate}
	if consent.IsGUID(o.connection.tenant) {
		of.tenant = o.connection.tenant
	}
	m, err := of.meant(journal, o.change)
	switch {
	case is[*plan.AmbiguousError](err): // of several tenants, one of which may be signed in to
		o.change, err = of.find(journal, o.change)
		return err
	case m.run != "":
		return &hintedError{
			fmt.Errorf("%s is a run over many tenants, not a change", plan.Printable(o.change)),
			"to undo all of it: " + k.follow.ofRun(m.changes[0].Tenant).command("rollback", "--run", m.run),
		}
	case err != nil:
		return err
	}
	o.change = m.change.ID
	return o.connection.unlessOtherWorld("change", "rolled back", m.change.Tenant)
}

// unlessEmpty refuses to undo where nothing is recorded, whatever the tenant: nobody needs to sign in for that. Where a journal cannot
// be read, the rollback itself says so.
func unlessEmpty(journal plan.Journal) error {
	if changes, damaged, err := journal.List(); err == nil && len(changes)+len(damaged) == 0 {
		return &operation.NothingToUndoError{}
	}
	return nil
}

// showRolledBack says that there is nothing to do; if the rollback was undone too, how to undo that.
func (k *call) showRolledBack(already *operation.RolledBackError) error {
	again := ""
	if already.UndoneBy != nil {
		again = k.follow.command("rollback", *already.UndoneBy)
	}
	return k.unwritten().show(render.OfRolledBack(already.Change, again))
}
