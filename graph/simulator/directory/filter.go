package directory

import (
	"regexp"
	"strings"
	"sync"

	"appleconsent/graph/simulator/identity"
)

// condition is one comparison of a $filter: the property is one of the values, or from or up to the one. The null
// literal is the empty value.
type condition struct {
	property string
	operator string // eq, in, ge or le
	values   []string
}

// parseFilter reads terms of OData's filter language that are joined by and. Text that is no filter at all is a bad
// request, any filter that the path does not need an unsupported query.
func parseFilter(text string, term func(*filterParser) (condition, error)) ([]condition, error) {
	tokens, err := scanFilter(text)
	if err != nil {
		return nil, err
	}
	p := &filterParser{tokens: tokens}
	var conditions []condition
	for {
		c, err := term(p)
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

// condition reads a comparison of a directory object's property, with eq or in.
func (p *filterParser) condition() (condition, error) {
	property := p.next()
	switch {
	case property.literal, property.text == "":
		return condition{}, unsupportedFilter(property.text)
	case p.accept("eq"):
		value, err := p.value(property.text)
		return condition{property.text, "eq", []string{value}}, err
	case p.accept("in"):
		values, err := p.list(property.text)
		return condition{property.text, "in", values}, err
	}
	return condition{}, unsupportedFilter(property.text)
}

func (p *filterParser) list(property string) ([]string, error) {
	if !p.accept("(") {
		return nil, unsupportedFilter(property)
	}
	var values []string
	for {
		value, err := p.value(property)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
		switch {
		case p.accept(","):
		case p.accept(")"):
			return values, nil
		default:
			return nil, unsupportedFilter(property)
		}
	}
}

func (p *filterParser) value(property string) (string, error) {
	t := p.next()
	switch {
	case t.literal:
		return t.text, nil
	case t.text == "null":
		return "", nil
	case identity.IsGUID(t.text):
		return "", badRequest("Invalid filter clause: A binary operator with incompatible types was detected. " +
			"Found operand types 'Edm.String' and 'Edm.Guid' for operator kind 'Equal'.")
	}
	return "", unsupportedFilter(property)
}

func unsupportedFilter(near string) error {
	return unsupportedQuery("Unsupported Query: unsupported or invalid query filter clause near '%s'.", near)
}
