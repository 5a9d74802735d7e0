package render

import (
	"fmt"
	"strings"

	"appleconsent/consent"
	"appleconsent/plan"
)

// planVerdict sums a plan or a status up.
func planVerdict(doc plan.Document) verdict {
	lacks := lackOf(doc)
	switch {
	case doc.Blocked():
		return verdict{"Blocked", strings.TrimSpace(lacks + " Nothing can be changed until what is in the way is gone."), bad}
	case len(doc.Actions) > 0:
		return verdict{"Changes are due", tally(doc.Actions) + ", for all users of the tenant.", warn}
	case doc.RollsBack != "" && doc.MayStillAppear():
		return verdict{"Nothing to do", "What the change wrote does not show yet.", warn}
	case doc.RollsBack != "":
		return verdict{"Nothing to do", "The change is already undone.", good}
	case doc.Kind == plan.KindStatus && lacks != "":
		return verdict{"Not in place", lacks, warn}
	case lacks != "":
		return verdict{"Nothing to do", lacks, warn}
	case doc.Kind == plan.KindStatus:
		return verdict{"In place", satisfied(doc), good}
	}
	return verdict{"Nothing to do", satisfied(doc), good}
}

func satisfied(doc plan.Document) string {
	if doc.Requirement.Route == consent.UserConsent {
		return "Users of the tenant may consent to Apple Mail for themselves."
	}
	return "All required scopes are granted for all users of the tenant."
}

// lackOf says in a sentence what is required and does not stand; empty if all does.
func lackOf(doc plan.Document) string {
	if doc.Requirement.Route == consent.UserConsent {
		return lackOfUserConsent(doc)
	}
	missing, required := 0, 0
	for _, r := range doc.Resources {
		missing += len(r.Missing)
		required += len(r.Required)
	}
	switch {
	case missing > 0:
		return fmt.Sprintf("%d of %s missing.", missing, consent.Count(required, "required scope"))
	case !doc.Satisfied && disabled(doc.Client): // which counts if it was to be enabled
		return "All required scopes are granted, and the application is disabled for sign-in."
	}
	return ""
}

func lackOfUserConsent(doc plan.Document) string {
	missing, required := 0, 0
	for _, r := range doc.Resources {
		missing += len(r.Required.Without(r.Classified))
		required += len(r.Required)
	}
	var lacks []string
	if missing > 0 {
		lacks = append(lacks, fmt.Sprintf("%d of %s not classified as low impact", missing, consent.Count(required, "required permission")))
	}
	if !consent.OnlyLowImpact(doc.UserConsentPolicies) {
		lacks = append(lacks, "the user-consent setting is another one than required")
	}
	if len(lacks) == 0 && !doc.Satisfied && disabled(doc.Client) {
		lacks = append(lacks, "the application is disabled for sign-in")
	}
	if len(lacks) == 0 {
		return ""
	}
	sentence := strings.Join(lacks, "; ") + "."
	return strings.ToUpper(sentence[:1]) + sentence[1:]
}

// changeVerdict sums a change up: how it ended, and what it did.
func changeVerdict(c plan.Change) verdict {
	done := doneActions(c)
	v := verdict{Sentence: fmt.Sprintf("%d of %s done.", len(done), consent.Count(len(c.Actions), "action"))}
	if len(done) > 0 {
		v.Sentence += " " + tallyDone(done) + ", for all users of the tenant."
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
