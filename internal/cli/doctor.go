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
		Description: "Checks what decides whether iPhone and Mac users can get mail: the grants, the service principal, what users may consent\n" +
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
	required := consent.DefaultApplication().Require(o.choices)
	facts, err := s.Examine(ctx, required)
	if err != nil {
		return err
	}
	// a fix names its route, and enables the service principal where that is needed
	fixes := follow{shell: k.follow.shell, connection: k.follow.connection}
	forDevices := choiceFlags(consent.Choices{Devices: o.choices.Devices, Route: consent.AdminConsent}, false)
	found := render.Diagnose(tool(), required, facts, func(words ...string) string { return fixes.command(append(words, forDevices...)...) })
	if err := k.show(render.OfDiagnosis(found)); err != nil {
		return err
	}
	switch {
	case !found.Healthy:
		return errChangesDue
	case found.Unclear():
		k.Warning("grants or service principal could not be checked: exit code 0 only means that no problem was found")
	}
	return nil
}
