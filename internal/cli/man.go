package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

// manCommand prints the manual page, for those who package the program.
func manCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name: "man", Hidden: true,
		Usage:       "print the manual page, appleconsent(1)",
		Description: "It has the date of SOURCE_DATE_EPOCH, or none.\n\n   appleconsent man >appleconsent.1",
		Action: action(env, parseMan, func(_ context.Context, page string, k *call) error {
			return k.result(nil, func(render.Style) string { return page })
		}),
	}
}

// parseMan returns the page, of the app as it is.
func parseMan(in *input) (string, error) {
	if err := noArguments(in.Context); err != nil {
		return "", err
	}
	date, err := sourceDate(in.env)
	return manPage(in.App, date), err
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

// What the page says beside commands and flags, in the words of the README.
var (
	manDescription = []string{
		"Apple's Mail app reaches Exchange Online through one Entra application, Apple Internet Accounts (in older tenants iOS Accounts). " +
			"Where a tenant has not consented to it, users of iPhones, iPads and Macs meet \"Need admin approval\" or a flood of consent dialogs.",
		"appleconsent grants it once for the whole tenant. It reads what stands, shows the exact difference to what is required, " +
			"applies it after a confirmation, verifies it, keeps a record, and takes back exactly what it gave. " +
			"It merges: no scope that stands is ever lost, and no grant of a single user is touched.",
		"Results go to standard output; progress, warnings, errors and questions go to standard error. " +
			"Without a terminal, apply and rollback need --yes.",
	}
	manExitCodes = []choice{
		{strconv.Itoa(exitDone), "done, or nothing to do; status: consent is in place"},
		{strconv.Itoa(exitError), "error; nothing further was changed"},
		{strconv.Itoa(exitChangesDue), "changes are due: status, link --check; doctor: there is a problem; and, with --detailed-exitcode, plan and every --dry-run"},
		{strconv.Itoa(exitDeclined), "declined at the prompt; nothing changed"},
		{strconv.Itoa(exitNotVisible), "written, but not visible on re-reading before the time was up"},
		{strconv.Itoa(exitStale), "refused because the tenant no longer is as it was planned"},
		{strconv.Itoa(exitInterrupted), `interrupted (Ctrl-C, Ctrl-\, SIGTERM or SIGHUP); the message says what was written and what was not. ` +
			"A second one ends the program at once"},
	}
	manEnvironment = []choice{
		{"APPLECONSENT_STATE_DIR", "the state folder, unless --state-dir names one"},
		{"APPLECONSENT_SIMULATE", "the simulated tenant to use, unless --simulate names one"},
		{"AZURE_TENANT_ID, AZURE_CLIENT_ID", "the tenant and the app to sign in with, unless --tenant and --client-id do"},
		{"AZURE_CLIENT_SECRET", "the app's secret; secrets are never flags"},
		{"AZURE_CLIENT_CERTIFICATE_PATH, AZURE_CLIENT_CERTIFICATE_PASSWORD", "the app's certificate, PEM or PKCS#12"},
		{"AZURE_FEDERATED_TOKEN_FILE", "the token of a workload identity"},
		{"AZURE_AUTHORITY_HOST", "chooses the cloud, unless --cloud does"},
		{"HTTPS_PROXY", "the proxy"},
		{"SSL_CERT_FILE", "the certificates to trust, on Linux"},
		{"NO_COLOR", "no colours, whatever its value"},
		{"ACCESSIBLE", "if set to 1, questions are plain lines, fit for a screen reader"},
		{"XDG_STATE_HOME", "where the state folder is, as FILES says"},
	}
	manFiles = []choice{
		{"~/.local/state/appleconsent", "the state folder, if neither --state-dir, APPLECONSENT_STATE_DIR nor XDG_STATE_HOME name another. In it are:"},
		{"changes/ID.json", "the record of one apply or rollback, written before the first request that writes, and again before and after each action"},
		{"locks/TENANT.lock, .json", "who is changing the tenant; one change per tenant and state folder at a time"},
		{"accounts/*.json", "who signed in with browser or device code: names and ids"},
		{"simulated/SCENARIO.json", "a simulated tenant"},
	}
)

// manPage is the manual page in roff. Urfave's own, through Markdown, knows neither examples nor exit codes, and repeats
// each flag with each command.
func manPage(app *cli.App, date string) string {
	r := &roff{}
	tool := tool()
	fmt.Fprintf(&r.b, ".TH %s 1 %q %q\n", strings.ToUpper(app.Name), date, tool.Name+" "+tool.Version)
	r.macro("SH", "NAME")
	r.text(app.Name + " - " + app.Usage)
	r.macro("SH", "SYNOPSIS")
	r.text(app.UsageText)
	r.macro("SH", "DESCRIPTION")
	r.paragraphs(manDescription)
	r.macro("SH", "COMMANDS")
	common := commonFlags(app)
	r.commands(app.Name, app.Commands, common)
	r.macro("SH", "COMMON FLAGS")
	r.list(common)
	for _, section := range []struct {
		title string
		rows  []choice
	}{{"EXIT STATUS", manExitCodes}, {"ENVIRONMENT", manEnvironment}, {"FILES", manFiles}} {
		r.macro("SH", section.title)
		r.list(section.rows)
	}
	r.macro("SH", "EXAMPLES")
	intro, examples := splitDescription(app.Description)
	r.paragraphs(intro)
	r.examples(examples)
	return r.b.String()
}

// commonFlags returns the flags that more than two commands have in the same words; they are told once.
func commonFlags(app *cli.App) []choice {
	var rows []choice
	count := make(map[choice]int)
	forEach(app.Commands, func(command *cli.Command) {
		for _, flag := range command.VisibleFlags() {
			row := rowOf(flag)
			if count[row]++; count[row] == 3 && !command.Hidden {
				rows = append(rows, row)
			}
		}
	})
	return rows
}

// roff collects a page in the language of man(7).
type roff struct{ b strings.Builder }

// macro adds a request.
func (r *roff) macro(name string, args ...string) {
	r.b.WriteString("." + name)
	for _, arg := range args {
		r.b.WriteString(` "` + escapeRoff(arg) + `"`)
	}
	r.b.WriteByte('\n')
}

func (r *roff) text(line string) { r.b.WriteString(escapeRoff(line) + "\n") }

func (r *roff) paragraphs(texts []string) {
	for i, text := range texts {
		if i > 0 {
			r.macro("PP")
		}
		r.text(text)
	}
}

func (r *roff) list(rows []choice) {
	for _, row := range rows {
		r.macro("TP")
		r.b.WriteString(`\fB` + escapeRoff(row.Word) + "\\fR\n")
		r.text(row.Meaning)
	}
}

func (r *roff) examples(lines []string) {
	if len(lines) == 0 {
		return
	}
	r.b.WriteString(".PP\n.RS 4\n.EX\n")
	for _, line := range lines {
		r.text(line)
	}
	r.b.WriteString(".EE\n.RE\n")
}

func (r *roff) commands(parent string, commands []*cli.Command, common []choice) {
	for _, command := range commands {
		if command.Hidden {
			continue
		}
		name := parent + " " + command.Name
		paragraphs, examples := splitDescription(command.Description)
		r.macro("SS", synopsis(name, command))
		r.paragraphs(slices.Insert(paragraphs, 0, strings.ToUpper(command.Usage[:1])+command.Usage[1:]+"."))
		r.flags(command, common)
		r.examples(examples)
		r.commands(name, command.Subcommands, common)
	}
}

// flags tells the flags of a command: its own with what they do, of the common ones only the names.
func (r *roff) flags(command *cli.Command, common []choice) {
	var own []choice
	var others []string
	for _, flag := range command.VisibleFlags() {
		row := rowOf(flag)
		if slices.Contains(common, row) {
			names := docOf(flag).names
			others = append(others, names[len(names)-1])
		} else {
			own = append(own, row)
		}
	}
	r.list(own)
	r.macro("PP")
	r.text("Common flags: " + strings.Join(others, ", "))
}

// escapeRoff makes text be shown as it is: marks of the language, and characters that a typesetter would make nicer and a
// shell would not take back.
func escapeRoff(text string) string {
	var b strings.Builder
	for _, c := range text {
		switch mark, found := roffMarks[c]; {
		case found:
			b.WriteString(mark)
		case c > unicode.MaxASCII:
			fmt.Fprintf(&b, `\[u%04X]`, c)
		default:
			b.WriteRune(c)
		}
	}
	if strings.HasPrefix(text, ".") {
		return `\&` + b.String()
	}
	return b.String()
}

var roffMarks = map[rune]string{'\\': `\e`, '-': `\-`, '\'': `\(aq`, '`': `\(ga`, '^': `\(ha`, '~': `\(ti`, '"': `\(dq`}
