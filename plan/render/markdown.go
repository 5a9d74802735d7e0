package render

import (
	"fmt"
	"strings"

	"appleconsent/consent"
)

var markdownForm = Form{
	Format: Markdown, Extensions: []string{".md", ".markdown"}, Title: "Markdown", Purpose: "for a ticket or a pull request",
	refuses: sheetsOnly, write: func(r Result, _ Style) ([]byte, error) { return markdown(r.sheet()), nil },
}

// markdown writes a sheet as GitHub-flavoured Markdown. What comes from outside is written by mdCode and mdProse only, and
// never begins a line.
func markdown(s sheet) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", s.Heading)
	fmt.Fprintf(&b, "**%s:** %s\n", s.Verdict.Word, mdProse(s.Verdict.Sentence))
	mdNotices(&b, s.Notices, consent.Blocker)
	b.WriteByte('\n')
	mdFacts(&b, "", s.Facts)
	if len(s.Tables) > 0 {
		fmt.Fprintf(&b, "\n## %s\n", s.Section)
	}
	for _, t := range s.Tables {
		mdTable(&b, t)
	}
	if len(s.Actions) > 0 {
		b.WriteString("\n## Actions\n\n")
	}
	for _, a := range s.Actions {
		mdAction(&b, a)
	}
	if len(s.Notices) > 0 {
		b.WriteString("\n## Warnings and notes\n")
		mdNotices(&b, s.Notices, consent.Warning)
		mdNotices(&b, s.Notices, consent.Info)
	}
	fmt.Fprintf(&b, "\n---\n\n%s\n", mdProse(s.Origin))
	return []byte(b.String())
}

func mdFacts(b *strings.Builder, indent string, facts []fact) {
	for _, f := range facts {
		value := mdProse(f.Prose)
		if f.Prose == "" {
			value = mdCode(f.Name + f.Code)
		}
		fmt.Fprintf(b, "%s- %s: %s\n", indent, f.Label, value)
	}
}

// mdTable has one line per scope or policy, between pipes.
func mdTable(b *strings.Builder, t table) {
	if t.Title != "" {
		fmt.Fprintf(b, "\n### %s\n\n%s\n\n", t.Title, mdProse(t.Lead))
	} else {
		fmt.Fprintf(b, "\n### Resource %s\n\nApplication (client) ID %s\n\n", mdCode(t.Name), mdCode(t.Code))
	}
	fmt.Fprintf(b, "| %s |\n|%s\n", strings.Join(t.Header, " | "), strings.Repeat(" --- |", len(t.Header)))
	for _, r := range t.Rows {
		first := r.Rest
		if r.Code != "" {
			first = mdCellCode(r.Code)
		}
		fmt.Fprintf(b, "| %s |", first)
		for _, c := range r.Cells {
			fmt.Fprintf(b, " %s |", mdMark(c))
		}
		b.WriteByte('\n')
	}
}

// mdMark shows our own words. The symbol in front of some would make a list.
func mdMark(m mark) string {
	if m.Symbol == "" {
		return m.Word
	}
	return "`" + m.Symbol + "` " + m.Word
}

func mdAction(b *strings.Builder, a action) {
	fmt.Fprintf(b, "- %s `%s` %s %s %s\n", mdCode(a.ID), a.Symbol, a.Verb, a.Object, mdCode(a.Name))
	for _, m := range a.Marks {
		line := "  - " + mdMark(m)
		if m.Code != "" {
			line += " " + mdCode(m.Code)
		}
		fmt.Fprintln(b, line)
	}
	if a.Status.Word != "" {
		fmt.Fprintf(b, "  - Status: %s\n", mdMark(a.Status))
	}
	mdFacts(b, "  ", a.Results)
	if a.Prose != "" {
		fmt.Fprintf(b, "  - Error: %s\n", mdProse(a.Prose))
	}
}

func mdNotices(b *strings.Builder, all []notice, level consent.Level) {
	for _, n := range all {
		if n.Level == level {
			fmt.Fprintf(b, "\n> **%s:** %s\n", n.Word, mdProse(n.Message))
		}
	}
}

// mdCode writes a name as a code span, in which Markdown sees no markup: no link, image, HTML, mention, reference or
// emoji. The fence is longer than any run of backticks in the name.
func mdCode(name string) string {
	longest := 0
	for _, run := range strings.FieldsFunc(name, func(r rune) bool { return r != '`' }) {
		longest = max(longest, len(run))
	}
	if name == "" {
		return "–"
	}
	fence := strings.Repeat("`", longest+1)
	if longest > 0 {
		name = " " + name + " " // one space at each end is not part of a span
	}
	return fence + name + fence
}

// mdCellCode is mdCode within a table, whose cells are split before anything else is looked at. A pipe behind a backslash
// cannot be written there in a way on which readers of Markdown agree, and is shown as a broken bar.
func mdCellCode(name string) string {
	if strings.Contains(name, `\|`) {
		return mdCode(strings.ReplaceAll(name, "|", "¦"))
	}
	return strings.ReplaceAll(mdCode(name), "|", `\|`)
}

// mdSpecial are the characters that can begin, end or delimit markup in the middle of a line.
const mdSpecial = "\\`*_[]<>|~$&"

// mdProse writes a sentence from outside. Special characters are escaped; what sites turn into links after that, such as
// mentions, references, addresses and emoji, is broken by a space of no width.
func mdProse(text string) string {
	const gap = "&#8203;"
	var b strings.Builder
	for i, r := range text {
		switch {
		case strings.ContainsRune(mdSpecial, r):
			b.WriteByte('\\')
		case r == '.' && i >= 3 && strings.EqualFold(text[i-3:i], "www"):
			b.WriteString(gap) // before the dot: with it, a link has begun
		}
		b.WriteRune(r)
		if breaks(text, i) {
			b.WriteString(gap)
		}
	}
	return b.String()
}

// breaks reports whether a link or the like could go on behind the character.
func breaks(text string, i int) bool {
	switch text[i] {
	case '@', '#':
		return true
	case ':':
		ends := i+1 == len(text) || text[i+1] == ' '
		inTime := !ends && i > 0 && isDigit(text[i-1]) && isDigit(text[i+1])
		return !ends && !inTime
	}
	return false
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
