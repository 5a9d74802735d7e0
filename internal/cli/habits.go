package cli

import (
	"strings"

	"github.com/urfave/cli/v2"
)

// What people type who are used to another program. A habit is a row of one of these tables, whatever letters and dashes it is typed
// with.

// flagHabit is what flags of other programs are called here.
type flagHabit struct {
	typed string // in small letters, without the dashes in front
	mean  string // the flag of ours, with its value if it has one
	hint  string // where a command has no such flag; empty: nothing is said of it
	of    string // the commands of which the hint is true; empty: all

	guided string // the hint where the guided flow was meant; empty: there is none
}

const (
	changesNothing = "it changes nothing anyway; apply and rollback have --dry-run"
	onlyLooking    = "status plan doctor link tenants history show version"
)

// flagHabits are looked up by any of the words in the first column.
var flagHabits = []flagHabit{
	{
		typed: "auto-approve autoapprove approve assume-yes confirm force force-yes no-confirm no-prompt noconfirm non-interactive unattended y yes",
		mean:  "--yes", hint: "it asks nothing", of: onlyLooking + " completion logout simulate",
		guided: "the guided flow always asks; in a script use: appleconsent apply --yes",
	},
	{
		typed: "check check-only dry-run dryrun dry_run no-op noop plan-only preview simulate-only test whatif what-if",
		mean:  "--dry-run", hint: changesNothing, of: onlyLooking,
		guided: "the guided flow asks before it changes anything; without questions use: appleconsent plan",
	},
	{
		typed: "export file out out-file outfile output-file save",
		mean:  "--out", hint: "its result is on stdout: write that to a file with >", of: "version completion prune",
		guided: "the guided flow asks for the file; without questions use: appleconsent plan --out FILE",
	},
	{
		typed: "detailed-exit-code detailed-exitcode exit-code",
		mean:  "--detailed-exitcode", hint: "its exit code is 2 by itself if there is something to say: see EXIT CODES in its help", of: "status doctor",
	},
	{typed: "as-json json", mean: "-o json"},
	{typed: "html", mean: "-o html"},
	{typed: "markdown md", mean: "-o markdown"},
	{typed: "csv", mean: "-o csv"},
	{typed: "fmt format output-format", mean: "--output"},
	{typed: "directory-id domain organization t tenant-id tenantid", mean: "--tenant"},
	{typed: "app-id application-id appid clientid", mean: "--client-id"},
	{typed: "interactive login use-browser", mean: "--auth browser"},
	{typed: "device use-device-authentication use-device-code usedeviceauthentication", mean: "--auth device-code"},
	{typed: "identity managed-identity msi", mean: "--auth managed-identity"},
	{typed: "azure-environment env environment", mean: "--cloud"},
	{typed: "comment justification m message ticket", mean: "--reason"},
	{typed: "os platform platforms", mean: "--devices"},
	{typed: "permission permissions scope scopes", mean: "--also"},
	{typed: "demo mock practise practice sandbox scenario sim simulated simulation", mean: "--simulate"},
	{typed: "state statedir state-folder", mean: "--state-dir"},
	{typed: "silent s", mean: "--quiet"},
	{typed: "trace v verbose vv", mean: "--debug"},
	{typed: "no-colour nocolor nocolour", mean: "--no-color"},
	{typed: "change-file from-file record-file", mean: "--record"},
	{typed: "older-than until", mean: "--before"},
	{typed: "secret client-secret password", hint: "secrets are never flags: set AZURE_CLIENT_SECRET"},
}

// flagHint is what to say of a flag that a command does not have; empty if it is like none that people are used to.
func flagHint(command *cli.Command, typed string) string {
	word := strings.ToLower(strings.TrimLeft(typed, "-"))
	word, _, _ = strings.Cut(word, "=")
	word, _, _ = strings.Cut(word, ":") // -Confirm:$false
	var names []string
	for _, flag := range command.Flags {
		for _, name := range flag.Names() {
			if strings.EqualFold(name, word) && len(name) > 1 {
				return "did you mean: --" + name
			}
		}
		names = append(names, flag.Names()[0])
	}
	for _, habit := range flagHabits {
		if !hasWord(habit.typed, word) {
			continue
		}
		if hasFlag(command, habit.mean) {
			return "did you mean: " + habit.mean
		}
		if habit.guided != "" && command.Name == "appleconsent" {
			return habit.guided
		}
		if habit.hint != "" && (habit.of == "" || hasWord(habit.of, command.Name)) {
			return habit.hint
		}
	}
	if near := nearest(word, names); near != "" {
		return "did you mean: --" + near
	}
	return ""
}

func hasWord(words, word string) bool {
	for w := range strings.FieldsSeq(words) {
		if w == word {
			return true
		}
	}
	return false
}

// hasFlag reports whether a command has the flag, and the value if one is named, of an enumeration.
func hasFlag(command *cli.Command, mean string) bool {
	name, value, _ := strings.Cut(strings.TrimLeft(mean, "-"), " ")
	for _, flag := range command.Flags {
		if !hasWord(strings.Join(flag.Names(), " "), name) {
			continue
		}
		if e, ok := flag.(enumerationFlag); ok && value != "" {
			_, err := e.check(value)
			return err == nil
		}
		return true
	}
	return false
}

// commandHabit is what commands of other programs are called here.
type commandHabit struct{ typed, hint string }

// commandHabits are looked up by any of the words in the first column.
var commandHabits = []commandHabit{
	{"auth connect log-in login sign-in signin", "there is no login command: each command signs in when needed, see: appleconsent help sign-in"},
	{"disconnect log-out sign-out signout", "did you mean: appleconsent logout"},
	{"back cancel destroy disable reset restore revert revoke remove rm uninstall unapply undo unconsent ungrant", "did you mean: appleconsent rollback"},
	{"check get info inspect read review show state test validate verify view", "did you mean: appleconsent status"},
	{"analyse analyze audit debug diagnose diagnostics explain fix health problems troubleshoot why", "did you mean: appleconsent doctor"},
	{"changelog changes journal list log logs ls records", "did you mean: appleconsent history, or for what is granted: appleconsent status"},
	{"compare diff dry-run dryrun preview what-if whatif", "did you mean: appleconsent plan"},
	{"add allow approve authorize consent create deploy do enable exec execute go grant install run set update up", "did you mean: appleconsent apply"},
	{"admin-consent admin-consent-link adminconsent open url", "did you mean: appleconsent link"},
	{"demo mock practice practise sandbox scenario scenarios", "did you mean: appleconsent simulate --list"},
	{"assistant guide guided init interactive setup start wizard", "the guided flow starts without a command: appleconsent; see: appleconsent help guided"},
	{"forget prune", "did you mean: appleconsent history prune"},
	{"completions", "did you mean: appleconsent completion"},
	{"commands doc docs usage", "see all commands with: appleconsent help"},
	{"about ver", "did you mean: appleconsent version"},
}

// commandHint is what to say of a command that there is not; empty if it is like none that people are used to.
func commandHint(app *cli.App, typed string) string {
	word := strings.ToLower(strings.TrimLeft(typed, "-/"))
	var names []string
	for _, command := range app.VisibleCommands() {
		if command.Name == word {
			return "did you mean: appleconsent " + word
		}
		names = append(names, command.Name)
	}
	for _, habit := range commandHabits {
		if hasWord(habit.typed, word) {
			return habit.hint
		}
	}
	if near := nearest(word, names); near != "" {
		return "did you mean: appleconsent " + near
	}
	return ""
}
