package cli_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/simtest"
)

// boundary is a request of a story: the n-th, from 1, whose method and path are such.
type boundary struct {
	method, path string
	n            int
	name         string // in tests and in the table, where ids do not matter
	beside       bool   // it runs beside others
}

func (b boundary) String() string { return b.name }

// kind is the request without ids.
func (b boundary) kind() string {
	parts := strings.Split(strings.TrimPrefix(b.path, "/v1.0/"), "/")
	switch {
	case !b.isGraph():
		return b.method + " token"
	case len(parts) > 1 && parts[0] != "policies":
		parts[1] = "{id}"
	}
	if len(parts) > 3 {
		parts[3] = "{id}"
	}
	return b.method + " " + strings.Join(parts, "/")
}

func (b boundary) isGraph() bool { return strings.HasPrefix(b.path, "/v1.0/") }

func (b boundary) writes() bool { return b.isGraph() && b.method != http.MethodGet }

// fits tells whether a request is of this method and path, whichever it is of them.
func (b boundary) fits(r *http.Request) bool {
	return r.Method == b.method && strings.HasPrefix(r.URL.Path+"/", b.path+"/")
}

// rule is the rule put to this request.
func (b boundary) rule(r simulator.Rule) simulator.Rule {
	r.Method, r.Path, r.Match = b.method, b.path, b.n
	return r
}

// boundariesIn makes the boundaries of the requests of a command.
func boundariesIn(log []simtest.Request) []boundary {
	var found []boundary
	kinds := map[string]int{}
	log = inOrder(log)
	for i, r := range log {
		bd := boundary{method: r.Method, path: r.Path, beside: r.Path == organization || besideAnother(log, i)}
		kinds[bd.kind()]++
		bd.name = fmt.Sprintf("%s %d", bd.kind(), kinds[bd.kind()])
		for _, earlier := range log[:i+1] {
			if earlier.Method == r.Method && strings.HasPrefix(earlier.Path+"/", r.Path+"/") {
				bd.n++
			}
		}
		found = append(found, bd)
	}
	return found
}

const (
	organization        = "/v1.0/organization"
	authorizationPolicy = "/v1.0/policies/authorizationPolicy"
	classifications     = "/delegatedPermissionClassifications" // of a service principal
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
	return log
}

func aside(r simtest.Request) int {
	if r.Path == organization {
		return 0
	}
	return 1
}

// readsSetting tells whether it is one of the requests with which a tenant is read side by side. Alone it is a look right
// before a write.
func readsSetting(r simtest.Request) bool {
	return r.Method == http.MethodGet && (r.Path == authorizationPolicy || strings.HasSuffix(r.Path, classifications))
}

func besideAnother(log []simtest.Request, i int) bool {
	return readsSetting(log[i]) && (i > 0 && readsSetting(log[i-1]) || i+1 < len(log) && readsSetting(log[i+1]))
}
