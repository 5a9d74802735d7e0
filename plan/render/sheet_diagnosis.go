package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"appleconsent/consent/doctor"
	"appleconsent/plan"
)

// checked is one check of a diagnosis.
type checked struct {
	Title    string
	Status   mark
	Prose    string // what was found
	Why, Fix string // Prose; empty if nothing is wrong, or nothing is to be done
	Command  string // Code
	Items    []item
	Days     table
}

// item is one thing that a check found.
type item struct{ Name, Detail string }

// diagnosisSheet lays a diagnosis out with all details, what is wrong before what is fine.
func diagnosisSheet(d Diagnosis) sheet {
	client := d.headed()
	s := sheet{
		Heading: "Diagnosis of " + application(client).Noun, Tenant: tenantName(d.Tenant), Banner: banner(d.Tenant), Verdict: d.verdict,
		Facts:  slices.Concat(subjectFacts(d.Tenant, client), servicePrincipalFacts(client), usageFacts(d)),
		Origin: fmt.Sprintf("Made by %s from the diagnosis of %s.", toolName(d.Tool), moment(d.CreatedAt.UTC())),
	}
	s.Verdict.Word = strings.TrimRight(s.Verdict.Word, " :,")
	s.Verdict.Sentence = capitalize(strings.TrimLeft(s.Verdict.Sentence, "."))
	if d.Command != nil {
		s.Facts = append(s.Facts, fact{Label: "To fix it", Code: plan.Inert(*d.Command)})
	}
	s.Facts = append(s.Facts,
		fact{Label: "Found", Prose: d.counts()},
		fact{Label: "Checked at", Prose: moment(d.CreatedAt.UTC())}, fact{Label: "Checked with", Name: toolName(d.Tool)})
	for _, status := range []doctor.Status{doctor.Problem, doctor.Warning, doctor.Skipped, doctor.OK} {
		for _, c := range d.Checks {
			if c.Status == status {
				s.Checks = append(s.Checks, d.checked(c))
			}
		}
	}
	return s
}

func (d Diagnosis) checked(c DiagnosedCheck) checked {
	out := checked{Title: plan.Printable(c.Title), Status: checkMark(c), Prose: bounded(c.Found), Days: daysTable(c.Days)}
	if c.Status == doctor.Problem || c.Status == doctor.Warning {
		out.Why = bounded(c.Why)
	}
	if c.PartOf != nil {
		out.Status.Word += ", with the same cause as " + plan.Printable(d.check(*c.PartOf).Title)
	}
	if c.Fix != nil {
		out.Fix = bounded(c.Fix.Text)
		if c.Fix.Command != nil {
			out.Command = plan.Inert(*c.Fix.Command)
		}
	}
	for _, i := range c.Items {
		out.Items = append(out.Items, item{shown(i.Name), bounded(i.Detail)})
	}
	return out
}

// daysTable shows failures per day, unless there are none.
func daysTable(days []DiagnosedDay) table {
	t, most := table{Title: "Failed sign-ins per day (UTC)", Header: []string{"Day", "Failed sign-ins", "Users"}}, 0
	for _, day := range days {
		most = max(most, day.Failures)
		t.Rows = append(t.Rows, row{Rest: day.Date, Cells: []mark{{Word: strconv.Itoa(day.Failures)}, {Word: strconv.Itoa(day.Users)}}})
	}
	if most == 0 {
		return table{}
	}
	return t
}
