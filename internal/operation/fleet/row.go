package fleet

import (
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
	// Devices can only narrow what is asked for; empty: they do not. With a saved plan they are those that it was made for.
	Devices consent.Devices
	// Saved is the plan that is to be carried out, and nothing else, as JSON; nil: what is due.
	Saved []byte
	Bad   error // what is wrong with it; nil if it can be used
	Skip  error // why nothing is done about it although it can be used; nil: something is
	Idle  error // why nothing has to be done about it, as is known before any look; nil: that is not known
}

// row reads a record. What it holds is not quoted if it cannot be used: nobody knows what that is.
func (c columns) row(r record) Row {
	row := Row{Line: r.line}
	if r.broken != nil {
		row.Bad = &BadRowError{r.line, "it is no CSV: a quotation mark is missing or in the wrong place"}
		return row
	}
	field := func(i int) string {
		if i < 0 || i >= len(r.fields) {
			return ""
		}
		return r.fields[i]
	}
	tenant, err := parseTenant(field(c.tenant))
	if err == nil {
		row.Name = plan.Printable(plan.FromCell(field(c.name)))
		row.ClientID, err = parseClient(field(c.client))
	}
	if err == nil {
		row.Devices, err = parseDevices(field(c.devices))
	}
	if err != nil {
		row.Name, row.Bad = "", &BadRowError{r.line, err.Error()}
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

// For is the row as results name it, in a run for these devices: taken as a tenants file, they grant no more than that run did.
func (r Row) For(asked consent.Devices) plan.ResultRow {
	devices := r.Devices
	if narrowed, err := r.Narrowed(asked); err == nil && r.Saved == nil {
		devices = narrowed
	}
	return plan.NewResultRow(r.Line, r.Tenant, r.Name, r.ClientID).For(devices)
}
