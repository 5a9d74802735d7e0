package disk

// Open is how ReadRegular opens a file.
var Open = open
