package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"appleconsent/consent"
	"appleconsent/graph/signin"
	"appleconsent/graph/simulator"
	"appleconsent/graph/wire"
	"appleconsent/internal/disk"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/adrg/xdg"
	"github.com/urfave/cli/v2"
)

// defaultTimeout bounds a command, from sign-in to verification, without the time that a person takes to answer. A new
// service principal has been seen to take minutes until grants on it are accepted.
const defaultTimeout = 3 * time.Minute

// connection says which tenant, and how to get there.
type connection struct {
	tenant   string
	auth     signin.Auth
	clientID string
	cloud    wire.Cloud
	timeout  time.Duration
	simulate string // a scenario, or the URL of a simulated tenant; empty for a real one
	stateDir string // empty if none is known, see folder
	usage    bool   // how many people use it is asked for, too
	gdap     bool   // a partner's delegated admin relationships are asked for, too
}

// folder is the state folder, for what cannot do without. Errors: errNoStateFolder.
func (conn connection) folder() (string, error) {
	if conn.stateDir == "" {
		return "", errNoStateFolder
	}
	return conn.stateDir, nil
}

// output says how to answer.
type output struct {
	format                render.Format // of the file if there is one, or else of stdout
	chosen                bool          // by --output, and not by the name of the file
	file                  string        // empty: none
	noColor, quiet, debug bool
}

// stdout is the format of what goes to stdout. Beside a file that is JSON if it was asked for, or else text.
func (o output) stdout() render.Format {
	switch {
	case o.file == "":
		return o.format
	case o.format == render.JSON && o.chosen:
		return render.JSON
	}
	return render.Text
}

// outputFlags are those of every command that has a result.
func outputFlags() []cli.Flag { return formatFlags(plainFormats) }

// documentFlags are those of a command whose result is a plan, a status or a change record.
func documentFlags(known []render.Format) []cli.Flag {
	return append(formatFlags(known),
		&cli.StringFlag{Name: "out", Category: forOutput, Usage: "also write it to `FILE`, in the format of its extension"},
		&cli.BoolFlag{Name: "force", Category: forOutput, Usage: "let --out replace a file that is not of this program"})
}

// The groups of flags in help, beside those that say what is to be done.
const (
	forSignIn = "tenant and sign-in"
	forOutput = "output"
	forMany   = "many tenants"
)

// The formats of results: of any, of a status, which has nothing to carry out, of plans and change records, and of doctor's.
var (
	plainFormats  = render.Formats(render.KindHistory)
	statusFormats = render.Formats(plan.KindStatus)
	allFormats    = render.Formats(plan.KindPlan)

	diagnosisFormats = render.Formats(render.KindDiagnosis)
)

func formatFlags(known []render.Format) []cli.Flag {
	return []cli.Flag{
		formats(known).register(),
		&cli.BoolFlag{Name: "no-color", Category: forOutput, Usage: "no colours (also: NO_COLOR)"},
		&cli.BoolFlag{Name: "quiet", Category: forOutput, Aliases: []string{"q"}, Usage: "no progress on stderr; warnings and errors stay"},
		&cli.BoolFlag{Name: "debug", Category: forOutput, Usage: "log each HTTP request on stderr, without tokens"},
	}
}

func stateDirFlag() cli.Flag {
	return &cli.StringFlag{Name: "state-dir", Category: forSignIn, Usage: "`FOLDER` for change records (env APPLECONSENT_STATE_DIR)"}
}

func connectionFlags() []cli.Flag { return connectionFlagsWithin(defaultTimeout) }

func connectionFlagsWithin(timeout time.Duration) []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "tenant", Category: forSignIn, Usage: "`TENANT`, as a GUID or a domain (env AZURE_TENANT_ID)"},
		signInMethods().register(),
		&cli.StringFlag{Name: "client-id", Category: forSignIn, Usage: "client `ID` to sign in with (env AZURE_CLIENT_ID)"},
		clouds().register(),
		&cli.DurationFlag{Name: "timeout", Category: forSignIn, Value: timeout, Usage: "`TIME` limit, not counting prompts"},
		simulations().register(),
		stateDirFlag(),
	}
}

func detailedExitCodeFlag() cli.Flag {
	return &cli.BoolFlag{Name: "detailed-exitcode", Usage: "exit 2 when changes are due"}
}

// has reports whether a command has a flag.
func has(command *cli.Command, name string) bool {
	return slices.ContainsFunc(command.Flags, func(f cli.Flag) bool { return f.Names()[0] == name })
}

// parseOutput reads the flags of the result.
func parseOutput(c *cli.Context) (output, error) {
	o := output{
		format: render.Format(cmp.Or(c.String("output"), string(render.Text))), chosen: c.IsSet("output") || c.IsSet("o"), file: c.String("out"),
		noColor: c.Bool("no-color"), quiet: c.Bool("quiet"), debug: c.Bool("debug"),
	}
	if o.file == "" || !has(c.Command, "force") { // elsewhere --out is for something else
		if c.Bool("force") && c.String("failed") == "" {
			return o, &hintedError{errors.New("--force goes with --out, whose file it replaces"), "to carry out a change without a question: --yes"}
		}
		return o, nil
	}
	err := checkOut(o.file, c.Bool("force"), recording(c))
	if err == nil && !o.chosen {
		o.format, err = formatOfFile(o.file, c.Command)
	}
	return o, err
}

func parseStateDir(in *input) (string, error) {
	in.follow.connection = in.connectionWords()
	return stateFolder(in.String("state-dir"), in.env)
}

// stateFolder is the folder that the flag names, or else the environment, or else the platform's.
func stateFolder(flag string, env Environment) (string, error) {
	dir := cmp.Or(flag, env.Getenv("APPLECONSENT_STATE_DIR"))
	if dir == "" {
		platforms, err := platformFolder(xdg.Home, xdg.StateHome, env.Getenv("XDG_STATE_HOME"))
		if err != nil {
			return "", err
		}
		dir = platforms
	}
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return "", &stateFolderError{dir, err}
	}
	info, err := os.Stat(absolute)
	switch {
	case err == nil && !info.IsDir():
		return "", &stateFolderError{dir, errors.New("it is a file, not a directory")}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return "", &stateFolderError{dir, errors.Unwrap(err)} // which names no path again
	}
	return absolute, nil
}

// stateFolderError is a state folder that can be none.
type stateFolderError struct {
	dir string
	err error
}

func (e *stateFolderError) Error() string {
	return fmt.Sprintf("state folder %s: %v", disk.Quote(e.dir), e.err)
}
func (e *stateFolderError) Unwrap() error { return e.err }

// errNoStateFolder means that the platform names no folder of the user's.
var errNoStateFolder = errors.New("no folder for change records is known, as there is no home folder: name one with --state-dir")

// platformFolder is where the platform keeps the state of programs, given the user's home, the folder that library xdg takes for
// state, and XDG_STATE_HOME. Without a home the library takes the top of the file system for it, and a name that is not
// absolute would mean another folder with each command. Errors: errNoStateFolder.
func platformFolder(home, state, named string) (string, error) {
	atTop := filepath.Dir(home) == home && filepath.Dir(filepath.Dir(state)) == home && state != named
	if atTop || !filepath.IsAbs(state) {
		return "", errNoStateFolder
	}
	return filepath.Join(state, "appleconsent"), nil
}

func parseConnection(c *input) (connection, error) {
	env := c.env
	conn := connection{
		tenant: strings.ToLower(cmp.Or(c.String("tenant"), env.Getenv("AZURE_TENANT_ID"))), auth: signInMethods().of(c.Context),
		clientID: c.String("client-id"), timeout: c.Duration("timeout"),
	}
	var err, noFolder, noCloud, noClient error
	if conn.simulate, err = parseSimulation(c); err != nil {
		return conn, err
	}
	if conn.simulate != "" {
		conn.tenant = memberID(c.String("tenant")) // AZURE_TENANT_ID is for real ones
	}
	if conn.stateDir, noFolder = parseStateDir(c); errors.Is(noFolder, errNoStateFolder) {
		noFolder = nil // not every command needs one, and those that do ask for it
	}
	conn.cloud, noCloud = conn.chooseCloud(c.String("cloud"), env)
	if conn.simulate == "" {
		noClient = checkGUID("AZURE_CLIENT_ID", env.Getenv("AZURE_CLIENT_ID"))
	}
	others := errors.Join(noCloud, conn.checkTenant(), checkGUID("--client-id", conn.clientID), noClient, checkTimeout(conn.timeout))
	if others == nil {
		return conn, noFolder
	}
	return conn, errors.New(strings.ReplaceAll(errors.Join(noFolder, others).Error(), "\n", "; "))
}

// parseSimulation returns the simulated tenant that is asked for; empty if none is. A tenant that somebody typed beside it must be
// one of the simulated fleet, so that nobody takes a rehearsal for the real thing.
func parseSimulation(in *input) (string, error) {
	named, said := in.String("simulate"), "--simulate "+in.String("simulate")
	if named == "" {
		named = in.env.Getenv("APPLECONSENT_SIMULATE")
		said = "APPLECONSENT_SIMULATE=" + named
	}
	ofFleet := (isURL(named) || strings.EqualFold(named, simulator.FleetName)) && memberID(in.String("tenant")) != ""
	if named != "" && in.IsSet("tenant") && !ofFleet {
		return "", fmt.Errorf("--tenant names a real tenant, and %s a simulated one: use one of them", plan.Printable(said))
	}
	return scenarios().canonical(named), nil
}

// named is the tenant that was named; empty if none was, or what stands for any. A service connection of Azure Pipelines names it
// in a variable of its own (learn.microsoft.com/azure/devops/pipelines/tasks/reference/azure-cli-v2).
func (conn connection) named(auth signin.Auth, env Environment) string {
	switch {
	case conn.tenant == "common" || conn.tenant == "organizations":
		return ""
	case conn.tenant == "" && auth == signin.AuthWorkloadIdentity:
		return strings.ToLower(env.Getenv("AZURESUBSCRIPTION_TENANT_ID"))
	}
	return conn.tenant
}

func checkTimeout(timeout time.Duration) error {
	if timeout <= 0 {
		return errors.New("--timeout must be positive, for example 90s")
	}
	return nil
}

// checkGUID refuses a value that is neither empty nor a GUID.
func checkGUID(name, value string) error {
	if value == "" {
		return nil
	}
	if why := signin.StraySpace(value); why != "" {
		return fmt.Errorf("%s %s", name, why)
	}
	if _, err := consent.ParseGUID(value); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// chooseCloud returns the cloud, which a simulated tenant plays itself.
func (conn connection) chooseCloud(name string, env Environment) (wire.Cloud, error) {
	if conn.simulatedURL() {
		return wire.Loopback(conn.simulate)
	}
	if conn.simulate != "" {
		return wire.Cloud{}, checkScenario(conn.simulate)
	}
	return wire.CloudNamed(name, env.Getenv("AZURE_AUTHORITY_HOST"))
}

// simulatedURL reports whether the simulated tenant is served by another process.
func (conn connection) simulatedURL() bool { return isURL(conn.simulate) }

func isURL(text string) bool { return strings.Contains(text, "://") }

// checkScenario refuses what is no scenario; an empty name is none that was chosen.
func checkScenario(name string) error {
	known := simulations()
	known.open = nil
	_, err := known.parse(name)
	return err
}

// checkTenant accepts a GUID, a domain, and for a person who signs in also common and organizations.
func (conn connection) checkTenant() error {
	interactive := conn.auth == signin.AuthBrowser || conn.auth == signin.AuthDeviceCode
	_, err := consent.ParseGUID(conn.tenant)
	switch why := signin.StraySpace(conn.tenant); {
	case why != "":
		return fmt.Errorf("the tenant (--tenant, AZURE_TENANT_ID) %s", why)
	case conn.tenant == "" || err == nil || consent.IsDomain(conn.tenant):
		return nil
	case interactive && (conn.tenant == "common" || conn.tenant == "organizations"):
		return nil
	}
	return fmt.Errorf("%q is not a tenant: use its GUID (8-4-4-4-12 hexadecimal digits) or a domain such as contoso.onmicrosoft.com", conn.tenant)
}

// connectionNames are the flags of connectionWords, and choiceNames those of choiceFlags.
var (
	connectionNames = []string{"simulate", "tenant", "auth", "client-id", "cloud", "state-dir"}
	choiceNames     = []string{"devices", "also", "route", "loosen", "enable-app"}
)

// otherWords are the flags of a command line that neither connect nor choose, as it has them.
func otherWords(c *cli.Context) []string {
	var words []string
	for _, flag := range c.Command.Flags {
		name := flag.Names()[0]
		if !c.IsSet(name) || slices.Contains(connectionNames, name) || slices.Contains(choiceNames, name) {
			continue
		}
		switch value := c.Value(name).(type) {
		case bool:
			if value {
				words = append(words, "--"+name)
			}
		default:
			words = append(words, "--"+name, fmt.Sprint(value))
		}
	}
	return words
}

// connectionWords returns the flags of this command line that make a later command go to the same tenant and state folder.
func connectionWords(c *cli.Context) []string {
	return connectionFlagsOf(c, func(string) string { return "" })
}

// connectionWords are those of the command line, and those that say what the environment did: a command is read and run elsewhere, too.
func (in *input) connectionWords() []string { return connectionFlagsOf(in.Context, in.unsaid) }

func connectionFlagsOf(c *cli.Context, unsaid func(name string) string) []string {
	var flags []string
	for _, name := range connectionNames {
		value := c.String(name)
		if !c.IsSet(name) {
			value = unsaid(name)
		}
		if value != "" {
			flags = append(flags, "--"+name, value)
		}
	}
	return flags
}

// unsaid is what the environment says in place of a flag that says which tenant is meant; empty if it says nothing.
func (in *input) unsaid(name string) string {
	simulated := cmp.Or(in.String("simulate"), in.env.Getenv("APPLECONSENT_SIMULATE"))
	switch {
	case !has(in.Command, name):
	case name == "simulate":
		return scenarios().canonical(simulated)
	case simulated != "" || !has(in.Command, "auth"): // records are of any tenant
	case name == "tenant" && !in.IsSet("tenants") && in.String("run") == "":
		return strings.ToLower(in.env.Getenv("AZURE_TENANT_ID"))
	case name == "cloud":
		if cloud, err := wire.CloudNamed("", in.env.Getenv("AZURE_AUTHORITY_HOST")); err == nil && cloud.Name != wire.Clouds()[0].Name {
			return cloud.Name
		}
	}
	return ""
}
