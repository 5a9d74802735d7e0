// Package shell tells what the command line of the program is: its help, its manual page, what can stand for a word that is
// being completed, and where flags may stand. It reads all of that from the commands and flags themselves.
//
// It runs no command and knows none by name; what belongs to one application, such as the sections of its manual page and the
// values of its arguments, is passed in.
package shell

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// Choice is a word that can stand on a command line, and what it means; that may be empty.
type Choice struct{ Word, Meaning string }

// flagDoc is a flag as help, the man page and completion tell it.
type flagDoc struct {
	names       []string // as they are typed, a short one first
	placeholder string   // what stands for the value; empty: the flag takes none
	usage       string   // with the default
}

func docOf(flag cli.Flag) flagDoc {
	var doc flagDoc
	for _, name := range flag.Names() {
		doc.names = append(doc.names, strings.Repeat("-", min(len(name), 2))+name)
	}
	slices.SortStableFunc(doc.names, func(a, b string) int { return len(a) - len(b) })
	documented, ok := flag.(cli.DocGenerationFlag)
	if !ok {
		return doc
	}
	doc.usage = strings.ReplaceAll(documented.GetUsage(), "`", "")
	if !documented.TakesValue() {
		return doc
	}
	doc.placeholder = "VALUE"
	if parts := strings.Split(documented.GetUsage(), "`"); len(parts) == 3 {
		doc.placeholder = parts[1]
		doc.usage = strings.TrimPrefix(doc.usage, parts[1]+": ") // where the value is all there is to tell
	}
	_, listed := flag.(Chooser)
	if preset := documented.GetValue(); preset != "" && preset != "0" && !listed && !strings.Contains(doc.usage, "(default") {
		doc.usage += " (default: " + strings.Replace(preset, "m0s", "m", 1) + ")"
	}
	return doc
}

// Row is the flag as it is written on a command line, and what it does.
func Row(flag cli.Flag) Choice {
	doc := docOf(flag)
	return Choice{strings.TrimSpace(strings.Join(doc.names, ", ") + " " + doc.placeholder), doc.usage}
}

// ManRow is Row with what each of a flag's words means, for which a line of help has no room.
func ManRow(flag cli.Flag) Choice {
	row := Row(flag)
	chooser, ok := flag.(Chooser)
	if !ok {
		return row
	}
	var words []string
	for _, c := range chooser.Choices() {
		if c.Meaning != "" {
			c.Word += " (" + c.Meaning + ")"
		}
		words = append(words, c.Word)
	}
	row.Meaning += ". One of: " + strings.Join(words, ", ")
	return row
}

// commandNamed returns the command that the words name, one of a command's own for each word after the first; nil if there
// is none.
func commandNamed(app *cli.App, words []string) *cli.Command {
	command := app.Command(words[0])
	for _, word := range words[1:] {
		if command != nil {
			command = command.Command(word)
		}
	}
	return command
}

// SplitDescription returns the paragraphs of a description, each in one line, and its examples: the lines that are
// indented.
func SplitDescription(description string) (paragraphs, examples []string) {
	for block := range strings.SplitSeq(description, "\n\n") {
		if strings.HasPrefix(block, " ") {
			for line := range strings.SplitSeq(block, "\n") {
				examples = append(examples, strings.TrimSpace(line))
			}
		} else if block != "" {
			paragraphs = append(paragraphs, strings.Join(strings.Fields(block), " "))
		}
	}
	return paragraphs, examples
}

func synopsis(name string, command *cli.Command) string {
	words := []string{name}
	if len(command.VisibleFlags()) > 0 {
		words = append(words, "[FLAGS]")
	}
	if command.ArgsUsage != "" {
		words = append(words, command.ArgsUsage)
	}
	return strings.Join(words, " ")
}

type helpPage struct {
	Name, Usage, Synopsis string
	Paragraphs, Examples  []string
	Commands              []Choice // their words padded to the longest, as all rows
	Groups                []Section
	Ends                  []Choice
	More                  string
}

// About is what a page of help says of a command beside its flags.
type About struct {
	Exits []Choice // exit codes
	More  string   // where to read on
}

// NameColumn is where the usage begins behind the name.
func (p helpPage) NameColumn() int { return len(p.Name) + len("   ") + len(" - ") }

// Column is where the usages begin in a list.
func (p helpPage) Column(rows []Choice) int { return len(rows[0].Word) + len("   ") + len("  ") }

// helpTemplate is for urfave/cli's printer, which knows wrap. Examples are not wrapped: they are there to be copied.
//
//go:embed help.tmpl
var helpTemplate string

// Help is the page of the command that the words name, or of the app if there are none, within a width; empty if there is no
// such command. Urfave's own pages do not wrap.
func Help(app *cli.App, words []string, width int, about About) string {
	command, usage := &cli.Command{Usage: app.Usage, Description: app.Description, Subcommands: app.Commands, Flags: app.Flags}, app.UsageText
	name := strings.Join(append([]string{app.Name}, words...), " ")
	if len(words) > 0 {
		if command = commandNamed(app, words); command == nil {
			return ""
		}
		usage = synopsis(name, command)
	}
	page := helpPage{Name: name, Usage: command.Usage, Synopsis: usage, Commands: padded(commandChoices(command.Subcommands))}
	page.Paragraphs, page.Examples = SplitDescription(command.Description)
	page.Groups, page.Ends, page.More = groups(command.VisibleFlags()), padded(about.Exits), about.More
	var b strings.Builder
	cli.HelpPrinterCustom(&b, helpTemplate, page, map[string]any{"wrapAt": func() int { return width }})
	return b.String()
}

// groups returns the flags by their categories, in the order in which those first come; what has none comes first.
func groups(flags []cli.Flag) []Section {
	sections := []Section{{Title: "FLAGS"}}
	for _, flag := range flags {
		title := "FLAGS"
		if c, ok := flag.(cli.CategorizableFlag); ok && c.GetCategory() != "" {
			title = strings.ToUpper(c.GetCategory())
		}
		i := slices.IndexFunc(sections, func(s Section) bool { return s.Title == title })
		if i < 0 {
			i, sections = len(sections), append(sections, Section{Title: title})
		}
		sections[i].Rows = append(sections[i].Rows, Row(flag))
	}
	for _, s := range sections {
		padded(s.Rows)
	}
	return slices.DeleteFunc(sections, func(s Section) bool { return len(s.Rows) == 0 })
}

// HelpTopic returns of which command the words behind the program's name ask for help by a flag, by its words; none for the app.
func HelpTopic(app *cli.App, words []string) (topic []string, asked bool) {
	so := readWords(app, words)
	_, asked = so.given[cli.HelpFlag.Names()[0]]
	return so.path, asked && (so.command != nil || len(so.args) == 0)
}

// commandChoices are the commands that are no secret.
func commandChoices(commands []*cli.Command) []Choice {
	var out []Choice
	for _, c := range commands {
		if !c.Hidden {
			out = append(out, Choice{c.Name, c.Usage})
		}
	}
	return out
}

func padded(rows []Choice) []Choice {
	widest := 0
	for _, r := range rows {
		widest = max(widest, len(r.Word))
	}
	for i := range rows {
		rows[i].Word += strings.Repeat(" ", widest-len(rows[i].Word))
	}
	return rows
}

// Walk calls f for the commands and for those below them.
func Walk(commands []*cli.Command, f func(*cli.Command)) {
	for _, command := range commands {
		f(command)
		Walk(command.Subcommands, f)
	}
}
