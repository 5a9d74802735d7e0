package render

import (
	"fmt"
	"slices"
	"strconv"

	"appleconsent/plan"
)

// KindFleet is what a run over many tenants prints: a result for each, and what became of all.
const KindFleet plan.Kind = "report about many tenants"

// CSV is a format of such a report and of a list of tenants only.
const CSV Format = "csv"

// Outcome is what became of one tenant of a run, to be shown.
type Outcome struct {
	Row      plan.ResultRow
	State    string // see words_fleet.go
	Exit     int
	Document *Result  // nil: there is none
	Failure  *Failure // nil: none
	Cause    string   // what is behind it, the same word for the same reason; empty: not known
}

// Report is a report about many tenants in one form. What Add and End return is written in that order; nothing else is kept for
// long but what the form needs at its end.
type Report interface {
	Add(o Outcome) ([]byte, error)
	End(s plan.SummaryLine) ([]byte, error)
}

// NewReport begins a report. Style is for Text only. Errors: ErrRefused for a form that is for single tenants.
func NewReport(f Format, style Style) (Report, error) {
	form, err := formFor(f, content{kind: KindFleet})
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", f, err)
	}
	return form.report(style), nil
}

// fleetsOnly refuses what is about one tenant.
func fleetsOnly(c content) error {
	if c.kind == KindFleet {
		return nil
	}
	return refusal("it is for --tenants: a line for each tenant")
}

// jsonLines is the report as JSON, an object a line.
type jsonLines struct{}

func (jsonLines) Add(o Outcome) ([]byte, error) {
	line := plan.ResultLine{SchemaVersion: plan.SchemaVersion, Kind: plan.KindResult, Row: o.Row, State: o.State, ExitCode: o.Exit}
	if o.Document != nil {
		line.Document = o.Document.document
	}
	if o.Failure != nil {
		line.Error = o.Failure
	}
	return plan.EncodeLine(line)
}

func (jsonLines) End(s plan.SummaryLine) ([]byte, error) { return plan.EncodeLine(s) }

var csvForm = Form{
	Format: CSV, Extensions: []string{".csv"}, refuses: linesOnly, report: func(Style) Report { return &csvReport{} },
	write: func(r Result, _ Style) ([]byte, error) { return csvText(r.rows()), nil },
}

// linesOnly refuses what has no line for each tenant.
func linesOnly(c content) error {
	if c.kind == KindTenants {
		return nil
	}
	return fleetsOnly(c)
}

// csvText is a table whose first row is the header.
func csvText(rows [][]string) []byte {
	var text []byte
	for _, row := range rows {
		text = append(text, plan.CSVLine(row...)...)
	}
	return text
}

// csvReport is the report as CSV (RFC 4180), whose columns a tenants file has, too.
type csvReport struct{ begun bool }

func (t *csvReport) Add(o Outcome) ([]byte, error) {
	code, message, change := "", o.about(), ""
	if o.Failure != nil {
		code, message = o.Failure.Code, o.Failure.Message
	}
	if c := o.change(); c != nil {
		change = c.ID
	}
	cells := slices.Concat([]string{strconv.Itoa(o.Row.Line)}, o.Row.Cells(), []string{o.State, strconv.Itoa(o.Exit), code, message, change})
	return append(t.header(), plan.CSVLine(cells...)...), nil
}

func (t *csvReport) End(plan.SummaryLine) ([]byte, error) { return t.header(), nil }

// header is the first line, once.
func (t *csvReport) header() []byte {
	if t.begun {
		return nil
	}
	t.begun = true
	return []byte(csvHeader + "exit_code,error_code,message,change\n")
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// change is the record of the change that was made or begun in the tenant; nil: none was.
func (o Outcome) change() *plan.Change {
	if o.Failure != nil && o.Failure.Change != nil {
		return o.Failure.Change
	}
	if o.Document != nil {
		if c, ok := o.Document.document.(plan.Change); ok {
			return &c
		}
	}
	return nil
}

// briefly is what people call the tenant, or else its id or domain.
func (o Outcome) briefly() string {
	if name := plan.Printable(text(o.Row.Name)); name != "" {
		return name
	}
	return o.name()
}

// name is what people call the tenant, with its id or domain.
func (o Outcome) name() string {
	name, tenant := plan.Printable(text(o.Row.Name)), plan.Printable(o.Row.Tenant)
	if name == "" && o.Document != nil {
		name = o.Document.tenant()
	}
	switch {
	case tenant == "":
		return fmt.Sprintf("line %d", o.Row.Line)
	case name == "" || name == tenant:
		return tenant
	}
	return name + " (" + tenant + ")"
}

// tenant is what a document calls its tenant; empty if it does not.
func (r Result) tenant() string {
	switch d := r.document.(type) {
	case plan.Document:
		return tenantName(d.Tenant)
	case plan.Change:
		return tenantName(d.Tenant)
	case Diagnosis:
		return tenantName(d.Tenant)
	}
	return ""
}
