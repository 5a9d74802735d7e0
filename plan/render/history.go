package render

import (
	"slices"
	"strings"
	"time"

	"appleconsent/plan"

	"github.com/charmbracelet/x/ansi"
)

// KindHistory is what history prints.
const KindHistory plan.Kind = "history"

// History is a list of recorded changes.
type History struct {
	Changes []plan.Change        // the newest first
	Damaged []*plan.DamagedError // records that could not be read, the newest first
	Of      string               // whose they are, such as "of tenant Contoso"; empty: of all
	Whole   bool                 // lines are as long as they are: nobody sees them at once
	Run     string               // of which all are changes, each of which has a line of its own; empty: of none
}

// historyDocument is its JSON form.
type historyDocument struct {
	SchemaVersion int           `json:"schemaVersion"`
	Kind          plan.Kind     `json:"kind"`
	Changes       []plan.Change `json:"changes"`
	Unreadable    []unreadable  `json:"unreadable"`
}

type unreadable struct {
	ID    string `json:"id"` // empty: a folder of records
	File  string `json:"file"`
	Error string `json:"error"`
}

// OfHistory is a list of changes.
func OfHistory(h History) Result {
	doc := historyDocument{plan.SchemaVersion, KindHistory, append([]plan.Change{}, h.Changes...), []unreadable{}}
	for _, d := range h.Damaged {
		doc.Unreadable = append(doc.Unreadable, unreadable{d.ID, d.File, plan.Printable(d.Err.Error())})
	}
	return Result{content: content{kind: KindHistory}, document: doc, text: func(style Style) string { return historyText(h, style) }}
}

// historyRow is one record of a list. Its cells stand in the order of historyHeader, before the id.
type historyRow struct {
	id     string
	cells  [len(historyHeader)]string
	tone   tone // of what was done
	undoes undoing
	below  string // what stands on a line of its own
}

// undoing is what a rollback was, and of which change; empty for others.
type undoing struct{ what, change string }

// parted are rows in which the change that was undone has a line of its own, so that neither id is cut.
func parted(rows []historyRow) []historyRow {
	rows = slices.Clone(rows)
	for i, row := range rows {
		if row.undoes.change != "" {
			rows[i].cells[columnChange], rows[i].below = row.undoes.what, "of "+row.undoes.change
		}
	}
	return rows
}

var historyHeader = [...]string{"TIME (UTC)", "TENANT", "CHANGE", "REASON", "BY"}

// The columns of a list.
const (
	columnTenant = 1
	columnChange = 2
	columnReason = 3
	columnBy     = 4

	columnGap = "  "
	// narrowest is how narrow a column can be whose texts are cut.
	narrowest = 12
	// simulatedMark is never cut.
	simulatedMark = " (simulated)"
)

func historyText(h History, style Style) string {
	p := &page{style: style}
	rows := historyRows(h)
	room := max(style.Width, style.Columns)
	if h.Run != "" {
		p.whole(runLine(h.Run, h.Changes))
	}
	if len(rows) == 0 {
		if len(h.Damaged) == 0 {
			p.whole(strings.TrimSuffix("No changes "+h.Of, " ") + " are recorded on this machine.")
		}
		return p.b.String()
	}
	if widths, fit := historyWidths(rows, h.Whole, room); fit {
		p.historyTable(rows, widths)
	} else if widths, fit := historyWidths(parted(rows), false, room); fit {
		p.historyTable(parted(rows), widths)
	} else {
		p.historyBlocks(rows)
	}
	return p.b.String()
}

// historyRows returns the records, the newest first, a run over many tenants in one, also those that cannot be read.
func historyRows(h History) []historyRow {
	var rows []historyRow
	damaged, list := h.Damaged, h.listed()
	for i := 0; i <= len(list); i++ {
		for len(damaged) > 0 && (i == len(list) || damaged[0].ID > list[i].changes[0].ID) {
			if damaged[0].ID != "" {
				rows = append(rows, damagedRow(damaged[0]))
			}
			damaged = damaged[1:]
		}
		if i < len(list) {
			rows = append(rows, list[i].row())
		}
	}
	return rows
}

func changeRow(c plan.Change) historyRow {
	tenant := tenantName(c.Tenant)
	if c.Tenant.Simulated && !strings.Contains(strings.ToLower(tenant), "simulated") {
		tenant += simulatedMark
	}
	row := historyRow{id: c.ID, tone: outcomeMark(c.Outcome).Tone}
	row.cells = [...]string{historyTime(c.StartedAt), tenant, whatWasDone(c), plan.PrintableLine(c.Reason), plan.Printable(c.Operator)}
	if c.RollsBack != nil {
		row.undoes = undoing{rolledBackWords(c, "", ""), plan.Printable(*c.RollsBack)}
	}
	return row
}

func damagedRow(d *plan.DamagedError) historyRow {
	row := historyRow{id: d.ID, tone: bad}
	if begun, known := plan.ChangeTime(d.ID); known {
		row.cells[0] = historyTime(begun)
	}
	row.cells[columnTenant], row.cells[columnChange] = d.TenantID(), "unreadable record"
	return row
}

func historyTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }

// historyWidths returns how wide the columns of a table are, and whether it can be one: the id and what was done are never cut.
func historyWidths(rows []historyRow, whole bool, width int) (widths [len(historyHeader)]int, fit bool) {
	for column, title := range historyHeader {
		for _, row := range rows {
			widths[column] = max(widths[column], ansi.StringWidth(row.cells[column]))
		}
		if widths[column] > 0 { // a column without texts is left out
			widths[column] = max(widths[column], len(title))
		}
	}
	least := narrowest
	if slices.ContainsFunc(rows, func(r historyRow) bool { return strings.HasSuffix(r.cells[columnTenant], simulatedMark) }) {
		least += len("Name…")
	}
	for !whole && tableWidth(widths, rows) > width {
		widest, spare := 0, 0
		for column, room := range map[int]int{columnTenant: least, columnReason: narrowest, columnBy: narrowest} {
			if over := widths[column] - room; over > spare || over == spare && over > 0 && column < widest {
				widest, spare = column, over
			}
		}
		if spare == 0 {
			return widths, false
		}
		widths[widest]--
	}
	return widths, true
}

// cutCell cuts the text of a column, but not the mark of a tenant that is not real.
func cutCell(column int, text string, width int) string {
	if name, marked := strings.CutSuffix(text, simulatedMark); marked && column == columnTenant {
		return ansi.Truncate(name, max(0, width-len(simulatedMark)), "…") + simulatedMark
	}
	return ansi.Truncate(text, width, "…")
}

func tableWidth(widths [len(historyHeader)]int, rows []historyRow) int {
	total := 0
	for _, w := range widths {
		if w > 0 {
			total += w + len(columnGap)
		}
	}
	longest := 0
	for _, row := range rows {
		longest = max(longest, len(row.id))
	}
	return total + longest
}

func (p *page) historyTable(rows []historyRow, widths [len(historyHeader)]int) {
	p.whole(tableLine(historyHeader, widths, func(int, string) string { return "" }) + "ID")
	for _, row := range rows {
		painted := func(column int, text string) string {
			if column == columnChange {
				return p.style.paint(row.tone)(text)
			}
			return ""
		}
		p.whole(tableLine(row.cells, widths, painted) + p.style.Strong(row.id))
		if row.below != "" {
			before := tableWidth([len(historyHeader)]int{widths[0], widths[columnTenant]}, nil)
			p.whole(strings.Repeat(" ", before) + p.style.Muted(row.below))
		}
	}
}

// tableLine is the cells of a row, padded; painted returns a cell in its colour, or nothing.
func tableLine(cells [len(historyHeader)]string, widths [len(historyHeader)]int, painted func(column int, text string) string) string {
	line := ""
	for column, text := range cells {
		if widths[column] == 0 {
			continue
		}
		text = cutCell(column, text, widths[column])
		space := strings.Repeat(" ", widths[column]-ansi.StringWidth(text))
		if colour := painted(column, text); colour != "" {
			text = colour
		}
		line += text + space + columnGap
	}
	return line
}

// historyBlocks is the list where a table has no room: a line with id and time, and below what else is known.
func (p *page) historyBlocks(rows []historyRow) {
	for _, row := range rows {
		p.whole(p.style.Strong(row.id) + columnGap + row.cells[0])
		var rest []string
		for _, column := range []int{columnChange, columnTenant, columnReason, columnBy} {
			if text := row.cells[column]; text != "" {
				rest = append(rest, text)
			}
		}
		for _, line := range Wrap(strings.Join(rest, "; "), p.style.Width-len(columnGap)) {
			p.line(len(columnGap), line)
		}
	}
}

// HistoryLine says in one line of any width what a change was.
func HistoryLine(c plan.Change) string { return tenantName(c.Tenant) + "  " + whatWasDone(c) }

func whatWasDone(c plan.Change) string {
	if c.RollsBack == nil {
		return string(c.Operation) + " " + outcomeMark(c.Outcome).Word + after(c, ", rolled back")
	}
	undone := plan.Printable(*c.RollsBack)
	return rolledBackWords(c, " "+undone, " of "+undone)
}

// rolledBackWords says what a rollback came to, and if wanted of what.
func rolledBackWords(c plan.Change, undone, ofUndone string) string {
	if c.Outcome == plan.OutcomeSucceeded {
		return "rolled back" + undone + after(c, ", undone again")
	}
	return "rollback" + ofUndone + " " + outcomeMark(c.Outcome).Word + after(c, ", undone again")
}

// after is what became of a change later: that it was rolled back, or nothing.
func after(c plan.Change, rolledBack string) string {
	if c.RolledBack() {
		return rolledBack
	}
	return ""
}
