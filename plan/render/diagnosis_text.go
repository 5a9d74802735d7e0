package render

import (
	"fmt"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
	"appleconsent/plan"

	"github.com/charmbracelet/x/ansi"
)

// maxBriefItems is how many items of a check are shown where there is no room for all.
const maxBriefItems = 3

// DiagnosisText renders a diagnosis for people in brief: the cause and the command, the tenant, what is wrong with why and what to do, what
// was skipped, and in one line what is fine. What is to be pasted is never wrapped or cut.
func DiagnosisText(d Diagnosis, style Style) string {
	p := &page{style: style}
	p.summary(d)
	p.facts(slices.Concat(subjectFacts(d.Tenant, d.headed())[:3], usageFacts(d)))
	for _, id := range d.roots {
		p.blank()
		p.wrong(d.check(id), d.Checks)
	}
	p.skipped(d)
	fine := 0
	for _, c := range d.Checks {
		if c.Status == doctor.OK {
			fine++
		}
	}
	p.blank()
	if fine > 0 {
		p.line(0, style.Good("✓")+" "+Count(fine, "check")+" passed. To see all details: --verbose")
	}
	return p.b.String()
}

// DiagnosisDetails is DiagnosisText with all that was found in all checks.
func DiagnosisDetails(d Diagnosis, style Style) string {
	p := &page{style: style}
	p.summary(d)
	client := d.headed()
	p.facts(slices.Concat(subjectFacts(d.Tenant, client), servicePrincipalFacts(client), usageFacts(d)))
	for _, c := range d.Checks {
		p.blank()
		p.check(c)
	}
	p.blank()
	p.paragraph(" ", " ", d.counts())
	p.needs(d)
	return p.b.String()
}

// counts says how many things are wrong.
func (d Diagnosis) counts() string {
	var parts []string
	for _, kind := range []struct {
		status doctor.Status
		noun   string
	}{{doctor.Problem, "problem"}, {doctor.Warning, "warning"}, {doctor.OK, "check passed"}, {doctor.Skipped, "check skipped"}} {
		noun, after, _ := strings.Cut(kind.noun, " ")
		if n := d.count(kind.status); n > 0 {
			parts = append(parts, strings.TrimRight(Count(n, noun)+" "+after, " "))
		}
	}
	return capitalize(strings.Join(parts, ", ")) + "."
}

// wrong shows one thing that is wrong: what was found, also in other checks that come of it, why it matters, and what to do.
func (p *page) wrong(c DiagnosedCheck, all []DiagnosedCheck) {
	p.checkTitle(c)
	p.once(" ", " ", c.brief)
	told := []doctor.CheckID{doctor.FailedSignInLog, doctor.MacsOnGraph} // if only a warning, too
	for _, part := range all {
		if part.PartOf != nil && *part.PartOf == c.ID && !part.told && (part.Status == doctor.Problem || slices.Contains(told, part.ID)) {
			p.once(" ", " ", part.brief)
		}
	}
	for _, item := range c.Items[:min(c.wrong, maxBriefItems)] {
		p.item(item)
	}
	if more := c.wrong - maxBriefItems; more > 0 {
		p.item(DiagnosedItem{Name: fmt.Sprintf("(%d more)", more)})
	}
	p.whyAndFix(c)
}

// skipped names the checks that could not be made, with what they would tell.
func (p *page) skipped(d Diagnosis) {
	if d.count(doctor.Skipped) == 0 {
		return
	}
	p.blank()
	for _, c := range d.Checks {
		if c.Status == doctor.Skipped {
			p.checkTitle(c)
			p.once(" ", " ", c.skipped())
		}
	}
	p.needs(d)
}

// skipped says why a check was skipped, unless a permission is lacking, which its title says, and what it would tell.
func (c DiagnosedCheck) skipped() string {
	if c.Needs != nil && !c.partly {
		return "It would tell " + c.tells + "."
	}
	return c.Found
}

// needs names what it takes to make the checks that were skipped.
func (p *page) needs(d Diagnosis) {
	if needs := d.needs(); len(needs) > 0 {
		p.line(0, "To run the skipped checks, sign in with:")
		p.paragraph(" ", " ", strings.Join(needs, ", "))
	}
}

// headed is the client for the heading, which must not say that there is no service principal where none could be read.
func (d Diagnosis) headed() plan.ClientInfo {
	client := d.Client
	if d.status(doctor.ServicePrincipal) == doctor.Skipped {
		client.ServicePrincipalID = new(consent.ObjectID)
	}
	return client
}

func (d Diagnosis) status(id doctor.CheckID) doctor.Status { return d.check(id).Status }

// check returns a check, which is a skipped one if there is none.
func (d Diagnosis) check(id doctor.CheckID) DiagnosedCheck {
	for _, c := range d.Checks {
		if c.ID == id {
			return c
		}
	}
	return DiagnosedCheck{ID: id, Title: string(id), Status: doctor.Skipped}
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

// check adds one check with all that was found. One that is fine takes no more than it must.
func (p *page) check(c DiagnosedCheck) {
	p.checkTitle(c)
	if c.Needs != nil && !c.partly {
		p.once(" ", " ", c.skipped())
		return
	}
	p.once(" ", " ", c.Found)
	for _, item := range c.Items {
		p.item(item)
	}
	p.chart(c.Days)
	p.whyAndFix(c)
}

func (p *page) whyAndFix(c DiagnosedCheck) {
	if c.Status == doctor.Warning || c.Status == doctor.Problem {
		p.once("  Why:", "  "+p.style.Muted("Why:"), c.Why)
	}
	if c.Fix != nil {
		text, toRun := c.Fix.Text, given(c.Fix.Command)
		if c.Fix.script != "" {
			text, toRun = strings.TrimSuffix(text, " "+c.Fix.script+"."), append(toRun, c.Fix.script)
		}
		p.once("  Fix:", "  "+p.style.Strong("Fix:"), text)
		p.verbatim(toRun...)
	}
}

// given is a command, if there is one.
func given(command *string) []string {
	if command == nil {
		return nil
	}
	return []string{*command}
}

// checkMark is the outcome of a check, and what it lacks.
func checkMark(c DiagnosedCheck) mark {
	m := map[doctor.Status]mark{
		doctor.OK: {Symbol: "✓", Tone: good}, doctor.Warning: {Symbol: "!", Tone: warn}, doctor.Problem: {Symbol: "✗", Tone: bad},
		doctor.Skipped: {Symbol: "–", Tone: calm},
	}[c.Status]
	m.Word = string(c.Status)
	if c.Needs != nil {
		m.Word += fmt.Sprintf(" (needs %s)", plan.Printable(*c.Needs))
	}
	return m
}

func (p *page) checkTitle(c DiagnosedCheck) {
	shown := checkMark(c)
	status, title := shown.Symbol+" "+shown.Word, plan.Printable(c.Title)
	painted := p.style.paint(shown.Tone)(status)
	if ansi.StringWidth(status)+2+ansi.StringWidth(title) <= p.style.Width {
		p.line(0, painted+"  "+p.style.Strong(title))
		return
	}
	p.line(0, painted)
	p.line(2, p.style.Strong(title))
}

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
	return fmt.Sprintf("%6s", dateOf(date).Format("2 Jan"))
}

func dayCount(day DiagnosedDay) string {
	if day.Failures == 0 {
		return "0"
	}
	return fmt.Sprintf("%d (%s)", day.Failures, Count(day.Users, "user"))
}
