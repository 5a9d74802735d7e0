package shell

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"text/template"
	"unicode"

	"github.com/urfave/cli/v2"
)

// Manual is what a manual page says beside commands and flags.
type Manual struct {
	Source      string // the program and its version
	Date        string // empty: none
	Description []string
	Sections    []Section // behind the flags
}

// Section is a list with a title in capitals.
type Section struct {
	Title string
	Rows  []Choice
}

//go:embed man.tmpl
var manSource string

var manTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("man").Funcs(template.FuncMap{"roff": escapeRoff}).Parse(manSource))
})

// manPage is what the template, in the language of man(7), is filled with.
type manPage struct {
	Manual
	Title, Name, Synopsis string
	Commands              []manCommand
	Common                []Choice // flags
	Intro, Examples       []string
}

// manCommand is a command with its flags: its own with what they do, of the common ones only the names.
type manCommand struct {
	Synopsis             string
	Paragraphs, Examples []string
	Own                  []Choice
	Common               string
}

// Page is the manual page of an app in roff. Urfave's own, through Markdown, knows neither examples nor exit codes, and repeats
// each flag with each command. It panics if the template does not fit.
func Page(app *cli.App, m Manual) string {
	page := manPage{
		Manual: m, Title: strings.ToUpper(app.Name), Name: app.Name + " - " + app.Usage, Synopsis: app.UsageText, Common: commonFlags(app),
	}
	page.Intro, page.Examples = SplitDescription(app.Description)
	page.Commands = manCommands(app.Name, app.Commands, page.Common)
	var b strings.Builder
	if err := manTemplate().Execute(&b, page); err != nil {
		panic(err)
	}
	return b.String()
}

// commonFlags returns the flags that more than two commands have in the same words; they are told once.
func commonFlags(app *cli.App) []Choice {
	var rows []Choice
	count := make(map[Choice]int)
	Walk(app.Commands, func(command *cli.Command) {
		for _, flag := range command.VisibleFlags() {
			row := ManRow(flag)
			if count[row]++; count[row] == 3 && !command.Hidden {
				rows = append(rows, row)
			}
		}
	})
	return rows
}

// manCommands tells the commands that are no secret, each with those below it.
func manCommands(parent string, commands []*cli.Command, common []Choice) []manCommand {
	var told []manCommand
	for _, command := range commands {
		if command.Hidden {
			continue
		}
		name := parent + " " + command.Name
		out := manCommand{Synopsis: synopsis(name, command)}
		out.Paragraphs, out.Examples = SplitDescription(command.Description)
		out.Paragraphs = slices.Insert(out.Paragraphs, 0, strings.ToUpper(command.Usage[:1])+command.Usage[1:]+".")
		var others []string
		for _, flag := range command.VisibleFlags() {
			if row := ManRow(flag); !slices.Contains(common, row) {
				out.Own = append(out.Own, row)
				continue
			}
			names := docOf(flag).names
			others = append(others, names[len(names)-1])
		}
		out.Common = "Common flags: " + strings.Join(others, ", ")
		told = append(append(told, out), manCommands(name, command.Subcommands, common)...)
	}
	return told
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
