package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/internal/operation"
	"appleconsent/internal/terminal"
	"appleconsent/plan"
	"appleconsent/plan/render"
)

// step is something to do next.
type step struct {
	terminal.Option
	do func(context.Context) error
	// stays: what was shown before still holds after it, and the choice comes again.
	stays bool
}

// next asks what to do next until something leads on.
func (f *flow) next(ctx context.Context, steps []step) error {
	f.shown = steps
	for {
		f.Asking()
		chosen, err := choose(ctx, f.ask.Back(terminal.BackWord), "What now?", steps, func(s step) terminal.Option { return s.Option })
		if err != nil {
			return err
		}
		err = chosen.do(ctx)
		if !errors.Is(err, terminal.ErrBack) && (err != nil || !chosen.stays) {
			return err
		}
	}
}

// to is a step that leads to another goal in the same tenant.
func (f *flow) to(g goal) step {
	return step{Option: goalOption(g), do: func(ctx context.Context) error {
		f.goal = g
		return f.do(ctx)
	}}
}

// leave are the steps that end something; ended is the exit code's error.
func leave(label string, ended error) []step {
	end := func(err error) func(context.Context) error { return func(context.Context) error { return err } }
	return []step{
		{Option: terminal.Option{Label: "Something else", Detail: "in the same tenant"}, do: end(errElse)},
		{Option: terminal.Option{Label: label}, do: end(ended)},
	}
}

// check shows what is granted and what is missing.
func (f *flow) check(ctx context.Context) error {
	doc, err := f.session.Look(ctx, plan.KindStatus, f.required())
	if err == nil {
		err = f.show(f.planned(doc))
	}
	if err != nil {
		return err
	}
	var ended error
	if due(doc, false) {
		ended = errChangesDue
	}
	var steps []step
	if slices.Contains(render.Onward(doc), string(plan.OperationApply)) { // and it is not blocked, or up to somebody else
		steps = append(steps, f.to(grant))
	}
	return f.next(ctx, append(append(steps, f.to(diagnose)), leave("Quit", ended)...))
}

// diagnose shows why users may be prompted.
func (f *flow) diagnose(ctx context.Context) error {
	found, err := f.examine(ctx, f.session, f.required(), false)
	if err == nil {
		err = f.show(render.OfDiagnosis(found, false))
	}
	if err != nil {
		return err
	}
	if found.Healthy {
		return f.next(ctx, leave("Quit", nil))
	}
	steps := leave("Quit", errChangesDue)
	if found.Command != nil {
		steps = append([]step{f.to(grant)}, steps...)
	}
	return f.next(ctx, steps)
}

// grant shows the plan and asks what to do with it.
func (f *flow) grant(ctx context.Context) error {
	f.follow.choices = f.asked.Choices
	p, err := f.session.PlanApply(ctx, f.required())
	if err == nil {
		err = f.show(f.planned(p.Doc))
	}
	if err != nil {
		return err
	}
	if blocked := p.Blocked(); blocked != nil {
		return f.next(ctx, append([]step{f.to(diagnose)}, leave("Quit", blocked)...))
	}
	var steps []step
	todo := len(p.Doc.Actions) > 0
	if todo {
		steps = append(steps, step{
			Option: terminal.Option{Label: "Apply", Detail: "you will be asked to confirm"},
			do:     func(ctx context.Context) error { return f.apply(ctx, p) },
		})
	}
	if !f.asked.EnableApp && p.Doc.Client.AccountEnabled != nil && !*p.Doc.Client.AccountEnabled {
		steps = append(steps, step{
			Option: terminal.Option{Label: "Enable the app, too", Detail: "it is disabled, and nobody can sign in to it"},
			do:     f.withAppEnabled,
		})
	}
	if !todo {
		return f.next(ctx, append(append(steps, f.to(diagnose)), leave("Quit", nil)...))
	}
	return f.next(ctx, append(append(steps, f.handOn(p.Doc)...), leave("Quit without changes", errLeft)...))
}

// planned is a plan or a status with the command that leads on from it.
func (f *flow) planned(doc plan.Document) render.Result {
	return render.OfPlan(doc).Leading(f.onward(doc, ""))
}

// withAppEnabled is grant with the service principal enabled, too. Going back from that is going back to the plan without.
func (f *flow) withAppEnabled(ctx context.Context) error {
	f.asked.EnableApp = true
	err := f.grant(ctx)
	if !errors.Is(err, terminal.ErrBack) {
		return err
	}
	f.asked.EnableApp = false
	return f.grant(ctx)
}

// apply takes the lock, asks for the yes, and does it.
func (f *flow) apply(ctx context.Context, p operation.Planned) error {
	release, err := f.session.Lock(plan.OperationApply)
	if err != nil {
		return err
	}
	defer release()
	result, err := f.session.CarryOut(ctx, p, f.confirmed(f.ask.Back(terminal.BackWord), ""))
	return f.ended(result, changeOptions{}, err)
}

// handOn are the steps that write the plan to a file.
func (f *flow) handOn(doc plan.Document) []step {
	return []step{
		{
			Option: terminal.Option{Label: "Save the plan", Detail: "for a review, or to apply later"}, stays: true,
			do: func(ctx context.Context) error { return f.save(ctx, doc) },
		},
		{
			Option: terminal.Option{Label: "Export it", Detail: "as a report, or as a script for another tool"}, stays: true,
			do: func(ctx context.Context) error { return f.export(ctx, doc) },
		},
	}
}

func (f *flow) save(ctx context.Context, doc plan.Document) error {
	name, err := f.write(ctx, "Save the plan as", "plan.json", render.OfPlan(doc), render.JSON)
	if err == nil {
		f.planSaved(name, f.follow.choices)
	}
	return err
}

// export writes the plan in another form.
func (f *flow) export(ctx context.Context, doc plan.Document) error {
	for {
		form, err := choose(ctx, f.ask.Back(terminal.BackWord), "Which format?", render.Exports(doc), func(f render.Form) terminal.Option {
			return terminal.Option{Label: f.Title, Detail: f.Purpose}
		})
		if err != nil {
			return err
		}
		name, err := f.write(ctx, "File", "plan"+form.Extensions[0], f.planned(doc), form.Format)
		if errors.Is(err, terminal.ErrBack) {
			continue
		}
		if err == nil {
			f.wrote(name)
		}
		return err
	}
}

// write asks for a file, for which there is a preset, and writes the result to it.
func (f *flow) write(ctx context.Context, title, preset string, r render.Result, form render.Format) (name string, err error) {
	name, err = f.ask.Back(terminal.BackWord).Ask(ctx, title, preset, func(name string) error { return checkFile(name, form) })
	if err != nil {
		return "", err
	}
	return name, writeFile(name, r, form)
}

// undo asks which change, shows what undoing it does, and does it after a yes.
func (f *flow) undo(ctx context.Context) error {
	changes, err := f.session.Active()
	if is[*operation.NothingToUndoError](err) {
		f.Say("Nothing to undo: no active change of this tenant is recorded on this machine.")
		return f.next(ctx, leave("Quit", nil))
	}
	for err == nil {
		var change plan.Change
		f.Asking()
		if change, err = choose(ctx, f.ask.Back(terminal.BackWord), "Undo which change?", changes, changeOption); err != nil {
			return err
		}
		if err = f.rollback(ctx, change); !errors.Is(err, terminal.ErrBack) {
			return err
		}
		err = nil
	}
	return err
}

func changeOption(c plan.Change) terminal.Option {
	detail := render.DoneSentence(c)
	if c.Operator != "" {
		detail += " By " + plan.Printable(c.Operator) + "."
	}
	label := c.StartedAt.Format("2006-01-02 15:04 UTC") + "  " + c.ID + "  " + plan.Printable(cmp.Or(c.Reason, c.Operator))
	return terminal.Option{Label: strings.TrimSpace(label), Detail: detail}
}

func (f *flow) rollback(ctx context.Context, change plan.Change) error {
	terms := f.confirmed(f.ask.Back(terminal.BackWord), "")
	terms.Preview = func(doc plan.Document) { f.Show(render.OfPlan(doc)) }
	result, err := f.session.Rollback(ctx, change.ID, consent.Choices{}, terms)
	return f.ended(result, changeOptions{}, f.unlessWider(err, consent.Choices{}, "rollback", change.ID))
}
