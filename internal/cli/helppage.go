package cli

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"appleconsent/internal/cli/shell"
	"appleconsent/plan/render"
)

// helpOf is what the help of a command says beside its flags.
type helpOf struct {
	done, due string // what the exit codes 0 and 2 mean of it; empty: the usual, and it has none
	changes   bool   // it can end as a change does
	docs      string // the page that says more
}

// helpPages are those of the commands, by the words that name them.
var helpPages = map[string]helpOf{
	"status":        {done: "consent is in place", due: "a scope is missing, or nobody can sign in to the app", docs: "docs/automation.md"},
	"plan":          {due: "with --detailed-exitcode: changes are due", docs: "docs/plans.md, help formats"},
	"apply":         {due: "with --dry-run --detailed-exitcode: changes are due", changes: true, docs: "docs/reliability.md, help formats"},
	"rollback":      {due: "with --dry-run --detailed-exitcode: changes are due", changes: true, docs: "docs/undo.md, help formats"},
	"doctor":        {done: "no problem was found", due: "there is a problem", docs: "docs/doctor.md, docs/exchange-script.md"},
	"link":          {due: "with --check: something is missing", docs: "docs/other-fixes.md"},
	"history":       {docs: "docs/undo.md"},
	"history show":  {docs: "docs/undo.md, help formats"},
	"history prune": {docs: "docs/undo.md"},
	"simulate":      {docs: "docs/simulated-tenant.md, docs/faults.md"},
	"logout":        {docs: "docs/signing-in.md"},
}

// aboutCommand is what the help of a command says beside its flags; that of the app only says where to read on.
func aboutCommand(words []string) shell.About {
	name := strings.Join(words, " ")
	if name == "" {
		return shell.About{More: "help COMMAND; help guided, sign-in, also or formats; README.md and docs/"}
	}
	page := helpPages[name]
	codes := map[int]string{exitDone: cmp.Or(page.done, "done, or nothing to do"), exitError: "error; nothing further was changed", exitInterrupted: "interrupted"}
	if page.due != "" {
		codes[exitChangesDue] = page.due
	}
	if page.changes || name == "history prune" {
		codes[exitDeclined] = "declined; nothing changed"
	}
	if page.changes {
		codes[exitNotVisible] = "written, but not visible before the time was up"
		codes[exitStale] = "refused: the tenant is no longer as it was planned"
	}
	about := shell.About{More: cmp.Or(page.docs, "README.md")}
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		about.Exits = append(about.Exits, shell.Choice{Word: strconv.Itoa(code), Meaning: codes[code]})
	}
	return about
}

// helpTopics are what help tells about beside commands, by their names: a page of paragraphs.
func helpTopics() map[string]string {
	methods := "--auth METHOD says how to sign in; secrets are never flags, but in the AZURE_… variables.\n"
	for _, c := range signInMethods().choices() {
		methods += "\n   " + fmt.Sprintf("%-18s %s", c.Word, c.Meaning)
	}
	kept := "-o FORMAT, and --out FILE by its extension. A plan or change that a format cannot hold is refused before the first request.\n"
	exceptions := render.Exceptions()
	for _, f := range slices.Sorted(maps.Keys(exceptions)) {
		kept += "\n" + string(f) + ": " + exceptions[f]
	}
	return map[string]string{
		"formats": kept + "\n\nWhat the scripts do in which case: docs/scripts.md",
		"guided": "appleconsent without a command, on a terminal, leads through it question by question: sign in, see the plan, confirm, apply, verify, and how " +
			"to undo it.\n\nNothing is changed before the last question, whose preset answer is no; Esc goes back, and Ctrl-C ends it. To practise, choose the " +
			"simulated tenant: no account is needed, and no real tenant is read or changed.\n\nPictures of it: docs/tour.md",
		"sign-in": methods + "\n\nWhat each needs and requests: docs/signing-in.md",
		"also": "--also SCOPE adds a delegated permission to what is required, as often as you like: Group.Read.All on Microsoft Graph, " +
			"exchange:IMAP.AccessAsUser.All, or APPID:SCOPE on any other application of the tenant.\n\n--also consented means all scopes that individual users " +
			"granted: the names are shown, and a person confirms them.\n\nMore: docs/macs.md",
	}
}

// topicPage lays out the page of something that is no command. Lines that are indented stay as they are.
func topicPage(text string, width int) string {
	var b strings.Builder
	for i, block := range strings.Split(text, "\n\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		for line := range strings.SplitSeq(block, "\n") {
			if !strings.HasPrefix(line, " ") {
				line = strings.Join(render.Wrap(line, width), "\n")
			}
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}
