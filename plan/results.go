package plan

import (
	"bytes"
	"iter"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Results are the JSON values of a text, each with the line in which it begins, from 1: results as this program writes them, one a line,
// or as another writer of JSON did, over several lines or as one array. What is no JSON counts as one up to the end of its line, so
// that it spoils no other.
func Results(text []byte) iter.Seq2[int, []byte] {
	return func(yield func(line int, value []byte) bool) {
		between := " \t\r\n"
		if begin := bytes.TrimLeft(text, between); len(begin) > 0 && begin[0] == '[' {
			between += "[,]"
		}
		line := 1
		for {
			rest := bytes.TrimLeft(text, between)
			line += bytes.Count(text[:len(text)-len(rest)], []byte("\n"))
			if len(rest) == 0 {
				return
			}
			value := firstValue(rest)
			if !yield(line, value) {
				return
			}
			line += bytes.Count(value, []byte("\n"))
			text = rest[len(value):]
		}
	}
}

// firstValue returns the JSON value with which a text begins or, where it begins with none, its first line.
func firstValue(text []byte) []byte {
	decoder := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if value, err := decoder.ReadValue(); err == nil {
		return text[:len(value)]
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return line
}

// HasResults reports whether a text is results of a run over many tenants, or what is left of them.
func HasResults(text []byte) bool {
	for _, value := range Results(text) {
		if kind := documentKind(value); kind == KindResult || kind == KindSummary {
			return true
		}
	}
	return false
}

// documentKind returns what a JSON document says it is; empty if it says nothing.
func documentKind(document []byte) Kind {
	var head struct {
		Kind Kind `json:"kind"`
	}
	// What is no object says nothing.
	_ = jsonv2.Unmarshal(document, &head, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	return head.Kind
}
