package cli

import (
	"context"
	"slices"

	"appleconsent/consent"
	"appleconsent/internal/operation"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

func doctorCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name:  "doctor",
		Usage: "diagnose why users are still prompted or blocked",
		Description: "Looks at all that decides whether iPhone and Mac users will be fine: the grants, the service principal, what users may consent\n" +
			"to, Conditional Access, recent failed sign-ins, federated domains, Intune profiles, the end of EWS. Reads and changes nothing. A\n" +
			"check that lacks a permission is skipped. Exit code 0 if there is no problem, 2 if there is one.\n\n" +
			"   appleconsent doctor --simulate consent-blocked\n   appleconsent doctor --tenant contoso.onmicrosoft.com\n   appleconsent doctor -o json",
		Flags:  slices.Concat(lookFlags(), connectionFlags(), outputFlags()),
		Action: action(env, parseLook, runDoctor),
	}
}

func runDoctor(ctx context.Context, o lookOptions, k *call) error {
	s, err := k.open(ctx, o.connection, operation.Examination)
	if err != nil {
		return err
	}
	defer s.close()
	now, required := s.Clock.Now(), consent.DefaultApplication().Require(o.choices)
	facts, err := s.Examine(ctx, required, now)
	if err != nil {
		return err
	}
	// a cure names its route, and enables the service principal where that is needed
	cures := follow{connection: k.follow.connection}
	forDevices := choiceFlags(consent.Choices{Devices: o.choices.Devices, Route: consent.AdminConsent}, false)
	found := render.Diagnose(tool(), now, required, facts, func(words ...string) string { return cures.command(append(words, forDevices...)...) })
	if err := k.result(found, func(style render.Style) string { return render.DiagnosisText(found, style) }); err != nil {
		return err
	}
	switch {
	case !found.Healthy:
		return errChangesDue
	case found.Unclear():
		k.Warning("whether users have consent and can sign in could not be read: exit code 0 says only that no problem was seen")
	}
	return nil
}
