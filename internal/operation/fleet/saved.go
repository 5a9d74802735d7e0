package fleet

import (
	"errors"
	"fmt"

	"appleconsent/consent"
	"appleconsent/plan"
)

// errNoPlan is a line of saved plans that holds a result and no plan.
var errNoPlan = errors.New("its line has no plan")

// ReadPlans reads the results of plan as rows that have the plan that is to be carried out, whichever writer of JSON has written them. A
// result that cannot be used is a row that says so, and so is one whose tenant could not be planned for. Errors: there is no plan, or
// there are too many rows.
func ReadPlans(text []byte) ([]Row, error) {
	var rows []Row
	for line, value := range plan.Results(text) {
		row, isRow := savedRow(line, value)
		if isRow && len(rows) == MaxRows {
			return nil, fmt.Errorf("it has more than %d rows", MaxRows)
		}
		if isRow {
			rows = append(rows, row)
		}
	}
	if err := unlessPlanned(rows); err != nil {
		return nil, err
	}
	return rows, nil
}

// unlessPlanned says why there is nothing to carry out.
func unlessPlanned(rows []Row) error {
	var bad error
	for _, row := range rows {
		if row.Saved != nil {
			return nil
		}
		if bad == nil {
			bad = row.Bad
		}
	}
	switch {
	case len(rows) == 0:
		return errors.New("it has no results, and so no plans")
	case bad != nil:
		return fmt.Errorf("it has no plan that can be used; %w", bad)
	}
	return errors.New("its results have no plans: they are not those of plan, or no tenant could be planned for")
}

// savedRow reads a line, and reports whether it is of a tenant.
func savedRow(number int, line []byte) (row Row, isRow bool) {
	row.Line = number
	bad := func(why string) (Row, bool) {
		return Row{Line: number, Bad: &BadRowError{number, why}}, true
	}
	if len(line) > plan.MaxResultLine {
		return bad(fmt.Sprintf("it is longer than %d bytes", plan.MaxResultLine))
	}
	said, saved, isResult, err := plan.DecodeResult(line)
	switch {
	case err != nil:
		return bad(plan.Printable(err.Error()))
	case !isResult:
		return row, false
	}
	row, err = plannedRow(said, saved)
	if row.Line = number; err != nil {
		return bad(err.Error())
	}
	return row, true
}

// plannedRow is the row of a result with its plan, or without one.
func plannedRow(said plan.ResultRow, saved *plan.Document) (row Row, err error) {
	var noTenant, noClient, noDevices error
	row.Tenant, noTenant = parseTenant(said.Tenant)
	row.ClientID, noClient = parseClient(deref(said.ClientID))
	row.Devices, noDevices = parseDevices(deref(said.Devices))
	row.Name = plan.Printable(deref(said.Name))
	switch err := errors.Join(noTenant, noClient, noDevices); {
	case noTenant != nil && saved == nil: // it could not be read when it was planned
		return Row{Skip: errNoPlan}, nil
	case err != nil:
		return Row{}, err
	case saved == nil:
		row.Skip = errNoPlan
		return row, nil
	}
	planned := saved.Requirement.Devices
	if row.Devices != "" && row.Devices != planned {
		return Row{}, fmt.Errorf("its row is for devices %s, and its plan for %s", row.Devices, planned)
	}
	if row.Devices = planned; planned == consent.AllDevices {
		row.Devices = ""
	}
	row.Saved = short(*saved)
	return row, nil
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
