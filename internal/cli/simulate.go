package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"appleconsent/graph/simulator"
	"appleconsent/internal/operation/fleet"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

// usualFleet is how many tenants a file of the simulated fleet has unless it is said otherwise.
const usualFleet = 100

func simulateCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name:      "simulate",
		Usage:     "list, serve or forget the simulated tenants",
		ArgsUsage: "[SCENARIO]",
		Description: "A simulated tenant speaks as Microsoft Graph and Entra do, on this machine only. It keeps its directory in the state\n" +
			"folder, so that apply, status and rollback tell one story until it is reset. The scenario fleet is many tenants, to rehearse\n" +
			"--tenants: --out writes a file of them, --mix says of which kinds: scenarios, and AADSTS numbers of refused sign-ins.\n\n" +
			"   appleconsent simulate --list\n   appleconsent simulate SCENARIO --reset\n   appleconsent simulate SCENARIO --listen 127.0.0.1:8080\n" +
			"   appleconsent simulate fresh --listen 127.0.0.1:8080 --fault faults.json\n" +
			"   appleconsent simulate fleet --out tenants.csv\n   appleconsent plan --simulate fleet --tenants tenants.csv",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "list", Usage: "describe the scenarios"},
			&cli.StringFlag{Name: "listen", Usage: "serve it at the loopback `ADDRESS`"},
			&cli.StringFlag{Name: "fault", Usage: "with --listen: misbehave by the rules in `FILE`"},
			&cli.BoolFlag{Name: "reset", Usage: "forget what was done to the scenario, or to all of them"},
			&cli.StringFlag{Name: "out", Usage: "fleet: write its tenants to `FILE` (-: standard output)"},
			number{flag: "size", usage: "with --out: so many tenants, `N`", preset: usualFleet, least: 1, most: fleet.MaxRows}.register(),
			&cli.StringFlag{
				Name: "mix", Usage: "with --out: `KINDS` and shares, as in fresh=60,65001=1",
			},
			stateDirFlag(),
			formats(plainFormats).register(),
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
	out                string // the file for tenants of the fleet
	members            []simulator.Member
}

func (o simulateOptions) isFleet() bool { return o.scenario == simulator.FleetName }

func parseSimulate(in *input) (simulateOptions, error) {
	o := simulateOptions{
		scenario: in.Args().First(), list: in.Bool("list"), reset: in.Bool("reset"), listen: in.String("listen"), fault: in.String("fault"),
		out: in.String("out"),
	}
	if err := checkScenario(o.scenario); err != nil {
		return o, err
	}
	o.scenario = scenarios().canonical(o.scenario)
	chosen := 0
	for _, name := range []string{"list", "listen", "reset", "out"} {
		if in.IsSet(name) {
			chosen++
		}
	}
	var err error
	switch {
	case o.out != "" && !o.isFleet():
		return o, errors.New("--out writes tenants of the fleet: appleconsent simulate fleet --out FILE")
	case chosen != 1:
		return o, errors.New("simulate needs one of --list, --listen ADDRESS, --reset and, for the fleet, --out FILE")
	case in.output.format == render.JSON && !o.list:
		return o, errors.New("-o json goes with --list")
	case o.fault != "" && o.listen == "":
		return o, errors.New("--fault goes with --listen ADDRESS")
	case (in.IsSet("size") || in.IsSet("mix")) && o.out == "":
		return o, errors.New("--size and --mix go with --out FILE")
	case o.out != "":
		if o.out != "-" {
			err = checkForeign(o.out, false, "remove it first")
		}
		if err == nil {
			o.members, err = parseMembers(in)
		}
		return o, err
	case o.list: // nothing is kept
		return o, nil
	}
	if o.stateDir, err = parseStateDir(in); err == nil && o.fault != "" {
		o.rules, err = simulator.ReadRules(o.fault)
	}
	return o, err
}

// parseMembers returns the tenants that a file of the fleet is to have.
func parseMembers(in *input) ([]simulator.Member, error) {
	mix, err := simulator.ParseMix(cmp.Or(in.String("mix"), simulator.UsualMix))
	if err != nil {
		return nil, fmt.Errorf("--mix: %w", err)
	}
	members, err := simulator.Members(in.Int("size"), mix)
	if err != nil {
		return nil, fmt.Errorf("--size: %w", err)
	}
	return members, nil
}

func runSimulate(ctx context.Context, o simulateOptions, k *call) error {
	switch {
	case o.list:
		return k.result(newScenarioList(), scenariosText(k.Style()))
	case o.reset:
		return k.resetScenarios(o)
	case o.out != "":
		return k.writeMembers(o)
	}
	return k.serveScenario(ctx, o)
}

// scenarioList is the scenarios as JSON.
type scenarioList struct {
	SchemaVersion int        `json:"schemaVersion"`
	Kind          plan.Kind  `json:"kind"`
	Scenarios     []scenario `json:"scenarios"`
}

type scenario struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

func newScenarioList() scenarioList {
	list := scenarioList{SchemaVersion: plan.SchemaVersion, Kind: "scenarios"}
	for _, s := range simulations().choices() {
		list.Scenarios = append(list.Scenarios, scenario{s.Word, "simulated: " + s.Meaning})
	}
	return list
}

func scenariosText(style render.Style) string {
	text, width := "", 0
	known := simulations().choices()
	for _, s := range known {
		width = max(width, len(s.Word))
	}
	for _, s := range known {
		means := strings.Join(render.Wrap("simulated: "+s.Meaning, style.Width-width-2), "\n"+strings.Repeat(" ", width+2))
		text += style.Strong(fmt.Sprintf("%-*s", width, s.Word)) + "  " + means + "\n"
	}
	return text
}

// writeMembers writes a tenants file. What kind of tenant each is stands in a column that --tenants does not read.
func (k *call) writeMembers(o simulateOptions) error {
	var members []render.Member
	for _, m := range o.members {
		kind := m.Scenario
		if m.Refusal != 0 {
			kind = fmt.Sprintf("AADSTS%d", m.Refusal)
		}
		members = append(members, render.Member{ID: m.ID(), Name: m.Name(), Kind: kind})
	}
	text := render.MembersCSV(members)
	if o.out == "-" {
		return k.Write(text)
	}
	if err := writeTenants(o.out, string(text)); err != nil {
		return err
	}
	k.Notef("Wrote %s to %s. To rehearse: appleconsent plan --simulate %s --tenants %s",
		render.Count(len(o.members), "simulated tenant"), plan.Printable(o.out), simulator.FleetName, render.Quote(k.follow.shell, o.out))
	return nil
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
	if o.scenario == "" || o.isFleet() {
		if err := simulator.ResetFleet(simulatedFleet(o.stateDir)); err != nil {
			return err
		}
	}
	k.Note(what + " Change records are kept.")
	return nil
}

func (k *call) serveScenario(ctx context.Context, o simulateOptions) error {
	o.scenario = cmp.Or(o.scenario, "fresh")
	server, err := o.server()
	if err != nil {
		return err
	}
	base, stop, err := simulator.Serve(ctx, o.listen, server)
	if err != nil {
		return err
	}
	if o.fault != "" {
		k.Notef("simulation: the tenant misbehaves as %s says", plan.Printable(o.fault))
	}
	try := "status --simulate " + base
	if o.isFleet() {
		try += " --tenants tenants.csv"
	}
	k.Notef("simulation: tenant %q at %s until Ctrl-C; try: appleconsent %s", o.scenario, base, try)
	<-ctx.Done()
	return stop()
}

// server is what answers for the scenario, with the faults that were asked for.
func (o simulateOptions) server() (http.Handler, error) {
	if o.isFleet() {
		many := simulator.NewFleet(simulator.FleetOptions{Folder: simulatedFleet(o.stateDir)})
		return many, many.SetRules(o.rules...)
	}
	server, err := simulator.New(simulator.Options{Scenario: o.scenario, File: simulatedFile(o.stateDir, o.scenario)})
	if err != nil {
		return nil, err
	}
	return server, server.SetRules(o.rules...)
}
