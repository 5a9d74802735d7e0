package disk

// Private is the access list of folders that are made.
var Private = private
