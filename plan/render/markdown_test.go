package render_test

import (
	"strings"
	"testing"
)

// takeMarkdown returns what is markup, line by line.
func takeMarkdown(_ *testing.T, out string) parts { return parts{structure: markup(out)} }

// markup returns for each line how many cells it has, if it is a table's, and the characters in it that are markup or
// begin what a site turns into a link: not those in code spans, and not escaped or broken ones.
func markup(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, strings.Repeat("|", cells(line))+" "+markupOf(strings.TrimSuffix(line, "\n")))
	}
	return lines
}

// cells counts the pipes that split a line, which happens before code spans are looked for.
func cells(line string) int {
	if !strings.HasPrefix(line, "|") {
		return 0
	}
	n := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '|':
			n++
		}
	}
	return n
}

func markupOf(line string) string {
	const gap = "&#8203;"
	var b strings.Builder
	for line != "" {
		rest := line[1:]
		switch c := line[0]; {
		case c == '`':
			line = strings.TrimLeft(line, "`")
			fence := strings.Repeat("`", len(rest)+1-len(line))
			line = behindSpan(line, fence)
			b.WriteByte('C')
			continue
		case c == '\\' && rest != "":
			rest = rest[1:]
		case strings.HasPrefix(line, gap):
			rest = line[len(gap):]
		case len(line) >= 4 && strings.EqualFold(line[:4], "www."):
			b.WriteByte('w')
		case strings.HasPrefix(line, "://"), strings.ContainsRune("@#", rune(c)) && !strings.HasPrefix(rest, gap):
			b.WriteByte(c)
		case strings.ContainsRune("*_[]<>|~$&", rune(c)):
			b.WriteByte(c)
		}
		line = rest
	}
	return b.String()
}

// behindSpan returns what follows a code span, which ends with a fence of the same length as it began with.
func behindSpan(line, fence string) string {
	for at := 0; at < len(line); {
		i := strings.IndexByte(line[at:], '`')
		if i < 0 {
			break
		}
		run := len(line[at+i:]) - len(strings.TrimLeft(line[at+i:], "`"))
		at += i + run
		if run == len(fence) {
			return line[at:]
		}
	}
	return "UNCLOSED" + line
}
