package render

import (
	"bytes"
	_ "embed"
	"slices"
	"strings"
	"sync"
	"text/template"

	"appleconsent/consent"
)

var markdownForm = Form{
	Format: Markdown, Extensions: []string{".md", ".markdown"}, Title: "Markdown", Purpose: "for a ticket or a pull request",
	refuses: sheetsOnly, write: func(r Result, _ Style) ([]byte, error) { return markdown(r.laidOut()) },
	report: func(Style) Report { return new(markdownReport) },
}

//go:embed page.md.tmpl
var markdownSource string

var markdownTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{
		"code": mdCode, "cell": mdCellCode, "prose": mdProse, "join": strings.Join,
	}).Parse(markdownSource))
})

// markdown writes a sheet as GitHub-flavoured Markdown. What comes from outside is written by mdCode and mdProse only, and
// never begins a line.
func markdown(s sheet) ([]byte, error) {
	var b bytes.Buffer
	err := markdownTemplate().Execute(&b, s)
	return b.Bytes(), err
}

// NoticesOf are those of one level.
func (s sheet) NoticesOf(level consent.Level) []notice {
	return slices.DeleteFunc(slices.Clone(s.Notices), func(n notice) bool { return n.Level != level })
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
