package render

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"sync"

	"appleconsent/plan"
)

// maxMarkdown is how long a report in Markdown gets, in bytes: less than the 1,024 kB that GitHub shows of a step
// (docs.github.com/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits).
const maxMarkdown = 1_000_000

// markdownReport lists the tenants that are not in place, behind what became of all.
type markdownReport struct {
	rows strings.Builder
	left int // so many did not fit
}

func (m *markdownReport) Add(o Outcome) ([]byte, error) {
	isLink := o.Document != nil && o.Document.content.kind == KindLink
	if !o.needsTelling() && !isLink {
		return nil, nil
	}
	word, _ := o.stateWord()
	told := o.told()
	row := fmt.Sprintf("| %s | %s | %s |\n", mdCellCode(o.name()), word, strings.ReplaceAll(mdProse(told), "|", `\|`))
	if isLink {
		row = fmt.Sprintf("| %s | %s | <%s> |\n", mdCellCode(o.name()), word, told) // the address is our own
	}
	if m.rows.Len()+len(row) > maxMarkdown-4096 { // which is room for the rest
		m.left++
		return nil, nil
	}
	m.rows.WriteString(row)
	return nil, nil
}

func (m *markdownReport) End(s plan.SummaryLine) ([]byte, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n**Summary:** %s\n", fleetHeading(s), summaryVerdict(s))
	if s.Run != nil {
		fmt.Fprintf(&b, "\nRecorded as run %s.\n", mdCode(*s.Run))
	}
	if m.rows.Len() > 0 {
		b.WriteString("\n| Tenant | State | What |\n| --- | --- | --- |\n" + m.rows.String())
	}
	if m.left > 0 {
		fmt.Fprintf(&b, "\n%s more did not fit here.\n", Count(m.left, "tenant"))
	}
	b.WriteString("\n" + fleetOrigin(s) + "\n")
	return []byte(b.String()), nil
}

// fleetOrigin says what made a report.
func fleetOrigin(s plan.SummaryLine) string {
	return fmt.Sprintf("Made by appleconsent %s over %s.", s.Command, Count(s.Rows, "tenant"))
}

// told is why, or what there is to tell.
func (o Outcome) told() string {
	if o.Failure != nil {
		return plan.Printable(o.Failure.Message)
	}
	return o.about()
}

func fleetHeading(s plan.SummaryLine) string { return "Many tenants: " + s.Command }

//go:embed fleet.html
var fleetSource string

var fleetTemplate = sync.OnceValue(func() *template.Template { return template.Must(template.New("fleet").Parse(fleetSource)) })

// htmlReport is one page with all tenants.
type htmlReport struct{ rows []htmlRow }

type htmlRow struct {
	Name, State, Told, Change string
	Tone                      tone
}

func (h *htmlReport) Add(o Outcome) ([]byte, error) {
	row := htmlRow{Name: o.name(), Told: o.told()}
	row.State, row.Tone = o.stateWord()
	if c := o.change(); c != nil {
		row.Change = c.ID
	}
	h.rows = append(h.rows, row)
	return nil, nil
}

func (h *htmlReport) End(s plan.SummaryLine) ([]byte, error) {
	var b bytes.Buffer
	verdictTone := good
	if s.ExitCode != 0 {
		verdictTone = warn
	}
	style := template.CSS(pageStyle) //nolint:gosec // the style sheet is our own
	err := fleetTemplate().Execute(&b, struct {
		Heading, Verdict, Run, Origin string
		Tone                          tone
		Rows                          []htmlRow
		Style                         template.CSS
		StyleHash                     string
	}{fleetHeading(s), summaryVerdict(s), text(s.Run), fleetOrigin(s), verdictTone, h.rows, style, styleHash()})
	return b.Bytes(), err
}
