package render

import (
	"bytes"
	"encoding/json"
	"strings"

	"appleconsent/plan"
)

// origin stands in every form for people and in every script: who made it.
const origin = "Made by appleconsent "

// ownForms tell of a file whether this program wrote it in one of its forms, by how that begins and by what stands nowhere else.
var ownForms = []func(text string) bool{
	isDocument,
	begins("# "), // Markdown, and Terraform
	begins("<!DOCTYPE html>"),
	begins("#Requires"), // PowerShell, and with help alone
	begins("<#\n.SYNOPSIS\n"),
	isTable,
	func(text string) bool { return strings.HasSuffix(text, textEnd) },
}

// begins fits what begins so and says that we made it.
func begins(with string) func(text string) bool {
	return func(text string) bool { return strings.HasPrefix(text, with) && strings.Contains(text, origin) }
}

// FailedTenants is the first line of a file of tenants that did not end well, by which it is known as one of ours.
const FailedTenants = "# " + origin + "from a run over many tenants: those that did not end well.\n"

// csvHeader is how a report about many tenants begins as CSV.
const csvHeader = "line,tenant,name,client_id,devices,state,"

// The columns with which lists of tenants begin: of a partner's customers, and of the simulated fleet, which have no other.
var (
	customerColumns = []string{"tenant", "name", "domain", "contract"}
	memberColumns   = []string{"tenant", "name", "kind"}
)

// isTable reports whether the text is a table of ours.
func isTable(text string) bool {
	header, _, _ := strings.Cut(text, "\n")
	header = strings.TrimSuffix(header, "\r")
	customers := strings.Join(customerColumns, ",")
	return strings.HasPrefix(header, csvHeader) || header == customers || strings.HasPrefix(header, customers+",gdap,") ||
		header == strings.Join(memberColumns, ",")
}

// textEnd is the end of text in a file, which has nothing else to be known by.
const textEnd = "\nMade by appleconsent.\n"

// WriteFile is Write for a file, in which nothing is painted, and of which IsOwn knows that it is one of ours. Width is that of
// text, in columns. Errors: those of Write.
func WriteFile(r Result, f Format, width int) ([]byte, error) {
	content, err := Write(r, f, PlainStyle(width))
	if err == nil && f == Text {
		content = append(content, textEnd...)
	}
	return content, err
}

// NewFileReport is NewReport for a file, as WriteFile is Write.
func NewFileReport(f Format, width int) (Report, error) {
	report, err := NewReport(f, PlainStyle(width))
	if err == nil && f == Text {
		report = markedReport{report}
	}
	return report, err
}

// markedReport has the end of text in a file.
type markedReport struct{ Report }

func (m markedReport) End(s plan.SummaryLine) ([]byte, error) {
	text, err := m.Report.End(s)
	return append(text, textEnd...), err
}

// IsOwn reports whether the text of a file is one of the forms in which this program writes results, so that the next result may take
// its place.
func IsOwn(text string) bool {
	text = strings.TrimPrefix(text, "\ufeff") // with which scripts begin
	for _, is := range ownForms {
		if is(text) {
			return true
		}
	}
	return false
}

// isDocument reports whether the text begins as our JSON documents do, each of them and each line of many.
func isDocument(text string) bool {
	_, is := kindOf(text)
	return is
}

// IsRecord reports whether the text of a file is a change record, by which the change can be rolled back from anywhere.
func IsRecord(text string) bool {
	kind, _ := kindOf(strings.TrimPrefix(text, "\ufeff"))
	return kind == string(plan.KindChange)
}

// kindOf returns what a JSON document of ours is.
func kindOf(text string) (kind string, is bool) {
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	var begin [5]json.Token
	for i := range begin {
		token, err := decoder.Token()
		if err != nil {
			return "", false
		}
		begin[i] = token
	}
	_, numbered := begin[2].(float64)
	kind, named := begin[4].(string)
	return kind, numbered && named && begin[0] == json.Delim('{') && begin[1] == "schemaVersion" && begin[3] == "kind"
}
