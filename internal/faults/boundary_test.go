package faults_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/simtest"
)

// boundary is a request of a story: the N-th, from 1, whose method and path are such.
type boundary struct {
	Method, Path string
	N            int
	Beside       bool   // it runs beside others
	name         string // in tests and in tables, where ids do not matter
}

// String returns the name by which tests and tables know the request; ids are left out.
func (b boundary) String() string { return b.name }

// Kind returns the request without ids and number.
func (b boundary) Kind() string {
	parts := strings.Split(strings.TrimPrefix(b.Path, "/v1.0/"), "/")
	switch {
	case !b.IsGraph():
		return b.Method + " token"
	case len(parts) > 1 && parts[0] != "policies":
		parts[1] = "{id}"
	}
	if len(parts) > 3 {
		parts[3] = "{id}"
	}
	return b.Method + " " + strings.Join(parts, "/")
}

// IsGraph reports whether the request is for Graph, and not for a token.
func (b boundary) IsGraph() bool { return strings.HasPrefix(b.Path, "/v1.0/") }

// Writes reports whether the request would change the tenant.
func (b boundary) Writes() bool { return b.IsGraph() && b.Method != http.MethodGet }

// Fits reports whether a request is of this method and path, whichever it is of them.
func (b boundary) Fits(r *http.Request) bool {
	return r.Method == b.Method && strings.HasPrefix(r.URL.Path+"/", b.Path+"/")
}

// Rule returns the rule, put to this request.
func (b boundary) Rule(r simulator.Rule) simulator.Rule {
	r.Method, r.Path, r.Match = b.Method, b.Path, b.N
	return r
}

func boundariesIn(log []simtest.Request) []boundary {
	var found []boundary
	kinds := map[string]int{}
	log = inOrder(log)
	for i, r := range log {
		bd := boundary{Method: r.Method, Path: r.Path, Beside: r.Path == organization || besideAnother(log, i) || verifies(log, i)}
		kinds[bd.Kind()]++
		bd.name = fmt.Sprintf("%s %d", bd.Kind(), kinds[bd.Kind()])
		for _, earlier := range log[:i+1] {
			if earlier.Method == r.Method && strings.HasPrefix(earlier.Path+"/", r.Path+"/") {
				bd.N++
			}
		}
		found = append(found, bd)
	}
	return found
}

const (
	// authorizationPolicy is where the user-consent setting is.
	authorizationPolicy = "/v1.0/policies/authorizationPolicy"

	organization    = "/v1.0/organization"
	classifications = "/delegatedPermissionClassifications" // of a service principal
)

// inOrder brings requests into an order that is always the same: first the one that runs beside all others, and those that
// run side by side by their paths.
func inOrder(log []simtest.Request) []simtest.Request {
	log = slices.Clone(log)
	slices.SortStableFunc(log, func(x, y simtest.Request) int { return aside(x) - aside(y) })
	for begin := 0; begin < len(log); begin++ {
		end := begin
		for end < len(log) && readsSetting(log[end]) {
			end++
		}
		slices.SortStableFunc(log[begin:end], func(x, y simtest.Request) int { return strings.Compare(x.Path, y.Path) })
		begin = max(begin, end-1)
	}
	if last := len(log) - 1; last > 0 && isList(log[last-1], "/v1.0/oauth2PermissionGrants") && isList(log[last], "/v1.0/servicePrincipals") {
		log[last-1], log[last] = log[last], log[last-1]
	}
	return log
}

// verifies reports whether it is one of the two lists at the end, which are read side by side.
func verifies(log []simtest.Request, i int) bool {
	last := len(log) - 1
	both := last > 0 && isList(log[last-1], "/v1.0/servicePrincipals") && isList(log[last], "/v1.0/oauth2PermissionGrants")
	return both && i >= last-1
}

func isList(r simtest.Request, path string) bool { return r.Method == http.MethodGet && r.Path == path }

func aside(r simtest.Request) int {
	if r.Path == organization {
		return 0
	}
	return 1
}

// readsSetting reports whether it is one of the requests with which a tenant is read side by side. Alone it is a look right
// before a write.
func readsSetting(r simtest.Request) bool {
	return r.Method == http.MethodGet && (r.Path == authorizationPolicy || strings.HasSuffix(r.Path, classifications))
}

func besideAnother(log []simtest.Request, i int) bool {
	return readsSetting(log[i]) && (i > 0 && readsSetting(log[i-1]) || i+1 < len(log) && readsSetting(log[i+1]))
}
