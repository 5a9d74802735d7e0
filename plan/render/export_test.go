package render

// What the tests of the words look into.
var (
	FindingSentence = findingSentence
	FixWords        = fixWords
	ItemWords       = itemWords
)
