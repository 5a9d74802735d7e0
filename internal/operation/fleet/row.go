package fleet

import (
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/plan"
)

// Row is a line of a tenants file, or of saved plans, or a recorded change that is to be rolled back.
type Row struct {
	Line     int    // where it stands, from 1; 0: in no file
	Tenant   string // GUID or domain, in lower case; empty if Bad
	Name     string // what the file calls it, fit for a terminal; may be empty
	ClientID string // to sign in with, a GUID in lower case; empty: what all sign in with
	// Devices can only narrow what is asked for; empty: they do not.
	Devices consent.Devices
	// Saved is the plan that is to be carried out, and nothing else, as JSON; nil: what is due.
	Saved []byte
	Bad   error // what is wrong with it; nil if it can be used
	Skip  error // why nothing is done about it although it can be used; nil: something is
	Idle  error // why nothing has to be done about it, as is known before any look; nil: that is not known
}

// columns say in which field of a line stands what; -1: nowhere.
type columns struct {
	tenant, name, client, devices int
	comma                         rune
}

// asWritten are the columns of a file without a header.
func asWritten(comma rune) columns { return columns{0, 1, 2, 3, comma} }

// The names of columns, in lower case and without what separates words.
var (
	tenantNames  = []string{"tenant", "tenantid", "customerid", "customertenantid", "domain"}
	nameNames    = []string{"name", "displayname", "customername"}
	clientNames  = []string{"clientid", "appid"}
	devicesNames = []string{"devices"}
)

// header returns the columns that a line names, and whether it is a header: it names the one of tenants.
func header(line string, comma rune) (columns, bool) {
	fields, err := fieldsOf(line, comma)
	if err != nil {
		return columns{}, false
	}
	plainer := strings.NewReplacer("_", "", "-", "", " ", "")
	for i, field := range fields {
		fields[i] = plainer.Replace(strings.ToLower(field))
	}
	at := func(names []string) int {
		for _, name := range names {
			if i := slices.Index(fields, name); i >= 0 {
				return i
			}
		}
		return -1
	}
	c := columns{at(tenantNames), at(nameNames), at(clientNames), at(devicesNames), comma}
	return c, c.tenant >= 0
}

// fieldsOf splits one line, with a reader of its own: a stray quote spoils this line and no other.
func fieldsOf(line string, comma rune) ([]string, error) {
	reader := csv.NewReader(strings.NewReader(line))
	reader.Comma, reader.FieldsPerRecord = comma, -1
	fields, err := reader.Read()
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	return fields, err
}

// row reads a line. What it holds is not quoted if it cannot be used: nobody knows what that is.
func (c columns) row(number int, line string) Row {
	row := Row{Line: number}
	fields, err := fieldsOf(line, c.comma)
	if err != nil {
		row.Bad = &BadRowError{number, "it is no CSV: a quotation mark is missing or in the wrong place"}
		return row
	}
	field := func(i int) string {
		if i < 0 || i >= len(fields) {
			return ""
		}
		return fields[i]
	}
	tenant, err := parseTenant(field(c.tenant))
	if err == nil {
		row.Name = plan.Printable(field(c.name))
		row.ClientID, err = parseClient(field(c.client))
	}
	if err == nil {
		row.Devices, err = parseDevices(field(c.devices))
	}
	if err != nil {
		row.Name, row.Bad = "", &BadRowError{number, err.Error()}
		return row
	}
	row.Tenant = tenant
	return row
}

func parseTenant(text string) (string, error) {
	text = strings.ToLower(text)
	if !consent.IsGUID(text) && !consent.IsDomain(text) {
		return "", errors.New("its tenant is neither a GUID nor a domain such as contoso.onmicrosoft.com")
	}
	return text, nil
}

func parseClient(text string) (string, error) {
	text = strings.ToLower(text)
	if text != "" && !consent.IsGUID(text) {
		return "", errors.New("its client id is not a GUID")
	}
	return text, nil
}

func parseDevices(text string) (consent.Devices, error) {
	devices := consent.Devices(strings.ToLower(text))
	if devices != "" && !slices.Contains(consent.DeviceChoices(), devices) {
		return "", fmt.Errorf("its devices are none of %v", consent.DeviceChoices())
	}
	return devices, nil
}
