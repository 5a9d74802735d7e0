package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"appleconsent/consent"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

// ofChange says what CHANGE can be.
const ofChange = "CHANGE is an id that history lists, such as 20261123T200000Z-3f9a1c, a beginning that no other id has, or latest."

// orRun says what it can be besides, where it is only shown.
const orRun = " That of a run over many tenants shows its changes, as text or JSON."

func historyCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name:      "history",
		Usage:     "list the changes recorded on this machine, or show one",
		ArgsUsage: "[CHANGE]",
		Description: "Lists the newest first. Reads the state folder only: no sign-in, no network. " + ofChange + orRun + "\n\n" +
			"   appleconsent history\n   appleconsent history --simulate fresh\n   appleconsent history latest\n   appleconsent history show CHANGE",
		Flags:  slices.Concat([]cli.Flag{namedAlsoFlag("a script")}, recordFlags(), documentFlags(allFormats)),
		Action: action(env, parseHistory, runHistory),
		Subcommands: []*cli.Command{{
			Name: "show", Usage: "show one change", ArgsUsage: "CHANGE",
			Description: ofChange + orRun + "\n\n   appleconsent history show CHANGE\n   appleconsent history show latest --out change.html",
			Flags:       slices.Concat([]cli.Flag{namedAlsoFlag("a script")}, recordFlags(), documentFlags(allFormats)),
			Action:      action(env, parseShow, showChange),
		}, pruneCommand(env)},
	}
}

// recorded is what history is asked about.
type recorded struct {
	dir    string
	filter recordFilter
	change string // empty: all
	also   []consent.Also
	force  bool // the file of --out may be any
}

func parseHistory(in *input) (recorded, error) {
	switch first := in.Args().First(); {
	case hasWord("all list ls", first):
		return recorded{}, &hintedError{fmt.Errorf("history has no command %q", first), "it lists all changes by itself: appleconsent history"}
	case in.NArg() > 0:
		return parseShow(in)
	}
	r, err := parseRecorded(in)
	if err == nil && in.IsSet("also") {
		err = errors.New("--also goes with CHANGE")
	}
	if err == nil && render.CanHold(in.output.format, render.KindHistory, consent.Choices{}) != nil {
		err = &hintedError{
			fmt.Errorf("the list of changes cannot be shown as %s, only one change can", in.output.format),
			"name it, as in: " + in.follow.command("history", "show", "latest"),
		}
	}
	return r, err
}

func parseShow(in *input) (recorded, error) {
	r, err := parseRecorded(in)
	if r.change = in.Args().First(); r.change == "" {
		return r, &hintedError{errors.New("CHANGE is required"), seeHistory(in.follow)}
	}
	if err != nil {
		return r, err
	}
	a, err := parseAsked(in)
	r.also = a.Also
	return r, cmp.Or(err, a.namesOnly("a change has the names, which the command line must say, too"))
}

func parseRecorded(in *input) (recorded, error) {
	dir, noFolder := parseStateDir(in)
	filter, err := parseFilter(in)
	return recorded{dir: dir, filter: filter, force: in.Bool("force")}, cmp.Or(noFolder, err)
}

func runHistory(ctx context.Context, r recorded, k *call) error {
	if r.change != "" {
		return showChange(ctx, r, k)
	}
	changes, damaged, err := plan.NewJournal(r.dir).List()
	if err == nil {
		err = r.filter.check(changes)
	}
	if err != nil {
		return err
	}
	changes, damaged = r.filter.of(changes, damaged)
	for _, d := range damaged {
		k.Warning(d.Error())
	}
	whole := !k.env.Terminals.Out || k.output.file != ""
	return k.show(render.OfHistory(render.History{Changes: changes, Damaged: damaged, Of: r.filter.about(), Whole: whole}))
}

func showChange(_ context.Context, r recorded, k *call) error {
	m, err := r.filter.meant(plan.NewJournal(r.dir), r.change)
	switch {
	case err != nil:
		return err
	case m.run != "":
		return k.showRun(m, r)
	}
	m.change.Asked = r.also
	err = k.show(k.recorded(m.change))
	return k.unlessWider(err, consent.Choices{Also: r.also}, "history", "show", m.change.ID)
}

// showRun shows the changes of a run over many tenants, in the formats of a list of changes, and how to undo them.
func (k *call) showRun(m meant, r recorded) error {
	if render.CanHold(k.output.format, render.KindHistory, consent.Choices{}) != nil {
		return &hintedError{
			fmt.Errorf("run %s cannot be shown as %s, only one change can", m.run, k.output.format),
			"name one of its changes, as in: " + k.follow.command("history", "show", m.changes[0].ID),
		}
	}
	if file := k.output.file; file != "" && !r.force { // which a record of a change could take the place of
		if err := checkOut(file, false, false); err != nil {
			return err
		}
	}
	for _, d := range m.damaged {
		k.Warning(d.Error())
	}
	whole := !k.env.Terminals.Out || k.output.file != ""
	if err := k.show(render.OfHistory(render.History{Changes: m.changes, Run: m.run, Whole: whole})); err != nil {
		return err
	}
	if slices.ContainsFunc(m.changes, func(c plan.Change) bool { return c.Wrote() && !c.RolledBack() }) {
		k.Note("To undo: " + k.follow.ofRun(m.changes[0].Tenant).command("rollback", "--run", m.run))
	}
	return nil
}
