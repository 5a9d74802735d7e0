package render

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/plan"
)

// maxNamed is how many tenants of a group text names.
const maxNamed = 8

// group are the tenants of which the same is to be told.
type group struct {
	state, word, about string
	tone               tone
	count              int
	named              []string // the first of them
	message            common   // why they failed; empty if that is told by what is about all
	hints              commonHints
}

// add adds a tenant that failed for the reason.
func (g *group) add(o Outcome, reason string) {
	g.count++
	if len(g.named) < maxNamed {
		g.named = append(g.named, o.briefly())
	}
	g.message.add(o, reason)
	if o.Failure != nil {
		g.hints.add(o, o.Failure.Hints)
	}
}

// Overview gathers tenants by what is to be told of them, in the order of their rows.
type Overview struct {
	all    map[string]*group
	states map[string]int
	rows   int
	undoes bool               // it is about a rollback
	warned map[string]*common // what must be known of some, by code
}

// NewOverview returns one without tenants.
func NewOverview() *Overview {
	return &Overview{all: make(map[string]*group), states: make(map[string]int), warned: make(map[string]*common)}
}

// Add adds a tenant.
func (g *Overview) Add(o Outcome) {
	g.rows++
	g.states[o.State]++
	g.undoes = g.undoes || o.undoes()
	if !o.needsTelling() {
		return
	}
	about, why := o.about(), ""
	if o.Failure != nil && about == "" {
		about, why = o.Failure.Code, o.Failure.Message
	}
	g.warn(o)
	key := o.State + " " + about + " " + o.Cause
	same := g.all[key]
	if same == nil {
		same = &group{state: o.State, about: about}
		same.word, same.tone = o.stateWord()
		g.all[key] = same
	}
	same.add(o, why)
}

// warn keeps in mind what is warned of.
func (g *Overview) warn(o Outcome) {
	if o.Document == nil || o.State == "blocked" {
		return
	}
	doc, _ := o.Document.document.(plan.Document)
	for _, n := range doc.Notices {
		if n.Level != consent.Warning {
			continue
		}
		if g.warned[n.Code] == nil {
			g.warned[n.Code] = new(common)
		}
		g.warned[n.Code].add(o, Message(n, doc.Client))
	}
}

// sorted has those first that need somebody least, and the largest of each.
func (g *Overview) sorted() []*group {
	var sorted []*group
	for _, one := range g.all {
		sorted = append(sorted, one)
	}
	slices.SortFunc(sorted, func(a, b *group) int {
		return cmp.Or(placeOf(a.state)-placeOf(b.state), b.count-a.count, strings.Compare(a.about+a.message.text(), b.about+b.message.text()))
	})
	return sorted
}

// Text shows together what is the same in many tenants.
func (g *Overview) Text(style Style) string {
	p := &page{style: style}
	state := ""
	for _, one := range g.sorted() {
		if one.state != state {
			p.line(0, style.paint(one.tone)(capitalize(one.word)))
			state = one.state
		}
		label := fmt.Sprintf("%6d ", one.count)
		p.paragraph(label, label, cmp.Or(one.about, Count(one.count, "tenant")))
		p.beneath(one)
	}
	if state != "" {
		p.blank()
	}
	for _, code := range slices.Sorted(maps.Keys(g.warned)) {
		one := g.warned[code]
		p.paragraph("warning:", style.Warn("warning:"), fmt.Sprintf("%s (%s)", one.text(), Count(one.count, "tenant")))
		p.blank()
	}
	p.paragraph("Summary:", style.Strong("Summary:"), fleetVerdict(g.states, g.rows, g.undoes))
	return p.b.String()
}

// beneath says why, once, and which tenants it is about.
func (p *page) beneath(one *group) {
	indent := strings.Repeat(" ", termWidth-1)
	if text := one.message.text(); text != "" {
		p.paragraph(indent, indent, plan.PrintableLine(text))
	}
	for _, hint := range one.hints.texts() {
		p.advice(indent, plan.PrintableLine(hint))
	}
	text := strings.Join(one.named, ", ")
	if more := one.count - len(one.named); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	for _, line := range Wrap(text, p.style.Width-termWidth) {
		p.line(termWidth, p.style.Muted(line))
	}
}

// advice adds a hint. What is to be pasted in it stands whole.
func (p *page) advice(indent, hint string) {
	const label = " hint: "
	margin := strings.Repeat(" ", len(indent)+len(label))
	for i, line := range Lines(hint, p.style.Width-len(margin)) {
		if i == 0 {
			p.whole(indent + p.style.Muted(strings.TrimRight(label, " ")) + " " + line)
		} else {
			p.whole(margin + line)
		}
	}
}

// textReport shows what is the same together, at the end; of links, each at once.
type textReport struct {
	style Style
	*Overview
}

func (t textReport) Add(o Outcome) ([]byte, error) {
	t.Overview.Add(o)
	if o.Document != nil && o.Document.content.kind == KindLink {
		return []byte(o.name() + "\t" + o.about() + "\n"), nil
	}
	return nil, nil
}

func (t textReport) End(s plan.SummaryLine) ([]byte, error) {
	if s.Command == string(KindLink) && len(t.all) == 0 {
		return nil, nil
	}
	shown := t.Text(t.style)
	if s.Run != nil {
		shown += "Recorded as run " + t.style.Strong(*s.Run) + "\n"
	}
	return []byte(shown), nil
}
