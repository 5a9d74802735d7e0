package render

import (
	"fmt"

	"appleconsent/plan"
)

// changeSheet is a change record; resources are those of its plan, if that is known, whose names a record does not hold.
func changeSheet(c plan.Change, resources []plan.Resource) sheet {
	s := sheet{
		Heading: changeHeading(c), Tenant: tenantName(c.Tenant), Banner: banner(c.Tenant), Verdict: changeVerdict(c),
		Facts: changeFacts(c), Section: section(c.Requirement.Route), Origin: changeOrigin(c), Board: changeBoard(c),
	}
	for _, a := range c.Actions {
		if record := wordsFor(a.Kind.Object).record; record != nil {
			s.Tables = record(s.Tables, a, c)
		}
		s.Actions = append(s.Actions, recorded(a, names{c.Client, resources}))
	}
	return s
}

func changeHeading(c plan.Change) string {
	app, route := application(c.Client).Noun, c.Requirement.Route
	if c.Operation == plan.OperationRollback {
		return "Change record: " + byRoute(route, "rollback of consent for ", "rollback of user consent to ") + app
	}
	return "Change record: " + byRoute(route, "consent for ", "users can consent to ") + app
}

func changeOrigin(c plan.Change) string {
	return fmt.Sprintf("Made by appleconsent from the record of change %s of %s.", plan.Printable(c.ID), moment(c.StartedAt.UTC()))
}

func changeFacts(c plan.Change) []fact {
	facts := append([]fact{
		{Label: "Change", Code: shown(c.ID), Term: "Change"},
		{Label: "Operation", Name: plan.Printable(string(c.Operation)), Below: true},
	}, subjectFacts(c.Tenant, c.Client)...)
	facts = append(facts, fact{Label: "Operator", Name: plan.Printable(c.Operator), Term: "By"}, fact{Label: "Time", Prose: period(c), Term: "Time"})
	facts = append(facts, alsoFacts(c.Requirement, "Also")...)
	if reason := plan.PrintableLine(c.Reason); reason != "" {
		facts = append(facts, fact{Label: "Reason", Prose: reason, Term: "Reason"})
	}
	if c.RollsBack != nil {
		facts = append(facts, fact{Label: "Rolls back change", Code: shown(*c.RollsBack), Term: "Undoes"})
	}
	if c.RolledBackBy != nil {
		facts = append(facts, fact{Label: "Rolled back by change", Code: shown(*c.RolledBackBy), Term: "Undone by"})
	}
	return facts
}

func period(c plan.Change) string {
	if c.FinishedAt == nil {
		return moment(c.StartedAt.UTC())
	}
	return fmt.Sprintf("%s, took %s", moment(c.StartedAt.UTC()), c.FinishedAt.Sub(c.StartedAt))
}

// changeVerdict sums a change up: how it ended, and what it did.
func changeVerdict(c plan.Change) verdict {
	done, word := c.Done(), outcomeMark(c.Outcome)
	v := verdict{capitalize(word.Word), fmt.Sprintf("%d of %s done.", len(done), Count(len(c.Actions), "action")), word.Tone}
	if len(done) > 0 {
		v.Sentence += " " + doneSentence(c)
	}
	return v
}

// DoneSentence says in one sentence what a change did.
func DoneSentence(c plan.Change) string { return capitalize(doneSentence(c)) }

// doneSentence counts in one sentence what a change has done, and for whom.
func doneSentence(c plan.Change) string {
	done := c.Done()
	if len(done) == 0 {
		return fmt.Sprintf("nothing had to be written in %s.", tenantName(c.Tenant))
	}
	return fmt.Sprintf("%s, for all users of %s.", tally(done, true), tenantName(c.Tenant))
}

// recorded shows an action and what became of it: one that was done as a fact, any other as what was to be done.
func recorded(a plan.RecordedAction, n names) action {
	out, status, w := layOut(plan.Action{ID: a.ID, Action: performed(a)}, n), statusMark(a.Status), wordsFor(a.Kind.Object)
	out.Symbol, out.Tone, out.Prose = status.Symbol, status.Tone, plan.PrintableLine(a.Error)
	if a.Status == plan.StatusDone {
		out.Verb = capitalize(w.verb(a.Kind.Verb).past)
	} else {
		out.Status = mark{Word: status.Word, Tone: status.Tone}
	}
	if a.Result != nil && a.Result.Target != "" {
		out.Results = append(out.Results, fact{Label: capitalize(string(a.Kind.Object)), Code: shown(a.Result.Target)})
	}
	return out
}
