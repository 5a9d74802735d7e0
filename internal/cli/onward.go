package cli

import (
	"appleconsent/plan"
	"appleconsent/plan/render"
)

// onward are the commands that lead on from a plan or a status, made from the file of a saved plan if there is one.
func (k *call) onward(doc plan.Document, saved string) render.Commands {
	words, f := render.Onward(doc), k.follow
	if len(words) == 0 {
		return render.Commands{}
	}
	var c render.Commands
	switch {
	case doc.RollsBack != "":
		c.Next = f.command(append([]string{"rollback", doc.RollsBack}, wideFlagsFor(doc.Tenant, doc.Client, doc.Planned())...)...)
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
	return k.follow.command(append([]string{"doctor"}, choiceFlags(made, false)...)...)
}

// recorded is a change as it is shown later, with how to undo it. Which scenario a simulated tenant was is in no record.
func (k *call) recorded(c plan.Change) render.Result {
	var commands render.Commands
	if c.Wrote() && !c.RolledBack() && !c.Tenant.Simulated {
		commands.Undo = k.follow.command(append(rollbackWords(c), "--tenant", c.Tenant.ID)...)
	}
	return render.OfChange(c).Leading(commands)
}
