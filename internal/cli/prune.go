package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

func pruneCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name: "prune", Usage: "forget old changes that cannot be rolled back any more",
		Description: "Forgets the records of changes that began before DATE and cannot be rolled back any more: they were rolled back, or wrote\n" +
			"nothing. Nothing active is ever forgotten, nor a record that cannot be read. It asks first, and changes no tenant.\n\n" +
			"   appleconsent history prune --before 2026-11-01\n   appleconsent history prune --before 2026-11-01T15:00:00Z --yes",
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "before", Usage: "`DATE`: 2026-11-01, or a time: 2026-11-01T15:00:00Z"},
			yesFlag(),
			&cli.BoolFlag{Name: "dry-run", Usage: "list what would be forgotten and stop"},
		}, recordFlags(), outputFlags()),
		Action: action(env, parsePrune, runPrune),
	}
}

type pruneOptions struct {
	recorded
	before time.Time
	yes    bool
	dryRun bool
}

func parsePrune(in *input) (pruneOptions, error) {
	r, err := parseRecorded(in)
	o := pruneOptions{recorded: r, yes: in.Bool("yes"), dryRun: in.Bool("dry-run")}
	if err != nil {
		return o, err
	}
	if o.before, err = parseDate(in.String("before")); err != nil {
		return o, err
	}
	return o, unlessMute(in, o.yes || o.dryRun, "see first what would go with --dry-run, then run it with --yes")
}

// parseDate reads a day, which begins in UTC as the ids of changes do, or a time of RFC 3339.
func parseDate(text string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	if text == "" {
		return time.Time{}, errors.New("--before DATE is required, such as 2026-11-01 or 2026-11-01T15:00:00Z")
	}
	return time.Time{}, fmt.Errorf("--before: %q is no date: use a day such as 2026-11-01, or a time such as 2026-11-01T15:00:00Z", plan.Printable(text))
}

// pruned is what was forgotten.
type pruned struct {
	SchemaVersion int               `json:"schemaVersion"`
	Kind          string            `json:"kind"`
	Before        time.Time         `json:"before"`
	Forgotten     []forgottenChange `json:"forgotten"`
}

type forgottenChange struct {
	TenantID string `json:"tenantId"`
	ID       string `json:"id"`
}

func runPrune(ctx context.Context, o pruneOptions, k *call) error {
	journal := plan.NewJournal(o.dir)
	tenants, old, err := o.forgettable(journal)
	count := len(old)
	if err != nil {
		return err
	}
	doc := pruned{plan.SchemaVersion, "prune", o.before.UTC(), []forgottenChange{}}
	if count == 0 {
		return k.result(doc, "Nothing to forget: all changes from before "+o.day()+" are active, or there are none.\n")
	}
	what := fmt.Sprintf("Forget %s from before %s?", render.Count(count, "change record"), o.day())
	if o.dryRun {
		return k.show(render.OfHistory(render.History{Changes: old}))
	}
	if !o.yes || !k.Quiet() {
		k.Show(render.OfHistory(render.History{Changes: old}))
	}
	if o.yes {
		k.Note(strings.TrimSuffix(what, "?") + ".")
	} else if yes, err := k.env.prompter(k.output).Confirm(ctx, what); err != nil || !yes {
		return errors.Join(err, errLeft)
	}
	host, _ := os.Hostname() // without a name, the process number has to do
	for _, tenantID := range tenants {
		holder := plan.Holder{PID: os.Getpid(), Host: host, Operation: plan.OperationPrune, Since: systemClock{}.Now().UTC()}
		gone, err := journal.Prune(tenantID, o.before, holder)
		for _, id := range gone {
			doc.Forgotten = append(doc.Forgotten, forgottenChange{tenantID, id})
		}
		if err != nil {
			return errors.Join(k.result(doc, doc.text()), err)
		}
	}
	return k.result(doc, doc.text())
}

func (p pruned) text() string {
	return fmt.Sprintf("Forgot %s.\n", render.Count(len(p.Forgotten), "change record"))
}

func (o pruneOptions) day() string {
	if o.before.UTC().Equal(o.before.UTC().Truncate(24 * time.Hour)) {
		return o.before.UTC().Format(time.DateOnly)
	}
	return o.before.UTC().Format(time.RFC3339)
}

// forgettable returns the tenants that have changes to forget, and those changes, the newest first.
func (o pruneOptions) forgettable(journal plan.Journal) (tenants []string, old []plan.Change, err error) {
	changes, _, err := journal.List()
	if err == nil {
		err = o.filter.check(changes)
	}
	if err != nil {
		return nil, nil, err
	}
	changes, _ = o.filter.of(changes, nil)
	ofTenant := make(map[string][]plan.Change)
	for _, c := range changes {
		ofTenant[c.Tenant.ID] = append(ofTenant[c.Tenant.ID], c)
	}
	for tenantID, changes := range ofTenant {
		if of := plan.Forgettable(changes, o.before); len(of) > 0 {
			tenants, old = append(tenants, tenantID), append(old, of...)
		}
	}
	slices.Sort(tenants)
	slices.SortFunc(old, func(a, b plan.Change) int { return strings.Compare(b.ID, a.ID) })
	return tenants, old, nil
}
