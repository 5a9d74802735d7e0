package plan

import (
	"bytes"
	"encoding/json"
	"fmt"

	"appleconsent/consent"

	"github.com/go-json-experiment/json/jsontext"
)

// The kinds of lines that a run over many tenants writes as JSON.
const (
	KindResult  Kind = "result"
	KindSummary Kind = "summary"
)

// MaxResultLine is the longest line of saved plans that is read, in bytes.
const MaxResultLine = MaxFileSize

// ResultRow names the tenant of a result as the row of the tenants file does.
type ResultRow struct {
	Line     int     `json:"line"`   // 0: it stood in no file
	Tenant   string  `json:"tenant"` // GUID or domain; empty if none could be read from the row
	Name     *string `json:"name"`
	ClientID *string `json:"clientId"`
	Devices  *string `json:"devices"` // that it is narrowed to; null: to none
}

// NewResultRow puts null where there is nothing.
func NewResultRow(line int, tenant, name, clientID string) ResultRow {
	return ResultRow{Line: line, Tenant: tenant, Name: orNull(name), ClientID: orNull(clientID)}
}

// For is the row of a tenant that nothing but these devices is for.
func (r ResultRow) For(devices consent.Devices) ResultRow {
	r.Devices = nil
	if devices != consent.AllDevices {
		r.Devices = orNull(string(devices))
	}
	return r
}

// Cells are its columns in a tenants file: tenant, name, client_id and devices.
func (r ResultRow) Cells() []string {
	return []string{r.Tenant, deref(r.Name), deref(r.ClientID), deref(r.Devices)}
}

// ResultLine is what became of one tenant of a run. Its JSON form is docs/schema/result.schema.json.
type ResultLine struct {
	SchemaVersion int       `json:"schemaVersion"`
	Kind          Kind      `json:"kind"`
	Row           ResultRow `json:"row"`
	State         string    `json:"state"`
	ExitCode      int       `json:"exitCode"`
	Document      any       `json:"document"` // what the command makes of one tenant; null if there is none
	Error         any       `json:"error"`    // the error document; null if there is none
}

// SummaryLine is what became of all of them, behind their lines.
type SummaryLine struct {
	SchemaVersion int            `json:"schemaVersion"`
	Kind          Kind           `json:"kind"`
	Command       string         `json:"command"`
	Run           *string        `json:"run"` // the id that its change records have; null: none was to be made
	Rows          int            `json:"rows"`
	States        map[string]int `json:"states"` // those that there are
	ExitCode      int            `json:"exitCode"`
}

// NewSummaryLine makes the line.
func NewSummaryLine(command, run string, rows int, states map[string]int, exitCode int) SummaryLine {
	return SummaryLine{SchemaVersion, KindSummary, command, orNull(run), rows, states, exitCode}
}

// EncodeLine is Encode on one line.
func EncodeLine(v any) ([]byte, error) {
	text, err := Encode(v)
	var line bytes.Buffer
	if err == nil {
		err = json.Compact(&line, text)
	}
	line.WriteByte('\n')
	return line.Bytes(), err
}

// DecodeResult reads a line of saved plans as strictly as Decode reads a plan. The plan is nil if the line has none; a summary
// is told by isResult. Errors leave the row empty.
func DecodeResult(line []byte) (row ResultRow, saved *Document, isResult bool, err error) {
	if documentKind(line) == KindSummary {
		return ResultRow{}, nil, false, nil
	}
	var read struct {
		SchemaVersion int            `json:"schemaVersion"`
		Kind          Kind           `json:"kind"`
		Row           ResultRow      `json:"row"`
		State         string         `json:"state"`
		ExitCode      int            `json:"exitCode"`
		Document      jsontext.Value `json:"document"`
		Error         jsontext.Value `json:"error"`
	}
	if err := decodeStrictly(line, KindResult, &read, &read.SchemaVersion); err != nil {
		return ResultRow{}, nil, true, err
	}
	if read.Kind != KindResult {
		return ResultRow{}, nil, true, fmt.Errorf("it is a %s, not a result", read.Kind)
	}
	if documentKind(read.Document) != KindPlan {
		return read.Row, nil, true, nil
	}
	doc, err := Decode(read.Document)
	if err != nil {
		return ResultRow{}, nil, true, err
	}
	return read.Row, &doc, true, nil
}
