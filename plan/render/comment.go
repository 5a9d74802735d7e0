package render

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// commentWidth is about how long a line of comment gets.
const commentWidth = 100

// foldComment breaks a labelled text between words. Every line behind the first begins with a bar, so that no line begins
// with words from outside.
func foldComment(label, text string) []string {
	line := label + ":"
	var lines []string
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > commentWidth {
			lines = append(lines, line)
			line = "  |"
		}
		line += " " + word
	}
	return append(lines, line)
}

// asciiOnly writes each character beyond ASCII as \u and the numbers of its UTF-16 code units.
func asciiOnly(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}

func isASCII(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}
