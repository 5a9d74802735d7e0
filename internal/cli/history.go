package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"appleconsent/consent"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

func historyCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name:  "history",
		Usage: "list the changes recorded on this machine, or show one",
		Description: "Reads the state folder only: no sign-in, no network.\n\n" +
			"   appleconsent history\n   appleconsent history show CHANGE",
		Flags:  slices.Concat([]cli.Flag{stateDirFlag(), scenarios().register()}, outputFlags()),
		Action: action(env, parseStateDir, listChanges),
		Subcommands: []*cli.Command{{
			Name: "show", Usage: "show one change", ArgsUsage: "CHANGE",
			Description: "CHANGE is an id that history lists, such as 20261123T200000Z-3f9a1c.\n\n   appleconsent history show CHANGE\n" +
				"   appleconsent history show CHANGE --out change.html",
			Flags:  slices.Concat([]cli.Flag{stateDirFlag(), scenarios().register(), namedAlsoFlag("a script")}, documentFlags(allFormats)),
			Action: action(env, parseShow, showChange),
		}},
	}
}

func listChanges(_ context.Context, dir string, k *call) error {
	changes, damaged, err := plan.NewJournal(dir).List()
	if err != nil {
		return err
	}
	for _, d := range damaged {
		k.Warning(d.Error())
	}
	return k.show(render.OfHistory(changes, len(damaged)))
}

type recorded struct {
	dir, id string
	also    []consent.Also
}

func parseShow(in *input) (recorded, error) {
	dir, err := parseStateDir(in)
	if in.NArg() == 0 {
		return recorded{}, &hintedError{errors.New("CHANGE is required"), seeHistory(in.follow)}
	}
	if err != nil {
		return recorded{}, err
	}
	a, err := parseAsked(in)
	return recorded{dir, in.Args().First(), a.Also}, cmp.Or(err, a.namesOnly("a change has the names, which the command line must say, too"))
}

func showChange(_ context.Context, r recorded, k *call) error {
	change, err := plan.NewJournal(r.dir).Load(r.id)
	if err != nil {
		return err
	}
	change.Asked = r.also
	err = k.show(render.OfChange(change))
	return k.unlessWider(err, consent.Choices{Also: r.also}, "history", "show", r.id)
}
