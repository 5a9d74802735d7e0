package render

import (
	"slices"

	"appleconsent/consent"
	"appleconsent/plan"
)

// Commands are command lines of this program that lead on from a result, quoted for the reader's shell. An empty one is not
// shown.
type Commands struct {
	Next  string // see Onward
	Check string // shows later how users fare
	Undo  string // undoes what was done, or will be
}

// Leading is the result with the commands that lead on from it, which all forms for people show.
func (r Result) Leading(c Commands) Result {
	r.commands = c
	return r
}

// Onward are the words of the command that leads on from a plan or a status; nil where nothing is to do.
func Onward(doc plan.Document) []string {
	enables := enableable(doc.Client)
	switch {
	case doc.Blocked():
		return []string{string(doc.Kind)}
	case doc.RollsBack != "" && len(doc.Actions) > 0:
		return []string{"rollback", doc.RollsBack}
	case doc.RollsBack != "":
		return nil
	case len(doc.Actions) > 0, doc.Kind == plan.KindStatus && !doc.Satisfied && !enables:
		return []string{"apply"}
	case enables:
		return []string{"apply", "--enable-app"}
	}
	return nil
}

// enableable reports whether the client is disabled in a way that this tenant can undo.
func enableable(c plan.ClientInfo) bool {
	return c.AccountEnabled != nil && !*c.AccountEnabled && !disabledByOwner(c)
}

// instruction is a command with what it is for.
type instruction struct {
	Label   string
	Command string // Code
	Report  bool   // not for a terminal, where it would be for later
}

// planInstructions are the commands of a plan or a status.
func planInstructions(doc plan.Document, c Commands) []instruction {
	label := "To apply it"
	switch words := Onward(doc); {
	case doc.Blocked():
		label = "When this is resolved, check again"
	case doc.RollsBack != "":
		label = "To carry it out"
	case slices.Contains(words, "--enable-app") && doc.Satisfied:
		label = "To enable sign-in"
	case doc.Kind == plan.KindStatus && doc.Requirement.Route == consent.AdminConsent:
		label = "To grant what is missing"
	case doc.Kind == plan.KindStatus:
		label = "To set it up"
	}
	return instructions(instruction{Label: label, Command: c.Next}, instruction{"To undo it afterwards", c.Undo, true})
}

func changeInstructions(c Commands) []instruction {
	return instructions(instruction{Label: "To check", Command: c.Check}, instruction{Label: "To undo", Command: c.Undo})
}

// instructions are those that have a command.
func instructions(all ...instruction) []instruction {
	return slices.DeleteFunc(all, func(i instruction) bool { return i.Command == "" })
}
