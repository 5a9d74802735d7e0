package simulator

import (
	"slices"
	"strings"
)

// Trouble is a kind of fault that a rule causes.
type Trouble string

// The kinds of faults. The first group decides how a request is answered, the
// second what happens around it.
const (
	TroubleStatus      Trouble = "status"      // an error answer in Graph's form: Status, Code, RetryAfter, Location
	TroubleHTML        Trouble = "html"        // the page of a proxy or gateway, with Status
	TroubleClose       Trouble = "close"       // the connection is closed without an answer
	TroubleTruncate    Trouble = "truncate"    // the right answer, of which half arrives
	TroubleInvalidJSON Trouble = "invalidJSON" // the right status, with a body that is no JSON
	TroubleEmpty       Trouble = "empty"       // the right status, with the body {}
	TroubleContentType Trouble = "contentType" // the right answer, labelled as plain text
	// TroubleRefuseSignIn refuses to let somebody sign in, with the number AADSTS. It
	// strikes authorize, devicecode and token requests only.
	TroubleRefuseSignIn Trouble = "refuseSignIn"

	TroubleDelay    Trouble = "delay"    // nothing happens for the time of Delay, also if the client has gone by then
	TroubleLag      Trouble = "lag"      // what is written shows after Reads reads or after Delay
	TroubleNewcomer Trouble = "newcomer" // a service principal that is created is not known to Reads attempts to grant
	TroubleEdit     Trouble = "edit"     // another admin makes a change first
)

var answeringTroubles = []Trouble{
	TroubleStatus, TroubleHTML, TroubleClose, TroubleTruncate, TroubleInvalidJSON, TroubleEmpty, TroubleContentType,
	TroubleRefuseSignIn,
}

var otherTroubles = []Trouble{TroubleDelay, TroubleLag, TroubleNewcomer, TroubleEdit}

// troubleNames lists the kinds, for messages.
func troubleNames() string {
	var names []string
	for _, t := range slices.Concat(answeringTroubles, otherTroubles) {
		names = append(names, string(t))
	}
	return strings.Join(names, ", ")
}
