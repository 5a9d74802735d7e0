package directory

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// signInProperty is a property by which sign-ins can be filtered.
type signInProperty struct {
	name      string
	operators []string
	kind      string // of its values, in OData's words
	valid     func(string) bool
}

func signInProperties() []signInProperty {
	return []signInProperty{
		{"appId", []string{"eq"}, "Edm.String", func(string) bool { return true }},
		{"createdDateTime", []string{"ge", "le"}, "Edm.DateTimeOffset", func(text string) bool {
			_, err := time.Parse(time.RFC3339, text)
			return err == nil
		}},
		{"status/errorCode", []string{"eq"}, "Edm.Int32", func(text string) bool {
			_, err := strconv.ParseInt(text, 10, 32)
			return err == nil
		}},
	}
}

// parseSignInFilter reads comparisons joined by and; in place of one there may be some
// in parentheses, joined by or, that want one property to equal this or that.
func parseSignInFilter(text string) ([]condition, error) {
	return parseTerms(text, (*filterParser).signInTerm)
}

func (p *filterParser) signInTerm() (condition, error) {
	if !p.accept("(") {
		return p.signInComparison()
	}
	either, err := p.signInComparison()
	for err == nil && !p.accept(")") {
		if !p.accept("or") {
			return condition{}, unsupportedFilter(either.property)
		}
		var or condition
		or, err = p.signInComparison()
		if err == nil && (or.property != either.property || or.operator != "eq" || either.operator != "eq") {
			return condition{}, unsupportedFilter(or.property)
		}
		either.values = append(either.values, or.values...)
	}
	return either, err
}

func (p *filterParser) signInComparison() (condition, error) {
	name, operator, value := p.next(), p.next(), p.next()
	known := signInProperties()
	i := slices.IndexFunc(known, func(s signInProperty) bool { return strings.EqualFold(s.name, name.text) })
	if name.literal || i < 0 || operator.literal || !slices.Contains(known[i].operators, operator.text) || value == (token{}) {
		return condition{}, unsupportedFilter(name.text)
	}
	if isText := known[i].kind == "Edm.String"; value.literal != isText || !known[i].valid(value.text) {
		return condition{}, badRequest(fmt.Sprintf(
			"Invalid filter clause: A value of '%s' is not of the type '%s'.", known[i].name, known[i].kind))
	}
	return condition{known[i].name, operator.text, []string{value.text}}, nil
}

// satisfies reports whether a sign-in meets a condition of parseSignInFilter.
func (s SignIn) satisfies(c condition, now time.Time) bool {
	switch c.property {
	case "appId":
		return slices.ContainsFunc(c.values, func(id string) bool { return strings.EqualFold(id, s.AppID) })
	case "status/errorCode":
		return slices.ContainsFunc(c.values, func(code string) bool {
			number, err := strconv.Atoi(code)
			return err == nil && number == s.ErrorCode
		})
	}
	limit, _ := time.Parse(time.RFC3339, c.values[0]) // it was checked
	if c.operator == "ge" {
		return !s.created(now).Before(limit)
	}
	return !s.created(now).After(limit)
}
