package fleet

import (
	"errors"
	"fmt"
	"io"
)

// The limits of a tenants file.
const (
	MaxFileSize = 10 << 20 // bytes
	MaxRows     = 20_000
)

// ReadRows reads a tenants file, without a byte order mark: a tenant a line, or CSV of tenant, name, client_id and devices, whose
// header may name them in another order and among others. A line that cannot be used is a row that says so. Errors: a file
// without a usable row, one beyond the limits, and one in which it is in doubt what stands where: a row must not be for more than
// its file says.
func ReadRows(text io.Reader) ([]Row, error) {
	data, err := io.ReadAll(io.LimitReader(text, MaxFileSize+1))
	if err == nil && len(data) > MaxFileSize {
		err = fmt.Errorf("it is larger than %d bytes", MaxFileSize)
	}
	if err == nil {
		err = checkText(data)
	}
	var rows []Row
	if err == nil {
		rows, err = rowsOf(linesOf(data))
	}
	if err == nil && !usable(rows) {
		err = noUsable(rows)
	}
	if err != nil {
		return nil, err
	}
	return rows, nil
}

func rowsOf(lines []string) ([]Row, error) {
	known, begin, err := layout(lines)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, r := range recordsOf(lines[begin:], known.comma) {
		r.line += begin
		row := known.row(r)
		again, err := known.doubt(r, row)
		switch {
		case err != nil:
			return nil, err
		case again:
			continue
		case len(rows) == MaxRows:
			return nil, fmt.Errorf("it has more than %d rows", MaxRows)
		}
		rows = append(rows, row)
	}
	return rows, nil
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
