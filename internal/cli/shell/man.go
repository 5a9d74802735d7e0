package shell

import (
	"fmt"
	"slices"
	"strings"
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

// Page is the manual page of an app in roff. Urfave's own, through Markdown, knows neither examples nor exit codes, and repeats
// each flag with each command.
func Page(app *cli.App, m Manual) string {
	r := &roff{}
	fmt.Fprintf(&r.b, ".TH %s 1 %q %q\n", strings.ToUpper(app.Name), m.Date, m.Source)
	r.macro("SH", "NAME")
	r.text(app.Name + " - " + app.Usage)
	r.macro("SH", "SYNOPSIS")
	r.text(app.UsageText)
	r.macro("SH", "DESCRIPTION")
	r.paragraphs(m.Description)
	r.macro("SH", "COMMANDS")
	common := commonFlags(app)
	r.commands(app.Name, app.Commands, common)
	r.macro("SH", "COMMON FLAGS")
	r.list(common)
	for _, section := range m.Sections {
		r.macro("SH", section.Title)
		r.list(section.Rows)
	}
	r.macro("SH", "EXAMPLES")
	intro, examples := SplitDescription(app.Description)
	r.paragraphs(intro)
	r.examples(examples)
	return r.b.String()
}

// commonFlags returns the flags that more than two commands have in the same words; they are told once.
func commonFlags(app *cli.App) []Choice {
	var rows []Choice
	count := make(map[Choice]int)
	Walk(app.Commands, func(command *cli.Command) {
		for _, flag := range command.VisibleFlags() {
			row := Row(flag)
			if count[row]++; count[row] == 3 && !command.Hidden {
				rows = append(rows, row)
			}
		}
	})
	return rows
}

// roff collects a page in the language of man(7).
type roff struct{ b strings.Builder }

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

func (r *roff) list(rows []Choice) {
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

func (r *roff) commands(parent string, commands []*cli.Command, common []Choice) {
	for _, command := range commands {
		if command.Hidden {
			continue
		}
		name := parent + " " + command.Name
		paragraphs, examples := SplitDescription(command.Description)
		r.macro("SS", synopsis(name, command))
		r.paragraphs(slices.Insert(paragraphs, 0, strings.ToUpper(command.Usage[:1])+command.Usage[1:]+"."))
		r.flags(command, common)
		r.examples(examples)
		r.commands(name, command.Subcommands, common)
	}
}

// flags tells the flags of a command: its own with what they do, of the common ones only the names.
func (r *roff) flags(command *cli.Command, common []Choice) {
	var own []Choice
	var others []string
	for _, flag := range command.VisibleFlags() {
		row := Row(flag)
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
