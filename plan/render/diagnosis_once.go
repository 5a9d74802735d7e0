package render

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"appleconsent/plan"

	"github.com/charmbracelet/x/ansi"
)

// summary is the cause and the command: behind it on the same line, or on a line of its own where that is too narrow for both.
func (p *page) summary(d Diagnosis) {
	word := strings.TrimRight(d.verdict.Word, " ")
	text := p.style.paint(d.verdict.Tone)(word) + d.verdict.Word[len(word):] + plan.PrintableLine(d.verdict.Sentence)
	if d.Command == nil {
		p.paragraph("", "", text)
	} else if line := text + " Run: " + p.style.Strong(plan.Inert(*d.Command)); ansi.StringWidth(line) <= p.style.Width {
		p.whole(line)
		p.fresh(*d.Command)
	} else {
		p.paragraph("", "", text+" Run:")
		p.verbatim(*d.Command)
	}
	p.banner(banner(d.Tenant))
	p.blank()
}

// verbatim adds lines that people paste, unless they are on the page. Only what would act on the terminal is taken out.
func (p *page) verbatim(lines ...string) {
	for _, line := range lines {
		if p.fresh(line) {
			p.b.WriteString("    " + p.style.Strong(plan.Inert(line)) + "\n")
		}
	}
}

// maxText is the width at which a text of a check is cut. Ours are far shorter; names from the tenant may not be.
const maxText = 2000

func bounded(text string) string { return ansi.Truncate(plan.PrintableLine(text), maxText, "…") }

// once adds a paragraph of those sentences that are not on the page, and nothing if all of them are.
func (p *page) once(label, paintedLabel, text string) {
	var left []string
	for _, sentence := range sentences(bounded(text)) {
		if p.fresh(sentence) {
			left = append(left, sentence)
		}
	}
	if len(left) > 0 {
		p.paragraph(label, paintedLabel, strings.Join(left, " "))
	}
}

// fresh reports whether a sentence or a command is not on the page yet, and keeps that it is from now on.
func (p *page) fresh(text string) bool {
	if p.said == nil {
		p.said = map[string]bool{}
	}
	told := p.said[text]
	p.said[text] = true
	return !told
}

// sentences cuts a text behind the full stops that a capital letter or a quotation mark follows.
func sentences(text string) []string {
	var out []string
	for at := 0; ; {
		i := strings.Index(text[at:], ". ")
		if i < 0 {
			return append(out, text)
		}
		at += i + len(". ")
		if r, _ := utf8.DecodeRuneInString(text[at:]); unicode.IsUpper(r) || r == '"' {
			out, text, at = append(out, strings.TrimSuffix(text[:at], " ")), text[at:], 0
		}
	}
}
