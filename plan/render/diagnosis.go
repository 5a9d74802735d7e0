package render

import (
	"fmt"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
	"appleconsent/plan"
)

// KindDiagnosis is what doctor prints.
const KindDiagnosis plan.Kind = "diagnosis"

// maxDiagnosedItems is how many items of one check a diagnosis lists; a tenant can have hundreds of domains or policies.
const maxDiagnosedItems = 50

// Diagnosis tells whether the users of Apple Mail will be fine, and if not, why. It is made by Diagnose and never changed.
// Its JSON form is docs/schema/diagnosis.schema.json.
type Diagnosis struct {
	SchemaVersion int                  `json:"schemaVersion"`
	Kind          plan.Kind            `json:"kind"`
	Tool          plan.Tool            `json:"tool"`
	CreatedAt     time.Time            `json:"createdAt"`
	Tenant        plan.TenantInfo      `json:"tenant"`
	Client        plan.ClientInfo      `json:"client"`
	Requirement   plan.RequirementInfo `json:"requirement"`
	Healthy       bool                 `json:"healthy"` // no check found a problem; skipped ones found nothing
	Checks        []DiagnosedCheck     `json:"checks"`
}

// Unclear tells whether nobody could see if users have consent and can sign in, so that no problem found does not mean that
// all is fine.
func (d Diagnosis) Unclear() bool {
	return d.Healthy && (d.status("tenantWideGrants") == doctor.Skipped || d.status("servicePrincipal") == doctor.Skipped)
}

// DiagnosedCheck is doctor.Check in a document. Its lists are never nil.
type DiagnosedCheck struct {
	ID     string          `json:"id"`
	Title  string          `json:"title"`
	Status doctor.Status   `json:"status"`
	Needs  *string         `json:"needs"` // null unless it was skipped for want of this permission
	Found  string          `json:"found"`
	Why    string          `json:"why"`
	Fix    *DiagnosedFix   `json:"fix"` // null if nothing is to be done
	Items  []DiagnosedItem `json:"items"`
	Days   []DiagnosedDay  `json:"days"`
	Script []string        `json:"script"`
}

// DiagnosedFix is doctor.Fix in a document, with the whole command line.
type DiagnosedFix struct {
	Text    string  `json:"text"`
	Command *string `json:"command"` // null if this program cannot do it
}

// DiagnosedItem is doctor.Item in a document.
type DiagnosedItem struct {
	Name   string `json:"name"`
	Detail string `json:"detail"`
}

// DiagnosedDay is doctor.Day in a document.
type DiagnosedDay struct {
	Date     string `json:"date"`
	Failures int    `json:"failures"`
	Users    int    `json:"users"`
}

// Diagnose examines the facts. command makes the whole command line of this program from a command's words, such as
// apply and --enable-app.
func Diagnose(
	tool plan.Tool, at time.Time, required consent.Requirement, facts doctor.Facts, command func(words ...string) string,
) Diagnosis {
	checks := doctor.Examine(required, facts, at)
	d := Diagnosis{
		SchemaVersion: plan.SchemaVersion, Kind: KindDiagnosis, Tool: tool, CreatedAt: at.UTC().Truncate(time.Second),
		Tenant:      plan.TenantOf(facts.Tenant),
		Client:      plan.ClientInfo{AppID: required.App.ID},
		Requirement: plan.RequirementOf(required.Choices),
		Healthy:     doctor.Healthy(checks),
		Checks:      make([]DiagnosedCheck, 0, len(checks)),
	}
	state := consent.State{ServicePrincipals: facts.ServicePrincipals.Value}
	if sp, found := state.ServicePrincipal(required.App.ID); found {
		d.Client = plan.ClientOf(required.App.ID, &sp)
	}
	for _, c := range checks {
		d.Checks = append(d.Checks, diagnosed(c, command))
	}
	return d
}

func diagnosed(c doctor.Check, command func(words ...string) string) DiagnosedCheck {
	out := DiagnosedCheck{
		ID: c.ID, Title: c.Title, Status: c.Status, Needs: orNull(c.Needs), Found: c.Found, Why: c.Why,
		Items: diagnosedItems(c.Items), Days: []DiagnosedDay{}, Script: append([]string{}, c.Script...),
	}
	if c.Fix.Text != "" || len(c.Fix.Command) > 0 {
		out.Fix = &DiagnosedFix{Text: c.Fix.Text}
		if len(c.Fix.Command) > 0 {
			out.Fix.Command = orNull(command(c.Fix.Command...))
		}
	}
	for _, day := range c.Days {
		out.Days = append(out.Days, DiagnosedDay(day))
	}
	return out
}

// diagnosedItems returns the items to list, the last of which may stand for the rest.
func diagnosedItems(items []doctor.Item) []DiagnosedItem {
	out := []DiagnosedItem{}
	for i, item := range items {
		if i == maxDiagnosedItems {
			return append(out, DiagnosedItem{Name: fmt.Sprintf("(%d more)", len(items)-i)})
		}
		out = append(out, DiagnosedItem(item))
	}
	return out
}

// orNull is nil for an empty text, which JSON shows as null.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
