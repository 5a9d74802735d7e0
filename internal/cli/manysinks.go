package cli

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"appleconsent/internal/operation/fleet"
	"appleconsent/internal/terminal"
	"appleconsent/plan"
	"appleconsent/plan/render"
)

// sink is a report with where it goes.
type sink struct {
	report render.Report
	put    func([]byte) error
	end    func(trouble error) error
}

// openSinks begins the report on stdout, and the one in a file if there is one.
func (k *call) openSinks() ([]sink, error) {
	shown, err := render.NewReport(k.output.stdout(), k.Style())
	if err != nil {
		return nil, err
	}
	write := func(data []byte) error {
		if len(data) == 0 {
			return nil
		}
		return k.Write(data)
	}
	sinks := []sink{{shown, write, func(error) error { return nil }}}
	if k.output.file == "" {
		return sinks, nil
	}
	kept, err := render.NewFileReport(k.output.format, terminal.DefaultColumns)
	if err != nil {
		return nil, err
	}
	file, err := plan.BeginRendering(k.output.file)
	if err != nil {
		return nil, err
	}
	put := func(data []byte) error {
		_, err := file.Write(data)
		return err
	}
	return append(sinks, sink{kept, put, file.End}), nil
}

// close ends all reports with what became of all tenants.
func (r *manyRun) close(s plan.SummaryLine) error {
	var trouble error
	for _, one := range r.sinks {
		data, err := one.report.End(s)
		err = cmp.Or(err, one.put(data))
		trouble = errors.Join(trouble, err, one.end(err))
	}
	return trouble
}

// unwellRows are the rows that did not end well, as a tenants file.
type unwellRows struct{ lines strings.Builder }

func (u *unwellRows) add(row plan.ResultRow, state fleet.State) {
	switch {
	case state.Well():
	case row.Tenant == "": // it fails again, until somebody repairs it
		u.lines.WriteString(plan.CSVLine(fmt.Sprintf("line %d could not be read", row.Line), "", "", ""))
	default:
		u.lines.WriteString(plan.CSVLine(row.Cells()...))
	}
}

// write writes the file, unless none was asked for.
func (u *unwellRows) write(name string) error {
	if name == "" {
		return nil
	}
	return writeTenants(name, render.FailedTenants+plan.CSVLine("tenant", "name", "client_id", "devices")+u.lines.String())
}

// writeTenants writes a tenants file whole or not at all.
func writeTenants(name, text string) error {
	file, err := plan.BeginRendering(name)
	if err != nil {
		return err
	}
	_, err = file.Write([]byte(text))
	return cmp.Or(err, file.End(err))
}
