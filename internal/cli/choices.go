package cli

import (
	"fmt"

	"appleconsent/consent"
	"appleconsent/plan"

	"github.com/urfave/cli/v2"
)

// The flags that decide what is required: of all that look at a tenant, and of those that plan a change.

func lookFlags() []cli.Flag { return []cli.Flag{devices().register(), routes().register()} }

func planFlags() []cli.Flag {
	return append(lookFlags(), &cli.BoolFlag{Name: "enable-app", Usage: "also enable the service principal for sign-in, if it is disabled"})
}

func choicesOf(c *cli.Context) consent.Choices {
	return consent.Choices{Devices: devices().of(c), Route: routes().of(c), EnableApp: c.Bool("enable-app")}
}

// takeOver makes the choices those of a saved plan, unless the command line asks for others. A file never widens: what it
// holds beyond the default must be said on the command line, too.
func takeOver(in *input, choices consent.Choices, saved plan.Document) (consent.Choices, error) {
	if err := saved.Trust(); err != nil {
		return choices, &plan.StaleError{Reasons: []string{err.Error()}}
	}
	planned := saved.Requirement.Choices()
	switch {
	case in.IsSet("devices") && planned.Devices != choices.Devices:
		return choices, fmt.Errorf("the plan was made with --devices %s, not %s", planned.Devices, choices.Devices)
	case in.IsSet("route") && planned.Route != choices.Route:
		return choices, fmt.Errorf("the plan was made with --route %s, not %s", planned.Route, choices.Route)
	case in.IsSet("enable-app") && planned.EnableApp != choices.EnableApp:
		return choices, fmt.Errorf("the plan was made with --enable-app=%v", planned.EnableApp)
	case planned.Route != choices.Route || planned.EnableApp && !choices.EnableApp:
		return choices, &widerError{"if that is what you want: " + in.follow.command(applySaved(in.Args().First(), planned)...)}
	}
	return planned, nil
}

// applySaved is the command that applies a saved plan: what goes beyond the default must be said again, devices need not.
func applySaved(file string, choices consent.Choices) []string {
	choices.Devices = consent.AllDevices
	return append([]string{"apply", file}, choiceFlags(choices, true)...)
}

// choiceFlags are the flags with which a later command makes the same choices; those to enable the client are for plans only.
func choiceFlags(choices consent.Choices, plans bool) []string {
	var flags []string
	if choices.Devices != consent.AllDevices {
		flags = append(flags, "--devices", string(choices.Devices))
	}
	if choices.Route != consent.AdminConsent {
		flags = append(flags, "--route", string(choices.Route))
	}
	if choices.EnableApp && plans {
		flags = append(flags, "--enable-app")
	}
	return flags
}
