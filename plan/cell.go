package plan

import (
	"encoding/csv"
	"strings"
)

// CSVLine is a line of CSV (RFC 4180) with a line break at its end: each field on one line and fit for a terminal, and none that a
// spreadsheet takes for a formula.
func CSVLine(fields ...string) string {
	cells := make([]string, len(fields))
	for i, field := range fields {
		cells[i] = toCell(PrintableLine(field))
	}
	var line strings.Builder
	w := csv.NewWriter(&line)
	_ = w.Write(cells) // to memory
	w.Flush()
	return line.String()
}

// toCell keeps a spreadsheet from taking a text for a formula (owasp.org/www-community/attacks/CSV_Injection).
func toCell(field string) string {
	if looksMarked(field) {
		return "'" + field
	}
	return field
}

// FromCell returns the text of a cell as it was before CSVLine put a mark in front of it.
func FromCell(cell string) string {
	if field, marked := strings.CutPrefix(cell, "'"); marked && looksMarked(field) {
		return field
	}
	return cell
}

// looksMarked reports whether the text begins as a formula does, behind any number of marks: with one more it is told from a text that
// had them before.
func looksMarked(text string) bool {
	return strings.IndexAny(strings.TrimLeft(text, "'"), "=+-@") == 0
}
