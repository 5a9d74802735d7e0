package fleet

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// The limits of a tenants file.
const (
	MaxFileSize = 10 << 20 // bytes
	MaxRows     = 20_000
)

// ReadRows reads a tenants file, as UTF-8 without a mark: a tenant a line, or CSV of tenant, name, client_id and devices, whose
// header may name them in another order and among others. A line that cannot be used is a row that says so. Errors: a file
// without a usable row, or one beyond the limits.
func ReadRows(text io.Reader) ([]Row, error) {
	data, err := io.ReadAll(io.LimitReader(text, MaxFileSize+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > MaxFileSize:
		return nil, fmt.Errorf("it is larger than %d bytes", MaxFileSize)
	}
	rows, err := rowsOf(string(data))
	if err == nil && !usable(rows) {
		err = noUsable(rows)
	}
	return rows, err
}

func rowsOf(text string) ([]Row, error) {
	var rows []Row
	var known *columns
	number := 0
	for line := range strings.SplitSeq(text, "\n") {
		number++
		line = strings.TrimRight(line, "\r")
		if trimmed := strings.TrimSpace(line); trimmed == "" || strings.HasPrefix(trimmed, "#") {
			continue
		}
		if known == nil {
			comma := separator(line)
			c, isHeader := header(line, comma)
			if known = &c; isHeader {
				continue
			}
			*known = asWritten(comma)
		}
		if len(rows) == MaxRows {
			return nil, fmt.Errorf("it has more than %d rows", MaxRows)
		}
		rows = append(rows, known.row(number, line))
	}
	return rows, nil
}

// separator is what stands between the fields of a file, by its first line: Excel writes semicolons where the comma is for decimals.
func separator(line string) rune {
	for _, comma := range []rune{',', ';', '\t'} {
		if strings.ContainsRune(line, comma) {
			return comma
		}
	}
	return ','
}

func usable(rows []Row) bool {
	for _, row := range rows {
		if row.Bad == nil {
			return true
		}
	}
	return false
}

// noUsable says why a file is of no use.
func noUsable(rows []Row) error {
	if len(rows) == 0 {
		return errors.New("it names no tenant: write one a line, as a GUID or a domain")
	}
	return fmt.Errorf("none of its rows can be used; %w", rows[0].Bad)
}
