package render

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
	"appleconsent/plan"
)

// KindDiagnosis is what doctor prints.
const KindDiagnosis plan.Kind = "diagnosis"

// maxDiagnosedItems is how many items of one check a diagnosis lists; a tenant can have hundreds of domains or policies.
const maxDiagnosedItems = 50

// Diagnosis says whether the users of Apple Mail will be fine, and if not, why. It is made by Diagnose and never changed.
// Its JSON form is docs/schema/diagnosis.schema.json.
type Diagnosis struct {
	SchemaVersion int                  `json:"schemaVersion"`
	Kind          plan.Kind            `json:"kind"`
	Tool          plan.Tool            `json:"tool"`
	CreatedAt     time.Time            `json:"createdAt"`
	Tenant        plan.TenantInfo      `json:"tenant"`
	Client        plan.ClientInfo      `json:"client"`
	Requirement   plan.RequirementInfo `json:"requirement"`
	Usage         *plan.UsageInfo      `json:"usage,omitempty"` // absent unless somebody asked for it
	Healthy       bool                 `json:"healthy"`         // no check found a problem; skipped ones found nothing
	// Summary is the cause in one sentence, or that there is none, and Command what this program does about it; null if it cannot.
	Summary string           `json:"summary"`
	Command *string          `json:"command"`
	Checks  []DiagnosedCheck `json:"checks"`

	roots         []doctor.CheckID // what is wrong, the worst first
	verdict       verdict          // the summary, in its parts
	initialDomain string           // for the script about Exchange; empty if it could not be read
}

// Unclear reports whether nobody could see if users have consent and can sign in, so that no problem found does not mean that
// all is fine.
func (d Diagnosis) Unclear() bool {
	return d.Healthy && (d.status(doctor.TenantWideGrants) == doctor.Skipped || d.status(doctor.ServicePrincipal) == doctor.Skipped)
}

// DiagnosedCheck is doctor.Check in a document, in words. Its lists are never nil. PartOf is null unless another check has the cause.
type DiagnosedCheck struct {
	ID     doctor.CheckID  `json:"id"`
	Title  string          `json:"title"`
	Status doctor.Status   `json:"status"`
	PartOf *doctor.CheckID `json:"partOf"`
	Needs  *string         `json:"needs"` // null unless it was skipped for want of this permission
	Found  string          `json:"found"`
	Why    string          `json:"why"`
	Fix    *DiagnosedFix   `json:"fix"` // null if nothing is to be done
	Items  []DiagnosedItem `json:"items"`
	Days   []DiagnosedDay  `json:"days"`

	wrong  int    // how many of the items are wrong, which come first
	brief  string // what was found, as far as something is wrong
	tells  string // what it tells where it is not skipped
	partly bool   // what was found is not only that it could not be read
	told   bool   // another check tells of the same
	fixed  bool   // another check has the command
}

// DiagnosedFix is what to do about a check, with the whole command line.
type DiagnosedFix struct {
	Text    string  `json:"text"`
	Command *string `json:"command"` // null if this program cannot do it

	script string // the command that writes the script of which the text tells at its end; empty if it does not
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
func Diagnose(tool plan.Tool, required consent.Requirement, facts doctor.Facts, command func(words ...string) string) Diagnosis {
	checks := doctor.Examine(required, facts)
	d := Diagnosis{
		SchemaVersion: plan.SchemaVersion, Kind: KindDiagnosis, Tool: tool, CreatedAt: facts.At.UTC().Truncate(time.Second),
		Tenant:      plan.TenantOf(facts.Tenant),
		Client:      plan.ClientInfo{AppID: required.App.ID},
		Requirement: plan.RequirementOf(required.Choices),
		Usage:       plan.UsageOf(facts.Usage, required.Devices),
		Healthy:     doctor.Healthy(checks),
		Checks:      make([]DiagnosedCheck, 0, len(checks)), initialDomain: facts.InitialDomain(),
	}
	state := consent.State{ServicePrincipals: facts.ServicePrincipals.Value}
	if sp, found := state.ServicePrincipal(required.App.ID); found {
		d.Client = plan.ClientOf(required.App.ID, &sp)
	}
	for _, c := range checks {
		out := diagnosed(c, required.App)
		out.Fix = diagnosedFix(c, required, command)
		d.Checks = append(d.Checks, out)
	}
	for _, outcome := range []doctor.Status{doctor.Problem, doctor.Warning} {
		for _, c := range doctor.Roots(checks, outcome) {
			d.roots = append(d.roots, c.ID)
		}
	}
	d.verdict, d.Command = d.summarize(checks, required, command)
	d.Summary = d.verdict.Word + d.verdict.Sentence
	return d
}

func diagnosed(c doctor.Check, app consent.Application) DiagnosedCheck {
	words := checkWords[c.ID]
	out := DiagnosedCheck{
		ID: c.ID, Title: words.title, Status: c.Status, Why: filled(words.why, app, nil), tells: filled(words.tells, app, nil),
		told: c.ToldBy != "", fixed: c.FixedBy != "",
		Items: diagnosedItems(c.Items), Days: []DiagnosedDay{},
	}
	for _, i := range c.Items {
		if p, isPolicy := i.(doctor.BlockingPolicy); !isPolicy || p.Effect != doctor.Asks {
			out.wrong++
		}
	}
	var found, brief []string
	for _, f := range c.Findings {
		found = append(found, findingSentence(f, app))
		out.partly = out.partly || f.Status != doctor.Skipped
	}
	for _, f := range briefly(c.Findings) {
		brief = append(brief, briefSentence(f, app))
		if f.Status != doctor.OK { // what comes behind the last of these is no matter of concern
			out.brief = strings.Join(brief, " ")
		}
	}
	if c.Status == doctor.Skipped {
		found = append(found, "It would tell "+out.tells+".")
	}
	out.Found = strings.Join(found, " ")
	if c.PartOf != "" {
		out.PartOf = &c.PartOf
	}
	if c.Needs != "" {
		out.Needs = &c.Needs
	}
	for _, day := range c.Days {
		out.Days = append(out.Days, DiagnosedDay(day))
	}
	return out
}

// diagnosedFix puts the sentences of what is to be done behind each other, with the first command.
func diagnosedFix(c doctor.Check, required consent.Requirement, command func(words ...string) string) *DiagnosedFix {
	if len(c.Fixes) == 0 {
		return nil
	}
	fix, text := new(DiagnosedFix), make([]string, len(c.Fixes))
	for i, f := range c.Fixes {
		if strings.HasSuffix(fixWords[f.Code], "{script}.") {
			fix.script = command("doctor", "-o", string(PowerShell))
		}
		text[i] = filled(fixWords[f.Code], required.App, map[string]any{"script": fix.script})
		if words := commandWords[f.Command]; words != nil && fix.Command == nil {
			if f.Command != doctor.ApplyByUserConsent { // what was asked for already, the command says by itself
				words = slices.Concat(words, AlsoFlags(consent.AlsoBeyond(c.Also, required.Also)))
			}
			fix.Command = new(command(words...))
		}
	}
	fix.Text = strings.Join(text, " ")
	return fix
}

// diagnosedItems returns the items to list, the last of which may stand for the rest.
func diagnosedItems(items []doctor.Item) []DiagnosedItem {
	out := []DiagnosedItem{}
	for i, item := range items {
		if i == maxDiagnosedItems {
			return append(out, DiagnosedItem{Name: fmt.Sprintf("(%d more)", len(items)-i)})
		}
		out = append(out, itemWords(item))
	}
	return out
}
