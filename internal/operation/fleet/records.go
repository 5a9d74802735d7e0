package fleet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// record is a line of a tenants file, or several lines that belong together since a quoted field has line breaks.
type record struct {
	line   int // the first of them, from 1
	fields []string
	broken error // it is no CSV
	// swallows: a line within one of its fields could be a row of its own.
	swallows bool
}

// checkText refuses what is no text, which would be read as rows that nobody wrote.
func checkText(data []byte) error {
	begin := bytes.TrimSpace(data[:min(len(data), 100)])
	switch {
	case bytes.HasPrefix(begin, []byte("{")), bytes.HasPrefix(begin, []byte("[")):
		return errors.New("it is JSON; a tenants file has a tenant a line, or is CSV")
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return errors.New("it is a workbook or another ZIP file: save it as CSV")
	case len(data) > 1 && (data[0] == 0) != (data[1] == 0):
		return errors.New("it is UTF-16 without a byte order mark: save it as UTF-8")
	}
	return nil
}

// linesOf splits a text at its line breaks: LF, CRLF, and CR alone. A line that is not UTF-8 is in Windows-1252, as Excel saves CSV.
func linesOf(data []byte) []string {
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(data)), "\n")
	for i, line := range lines {
		if !utf8.ValidString(line) {
			lines[i], _ = charmap.Windows1252.NewDecoder().String(line) // which has a character for each byte, or none
		}
	}
	return lines
}

// isNothing reports whether a line is blank or a comment.
func isNothing(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || strings.HasPrefix(line, "#")
}

// recordsOf splits lines into records. If all of them are CSV as it should be (RFC 4180), a field may have line breaks. If they are
// not, each line is read by itself: a stray quotation mark spoils its own line and no other.
func recordsOf(lines []string, comma rune) []record {
	if records, ok := wellFormed(lines, comma); ok {
		return records
	}
	var records []record
	for i, line := range lines {
		if !isNothing(line) {
			fields, err := fieldsOf(line, comma)
			records = append(records, record{line: i + 1, fields: fields, broken: err})
		}
	}
	return records
}

// wellFormed reads all lines as one table, and reports whether they are one.
func wellFormed(lines []string, comma rune) (records []record, ok bool) {
	table := slices.Clone(lines)
	for i, line := range table {
		if isNothing(line) {
			table[i] = "" // which is left out
		}
	}
	reader := csv.NewReader(strings.NewReader(strings.Join(table, "\n")))
	reader.Comma, reader.FieldsPerRecord = comma, -1
	for {
		fields, err := reader.Read()
		switch {
		case errors.Is(err, io.EOF):
			return records, true
		case err != nil:
			return nil, false
		}
		line, _ := reader.FieldPos(0)
		records = append(records, record{line: line, swallows: hasRow(fields, comma), fields: trimmed(fields)})
	}
}

// hasRow reports whether a line within a field could be a row: what stands between two stray quotation marks looks like a field. A domain
// in a line of its own, with more lines behind it, is a note.
func hasRow(fields []string, comma rune) bool {
	return slices.ContainsFunc(fields, func(field string) bool {
		lines := strings.Split(field, "\n")
		for i, line := range lines[1:] {
			if behind, is := beginsAsRow(strings.TrimSpace(line), []rune{comma}); is && (behind != 0 || i == len(lines)-2) {
				return true
			}
		}
		return false
	})
}

// fieldsOf splits one line, with a reader of its own.
func fieldsOf(line string, comma rune) ([]string, error) {
	reader := csv.NewReader(strings.NewReader(line))
	reader.Comma, reader.FieldsPerRecord = comma, -1
	fields, err := reader.Read()
	return trimmed(fields), err
}

func trimmed(fields []string) []string {
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	return fields
}
