package cli

import (
	"context"
	"slices"

	"appleconsent/consent"
	"appleconsent/internal/operation"
	"appleconsent/plan"

	"github.com/urfave/cli/v2"
)

type applyOptions struct {
	changeOptions
	choices consent.Choices
	saved   *plan.Document // the plan file; nil if none was given
}

func applyCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name:      "apply",
		Usage:     "plan, confirm, grant and verify",
		ArgsUsage: "[PLAN.json]",
		Description: "Grants what is missing, after a confirmation, and verifies it. Existing scopes are kept. With a saved plan it\n" +
			"carries out exactly that plan, or nothing if the tenant has changed since (exit code 5).\n\n" +
			"   appleconsent apply --simulate fresh --yes\n   appleconsent apply --tenant contoso.onmicrosoft.com\n" +
			"   appleconsent apply plan.json --reason \"CHG-1042\"\n   appleconsent apply --yes -o json",
		Flags:  slices.Concat(planFlags(), changeFlags(), connectionFlags(), documentFlags(allFormats)),
		Action: action(env, parseApply, runApply),
	}
}

func parseApply(in *input) (applyOptions, error) {
	var o applyOptions
	if err := atMost(in.Context, 1); err != nil {
		return o, err
	}
	var err error
	if o.changeOptions, err = parseChange(in); err != nil {
		return o, err
	}
	o.choices = choicesOf(in.Context)
	if in.NArg() > 0 {
		if err := o.readPlan(in); err != nil {
			return o, err
		}
	}
	in.follow.choices = o.choices
	return o, nil
}

// readPlan reads the saved plan, whose choices it takes over.
func (o *applyOptions) readPlan(in *input) error {
	saved, err := plan.ReadFile(in.Args().First())
	if err != nil {
		return &hintedError{err, "save a plan with: appleconsent plan --out plan.json"}
	}
	o.saved = &saved
	o.choices, err = takeOver(in, o.choices, saved)
	return err
}

func runApply(ctx context.Context, o applyOptions, k *call) error {
	s, err := k.open(ctx, o.connection, operation.NeedOf(o.choices))
	if err != nil {
		return err
	}
	defer s.close()
	result, err := s.Apply(ctx, consent.DefaultApplication().Require(o.choices), o.saved, k.terms(o.changeOptions))
	return k.ended(result, o.changeOptions, err)
}
