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

func simulateCommand(env Environment, start starter) *cli.Command {
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
			&cli.StringFlag{Name: "listen", Usage: "serve the scenario at the loopback `ADDRESS`, for --simulate http://ADDRESS and other clients"},
			&cli.StringFlag{Name: "fault", Usage: "with --listen: misbehave by the rules in `FILE`"},
			&cli.BoolFlag{Name: "reset", Usage: "forget what was done to the scenario, or to all of them"},
			stateDirFlag(),
		},
		Action: func(c *cli.Context) error {
			p, err := start(c)
			if err != nil {
				return err
			}
			if err := atMost(c, 1); err != nil {
				return err
			}
			return runSimulate(c, env, p)
		},
	}
}

func runSimulate(c *cli.Context, env Environment, p *printer) error {
	scenario := c.Args().First()
	if scenario != "" {
		if err := checkScenario(scenario); err != nil {
			return err
		}
	}
	dir, err := parseStateDir(c, env)
	if err != nil {
		return err
	}
	chosen := 0
	for _, name := range []string{"list", "listen", "reset"} {
		if c.IsSet(name) {
			chosen++
		}
	}
	switch {
	case chosen != 1:
		return errors.New("simulate needs one of --list, --listen ADDRESS and --reset")
	case c.IsSet("fault") && !c.IsSet("listen"):
		return errors.New("--fault goes with --listen ADDRESS")
	case c.Bool("list"):
		return p.printScenarios()
	case c.Bool("reset"):
		return resetScenarios(scenario, dir, p)
	}
	var rules []simulator.Rule
	if file := c.String("fault"); file != "" {
		if rules, err = simulator.ReadRules(file); err != nil {
			return err
		}
		p.note("simulation: the tenant misbehaves as %s says", plan.Printable(file))
	}
	o := simulator.Options{Scenario: cmp.Or(scenario, "fresh")}
	o.File = simulatedFile(dir, o.Scenario)
	return serveScenario(c.Context, o, rules, c.String("listen"), p)
}

func (p *printer) printScenarios() error {
	return p.result(nil, func(style render.Style) string { return scenariosText(style) })
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

func resetScenarios(scenario, dir string, p *printer) error {
	for _, s := range simulator.Scenarios() {
		if scenario != "" && s.Name != scenario {
			continue
		}
		if err := simulator.Reset(simulatedFile(dir, s.Name)); err != nil {
			return err
		}
	}
	p.note("simulation: %s is as in the beginning; change records are kept", cmp.Or(scenario, "every scenario"))
	return nil
}

func serveScenario(ctx context.Context, o simulator.Options, rules []simulator.Rule, address string, p *printer) error {
	server, err := simulator.New(o)
	if err != nil {
		return err
	}
	if err := server.SetRules(rules...); err != nil {
		return err
	}
	base, stop, err := simulator.Serve(ctx, address, server)
	if err != nil {
		return err
	}
	p.note("simulation: tenant %q at %s until Ctrl-C; try: appleconsent status --simulate %s", o.Scenario, base, base)
	<-ctx.Done()
	return stop()
}
