package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"appleconsent/consent"
	"appleconsent/graph"
	"appleconsent/graph/signin"
	"appleconsent/internal/operation/fleet"
	"appleconsent/internal/terminal"
	"appleconsent/plan"
	"appleconsent/plan/render"
)

// manyRun is a command over many tenants at work.
type manyRun struct {
	*call
	o        *manyOptions
	command  string
	run      string // the id that change records get
	begun    bool   // a change record was made
	undoable bool   // something may have been written
	sinks    []sink
	unwell   unwellRows
	meter    meter
	*reached
}

// overMany runs a command over many tenants: it reports on each of them, and on all of them at the end.
func (k *call) overMany(ctx context.Context, command string, o *manyOptions, conn connection, purpose graph.Purpose,
	do func(*manyRun, fleet.Setup) fleet.Ended,
) error {
	if k.env.LimitMemory != nil {
		k.env.LimitMemory(memoryFor(len(o.rows), o.parallel))
	}
	at, err := k.reach(ctx, conn, o.parallel, purpose)
	if err != nil {
		return err
	}
	defer at.close()
	r := &manyRun{call: k, o: o, command: command, reached: at}
	return r.report(func() fleet.Ended {
		defer r.meter.stop()
		return do(r, fleet.Setup{Parallel: o.parallel, Await: at.await, Open: at.open, Judge: r.judgeMany, Emit: r.emit, Count: r.count})
	})
}

// memoryFor is how many bytes a run over so many tenants should get by with, beside the program itself: those that are worked on at once,
// with their connections, and each tenant's row, plan, token and result until its turn. It is more than they are seen to need: with less
// to spare, half of the time would go into looking for garbage.
func memoryFor(tenants, parallel int) int64 {
	const atWork, eachAtWork, each = 16 << 20, 256 << 10, 4 << 10
	return atWork + int64(parallel)*eachAtWork + int64(tenants)*each
}

// meter shows how far a run has come, but while a person reads or answers.
type meter struct {
	say  func(string)
	done func()
}

// count is told by one goroutine at a time.
func (r *manyRun) count(c fleet.Counts) {
	if r.meter.say == nil {
		r.meter.say, r.meter.done = r.Counting(countsText(c))
	}
	r.meter.say(countsText(c))
}

// stop is for when nobody counts.
func (m *meter) stop() {
	if m.say != nil {
		m.done()
		m.say = nil
	}
}

// report writes what a run gives, in each form that was asked for.
func (r *manyRun) report(run func() fleet.Ended) error {
	var err error
	if r.sinks, err = r.openSinks(); err != nil {
		return err
	}
	ended := run()
	if r.reached != nil {
		r.warnings.tell(r.Warning)
	}
	states := make(map[string]int)
	for state, n := range ended.States {
		states[string(state)] = n
	}
	id := r.run
	if !r.begun {
		id = ""
	}
	trouble := r.close(plan.NewSummaryLine(r.command, id, ended.Rows, states, ended.Exit))
	r.tellFile(ended, trouble)
	trouble = errors.Join(trouble, r.unwell.write(r.o.failed))
	if r.undoable {
		r.Note("To undo: " + r.follow.command(r.undoWords(id)...))
		if r.o.clients() && r.o.file == "" {
			r.Notef("%s is a tenants file with the client ids: records do not have them.", noFile)
		}
	}
	if output, ok := errors.AsType[*terminal.OutputError](ended.Cause); ok {
		trouble = output
	}
	if trouble != nil {
		return r.unshown(trouble, id)
	}
	return manyEnded(ended, r)
}

// tellFile says that the file of --out was written, and how to go on with it.
func (r *manyRun) tellFile(ended fleet.Ended, trouble error) {
	file := r.output.file
	switch saved := r.command == string(plan.KindPlan) && r.output.format == render.JSON; {
	case file == "" || trouble != nil:
	case saved && ended.States[fleet.ChangesDue] > 0:
		r.planSaved(file, r.follow.choices)
	case saved:
		r.Notef("Saved %s.", plan.Printable(file))
	default:
		r.wrote(file)
	}
}

// unshown is a result that could not be printed. Of a run that changed something it says where to see what it did.
func (r *manyRun) unshown(err error, id string) error {
	if id == "" {
		return err
	}
	return &hintedError{
		fmt.Errorf("run %s changed tenants, but %w: %w", id, errRunUnshown, err),
		"see what it did with: " + r.follow.command("history"),
	}
}

// noFile is in the place of a tenants file that whoever types the command has.
const noFile = "FILE"

// undoWords is the command that undoes a run, with the file that says with which applications to sign in.
func (r *manyRun) undoWords(id string) []string {
	words := []string{"rollback", "--run", id}
	if r.o.clients() {
		words = append(words, "--tenants", cmp.Or(r.o.file, noFile))
	}
	return words
}

// judgeMany says what an error of one tenant is.
func (k *call) judgeMany(err error) fleet.Judgement {
	v := k.judge(err)
	return fleet.Judgement{Code: v.code, Exit: v.exit, Common: signin.OfEveryTenant(err), Advice: causeHints[causeOf(err)]}
}

// emit writes one result.
func (r *manyRun) emit(result fleet.Result) error {
	if c := r.recorded(result); c != nil {
		r.begun, r.undoable = true, r.undoable || c.Wrote()
	}
	o := r.outcome(result)
	r.unwell.add(o.Row, result.State)
	var trouble error
	for _, s := range r.sinks {
		data, err := s.report.Add(o)
		trouble = cmp.Or(trouble, err, s.put(data))
	}
	return trouble
}

// recorded returns the change of this run in the tenant; nil: there is none on record.
func (r *manyRun) recorded(result fleet.Result) *plan.Change {
	if c := begun(result.Err); c != nil {
		return c
	}
	if c, made := result.Document.(plan.Change); made && c.Run != nil && *c.Run == r.run {
		return &c
	}
	return nil
}

// outcome is a result to be shown. The commands that it suggests go to that tenant.
func (k *call) outcome(result fleet.Result) render.Outcome {
	row := result.Row
	o := render.Outcome{Row: row.For(k.follow.choices.Devices), State: string(result.State), Exit: result.Exit}
	if document, found := documentOf(result.Document); found {
		o.Document = &document
	}
	if result.Err != nil {
		at := *k
		at.follow.connection, at.changes = k.connectionOf(row), false // what was changed, the state says
		if o.Row.Devices != nil && !at.follow.choices.Default() {
			at.follow.choices.Devices = consent.Devices(*o.Row.Devices)
		}
		v := at.judge(result.Err)
		failure := render.NewFailure(v.code, result.Exit, v.text, v.hints, begun(result.Err))
		o.Failure, o.Cause = &failure, string(causeOf(result.Err))
	}
	return o
}

func documentOf(document any) (render.Result, bool) {
	switch d := document.(type) {
	case plan.Document:
		return render.OfPlan(d), true
	case plan.Change:
		return render.OfChange(d), true
	case render.Diagnosis:
		return render.OfDiagnosis(d, false), true
	case render.Link:
		return render.OfLink(d), true
	}
	return render.Result{}, false
}

// connectionOf are the flags that make a later command go to the tenant of a row.
func (k *call) connectionOf(row fleet.Row) []string {
	words := slices.Clone(k.follow.connection)
	if i := slices.Index(words, "--client-id"); i >= 0 && row.ClientID != "" {
		words = slices.Delete(words, i, i+2)
	}
	if row.Tenant != "" {
		words = append(words, "--tenant", row.Tenant)
	}
	if row.ClientID != "" {
		words = append(words, "--client-id", row.ClientID)
	}
	return words
}

// countsText says how far a run has come.
func countsText(c fleet.Counts) string {
	verb := "looking at tenants"
	if c.Step == fleet.StepWrite {
		verb = "changing tenants"
	}
	text := fmt.Sprintf("%s: %d of %d", verb, c.Done, c.Rows)
	if c.Failed > 0 {
		text += fmt.Sprintf(", %d not well", c.Failed)
	}
	return text
}
