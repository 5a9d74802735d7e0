package cli

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"appleconsent/internal/cli/shell"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/adrg/xdg"
	"github.com/urfave/cli/v2"
)

func completionCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "generate shell completion scripts",
		ArgsUsage: "SHELL",
		Description: "SHELL is bash, zsh, fish or powershell. The first lines of the script say where it goes.\n\n" +
			"   appleconsent completion bash\n   appleconsent completion fish >~/.config/fish/completions/appleconsent.fish",
		Action: action(env, parseShell, func(_ context.Context, name shell.Name, k *call) error {
			return k.Write([]byte(name.Script()))
		}),
	}
}

func parseShell(in *input) (shell.Name, error) {
	return shells().parse(in.Args().First())
}

// completeCommand is what the scripts call: the words behind the program's name, the last one being completed. Errors are none
// of the person's business who pressed a key, so it never has any.
func completeCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name: "__complete", Hidden: true, SkipFlagParsing: true, ArgsUsage: "WORD...",
		Usage: "print completions for the last word, for completion scripts",
		Action: func(c *cli.Context) error {
			_, _ = c.App.Writer.Write([]byte(shell.Complete(c.App, c.Args().Slice(), env.argumentChoices)))
			return nil
		},
	}
}

func (e Environment) argumentChoices(placeholder string, typed func(flag string) string) []shell.Choice {
	switch placeholder {
	case "CHANGE":
		if dir, err := stateFolder(atHome(typed("state-dir")), e); err == nil {
			return changeChoices(dir, recordFilter{typed("tenant"), cmp.Or(typed("simulate"), e.Getenv("APPLECONSENT_SIMULATE"))})
		}
	case "RUN":
		if dir, err := stateFolder(atHome(typed("state-dir")), e); err == nil {
			return runChoices(dir)
		}
	case "SCENARIO":
		return simulations().choices()
	case "SCOPE":
		return []shell.Choice{{Word: consented, Meaning: "all that single users granted"}}
	case "SHELL":
		return shells().choices()
	}
	return nil
}

// changeChoices are the changes recorded in a state folder, the newest first, with what history says of each; then the word for the
// newest, unless there is but one.
func changeChoices(stateDir string, filter recordFilter) []shell.Choice {
	changes, _, err := plan.NewJournal(stateDir).List()
	if err != nil {
		return nil
	}
	changes, _ = filter.of(changes, nil)
	var out []shell.Choice
	for _, c := range changes {
		out = append(out, shell.Choice{Word: c.ID, Meaning: render.HistoryLine(c)})
	}
	if len(out) > 1 {
		out = append(out, shell.Choice{Word: plan.Latest, Meaning: "the newest"})
	}
	return out
}

// runChoices are the runs over many tenants that are recorded in a state folder, the newest first, with how many tenants each changed.
func runChoices(stateDir string) []shell.Choice {
	changes, _, err := plan.NewJournal(stateDir).List()
	if err != nil {
		return nil
	}
	tenants := make(map[string]int)
	for _, c := range changes {
		if c.Run != nil {
			tenants[*c.Run]++
		}
	}
	var out []shell.Choice
	for _, run := range slices.Backward(slices.Sorted(maps.Keys(tenants))) {
		out = append(out, shell.Choice{Word: run, Meaning: render.Count(tenants[run], "tenant")})
	}
	return out
}

// atHome puts the home folder where a shell would: it hands on the words as they were typed.
func atHome(path string) string {
	if rest, found := strings.CutPrefix(path, "~/"); found {
		return filepath.Join(xdg.Home, rest)
	}
	return path
}

// manCommand prints the manual page, for those who package the program.
func manCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name: "man", Hidden: true,
		Usage:       "print the manual page, appleconsent(1)",
		Description: "It has the date of SOURCE_DATE_EPOCH, or none.\n\n   appleconsent man >appleconsent.1",
		Action: action(env, parseMan, func(_ context.Context, page string, k *call) error {
			return k.Write([]byte(page))
		}),
	}
}

// parseMan returns the page, of the app as it is.
func parseMan(in *input) (string, error) {
	date, err := sourceDate(in.env)
	return shell.Page(in.App, manual(date)), err
}

func manual(date string) shell.Manual {
	return shell.Manual{
		Source: tool().Name + " " + tool().Version, Date: date, Description: manDescription,
		Sections: []shell.Section{{Title: "EXIT STATUS", Rows: exitRows()}, {Title: "ENVIRONMENT", Rows: manEnvironment}, {Title: "FILES", Rows: manFiles}},
	}
}

// sourceDate is the date that builds carry to be the same each time (reproducible-builds.org); empty if there is none.
func sourceDate(env Environment) (string, error) {
	text := env.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		return "", nil
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return "", fmt.Errorf("SOURCE_DATE_EPOCH is %q, which is no number of seconds", text)
	}
	return time.Unix(seconds, 0).UTC().Format(time.DateOnly), nil
}

// What the page says beside commands and flags, in the words of README, docs/automation.md and docs/files.md.
var (
	manDescription = []string{
		"Apple's Mail app reaches Exchange Online through one Entra application, Apple Internet Accounts (in older tenants iOS Accounts). " +
			"Where a tenant has not consented to it, users of iPhones, iPads and Macs meet \"Need admin approval\" or a flood of consent dialogs.",
		"appleconsent grants it once for the whole tenant. It reads the current consent, shows exactly what is missing, " +
			"applies it after you confirm, and can undo it. " +
			"It merges: no existing scope is ever lost, and no grant of a single user is touched.",
		"Results go to standard output; progress, warnings, errors and questions go to standard error. " +
			"Without a terminal, apply and rollback need --yes.",
	}
	manEnvironment = []shell.Choice{
		{Word: "APPLECONSENT_STATE_DIR", Meaning: "the state folder, unless --state-dir names one"},
		{Word: "APPLECONSENT_SIMULATE", Meaning: "the simulated tenant to use, unless --simulate names one"},
		{Word: "APPLECONSENT_DEVICES", Meaning: "the devices in use, unless --devices says it; a saved plan and a record have theirs"},
		{Word: "APPLECONSENT_USAGE", Meaning: "true: plan, rollback and doctor tell how many people use it, unless --usage=false"},
		{Word: "AZURE_TENANT_ID, AZURE_CLIENT_ID", Meaning: "the tenant and the app to sign in with, unless --tenant and --client-id do"},
		{Word: "AZURE_CLIENT_SECRET", Meaning: "the app's secret; secrets are never flags"},
		{Word: "AZURE_CLIENT_CERTIFICATE_PATH, AZURE_CLIENT_CERTIFICATE_PASSWORD", Meaning: "the app's certificate, PEM or PKCS#12"},
		{Word: "AZURE_FEDERATED_TOKEN_FILE", Meaning: "the token of a workload identity"},
		{Word: "AZURE_AUTHORITY_HOST", Meaning: "chooses the cloud, unless --cloud does"},
		{Word: "HTTPS_PROXY", Meaning: "the proxy"},
		{Word: "SSL_CERT_FILE", Meaning: "the certificates to trust, on Linux"},
		{Word: "NO_COLOR", Meaning: "no colours, whatever its value"},
		{Word: "ACCESSIBLE", Meaning: "if set to 1, questions are plain lines, fit for a screen reader"},
		{Word: "XDG_STATE_HOME", Meaning: "where the state folder is, as FILES says"},
	}
	manFiles = []shell.Choice{
		{Word: "~/.local/state/appleconsent", Meaning: "the state folder (on macOS ~/Library/Application Support/appleconsent), if neither --state-dir, APPLECONSENT_STATE_DIR nor " +
			"XDG_STATE_HOME name another. In it are:"},
		{Word: "changes/TENANT/ID.json", Meaning: "the record of one apply or rollback, written before the first request that writes, and again before and after each action"},
		{Word: "locks/TENANT.lock, .json", Meaning: "who is changing the tenant; one change per tenant and state folder at a time"},
		{Word: "accounts/*.json", Meaning: "who signed in with browser or device code: names and ids"},
		{Word: "simulated/SCENARIO.json", Meaning: "a simulated tenant; .lock beside it keeps two programs from writing it at once"},
		{Word: "simulated/fleet/TENANT.json", Meaning: "a tenant of the simulated fleet that was changed"},
	}
)
