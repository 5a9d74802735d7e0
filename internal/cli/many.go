package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"appleconsent/consent"
	"appleconsent/graph"
	"appleconsent/internal/operation"
	"appleconsent/internal/operation/fleet"
	"appleconsent/plan"
)

// The commands over many tenants. What each does in one tenant is what it does alone.

// lookMany shows the status of many tenants, or plans for them.
func (k *call) lookMany(ctx context.Context, kind plan.Kind, o lookOptions) error {
	purpose := graph.Purpose{Usage: o.connection.usage}
	return k.overMany(ctx, string(kind), o.many, o.connection, purpose, func(_ *manyRun, setup fleet.Setup) fleet.Ended {
		return setup.Look(ctx, o.many.rows, func(ctx context.Context, s *operation.Session, row fleet.Row) (fleet.Finding, error) {
			choices, err := row.Choose(o.asked.Choices)
			if err != nil {
				return fleet.Finding{}, err
			}
			doc, err := s.Look(ctx, kind, s.Require(consent.DefaultApplication(), choices))
			return fleet.Looked(doc, o.detailed), err
		})
	})
}

// doctorMany examines many tenants.
func (k *call) doctorMany(ctx context.Context, o doctorOptions) error {
	purpose := graph.Purpose{Examination: true, Usage: o.connection.usage}
	return k.overMany(ctx, "doctor", o.many, o.connection, purpose, func(_ *manyRun, setup fleet.Setup) fleet.Ended {
		setup.Need = operation.Examination
		return setup.Look(ctx, o.many.rows, func(ctx context.Context, s *operation.Session, row fleet.Row) (fleet.Finding, error) {
			choices, err := row.Choose(o.asked.Choices)
			if err != nil {
				return fleet.Finding{}, err
			}
			required, facts, err := s.Examine(ctx, s.Require(consent.DefaultApplication(), choices))
			if err != nil {
				return fleet.Finding{}, err
			}
			found := k.diagnose(required, facts, k.connectionOf(row))
			if found.Healthy {
				return fleet.Finding{State: fleet.InPlace, Document: found}, nil
			}
			return fleet.Finding{State: fleet.ChangesDue, Exit: exitChangesDue, Document: found}, nil
		})
	})
}

// linkMany prints the link of each tenant. Nobody signs in.
func (k *call) linkMany(o linkOptions) error {
	r := &manyRun{call: k, o: o.many, command: "link"}
	k.Note(sendEach)
	return r.report(func() fleet.Ended {
		setup := fleet.Setup{Judge: r.judgeMany, Emit: r.emit}
		return setup.Make(o.many.rows, func(row fleet.Row) any { return consentLink(o.connection.cloud, row.Tenant) })
	})
}

// applyMany grants in many tenants what is missing, or carries out the plans that were saved of them.
func (k *call) applyMany(ctx context.Context, o applyOptions) error {
	purpose := graph.Purpose{Kinds: o.asked.Kinds()}
	if o.dryRun {
		purpose.Kinds = nil
	}
	return k.overMany(ctx, "apply", o.many, o.connection, purpose, func(r *manyRun, setup fleet.Setup) fleet.Ended {
		c := r.changing(o.changeOptions, plan.OperationApply)
		c.Do = func(ctx context.Context, s *operation.Session, row fleet.Row, planned *plan.Document, t operation.Terms) (operation.Result, error) {
			choices, err := o.choose(row, planned)
			if err != nil {
				return operation.Result{}, err
			}
			return s.Apply(ctx, s.Require(consent.DefaultApplication(), choices), planned, t)
		}
		return setup.Change(ctx, o.many.rows, c)
	})
}

// choose returns the choices for a row: those of the command line, of which a row can only take some away, or those of its saved
// plan, which the command line must have said, too. Errors: *fleet.BadRowError, *plan.StaleError, *plan.WiderError.
func (o applyOptions) choose(row fleet.Row, before *plan.Document) (consent.Choices, error) {
	if row.Saved == nil {
		return row.Choose(o.asked.Choices)
	}
	planned, said, more, err := beyondSaid(*before, o.asked.Choices)
	switch {
	case err != nil:
		return consent.Choices{}, err
	case !more.Default():
		return consent.Choices{}, fmt.Errorf("the plan: %w", &plan.WiderError{Needs: more})
	case o.many.devices && planned.Devices != o.asked.Devices:
		reason := fmt.Sprintf("it was made with --devices %s, not %s", planned.Devices, o.asked.Devices)
		return consent.Choices{}, &plan.StaleError{Reasons: []string{reason}}
	}
	planned.Also = said // what the plan was made without shows when it is compared
	return planned, nil
}

// rollbackMany undoes what a run did, in all of its tenants or in those of a file.
func (k *call) rollbackMany(ctx context.Context, o rollbackOptions) error {
	done, err := k.recordedRun(o)
	if err != nil {
		return err
	}
	if o.many.rows == nil {
		o.many.rows = done.rows()
	}
	done.passOver(o.many.rows)
	purpose := graph.Purpose{Usage: o.connection.usage}
	if !o.dryRun {
		purpose.Kinds = []consent.ActionKind{consent.UpdateGrant, consent.DeleteGrant, consent.DeleteServicePrincipal}
	}
	return k.overMany(ctx, "rollback", o.many, o.connection, purpose, func(r *manyRun, setup fleet.Setup) fleet.Ended {
		c := r.changing(o.changeOptions, plan.OperationRollback)
		c.Do = func(ctx context.Context, s *operation.Session, _ fleet.Row, planned *plan.Document, t operation.Terms) (operation.Result, error) {
			id, err := done.change(s.Identity.TenantID)
			if err != nil {
				return operation.Result{}, err
			}
			t.Accept = asShown(planned)
			return s.Rollback(ctx, id, o.asked.Choices, t)
		}
		return setup.Change(ctx, o.many.rows, c)
	})
}

// unlessChange says of what is not the run of any change if it is a change itself.
func (k *call) unlessChange(id string, journal plan.Journal, err error) error {
	if c, unknown := journal.Load(id); errors.Is(err, plan.ErrNoChange) && unknown == nil {
		back, _ := k.follow.backTo(c.Tenant)
		return &hintedError{fmt.Errorf("%s is a change, not a run over many tenants", id), "to undo it: " + back.command("rollback", id)}
	}
	return err
}

// recordedRun is what is recorded on this machine of a run, and active.
type recordedRun struct {
	run     string
	changes []plan.Change
	made    map[string]string             // the change by tenant
	unread  map[string]*plan.DamagedError // by tenant, see unreadSince
}

// recordedRun reads the records of the run that is to be undone. Errors: there are none, or they are of another world.
func (k *call) recordedRun(o rollbackOptions) (recordedRun, error) {
	folder, err := o.connection.folder()
	if err != nil {
		return recordedRun{}, err
	}
	changes, damaged, err := plan.NewJournal(folder).OfRun(o.run)
	for _, d := range damaged {
		k.Warning(d.Error())
	}
	r := recordedRun{run: o.run, changes: changes, made: byTenant(changes)}
	for _, c := range changes {
		if err := o.connection.unlessOtherWorld("run", "rolled back", c.Tenant); err != nil {
			return r, err
		}
	}
	if r.unread = unreadSince(o.run, r.made, damaged); err != nil && len(r.unread) == 0 {
		return r, k.unlessChange(o.run, plan.NewJournal(folder), err)
	}
	return r, nil
}

// rows are the tenants that the run changed, in the order of its records, and those whose records cannot be read.
func (r recordedRun) rows() []fleet.Row {
	rows := rowsOfChanges(r.changes)
	for _, tenantID := range slices.Sorted(maps.Keys(r.unread)) {
		rows = append(rows, fleet.Row{Tenant: tenantID})
	}
	return rows
}

// change returns the change of the run in a tenant. Errors: *plan.DamagedError, *fleet.UnchangedError.
func (r recordedRun) change(tenantID string) (id string, err error) {
	if d := r.unread[tenantID]; d != nil {
		return "", d
	}
	if r.made[tenantID] == "" {
		return "", &fleet.UnchangedError{Run: r.run}
	}
	return r.made[tenantID], nil
}

// passOver keeps a tenant that the run did not change from being asked for anything, if its id says so.
func (r recordedRun) passOver(rows []fleet.Row) {
	for i, row := range rows {
		if _, err := r.change(row.Tenant); consent.IsGUID(row.Tenant) && is[*fleet.UnchangedError](err) {
			rows[i].Idle = err
		}
	}
}

// byTenant returns the changes of a run by their tenants: the ids of both.
func byTenant(changes []plan.Change) map[string]string {
	made := make(map[string]string)
	for _, c := range changes {
		made[c.Tenant.ID] = c.ID
	}
	return made
}

// unreadSince returns, by their tenants, the records that cannot be read and may be those of a run: they are not older than it, and no
// other record of the tenant is of it.
func unreadSince(run string, made map[string]string, damaged []*plan.DamagedError) map[string]*plan.DamagedError {
	begun, _ := plan.ChangeTime(run)
	unread := make(map[string]*plan.DamagedError)
	for _, d := range damaged {
		at, known := plan.ChangeTime(d.ID)
		if tenantID := d.TenantID(); tenantID != "" && made[tenantID] == "" && (!known || !at.Before(begun)) {
			unread[tenantID] = d
		}
	}
	return unread
}

// rowsOfChanges are the tenants of recorded changes.
func rowsOfChanges(changes []plan.Change) []fleet.Row {
	var rows []fleet.Row
	for _, c := range changes {
		row := fleet.Row{Tenant: c.Tenant.ID, Devices: c.Requirement.Devices}
		if c.Tenant.DisplayName != nil {
			row.Name = plan.Printable(*c.Tenant.DisplayName)
		}
		rows = append(rows, row)
	}
	return rows
}

// asShown refuses a plan that is not what was shown; nil: nothing was.
func asShown(shown *plan.Document) func(plan.Document) error {
	return func(fresh plan.Document) error {
		if shown == nil {
			return nil
		}
		if reasons := plan.Stale(*shown, fresh); len(reasons) > 0 {
			return &plan.StaleError{Reasons: reasons}
		}
		return nil
	}
}
