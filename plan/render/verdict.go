package render

import (
	"fmt"

	"appleconsent/plan"
)

// planVerdict sums a plan or a status up.
func planVerdict(doc plan.Document) verdict {
	missing, required := 0, 0
	for _, r := range doc.Resources {
		missing += len(r.Missing)
		required += len(r.Required)
	}
	lacks := fmt.Sprintf("%d of %s missing.", missing, plan.Count(required, "required scope"))
	switch {
	case doc.Blocked():
		return verdict{"Blocked", lacks + " Nothing can be changed until what is in the way is gone.", bad}
	case len(doc.Actions) > 0:
		return verdict{"Changes are due", plan.Tally(doc.Actions) + ", for all users of the tenant.", warn}
	case doc.RollsBack != "":
		return verdict{"Nothing to do", "The change is already undone.", good}
	case doc.Kind == plan.KindStatus && missing > 0:
		return verdict{"Not in place", lacks, warn}
	case missing > 0:
		return verdict{"Nothing to do", lacks, warn}
	case doc.Kind == plan.KindStatus:
		return verdict{"In place", "All required scopes are granted for all users of the tenant.", good}
	}
	return verdict{"Nothing to do", "All required scopes are granted for all users of the tenant.", good}
}

// changeVerdict sums a change up: how it ended, and what it did.
func changeVerdict(c plan.Change) verdict {
	var done []plan.Action
	for _, a := range c.Actions {
		if a.Status == plan.StatusDone {
			happened := a.Action
			happened.Before, happened.After = effect(a)
			done = append(done, happened)
		}
	}
	v := verdict{Sentence: fmt.Sprintf("%d of %s done.", len(done), plan.Count(len(c.Actions), "action"))}
	if len(done) > 0 {
		v.Sentence += " " + plan.TallyDone(done) + ", for all users of the tenant."
	}
	v.Word, v.Tone = outcome(c.Outcome)
	return v
}

func outcome(o plan.Outcome) (string, tone) {
	switch o {
	case plan.OutcomeSucceeded:
		return "Succeeded", good
	case plan.OutcomeFailed:
		return "Failed", bad
	case plan.OutcomeInterrupted:
		return "Interrupted", warn
	case plan.OutcomeRunning:
	}
	return "Running, or its process died", warn
}
