package render

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"appleconsent/consent"
	"appleconsent/plan"
)

// maxNamed is how many tenants of a group text names.
const maxNamed = 8

// group are the tenants of which the same is to be told.
type group struct {
	state, about string
	count        int
	named        []named // the first of them
	message      string  // why the first of them failed; empty if that is told by what is about all
	hints        []string
}

// named is a tenant of a group, and where it stands in the file.
type named struct {
	line int
	name string
}

// name names a tenant if it is one of the first.
func (g *group) name(o Outcome) {
	at := sort.Search(len(g.named), func(i int) bool { return g.named[i].line > o.Row.Line })
	if at < maxNamed {
		g.named = slices.Insert(g.named, at, named{o.Row.Line, o.briefly()})
		g.named = g.named[:min(len(g.named), maxNamed)]
	}
}

// Overview gathers tenants by what is to be told of them, in any order.
type Overview struct {
	all    map[string]*group
	states map[string]int
	rows   int
	// warned are what must be known of some, by code; how many have it, and what it is in the first of them.
	warned map[string]*warned
}

type warned struct {
	count   int
	message string
}

// NewOverview returns one without tenants.
func NewOverview() *Overview {
	return &Overview{all: make(map[string]*group), states: make(map[string]int), warned: make(map[string]*warned)}
}

// Add adds a tenant.
func (g *Overview) Add(o Outcome) {
	g.rows++
	g.states[o.State]++
	if isWell(o.State) {
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
		same = &group{state: o.State, about: about, message: why}
		g.all[key] = same
		if o.Failure != nil {
			same.hints = o.Failure.Hints
		}
	}
	same.count++
	same.name(o)
}

// warn keeps in mind what is warned of.
func (g *Overview) warn(o Outcome) {
	if o.Document == nil || o.State == "blocked" {
		return
	}
	doc, _ := o.Document.document.(plan.Document)
	for _, n := range doc.Notices {
		switch one := g.warned[n.Code]; {
		case n.Level != consent.Warning:
		case one == nil:
			g.warned[n.Code] = &warned{1, Message(n, doc.Client)}
		default:
			one.count++
		}
	}
}

// sorted has those first that need somebody least, and the largest of each.
func (g *Overview) sorted() []*group {
	var sorted []*group
	for _, one := range g.all {
		sorted = append(sorted, one)
	}
	slices.SortFunc(sorted, func(a, b *group) int {
		return cmp.Or(placeOf(a.state)-placeOf(b.state), b.count-a.count, strings.Compare(a.about+a.message, b.about+b.message))
	})
	return sorted
}

// Text shows together what is the same in many tenants.
func (g *Overview) Text(style Style) string {
	p := &page{style: style}
	state := ""
	for _, one := range g.sorted() {
		word, tone := stateWord(one.state)
		if one.state != state {
			p.line(0, style.paint(tone)(capitalize(word)))
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
		p.paragraph("warning:", style.Warn("warning:"), fmt.Sprintf("%s (%s)", one.message, Count(one.count, "tenant")))
		p.blank()
	}
	p.paragraph("Summary:", style.Strong("Summary:"), fleetVerdict(g.states, g.rows))
	return p.b.String()
}

// below says why, once, and which tenants it is about.
func (p *page) beneath(one *group) {
	indent := strings.Repeat(" ", termWidth-1)
	if one.message != "" {
		p.paragraph(indent, indent, plan.PrintableLine(one.message))
	}
	for _, hint := range one.hints {
		p.paragraph(indent+" hint:", indent+" "+p.style.Muted("hint:"), plan.PrintableLine(hint))
	}
	var names []string
	for _, n := range one.named {
		names = append(names, n.name)
	}
	text := strings.Join(names, ", ")
	if more := one.count - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	for _, line := range Wrap(text, p.style.Width-termWidth) {
		p.line(termWidth, p.style.Muted(line))
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
