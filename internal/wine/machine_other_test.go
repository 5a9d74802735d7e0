//go:build !linux

package wine_test

// closeMachine has nothing to do: there is none.
func closeMachine() {}
