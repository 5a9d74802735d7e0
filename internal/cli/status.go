package cli

import (
	"slices"

	"appleconsent/consent"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

// lookOptions are those of the commands that only look.
type lookOptions struct {
	connection connection
	choices    consent.Choices
	detailed   bool
}

func parseLook(c *cli.Context, env Environment) (lookOptions, error) {
	if err := noArguments(c); err != nil {
		return lookOptions{}, err
	}
	conn, err := parseConnection(c, env)
	if err != nil {
		return lookOptions{}, err
	}
	choices, err := parseChoices(c)
	return lookOptions{conn, choices, c.Bool("detailed-exitcode")}, err
}

func statusCommand(env Environment, start starter) *cli.Command {
	return &cli.Command{
		Name:  "status",
		Usage: "show what is granted and what is missing",
		Description: "Reads the tenant and changes nothing. Exit code 0 if consent is in place, 2 if it is not.\n\n" +
			"   appleconsent status --simulate fresh\n   appleconsent status --tenant contoso.onmicrosoft.com\n   appleconsent status --quiet",
		Flags: slices.Concat(lookFlags(), connectionFlags(), documentFlags(statusFormats)),
		Action: func(c *cli.Context) error {
			return look(c, env, start, plan.KindStatus)
		},
	}
}

func planCommand(env Environment, start starter) *cli.Command {
	return &cli.Command{
		Name:  "plan",
		Usage: "show what apply would change",
		Description: "Reads the tenant and changes nothing. A saved plan is a promise: apply carries out exactly that plan, or nothing.\n\n" +
			"   appleconsent plan --simulate partial --out plan.html\n   appleconsent plan --out plan.json\n" +
			"   appleconsent plan --detailed-exitcode -o json >plan.json",
		Flags: slices.Concat(planFlags(), []cli.Flag{detailedExitCodeFlag()}, connectionFlags(), documentFlags(allFormats)),
		Action: func(c *cli.Context) error {
			return look(c, env, start, plan.KindPlan)
		},
	}
}

// look reads the tenant and shows a status or a plan.
func look(c *cli.Context, env Environment, start starter, kind plan.Kind) error {
	p, err := start(c)
	if err != nil {
		return err
	}
	options, err := parseLook(c, env)
	if err != nil {
		return err
	}
	p.connection, p.choices = options.connection.flags(c), options.choices
	s, err := open(c.Context, options.connection, env, p, preparing(options.choices))
	if err != nil {
		return err
	}
	defer s.close()
	required := consent.DefaultApplication().Require(options.choices)
	state, err := s.read(c.Context, required)
	if err != nil {
		return err
	}
	doc := plan.New(kind, tool(), s.clock.Now(), required, state)
	if kind == plan.KindPlan {
		doc = s.planned(doc)
	}
	if err := s.showDocument(doc); err != nil {
		return err
	}
	if file := p.output.file; file != "" && p.output.format == render.JSON && kind == plan.KindPlan {
		s.note("plan saved; carry it out with: %s", p.command(applySaved(file, options.choices)...))
	}
	if !doc.Satisfied && (kind == plan.KindStatus || options.detailed) {
		return errChangesDue
	}
	return nil
}

// planned notes in a plan who made it.
func (s *session) planned(doc plan.Document) plan.Document {
	if s.identity.Operator != "" {
		doc.PlannedBy = &s.identity.Operator
	}
	return doc
}

// showDocument prints a document as the result.
func (s *session) showDocument(doc plan.Document) error {
	return s.show(render.OfPlan(doc))
}
