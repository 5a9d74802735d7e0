// Package faults_test is the tests of all that can go wrong: the matrix (every trouble at every request), crashes (processes that are
// killed, interrupted or two at once) and the disk (state folders that cannot be used). They share stories, which are the commands
// that are put to the test, the requests of these, a watch over each single write, and what a record may say.
package faults_test
