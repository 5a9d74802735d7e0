package fleet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"appleconsent/plan"
)

// errNoPlan is a line of saved plans that holds a result and no plan.
var errNoPlan = errors.New("its line has no plan")

// ReadPlans reads the results of plan, a line each, as rows that have the plan that is to be carried out. A line that cannot be used
// is a row that says so, and so is one whose tenant could not be planned for. Errors: no line can be used, or there are too many.
func ReadPlans(text io.Reader) ([]Row, error) {
	var rows []Row
	lines := bufio.NewReader(text)
	for number := 1; ; number++ {
		line, whole, err := nextLine(lines)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		row, isRow := savedRow(number, line, whole)
		if isRow && len(rows) == MaxRows {
			return nil, fmt.Errorf("it has more than %d rows", MaxRows)
		}
		if isRow {
			rows = append(rows, row)
		}
		if err != nil {
			break
		}
	}
	if !usable(rows) {
		return nil, noUsable(rows)
	}
	return rows, nil
}

// nextLine returns a line, whole unless it is too long. The error is that of what follows.
func nextLine(lines *bufio.Reader) (line []byte, whole bool, err error) {
	for {
		part, err := lines.ReadSlice('\n')
		if room := plan.MaxResultLine + 1 - len(line); room > 0 {
			line = append(line, part[:min(len(part), room)]...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return bytes.TrimSpace(line), len(line) <= plan.MaxResultLine, err
		}
	}
}

// savedRow reads a line, and reports whether it is of a tenant.
func savedRow(number int, line []byte, whole bool) (row Row, isRow bool) {
	row.Line = number
	if len(line) == 0 {
		return row, false
	}
	bad := func(why string) (Row, bool) {
		return Row{Line: number, Bad: &BadRowError{number, why}}, true
	}
	if !whole {
		return bad(fmt.Sprintf("it is longer than %d bytes", plan.MaxResultLine))
	}
	said, saved, isResult, err := plan.DecodeResult(line)
	switch {
	case err != nil:
		return bad(plan.Printable(err.Error()))
	case !isResult:
		return row, false
	}
	var noTenant, noClient error
	row.Tenant, noTenant = parseTenant(said.Tenant)
	row.ClientID, noClient = parseClient(deref(said.ClientID))
	row.Name = plan.Printable(deref(said.Name))
	switch err := errors.Join(noTenant, noClient); {
	case noTenant != nil && saved == nil: // of a row that could not be read when it was planned
		return Row{Line: number, Skip: errNoPlan}, true
	case err != nil:
		return bad(err.Error())
	case saved == nil:
		row.Skip = errNoPlan
		return row, true
	}
	row.Saved = short(*saved)
	return row, true
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
