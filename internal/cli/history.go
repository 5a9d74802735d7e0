package cli

import (
	"errors"
	"fmt"
	"slices"

	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

func historyCommand(env Environment, start starter) *cli.Command {
	return &cli.Command{
		Name:  "history",
		Usage: "list the changes recorded on this machine, or show one",
		Description: "Reads the state folder only: no sign-in, no network.\n\n" +
			"   appleconsent history\n   appleconsent history show CHANGE",
		Flags:  slices.Concat([]cli.Flag{stateDirFlag(), simulateFlag()}, outputFlags()),
		Action: func(c *cli.Context) error { return listChanges(c, env, start) },
		Subcommands: []*cli.Command{{
			Name: "show", Usage: "show one change", ArgsUsage: "CHANGE",
			Description: "CHANGE is an id that history lists, such as 20261123T200000Z-3f9a1c.\n\n   appleconsent history show CHANGE\n" +
				"   appleconsent history show CHANGE --out change.html",
			Flags:  slices.Concat([]cli.Flag{stateDirFlag(), simulateFlag()}, documentFlags(allFormats)),
			Action: func(c *cli.Context) error { return showChange(c, env, start) },
		}},
	}
}

func listChanges(c *cli.Context, env Environment, start starter) error {
	p, err := start(c)
	if err != nil {
		return err
	}
	if c.NArg() > 0 {
		return &hintedError{fmt.Errorf("unexpected argument %q", c.Args().First()), "to see one change: appleconsent history show CHANGE"}
	}
	dir, err := parseStateDir(c, env)
	if err != nil {
		return err
	}
	changes, damaged, err := plan.NewJournal(dir).List()
	if err != nil {
		return err
	}
	for _, d := range damaged {
		p.warning(d.Error())
	}
	return p.show(render.OfHistory(changes, len(damaged)))
}

func showChange(c *cli.Context, env Environment, start starter) error {
	p, err := start(c)
	if err != nil {
		return err
	}
	if err := atMost(c, 1); err != nil {
		return err
	}
	if c.NArg() == 0 {
		return &hintedError{errors.New("which change? CHANGE is missing"), "see what is recorded with: " + p.command("history")}
	}
	dir, err := parseStateDir(c, env)
	if err != nil {
		return err
	}
	change, err := plan.NewJournal(dir).Load(c.Args().First())
	if err != nil {
		return withHistoryHint(err, p)
	}
	return p.show(render.OfChange(change))
}
