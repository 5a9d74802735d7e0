package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"appleconsent/consent"
	"appleconsent/internal/operation"
	"appleconsent/internal/operation/fleet"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

type applyOptions struct {
	changeOptions
	asked asked
	saved *plan.Document // the plan file; nil if none was given
}

func applyCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name:      "apply",
		Usage:     "plan, confirm, grant and verify",
		ArgsUsage: "[PLAN.json]",
		Description: "Grants what is missing, after a confirmation, and verifies it. Existing scopes are kept. With a saved plan it\n" +
			"carries out exactly that plan, or nothing if the tenant has changed since (exit code 5).\n\n" +
			"   appleconsent apply --simulate fresh --yes\n   appleconsent apply --tenant contoso.onmicrosoft.com\n" +
			"   appleconsent apply plan.json --reason \"CHG-1042\"\n   appleconsent apply --tenant contoso.onmicrosoft.com --yes -o json\n" +
			"   appleconsent apply --tenants customers.csv\n   appleconsent apply plans.jsonl --yes --at-most 200\n\n" +
			"Of many tenants all are looked at first; what is due is shown together and confirmed once, by its number.",
		Flags:  slices.Concat(planFlags(), changeFlags(), connectionFlags(), manyChangeFlags(), documentFlags(withMany(allFormats))),
		Action: action(env, parseApply, runApply),
	}
}

func parseApply(in *input) (applyOptions, error) {
	var o applyOptions
	var err error
	if o.changeOptions, err = parseChange(in); err != nil {
		return o, err
	}
	if o.asked, err = parseAsked(in); err != nil {
		return o, err
	}
	in.follow.choices = o.asked.Choices
	if in.NArg() > 0 {
		if err := o.readPlans(in); err != nil {
			return o, err
		}
	}
	in.follow.choices = o.asked.Choices
	err = cmp.Or(checkChoices(o.asked.Choices), o.connection.checkSimulated(o.many), o.asked.unlessLoosening(o.many))
	if err != nil || o.many != nil {
		return o, err
	}
	return o, render.CanHold(in.output.format, plan.KindChange, o.asked.Choices)
}

// readPlans reads the saved plan, or the saved plans of many tenants.
func (o *applyOptions) readPlans(in *input) error {
	rows, err := in.readPlans(in.Args().First())
	switch {
	case err != nil:
		return err
	case rows == nil && o.many == nil:
		err := o.readPlan(in)
		return cmp.Or(err, unlessMany(in))
	case o.many != nil:
		return errors.New("a saved plan names its tenant: leave --tenants out")
	case in.IsSet("tenant"):
		return errors.New("saved plans of many tenants name them: leave --tenant out")
	}
	if err := cmp.Or(in.output.unlessSame(in.Args().First()), o.allOfThisWorld(in, rows)); err != nil {
		return err
	}
	in.follow = in.follow.without("--tenant") // each has its own
	o.many, err = manyOf(in, rows)
	return err
}

// allOfThisWorld is ofThisWorld for saved plans of many tenants. What cannot be read is a row that says so later.
func (o *applyOptions) allOfThisWorld(in *input, rows []fleet.Row) error {
	for _, row := range rows {
		if row.Saved == nil {
			continue
		}
		saved, unreadable := plan.Decode(row.Saved)
		if unreadable != nil {
			continue
		}
		if err := o.ofThisWorld(in, saved, in.follow.ofRun(saved.Tenant)); err != nil {
			return err
		}
	}
	return nil
}

// readPlan reads the saved plan, whose choices it takes over.
func (o *applyOptions) readPlan(in *input) error {
	saved, err := plan.ReadFile(in.Args().First())
	if err != nil {
		return &hintedError{err, saveAPlan}
	}
	next, _ := in.follow.backTo(saved.Tenant)
	err = cmp.Or(in.output.unlessSame(in.Args().First()), o.ofThisWorld(in, saved, next))
	if err != nil {
		return err
	}
	o.saved, o.savedFile = &saved, in.Args().First()
	if saved.Reason != nil {
		o.reason = cmp.Or(o.reason, *saved.Reason)
	}
	if err := o.asked.namesOnly("a saved plan has the names, which the command line must say, too"); err != nil {
		return err
	}
	o.asked.Choices, err = takeOver(in, o.asked.Choices, saved)
	return err
}

// ofThisWorld refuses to apply the plan of a simulation without it, with the line that has it, and a real one in a simulation. Next is
// what goes on where it was planned.
func (o *applyOptions) ofThisWorld(in *input, saved plan.Document, next follow) error {
	err := o.connection.unlessOtherWorld("plan", "applied", saved.Tenant)
	if err != nil && saved.Tenant.Simulated && next.value("--simulate") != "" {
		return &hintedError{err, "to apply it there: " + next.command("apply", in.Args().First())}
	}
	return err
}

// takeOver makes the choices those of a saved plan, unless the command line asks for others. A file never widens: what it
// holds beyond the default must be said on the command line, too.
func takeOver(in *input, choices consent.Choices, saved plan.Document) (consent.Choices, error) {
	planned, said, more, err := beyondSaid(saved, choices)
	switch {
	case err != nil:
		return choices, err
	case in.IsSet("devices") && planned.Devices != choices.Devices:
		return choices, fmt.Errorf("the plan was made with --devices %s, not %s", planned.Devices, choices.Devices)
	case in.IsSet("route") && planned.Route != choices.Route:
		return choices, fmt.Errorf("the plan was made with --route %s, not %s", planned.Route, choices.Route)
	case in.IsSet("enable-app") && planned.EnableApp != choices.EnableApp:
		return choices, fmt.Errorf("the plan was made with --enable-app=%v", planned.EnableApp)
	case in.IsSet("loosen") && planned.Loosen != choices.Loosen:
		return choices, fmt.Errorf("the plan was made with --loosen=%v", planned.Loosen)
	case len(consent.AlsoBeyond(said, planned.Also)) > 0:
		return choices, fmt.Errorf("the plan was made without %s", asWritten(consent.AlsoBeyond(said, planned.Also)))
	case !more.Default():
		again := in.follow.again(applySaved(in.Args().First(), planned)...)
		return choices, &hintedError{fmt.Errorf("the plan: %w", &plan.WiderError{Needs: more}), "if that is what you want: " + again}
	}
	return planned, nil
}

// beyondSaid returns the choices of a plan that can be trusted, the scopes that the command line names besides, and what the plan was
// made with and the command line does not say. Errors: *plan.StaleError.
func beyondSaid(saved plan.Document, choices consent.Choices) (planned consent.Choices, said []consent.Also, more consent.Choices, err error) {
	planned, said = saved.Requirement.Choices(), consent.DefaultApplication().Require(choices).Also
	saved.Asked = planned.Also // which is asked for on the command line, too, or refused by the caller
	if err := saved.Trust(); err != nil {
		return planned, said, more, &plan.StaleError{Reasons: []string{err.Error()}}
	}
	more = consent.Choices{
		Also: consent.AlsoBeyond(planned.Also, said), EnableApp: planned.EnableApp && !choices.EnableApp, Loosen: planned.Loosen && !choices.Loosen,
	}
	if planned.Route != choices.Route {
		more.Route = planned.Route
	}
	return planned, said, more, nil
}

func runApply(ctx context.Context, o applyOptions, k *call) error {
	if o.many != nil {
		return k.applyMany(ctx, o)
	}
	s, err := k.open(ctx, o.connection, operation.NeedOf(o.asked.Choices))
	if err != nil {
		return err
	}
	defer s.close()
	required, err := k.required(ctx, s, o.asked)
	if err == nil {
		err = k.unlessUnseen(o.asked, o.yes, required.Also)
	}
	if err != nil {
		return err
	}
	result, err := s.Apply(ctx, required, o.saved, k.terms(o.changeOptions))
	return k.ended(result, o.changeOptions, err)
}
