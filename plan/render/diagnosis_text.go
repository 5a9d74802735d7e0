package render

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
	"appleconsent/plan"

	"github.com/charmbracelet/x/ansi"
)

// DiagnosisText renders a diagnosis for people: the tenant, the client, each check with what was found and what to do, and
// one sentence of summary. What is to be pasted, the commands and the scripts, is never wrapped or cut.
func DiagnosisText(d Diagnosis, style Style) string {
	p := &page{style: style}
	client := d.headed()
	p.facts(slices.Concat(subjectFacts(d.Tenant, client), servicePrincipalFacts(client), usageFacts(d.Usage)))
	for _, c := range d.Checks {
		p.blank()
		p.check(c)
	}
	p.blank()
	v := d.verdict()
	p.paragraph(v.Word, style.paint(v.Tone)(v.Word), v.Sentence)
	if needs := d.needs(); len(needs) > 0 {
		p.line(0, "To run the skipped checks, sign in with:")
		p.paragraph(" ", " ", strings.Join(needs, ", "))
	}
	return p.b.String()
}

// headed is the client for the heading, which must not say that there is no service principal where none could be read.
func (d Diagnosis) headed() plan.ClientInfo {
	client := d.Client
	if d.status(doctor.ServicePrincipal) == doctor.Skipped {
		client.ServicePrincipalID = new(consent.ObjectID)
	}
	return client
}

func (d Diagnosis) status(id doctor.CheckID) doctor.Status {
	i := slices.IndexFunc(d.Checks, func(c DiagnosedCheck) bool { return c.ID == id })
	if i < 0 {
		return doctor.Skipped
	}
	return d.Checks[i].Status
}

// verdict counts the checks by outcome: what matters most in a colour, and the rest. Where nobody could see whether users have
// consent and can sign in, it is not that all is fine.
func (d Diagnosis) verdict() verdict {
	counts := make(map[doctor.Status]int)
	for _, c := range d.Checks {
		counts[c.Status]++
	}
	problems, warnings, skipped := counts[doctor.Problem], "", ""
	if n := counts[doctor.Warning]; n > 0 {
		warnings = Count(n, "warning")
	}
	if n := counts[doctor.Skipped]; n > 0 {
		skipped = Count(n, "check") + " skipped"
	}
	switch {
	case counts[doctor.OK] == len(d.Checks):
		return verdict{"No problems found:", fmt.Sprintf("all %d checks passed.", len(d.Checks)), good}
	case problems > 0 && warnings != "":
		return verdict{Count(problems, "problem"), listed("and "+warnings+" found", skipped), bad}
	case problems > 0:
		return verdict{Count(problems, "problem"), listed("found", skipped), bad}
	case d.Unclear():
		return verdict{"Unclear:", listed("no problems found", warnings, skipped), warn}
	}
	return verdict{"No problems found,", listed(warnings, skipped), good}
}

// listed makes a sentence of the parts that are not empty.
func listed(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ") + "."
}

// needs lists the permissions that skipped checks need, each once.
func (d Diagnosis) needs() []string {
	var needs []string
	for _, c := range d.Checks {
		if c.Needs != nil && !slices.Contains(needs, plan.Printable(*c.Needs)) {
			needs = append(needs, plan.Printable(*c.Needs))
		}
	}
	return needs
}

// check adds one check. One that is fine takes no more than it must, one that lacks a permission a line.
func (p *page) check(c DiagnosedCheck) {
	p.checkTitle(c)
	if c.Needs != nil {
		return
	}
	p.paragraph(" ", " ", bounded(c.Found))
	for _, item := range c.Items {
		p.item(item)
	}
	p.chart(c.Days)
	if c.Status == doctor.Warning || c.Status == doctor.Problem {
		p.paragraph("  Why:", "  "+p.style.Muted("Why:"), bounded(c.Why))
	}
	if c.Fix != nil {
		p.paragraph("  Fix:", "  "+p.style.Strong("Fix:"), bounded(c.Fix.Text))
		if c.Fix.Command != nil {
			p.verbatim(p.style.Strong, *c.Fix.Command)
		}
	}
	p.verbatim(plainly, c.Script...)
}

func (p *page) checkTitle(c DiagnosedCheck) {
	shown := map[doctor.Status]mark{
		doctor.OK: {Symbol: "✓", Tone: good}, doctor.Warning: {Symbol: "!", Tone: warn}, doctor.Problem: {Symbol: "✗", Tone: bad},
		doctor.Skipped: {Symbol: "–", Tone: calm},
	}[c.Status]
	status, title := shown.Symbol+" "+string(c.Status), plan.Printable(c.Title)
	if c.Needs != nil {
		status += fmt.Sprintf(" (needs %s)", plan.Printable(*c.Needs))
	}
	painted := p.style.paint(shown.Tone)(status)
	if ansi.StringWidth(status)+2+ansi.StringWidth(title) <= p.style.Width {
		p.line(0, painted+"  "+p.style.Strong(title))
		return
	}
	p.line(0, painted)
	p.line(2, p.style.Strong(title))
}

// maxText is the width at which a text of a check is cut. Ours are far shorter; names from the tenant may not be.
const maxText = 2000

func bounded(text string) string { return ansi.Truncate(plan.PrintableLine(text), maxText, "…") }

func (p *page) item(item DiagnosedItem) {
	text := plan.Printable(item.Name)
	if item.Detail != "" {
		text += ": " + plan.Printable(item.Detail)
	}
	p.paragraph("    ·", "    "+p.style.Muted("·"), breakLong(text, p.style.Width-len("    · ")))
}

// breakLong breaks words that are too long for a line, which would be cut otherwise: what tells the entries of an
// authorization policy apart is their end.
func breakLong(text string, width int) string {
	words := strings.Fields(text)
	for i, word := range words {
		words[i] = strings.ReplaceAll(ansi.Hardwrap(word, width, false), "\n", " ")
	}
	return strings.Join(words, " ")
}

// verbatim adds lines that people paste. Only what would act on the terminal is taken out.
func (p *page) verbatim(paint func(string) string, lines ...string) {
	for _, line := range lines {
		p.b.WriteString("    " + paint(plan.Inert(line)) + "\n")
	}
}

// maxBar is the length of the longest bar; longer ones are hard to compare.
const maxBar = 60

// chart draws a bar for each day, unless there is nothing to show.
func (p *page) chart(days []DiagnosedDay) {
	most, widest := 0, 0
	for _, day := range days {
		most = max(most, day.Failures)
		widest = max(widest, len(dayCount(day)))
	}
	if most == 0 {
		return
	}
	room := min(maxBar, max(1, p.style.Width-len("    18 Nov    ")-widest))
	for _, day := range days {
		bar := ""
		if day.Failures > 0 {
			bar = p.style.Warn(strings.Repeat("█", max(1, day.Failures*room/most))) + "  "
		}
		p.line(4, dayName(day.Date)+"  "+bar+dayCount(day))
	}
}

// dayName is a date as the chart shows it, always of the same width.
func dayName(date string) string {
	day, _ := time.Parse(time.DateOnly, date) // our own
	return fmt.Sprintf("%6s", day.Format("2 Jan"))
}

func dayCount(day DiagnosedDay) string {
	if day.Failures == 0 {
		return "0"
	}
	return fmt.Sprintf("%d (%s)", day.Failures, Count(day.Users, "user"))
}
