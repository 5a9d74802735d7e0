package directory

import (
	"regexp"
	"strings"
	"sync"
)

// condition is one comparison of a $filter: the property is one of the values, or from or up to the one.
type condition struct {
	property string
	operator string // eq, in, or (eq, some times in parentheses), ge or le
	values   []token
}

// parseFilter reads terms of OData's filter language that are joined by and. Text that is no filter at all is a bad
// request, any filter that no path needs an unsupported query.
func parseFilter(text string) ([]condition, error) {
	tokens, err := scanFilter(text)
	if err != nil {
		return nil, err
	}
	p := &filterParser{tokens: tokens}
	var conditions []condition
	for {
		c, err := p.term()
		if err != nil {
			return nil, err
		}
		conditions = append(conditions, c)
		switch {
		case p.accept("and"):
		case p.atEnd():
			return conditions, nil
		default:
			return nil, unsupportedFilter(text)
		}
	}
}

// token is a word, a sign, or a string literal without its quotes.
type token struct {
	text    string
	literal bool
}

// filterToken finds a literal, in which a doubled quote stands for one, with its last quote as far as it has one; a sign; or a word.
var filterToken = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:'((?:[^']|'')*)('?)|[(),]|[^ '(),]+)`) })

func scanFilter(text string) ([]token, error) {
	var tokens []token
	for rest := strings.TrimLeft(text, " "); rest != ""; {
		found := filterToken().FindStringSubmatch(rest)
		literal := rest[0] == '\''
		switch {
		case literal && found[2] == "":
			return nil, badRequest(
				"Invalid filter clause: There is an unterminated string literal at position %d in '%s'.", len(text)-len(rest), text)
		case literal:
			tokens = append(tokens, token{strings.ReplaceAll(found[1], "''", "'"), true})
		default:
			tokens = append(tokens, token{found[0], false})
		}
		rest = strings.TrimLeft(rest[len(found[0]):], " ")
	}
	return tokens, nil
}

type filterParser struct {
	tokens []token
}

func (p *filterParser) atEnd() bool { return len(p.tokens) == 0 }

// next takes a token; at the end it is the empty one.
func (p *filterParser) next() token {
	if p.atEnd() {
		return token{}
	}
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t
}

func (p *filterParser) accept(word string) bool {
	if p.atEnd() || p.tokens[0].literal || p.tokens[0].text != word {
		return false
	}
	p.next()
	return true
}

// term reads a comparison, or some in parentheses, joined by or, that want one property to equal this or that.
func (p *filterParser) term() (condition, error) {
	if !p.accept("(") {
		return p.comparison()
	}
	either, err := p.comparison()
	for err == nil && !p.accept(")") {
		if !p.accept("or") {
			return condition{}, unsupportedFilter(either.property)
		}
		var or condition
		or, err = p.comparison()
		if err == nil && (or.property != either.property || or.operator != "eq" || either.operator != "eq") {
			return condition{}, unsupportedFilter(or.property)
		}
		either.values = append(either.values, or.values...)
	}
	either.operator = strings.Replace(either.operator, "eq", "or", 1)
	return either, err
}

func (p *filterParser) comparison() (condition, error) {
	property, operator := p.next(), p.next()
	c := condition{property: property.text, operator: operator.text}
	if property.literal || operator.literal || property.text == "" {
		return condition{}, unsupportedFilter(property.text)
	}
	switch operator.text {
	case "in":
		var err error
		c.values, err = p.list(property.text)
		return c, err
	case "eq", "ge", "le":
		if value := p.next(); value != (token{}) {
			c.values = []token{value}
			return c, nil
		}
	}
	return condition{}, unsupportedFilter(property.text)
}

func (p *filterParser) list(property string) (values []token, err error) {
	for open := p.accept("("); open; open = p.accept(",") {
		values = append(values, p.next())
	}
	if len(values) == 0 || !p.accept(")") {
		return nil, unsupportedFilter(property)
	}
	return values, nil
}

func unsupportedFilter(near string) error {
	return unsupportedQuery("Unsupported Query: unsupported or invalid query filter clause near '%s'.", near)
}
