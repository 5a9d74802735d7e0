package render

import "appleconsent/consent/doctor"

// What the tests of the words look into.
var (
	FixWords  = fixWords
	ItemWords = itemWords
)

// FindingSentence is what a finding of a check says.
func FindingSentence(id doctor.CheckID, f doctor.Finding) string {
	return findingSentence(wordsOf(id), f)
}
