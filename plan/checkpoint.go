//go:build !crashtest

package plan

// checkpoint marks a point at which a crash is tested: a build with the tag crashtest dies there when it is told to. This
// one does nothing.
func checkpoint(string) {}
