package render

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// common is a text about several tenants. Said of all of them is only what is the same in each once its own name stands for any, so that
// nothing of one is told of another; where that differs, the first stands for the others by name.
type common struct {
	count  int
	first  string // as it is about the first
	of     string // what the first is called
	any    string // as it is about any, see inAnyTenant
	differ bool
}

// add adds a tenant.
func (c *common) add(o Outcome, text string) {
	c.count++
	switch general := o.inAnyTenant(text); {
	case c.count == 1:
		c.first, c.of, c.any = text, o.briefly(), general
	case c.any != general:
		c.differ = true
	}
}

// text is what is said; empty if there is nothing to say.
func (c *common) text() string {
	switch {
	case c.count <= 1 || c.first == "" && !c.differ:
		return c.first
	case c.differ:
		return fmt.Sprintf("for example, in %s: %s", c.of, c.first)
	}
	return c.any
}

// anyTenant stands for the tenant in what is said of several.
const anyTenant = "TENANT"

// ofRequest are the ids of single requests in messages.
var ofRequest = regexp.MustCompile(` \((correlation id|request-id) [^)]*\)`)

// inAnyTenant is a text about a tenant as it is about any other.
func (o Outcome) inAnyTenant(text string) string {
	text = ofRequest.ReplaceAllString(text, "")
	if o.Row.Tenant == "" {
		return text
	}
	return strings.ReplaceAll(text, o.Row.Tenant, anyTenant)
}

// commonHints are the hints of several tenants: those that all of them have, see common.
type commonHints struct {
	count   int
	first   []string
	any     []string
	dropped bool
}

func (c *commonHints) add(o Outcome, hints []string) {
	var general []string
	for _, hint := range hints {
		general = append(general, o.inAnyTenant(hint))
	}
	if c.count++; c.count == 1 {
		c.first, c.any = hints, general
		return
	}
	shared := slices.DeleteFunc(slices.Clone(c.any), func(hint string) bool { return !slices.Contains(general, hint) })
	c.dropped = c.dropped || len(shared) < max(len(c.any), len(general))
	c.any = shared
}

func (c *commonHints) texts() []string {
	switch {
	case c.count <= 1:
		return c.first
	case c.dropped:
		return append(slices.Clone(c.any), "there is advice for each of them, too: see it with -o json")
	}
	return c.any
}
