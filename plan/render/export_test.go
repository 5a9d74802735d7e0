package render

// What the tests of the words look into.
var (
	FindingSentence = findingSentence
	FindingWords    = findingWords
	FixWords        = fixWords
	ItemWords       = itemWords
)
