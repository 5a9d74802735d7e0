package cli

import (
	"context"
	"slices"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
	"appleconsent/graph"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

func doctorCommand(env Environment, start starter) *cli.Command {
	return &cli.Command{
		Name:  "doctor",
		Usage: "diagnose why users are still prompted or blocked",
		Description: "Checks what decides whether iPhone and Mac users can get mail: the grants, the service principal, what users may consent\n" +
			"to, Conditional Access, recent failed sign-ins, federated domains, Intune profiles, the end of EWS. Reads and changes nothing. A\n" +
			"check that lacks a permission is skipped. Exit code 0 if there is no problem, 2 if there is one.\n\n" +
			"   appleconsent doctor --simulate consent-blocked\n   appleconsent doctor --tenant contoso.onmicrosoft.com\n   appleconsent doctor -o json",
		Flags: slices.Concat(lookFlags(), connectionFlags(), outputFlags()),
		Action: func(c *cli.Context) error {
			p, err := start(c)
			if err != nil {
				return err
			}
			options, err := parseLook(c, env)
			if err != nil {
				return err
			}
			p.connection = options.connection.flags(c)
			return runDoctor(c.Context, options, env, p)
		},
	}
}

func runDoctor(ctx context.Context, o lookOptions, env Environment, p *printer) error {
	s, err := open(ctx, o.connection, env, p, (*graph.Client).AskForExamination)
	if err != nil {
		return err
	}
	defer s.close()
	now, required := s.clock.Now(), consent.DefaultApplication().Require(o.choices)
	facts, err := s.examine(ctx, required, now)
	if err != nil {
		return err
	}
	forDevices := choiceFlags(consent.Choices{Devices: o.choices.Devices, Route: consent.AdminConsent}, false) // a fix names its route
	found := render.Diagnose(tool(), now, required, facts, func(words ...string) string { return p.command(append(words, forDevices...)...) })
	if err := p.show(render.OfDiagnosis(found)); err != nil {
		return err
	}
	switch {
	case !found.Healthy:
		return errChangesDue
	case found.Unclear():
		s.warning("grants or service principal could not be checked: exit code 0 only means that no problem was found")
	}
	return nil
}

// examine reads what decides whether users can get mail.
func (s *session) examine(ctx context.Context, required consent.Requirement, now time.Time) (doctor.Facts, error) {
	defer s.busy("examining the tenant")()
	var facts doctor.Facts
	err := s.budget.spend(ctx, func(ctx context.Context) error {
		var err error
		facts, err = s.client.Examine(ctx, required, doctor.SignInsSince(now))
		return s.inTenant(err)
	})
	return facts, err
}
