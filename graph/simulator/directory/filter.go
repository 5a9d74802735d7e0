package directory

import (
	"fmt"
	"strings"

	"appleconsent/graph/simulator/identity"
)

// condition is one comparison of a $filter: the property is one of the values, or
// from or up to the one.
// The null literal is the empty value.
type condition struct {
	property string
	operator string // eq, in, ge or le
	values   []string
}

// parseFilter reads the part of OData's filter language that directory objects
// need: comparisons with eq and in, joined by and. Text that is no filter at all
// is a bad request, any other filter an unsupported query.
func parseFilter(text string) ([]condition, error) {
	return parseTerms(text, (*filterParser).condition)
}

// parseTerms reads terms joined by and.
func parseTerms(text string, term func(*filterParser) (condition, error)) ([]condition, error) {
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

func scanFilter(text string) ([]token, error) {
	var tokens []token
	for rest := strings.TrimLeft(text, " "); rest != ""; rest = strings.TrimLeft(rest, " ") {
		var t token
		var ok bool
		if t, rest, ok = scanToken(rest); !ok {
			position := len(text) - len(rest)
			return nil, badRequest(fmt.Sprintf(
				"Invalid filter clause: There is an unterminated string literal at position %d in '%s'.", position, text))
		}
		tokens = append(tokens, t)
	}
	return tokens, nil
}

// scanToken takes the first token off text, which does not start with a blank.
// It fails, taking nothing, on a string literal without end.
func scanToken(text string) (t token, rest string, ok bool) {
	switch {
	case text[0] == '\'':
		return scanLiteral(text)
	case strings.ContainsRune("(),", rune(text[0])):
		return token{text: text[:1]}, text[1:], true
	}
	end := strings.IndexAny(text, " '(),")
	if end < 0 {
		end = len(text)
	}
	return token{text: text[:end]}, text[end:], true
}

// scanLiteral takes a string literal, in which a doubled quote stands for one.
func scanLiteral(text string) (t token, rest string, ok bool) {
	var value strings.Builder
	for rest = text[1:]; ; {
		before, after, closed := strings.Cut(rest, "'")
		if !closed {
			return token{}, text, false
		}
		value.WriteString(before)
		if !strings.HasPrefix(after, "'") {
			return token{text: value.String(), literal: true}, after, true
		}
		value.WriteByte('\'')
		rest = after[1:]
	}
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
	return unsupportedQuery(fmt.Sprintf("Unsupported Query: unsupported or invalid query filter clause near '%s'.", near))
}
