package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"appleconsent/consent"
	"appleconsent/graph/simulator"
	"appleconsent/internal/disk"
	"appleconsent/internal/operation/fleet"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

// How many tenants are worked on at once.
const (
	defaultParallel = 16
	maxParallel     = 64
)

// manyOptions are those of a run over many tenants.
type manyOptions struct {
	rows     []fleet.Row
	file     string // of the rows, for another run; empty: none that can be read again
	parallel int
	atMost   int    // 0: any number
	failed   string // the file for the rows that did not end well; empty: none
	devices  bool   // the command line names devices
}

// manyFlags are those of a command that can be run over many tenants.
func manyFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "tenants", Category: forMany, Usage: "do it for each tenant in `FILE` (-: standard input)"},
		number{
			flag: "parallel", group: forMany, usage: fmt.Sprintf("`N` tenants at once, 1 to %d", maxParallel),
			preset: defaultParallel, least: 1, most: maxParallel,
		}.register(),
		&cli.StringFlag{Name: "failed", Category: forMany, Usage: "list those that did not end well in `FILE`"},
	}
}

// manyChangeFlags are those of a command that can change many tenants.
func manyChangeFlags() []cli.Flag {
	return append(manyFlags(), number{
		flag: "at-most", group: forMany, usage: "change nothing if more than `N` are due; for --yes", least: 1,
	}.register())
}

// withMany are the formats of a command that can be run over many tenants, too.
func withMany(known []render.Format) []render.Format {
	formats := slices.Clone(known)
	for _, f := range render.Formats(render.KindFleet) {
		if !slices.Contains(formats, f) {
			formats = append(formats, f)
		}
	}
	return formats
}

// parseMany reads the flags of a run over many tenants; nil if the command is for one.
func parseMany(in *input) (*manyOptions, error) {
	switch {
	case !in.IsSet("tenants") && in.NArg() > 0 && in.Command.Name == "apply":
		return nil, nil // saved plans, perhaps, see applyOptions.readPlans
	case !in.IsSet("tenants"):
		return nil, unlessMany(in)
	}
	if in.IsSet("tenant") {
		return nil, errors.New("--tenants takes the place of --tenant: use one of them")
	}
	rows, err := in.readRows(in.String("tenants"))
	if err != nil {
		return nil, fmt.Errorf("read tenants %s: %w", disk.Quote(in.String("tenants")), disk.Pathless(err))
	}
	o, err := manyOf(in, rows)
	if name := in.String("tenants"); err == nil && name != "-" {
		o.file = name
	}
	return o, err
}

// clients reports whether a row says with which application to sign in.
func (o *manyOptions) clients() bool {
	return slices.ContainsFunc(o.rows, func(row fleet.Row) bool { return row.ClientID != "" })
}

// parseManyChange is parseMany for a command that changes something: many tenants are also those of a run.
func parseManyChange(in *input) (*manyOptions, error) {
	if in.String("run") == "" || in.IsSet("tenants") {
		return parseMany(in)
	}
	if in.IsSet("tenant") {
		return nil, errors.New("--run is about all tenants of the run: use --tenants to name some of them")
	}
	return manyOf(in, nil)
}

// manyOf reads the flags beside the rows.
func manyOf(in *input, rows []fleet.Row) (*manyOptions, error) {
	o := &manyOptions{
		rows: rows, parallel: in.Int("parallel"), atMost: in.Int("at-most"), failed: in.String("failed"), devices: in.IsSet("devices"),
	}
	unwritable := in.checkFailed(o.failed)
	switch {
	case in.Bool("yes") && !in.Bool("dry-run") && o.atMost == 0:
		return nil, &hintedError{
			errors.New("--yes with many tenants needs --at-most N, the number of tenants that may be changed; nothing was read or changed"),
			"look first how many are due with --dry-run",
		}
	case unwritable != nil:
		return nil, unwritable
	}
	if out := in.output.file; out != "" && sameFile(in.String("tenants"), out) {
		return nil, fmt.Errorf("--out names the file of --tenants, %s: choose another name", disk.Quote(out))
	}
	return o, render.CanHold(in.output.format, render.KindFleet, consent.Choices{})
}

// checkFailed says early what would keep the tenants that do not end well from being written to the file, or what would be lost by it.
func (in *input) checkFailed(name string) error {
	switch name {
	case "":
		return nil
	case "-":
		return errors.New("--failed is for a file, and - is none")
	}
	err := checkOut(name, in.Bool("force"), false)
	for _, other := range []string{in.String("tenants"), in.Args().First(), in.output.file} {
		if err == nil && sameFile(name, other) {
			err = fmt.Errorf("--failed names a file that is used for something else, %s: choose another name", disk.Quote(name))
		}
	}
	return err
}

// unlessMany refuses flags that mean nothing for one tenant.
func unlessMany(in *input) error {
	for _, name := range []string{"parallel", "at-most", "failed"} {
		if in.IsSet(name) {
			return fmt.Errorf("--%s goes with --tenants", name)
		}
	}
	return nil
}

// errFleetAlone means that the simulated fleet was asked for without its tenants.
var errFleetAlone = &hintedError{
	errors.New("--simulate fleet is many tenants: name them with --tenants FILE"),
	"a file of them is written by: appleconsent simulate fleet --out tenants.csv; one of them is named with --tenant ID",
}

// checkSimulated refuses one simulated tenant for many, and many for one.
func (conn connection) checkSimulated(many *manyOptions) error {
	isFleet := conn.simulate == simulator.FleetName
	switch {
	case conn.simulate == "" || conn.simulatedURL() || isFleet == (many != nil), isFleet && conn.tenant != "":
		return nil
	case isFleet:
		return errFleetAlone
	}
	return &hintedError{fmt.Errorf("--simulate %s is one tenant", conn.simulate), "with --tenants use --simulate fleet"}
}

// readRows reads a tenants file or, for -, standard input.
func (in *input) readRows(name string) ([]fleet.Row, error) {
	if name != "-" {
		data, err := disk.ReadRegular(name, fleet.MaxFileSize, os.Stat)
		if err != nil {
			return nil, err
		}
		return fleet.ReadRows(bytes.NewReader(disk.Text(data)))
	}
	if in.env.Terminals.In {
		return nil, errors.New("standard input is a terminal: name a file, or use a pipe")
	}
	data, err := io.ReadAll(io.LimitReader(in.env.In, fleet.MaxFileSize+1))
	if err != nil {
		return nil, err
	}
	return fleet.ReadRows(bytes.NewReader(disk.Text(data)))
}

// unlessLoosening refuses over many tenants what loosens one, or what nobody could see the names of.
func (a asked) unlessLoosening(many *manyOptions) error {
	if many == nil {
		return nil
	}
	only := func(flag string) error {
		return fmt.Errorf("%s is for one tenant at a time: use --tenant in place of --tenants", flag)
	}
	switch {
	case a.Route == consent.UserConsent:
		return only("--route user-consent")
	case a.EnableApp:
		return only("--enable-app")
	case a.consented:
		return only("--also consented")
	}
	return nil
}
