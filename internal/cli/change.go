package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"

	"appleconsent/consent"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

// maxReason is the number of bytes of --reason that a record keeps.
const maxReason = 1000

// changeOptions are those that apply and rollback share.
type changeOptions struct {
	connection            connection
	yes, dryRun, detailed bool
	reason                string
}

func changeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "do not ask for confirmation"},
		&cli.BoolFlag{Name: "dry-run", Usage: "show what would be done and stop"},
		&cli.StringFlag{Name: "reason", Usage: "`TEXT` to keep in the change record, such as a ticket"},
		detailedExitCodeFlag(),
	}
}

func parseChange(c *cli.Context, env Environment) (changeOptions, error) {
	conn, err := parseConnection(c, env)
	if err != nil {
		return changeOptions{}, err
	}
	o := changeOptions{conn, c.Bool("yes"), c.Bool("dry-run"), c.Bool("detailed-exitcode"), strings.TrimSpace(c.String("reason"))}
	if len(o.reason) > maxReason {
		return o, fmt.Errorf("--reason has %d bytes; a record keeps %d", len(o.reason), maxReason)
	}
	if !o.yes && !o.dryRun && !env.canAsk() {
		return o, &hintedError{
			fmt.Errorf("%s cannot ask for confirmation without a terminal; nothing was read or changed", c.Command.Name),
			"look first with --dry-run, then run it with --yes",
		}
	}
	return o, nil
}

// changing is a change that has been planned and not begun.
type changing struct {
	doc       plan.Document
	operation plan.Operation
	required  consent.Requirement
	keepOpen  bool // the change that is rolled back stays open, see plan.Undo
	// replan plans again from a fresh state, for when time has passed.
	replan func(context.Context) (plan.Document, error)
}

// carryOut shows the plan, asks, and does it. On success the change record is the result.
func (s *session) carryOut(ctx context.Context, o changeOptions, ask prompter, w changing) error {
	switch {
	case w.doc.Blocked():
		return errors.Join(s.showDocument(w.doc), blocked(w.doc, s.command))
	case o.dryRun || len(w.doc.Actions) == 0:
		return s.showOnly(o, w.doc)
	}
	s.preview(w.doc)
	return s.confirmAndRun(ctx, o, ask, w)
}

// confirmAndRun carries out a plan that has been shown, after a yes.
func (s *session) confirmAndRun(ctx context.Context, o changeOptions, ask prompter, w changing) error {
	if lacks := s.client.Shortfall(kinds(w.doc)); lacks != "" {
		s.warning(lacks + "; it is tried all the same, as Microsoft Graph decides")
	}
	if !o.yes {
		if err := s.confirm(ctx, ask, w); err != nil {
			return err
		}
	}
	change, err := s.run(ctx, o, w)
	if err != nil {
		return err
	}
	if err := s.show(render.OfDone(change, s.command("rollback", change.ID))); err != nil {
		return &unshownError{change, err}
	}
	return nil
}

// showOnly shows a plan that is not carried out, because that was not asked for or because there is nothing to do.
func (s *session) showOnly(o changeOptions, doc plan.Document) error {
	if err := s.showDocument(doc); err != nil {
		return err
	}
	if o.dryRun && o.detailed && len(doc.Actions) > 0 {
		return errChangesDue
	}
	return nil
}

// blocked is the refusal of a plan that has a blocker.
func blocked(doc plan.Document, command func(words ...string) string) error {
	for _, n := range doc.Notices {
		if n.Level == consent.Blocker {
			return &blockedError{hintedError{
				fmt.Errorf("tenant %s: nothing was written: %s", doc.Tenant.ID, render.Message(n, doc.Client)),
				"when that is solved, look again with: " + command("plan"),
			}}
		}
	}
	return nil
}

// confirm asks for a yes, and then makes sure that the answer still fits the tenant.
func (s *session) confirm(ctx context.Context, ask prompter, w changing) error {
	yes, err := ask.confirm(ctx, question(w))
	if err != nil {
		return err
	}
	if !yes {
		return errDeclined
	}
	fresh, err := w.replan(ctx)
	if err != nil {
		return err
	}
	if reasons := plan.Stale(w.doc, fresh); len(reasons) > 0 {
		return &plan.StaleError{Reasons: reasons}
	}
	return nil
}

// question names the tenant and what will change.
func question(w changing) string {
	name := w.doc.Tenant.ID
	if w.doc.Tenant.DisplayName != nil {
		name = plan.Printable(*w.doc.Tenant.DisplayName) + " (" + w.doc.Tenant.ID + ")"
	}
	verb := "Apply"
	if w.operation == plan.OperationRollback {
		verb = "Roll back"
	}
	if len(w.doc.Actions) == 1 {
		return fmt.Sprintf("%s this action in tenant %s?", verb, name)
	}
	return fmt.Sprintf("%s these %d actions in tenant %s?", verb, len(w.doc.Actions), name)
}

// kinds returns what the actions of a plan are.
func kinds(doc plan.Document) []consent.ActionKind {
	kinds := make([]consent.ActionKind, len(doc.Actions))
	for i, a := range doc.Actions {
		kinds[i] = a.Kind
	}
	return kinds
}

// run writes and verifies.
func (s *session) run(ctx context.Context, o changeOptions, w changing) (plan.Change, error) {
	s.client.StepUp(kinds(w.doc))
	if err := s.signIn(ctx); err != nil {
		return plan.Change{}, err
	}
	s.client.KeepAccount()
	told := context.AfterFunc(ctx, func() {
		s.stderr(s.fit("interrupted: the request in flight is awaited, no other is begun; a second Ctrl-C ends at once", 0))
	})
	defer told()
	engine := plan.Engine{Tenant: s.client, Journal: s.journal, Clock: s.clock, Required: w.required, Progress: s.printer, KeepOpen: w.keepOpen}
	var change plan.Change
	err := s.budget.spend(ctx, func(ctx context.Context) error {
		beginning, err := s.beginning(o, w.operation)
		if err == nil {
			change, err = engine.Run(ctx, plan.Begin(w.doc, beginning))
		}
		if err != nil {
			return s.inTenant(err)
		}
		return s.verify(ctx, engine, change)
	})
	return change, err
}

func (s *session) verify(ctx context.Context, engine plan.Engine, change plan.Change) error {
	s.note("verifying …")
	defer s.busy("waiting until the tenant shows it")()
	err := engine.Verify(ctx, change)
	if errors.Is(err, context.Canceled) {
		return &verifyInterrupted{change, err}
	}
	return s.inTenant(err)
}

func (s *session) beginning(o changeOptions, operation plan.Operation) (plan.Beginning, error) {
	records, err := s.records()
	if err != nil {
		return plan.Beginning{}, &plan.RecordError{Err: err}
	}
	var tail [3]byte
	_, _ = rand.Read(tail[:]) // never fails, see its documentation
	now := s.clock.Now()
	return plan.Beginning{
		ID: records.NewID(now, tail), Operation: operation, Operator: s.identity.Operator, Reason: o.reason, At: now,
	}, nil
}

// lock keeps other processes of this state folder from changing the tenant meanwhile.
func (s *session) lock(operation plan.Operation) (release func(), err error) {
	host, _ := os.Hostname() // without a name, the process number has to do
	s.known = nil
	return s.journal.Lock(s.identity.TenantID, plan.Holder{
		PID: os.Getpid(), Host: host, Operation: operation, Since: s.clock.Now().UTC(),
	})
}
