package cli

import (
	"context"
	"slices"

	"appleconsent/consent"
	"appleconsent/plan"

	"github.com/urfave/cli/v2"
)

type applyOptions struct {
	changeOptions
	choices consent.Choices
	saved   *plan.Document // the plan file; nil if none was given
}

func applyCommand(env Environment, start starter) *cli.Command {
	return &cli.Command{
		Name:      "apply",
		Usage:     "plan, confirm, grant and verify",
		ArgsUsage: "[PLAN.json]",
		Description: "Grants what is missing, after a confirmation, and verifies it. Scopes that stand are kept. With a saved plan it\n" +
			"carries out exactly that plan, or nothing if the tenant has changed since (exit code 5).\n\n" +
			"   appleconsent apply --simulate fresh --yes\n   appleconsent apply --tenant contoso.onmicrosoft.com\n" +
			"   appleconsent apply plan.json --reason \"CHG-1042\"\n   appleconsent apply --yes -o json",
		Flags: slices.Concat(planFlags(), changeFlags(), connectionFlags(), documentFlags(allFormats)),
		Action: func(c *cli.Context) error {
			p, err := start(c)
			if err != nil {
				return err
			}
			options, err := parseApply(c, env)
			if err != nil {
				return err
			}
			p.connection, p.choices, p.changes = options.connection.flags(c), options.choices, true
			return runApply(c.Context, options, env, p)
		},
	}
}

func parseApply(c *cli.Context, env Environment) (applyOptions, error) {
	var o applyOptions
	if err := atMost(c, 1); err != nil {
		return o, err
	}
	var err error
	if o.changeOptions, err = parseChange(c, env); err != nil {
		return o, err
	}
	if o.choices, err = parseChoices(c); err != nil {
		return o, err
	}
	if c.NArg() == 0 {
		return o, nil
	}
	saved, err := plan.ReadFile(c.Args().First())
	if err != nil {
		return o, &hintedError{err, "nothing was read or changed; save a plan with: appleconsent plan --out plan.json"}
	}
	o.saved = &saved
	o.choices, err = takeOver(c, o, o.choices, saved)
	return o, err
}

func runApply(ctx context.Context, o applyOptions, env Environment, p *printer) error {
	s, err := open(ctx, o.connection, env, p, preparing(o.choices))
	if err != nil {
		return err
	}
	defer s.close()
	if !o.dryRun {
		release, err := s.lock(plan.OperationApply)
		if err != nil {
			return err
		}
		defer release()
	}
	w, err := s.planApply(ctx, o.choices)
	if err != nil {
		return err
	}
	if o.saved != nil {
		if reasons := plan.Stale(*o.saved, w.doc); len(reasons) > 0 {
			return &plan.StaleError{Reasons: reasons}
		}
	}
	return s.carryOut(ctx, o.changeOptions, newPrompter(env), w)
}

// planApply reads the tenant and plans what is to be granted.
func (s *session) planApply(ctx context.Context, choices consent.Choices) (changing, error) {
	required := consent.DefaultApplication().Require(choices)
	replan := func(ctx context.Context) (plan.Document, error) {
		state, err := s.read(ctx, required)
		if err != nil {
			return plan.Document{}, err
		}
		return s.planned(plan.New(plan.KindPlan, tool(), s.clock.Now(), required, state)), nil
	}
	doc, err := replan(ctx)
	return changing{doc, plan.OperationApply, required, false, replan}, err
}
