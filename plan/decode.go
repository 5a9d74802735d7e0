package plan

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"appleconsent/internal/disk"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// maxActions is the largest number of actions that a document of ours can have.
const maxActions = 100

// Decode reads a saved plan. It refuses what New would not write: other kinds of documents, newer schema versions,
// unknown or repeated fields, anything behind the document. That the plan is still right is checked by Stale.
func Decode(data []byte) (Document, error) {
	var doc Document
	if err := decodeStrictly(data, KindPlan, &doc, &doc.SchemaVersion); err != nil {
		return Document{}, err
	}
	switch {
	case doc.Kind != KindPlan:
		return Document{}, fmt.Errorf("it is a %s, not a plan", doc.Kind)
	case len(doc.Actions) > maxActions:
		return Document{}, fmt.Errorf("it has %d actions; a plan has %d at the most", len(doc.Actions), maxActions)
	case !isUTC(doc.CreatedAt):
		return Document{}, errors.New("createdAt is missing or not in UTC")
	case len(deref(doc.Reason)) > MaxReason:
		return Document{}, fmt.Errorf("its reason has %d bytes; %d are the most", len(*doc.Reason), MaxReason)
	}
	return doc, doc.Requirement.validate()
}

// Encode returns the JSON form of a document or change: indented, with a final newline. It is ASCII, on every system, with
// anything else escaped: a pipe of Windows PowerShell spoils other characters, and what acts on a terminal must not.
func Encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(v)
	return escapeToASCII(buf.Bytes()), err
}

// escapeToASCII writes all but the printable characters of ASCII, which JSON has in strings alone, as \u and their numbers.
func escapeToASCII(text []byte) []byte {
	var out []byte
	for _, r := range string(text) {
		if r == '\n' || r >= ' ' && r <= '~' {
			out = utf8.AppendRune(out, r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			out = fmt.Appendf(out, `\u%04x`, unit)
		}
	}
	return out
}

// decodeStrictly reads one JSON document into v, whose schema version, at the pointer, decides first whether the rest can be
// understood. Unknown and repeated fields, names in other letters, and anything behind the document are refused.
func decodeStrictly(data []byte, kind Kind, v any, version *int) error {
	data = disk.Text(data)
	err := jsonv2.Unmarshal(data, v, jsonv2.RejectUnknownMembers(true))
	if err == nil && *version == SchemaVersion {
		return nil
	}
	return cmp.Or(checkForm(data, kind), notOurs(err))
}

// errOlderForm is what is wrong with a plan or a record that an early build wrote.
var errOlderForm = errors.New("it was written by an early build of appleconsent, in a format that is no longer supported")

// checkForm refuses a document of another schema version, of another kind or of an older form, and what is no document.
func checkForm(data []byte, kind Kind) error {
	var head struct {
		SchemaVersion *int           `json:"schemaVersion"`
		Kind          Kind           `json:"kind"`
		Requirement   jsontext.Value `json:"requirement"`
	}
	switch err := jsonv2.Unmarshal(data, &head); {
	case err != nil:
		return notOurs(err)
	case head.SchemaVersion == nil:
		return errors.New("it has no schemaVersion")
	case *head.SchemaVersion > SchemaVersion:
		return fmt.Errorf("it has schema version %d, and this program reads up to %d: use a newer appleconsent", *head.SchemaVersion, SchemaVersion)
	case *head.SchemaVersion < 1:
		return fmt.Errorf("it has schema version %d, which never existed", *head.SchemaVersion)
	case head.Kind != kind && head.Kind != "":
		return fmt.Errorf("it is a %s, not a %s", Printable(string(head.Kind)), kind)
	case head.Requirement == nil && (head.Kind == KindPlan || head.Kind == KindChange):
		return errOlderForm
	}
	return nil
}

// notOurs says what is wrong with a document, without the names of Go's types.
func notOurs(err error) error {
	const text = "it is not an appleconsent document"
	semantic, _ := errors.AsType[*jsonv2.SemanticError](err)
	syntactic, _ := errors.AsType[*jsontext.SyntacticError](err)
	noTime, _ := errors.AsType[*time.ParseError](err)
	action, _ := errors.AsType[*actionError](err)
	switch {
	case action != nil:
		err = action
	case errors.Is(err, jsonv2.ErrUnknownName):
		return fmt.Errorf("%s: unknown field %q", text, semantic.JSONPointer.LastToken())
	case errors.Is(err, jsontext.ErrDuplicateName):
		return fmt.Errorf("it has the field %s twice", fieldAt(syntactic.JSONPointer))
	case noTime != nil:
		return fmt.Errorf("%s: %s is not a time such as 2026-11-23T20:00:00Z", text, fieldAt(semantic.JSONPointer))
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New(text + ": unexpected end")
	case semantic != nil:
		return fmt.Errorf("%s: %s is a JSON %s", text, fieldAt(semantic.JSONPointer), kindOf(semantic))
	case syntactic != nil:
		return fmt.Errorf("%s: no valid JSON at byte %d", text, syntactic.ByteOffset+1)
	}
	return fmt.Errorf("%s: %w", text, err)
}

// fieldAt names what stands at a place of a document, without the numbers of elements.
func fieldAt(at jsontext.Pointer) string {
	var path []string
	for name := range at.Tokens() {
		if _, err := strconv.Atoi(name); err != nil {
			path = append(path, name)
		}
	}
	return cmp.Or(strings.Join(path, "."), "the document")
}

// kindOf says what stands where something else should.
func kindOf(e *jsonv2.SemanticError) string {
	switch e.JSONKind {
	case '{':
		return "object"
	case '[':
		return "array"
	case '0':
		return strings.TrimSpace("number " + string(e.JSONValue))
	default:
		return e.JSONKind.String()
	}
}

// isUTC reports whether a time is one, and in UTC.
func isUTC(t time.Time) bool {
	_, offset := t.Zone()
	return !t.IsZero() && offset == 0
}
