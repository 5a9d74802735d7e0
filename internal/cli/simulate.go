package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"appleconsent/graph/simulator"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

func simulateCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name:      "simulate",
		Usage:     "list, serve or forget the simulated tenants",
		ArgsUsage: "[SCENARIO]",
		Description: "A simulated tenant speaks as Microsoft Graph and Entra do, on this machine only. It keeps its directory in the state\n" +
			"folder, so that apply, status and rollback tell one story until it is reset.\n\n" +
			"   appleconsent simulate --list\n   appleconsent simulate SCENARIO --reset\n   appleconsent simulate SCENARIO --listen 127.0.0.1:8080\n" +
			"   appleconsent simulate fresh --listen 127.0.0.1:8080 --fault faults.json",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "list", Usage: "describe the scenarios"},
			&cli.StringFlag{Name: "listen", Usage: "serve it at the loopback `ADDRESS`"},
			&cli.StringFlag{Name: "fault", Usage: "with --listen: misbehave by the rules in `FILE`"},
			&cli.BoolFlag{Name: "reset", Usage: "forget what was done to the scenario, or to all of them"},
			stateDirFlag(),
		},
		Action: action(env, parseSimulate, runSimulate),
	}
}

// simulateOptions say what to do with which simulated tenants.
type simulateOptions struct {
	scenario, stateDir string // an empty scenario: all of them, or the default
	list, reset        bool
	listen             string
	rules              []simulator.Rule
	fault              string // the file of the rules
}

func parseSimulate(in *input) (simulateOptions, error) {
	o := simulateOptions{
		scenario: in.Args().First(), list: in.Bool("list"), reset: in.Bool("reset"), listen: in.String("listen"), fault: in.String("fault"),
	}
	if err := checkScenario(o.scenario); err != nil {
		return o, err
	}
	o.scenario = scenarios().canonical(o.scenario)
	chosen := 0
	for _, name := range []string{"list", "listen", "reset"} {
		if in.IsSet(name) {
			chosen++
		}
	}
	switch {
	case chosen != 1:
		return o, errors.New("simulate needs one of --list, --listen ADDRESS and --reset")
	case o.fault != "" && o.listen == "":
		return o, errors.New("--fault goes with --listen ADDRESS")
	}
	if o.list { // nothing is kept
		return o, nil
	}
	var err error
	if o.stateDir, err = parseStateDir(in); err == nil && o.fault != "" {
		o.rules, err = simulator.ReadRules(o.fault)
	}
	return o, err
}

func runSimulate(ctx context.Context, o simulateOptions, k *call) error {
	switch {
	case o.list:
		return k.Write([]byte(scenariosText(k.Style())))
	case o.reset:
		return k.resetScenarios(o)
	}
	return k.serveScenario(ctx, o)
}

func scenariosText(style render.Style) string {
	text, width := "", 0
	for _, s := range simulator.Scenarios() {
		width = max(width, len(s.Name))
	}
	for _, s := range simulator.Scenarios() {
		text += fmt.Sprintf("%s  simulated: %s\n", style.Strong(fmt.Sprintf("%-*s", width, s.Name)), s.Description)
	}
	return text
}

func (k *call) resetScenarios(o simulateOptions) error {
	for _, s := range simulator.Scenarios() {
		if o.scenario != "" && s.Name != o.scenario {
			continue
		}
		if err := simulator.Reset(simulatedFile(o.stateDir, s.Name)); err != nil {
			return err
		}
	}
	what := "All scenarios were reset."
	if o.scenario != "" {
		what = "Scenario " + o.scenario + " was reset."
	}
	k.Note(what + " Change records are kept.")
	return nil
}

func (k *call) serveScenario(ctx context.Context, o simulateOptions) error {
	if o.fault != "" {
		k.Notef("simulation: the tenant misbehaves as %s says", plan.Printable(o.fault))
	}
	options := simulator.Options{Scenario: cmp.Or(o.scenario, "fresh")}
	options.File = simulatedFile(o.stateDir, options.Scenario)
	server, err := simulator.New(options)
	if err != nil {
		return err
	}
	if err := server.SetRules(o.rules...); err != nil {
		return err
	}
	base, stop, err := simulator.Serve(ctx, o.listen, server)
	if err != nil {
		return err
	}
	k.Notef("simulation: tenant %q at %s until Ctrl-C; try: appleconsent status --simulate %s", options.Scenario, base, base)
	<-ctx.Done()
	return stop()
}
