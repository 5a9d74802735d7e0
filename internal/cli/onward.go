package cli

import (
	"appleconsent/graph/simulator"
	"appleconsent/plan"
	"appleconsent/plan/render"
)

// onward are the commands that lead on from a plan or a status, made from the file of a saved plan, or of the record that is
// rolled back, if there is one.
func (k *call) onward(doc plan.Document, saved string) render.Commands {
	words, f := render.Onward(doc), k.follow
	if len(words) == 0 {
		return render.Commands{}
	}
	var c render.Commands
	switch {
	case doc.RollsBack != "":
		undoes := []string{"rollback", doc.RollsBack}
		if saved != "" { // which this machine may not have
			undoes = []string{"rollback", "--record", saved}
		}
		c.Next = f.command(f.reasoned(append(undoes, wideFlagsFor(doc.Tenant, doc.Client, doc.Planned())...))...)
	case words[0] == string(plan.OperationApply) && saved != "":
		c.Next = f.command(applySaved(saved, doc.Requirement.Choices())...)
	default:
		f.choices.EnableApp = f.choices.EnableApp || len(words) > 1
		c.Next = f.command(words[0])
	}
	if len(doc.Actions) > 0 && doc.RollsBack == "" && !doc.Blocked() {
		c.Undo = f.command(append([]string{"rollback"}, wideFlagsFor(doc.Tenant, doc.Client, plan.Opposite(doc.Planned()))...)...)
	}
	return c
}

// checkOf is the command that shows later how users fare after a change.
func (k *call) checkOf(c plan.Change) string {
	if c.Operation == plan.OperationRollback {
		return statusOf(c, k.follow)
	}
	made := c.Requirement.Choices()
	made.Loosen = false // which is for plans
	return k.follow.command(append([]string{"doctor"}, k.follow.choiceFlags(made, false)...)...)
}

// recorded is a change as it is shown later, with how to undo it.
func (k *call) recorded(c plan.Change) render.Result {
	var commands render.Commands
	if back, known := k.follow.backTo(c.Tenant); known && c.Wrote() && !c.RolledBack() {
		commands.Undo = back.command(rollbackWords(c)...)
	}
	return render.OfChange(c).Leading(commands)
}

// backTo is what goes on in the tenant of a record. A simulated one is known again if it is a scenario or one
// of the fleet, or is served where it is said.
func (f follow) backTo(tenant plan.TenantInfo) (back follow, known bool) {
	if !tenant.Simulated {
		return f.without("--simulate").at(tenant.ID), true
	}
	if isURL(f.value("--simulate")) {
		return f, true
	}
	scenario := scenarioOf(tenant.ID)
	f = f.without("--simulate").without("--tenant")
	if scenario == "" && memberID(tenant.ID) != "" {
		f.connection = append([]string{"--simulate", simulator.FleetName, "--tenant", tenant.ID}, f.connection...)
		return f, true
	}
	f.connection = append([]string{"--simulate", scenario}, f.connection...)
	return f, scenario != ""
}

// ofRun is what goes on in the tenants of a run, one of which is told. Simulated ones are those of the fleet, or are served where it is
// said.
func (f follow) ofRun(tenant plan.TenantInfo) follow {
	f = f.without("--tenant")
	if tenant.Simulated && isURL(f.value("--simulate")) {
		return f
	}
	f = f.without("--simulate")
	if tenant.Simulated {
		f.connection = append([]string{"--simulate", simulator.FleetName}, f.connection...)
	}
	return f
}

// scenarioOf returns which scenario a simulated tenant is; empty if none, such as one of the fleet.
func scenarioOf(tenantID string) string {
	for _, s := range simulator.Scenarios() {
		if s.TenantID() == tenantID {
			return s.Name
		}
	}
	return ""
}
