package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxFileSize is the largest plan or change record that is read, in bytes. Real ones have a few kilobytes.
const MaxFileSize = 1 << 20

// maxActions is the largest number of actions that a document of ours can have.
const maxActions = 100

// Decode reads a saved plan. It refuses what New would not write: other kinds of documents, newer schema versions,
// unknown or repeated fields, anything behind the document. That the plan is still right is checked by Stale.
func Decode(data []byte) (Document, error) {
	var doc Document
	if err := decodeStrictly(data, &doc); err != nil {
		return Document{}, err
	}
	switch {
	case doc.Kind != KindPlan:
		return Document{}, fmt.Errorf("it is a %s, not a plan", doc.Kind)
	case len(doc.Actions) > maxActions:
		return Document{}, fmt.Errorf("it has %d actions; a plan has %d at the most", len(doc.Actions), maxActions)
	case !isRFC3339UTC(doc.CreatedAt):
		return Document{}, errors.New("createdAt is missing or not in UTC")
	}
	return doc, doc.Requirement.validate()
}

// ReadFile reads a saved plan from a regular file, or from a link to one.
func ReadFile(name string) (Document, error) {
	data, err := readRegular(name, os.Stat)
	if err != nil {
		return Document{}, fmt.Errorf("read plan %q: %w", name, err)
	}
	doc, err := Decode(data)
	if err != nil {
		return Document{}, fmt.Errorf("read plan %q: %s", name, Printable(err.Error())) // it quotes what may be a mebibyte
	}
	return doc, nil
}

// CheckWritable tells early what would keep WriteFile from writing a file of that name.
func CheckWritable(name string) error {
	folder, err := os.Stat(filepath.Dir(name))
	if err == nil && !folder.IsDir() {
		err = errors.New("it is not in a folder")
	}
	if err == nil {
		err = checkReplaceable(name)
	}
	return saving(name, err)
}

// checkReplaceable refuses what a plan must not take the place of. Where it can, WriteFile renames a file to the name, so
// that root would lose a device or a pipe for good.
func checkReplaceable(name string) error {
	file, _ := os.Stat(name)
	switch {
	case file == nil:
		return nil // nothing is there, or a link to nowhere
	case file.IsDir():
		return errors.New("it is a folder")
	case !file.Mode().IsRegular() || isStream(name):
		return errors.New("it is not a regular file; to print the plan use -o json")
	}
	return nil
}

// isStream reports whether the name is a link such as /dev/stdout, which may lead to a regular file and must stay a link.
func isStream(name string) bool {
	link, err := os.Lstat(name)
	absolute, absErr := filepath.Abs(name)
	return err == nil && absErr == nil && link.Mode()&fs.ModeSymlink != 0 && filepath.Dir(absolute) == "/dev"
}

// WriteFile saves a plan whole or not at all, readable by its owner only, whoever could read what had the name before. A
// link is replaced by the plan, and what it points to is left alone.
func WriteFile(name string, doc Document) error {
	data, err := Encode(doc)
	if err != nil {
		return saving(name, err)
	}
	return WriteRendering(name, data)
}

// WriteRendering writes any form of a document as WriteFile does.
func WriteRendering(name string, data []byte) error {
	if err := CheckWritable(name); err != nil {
		return err
	}
	if err := checkSize(data); err != nil {
		return saving(name, err)
	}
	return saving(name, replaceFile(name, data, func() {}))
}

// saving says which file could not be written; nil if it could.
func saving(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("write %q: %w", name, pathless(err))
}

// Encode returns the JSON form of a document or change: indented, with a final newline. What would act on a terminal is
// escaped, so that it can be shown on one.
func Encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(v)
	return escapeUnprintable(buf.Bytes()), err
}

// escapeUnprintable writes the control and formatting characters that JSON allows in a string as \u and their numbers.
func escapeUnprintable(text []byte) []byte {
	var out []byte
	for _, r := range string(text) {
		if r == '\n' || !acts(r) {
			out = utf8.AppendRune(out, r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			out = fmt.Appendf(out, `\u%04x`, unit)
		}
	}
	return out
}

// encodeFile is Encode for what will be read again, which has a limit.
func encodeFile(v any) ([]byte, error) {
	data, err := Encode(v)
	if err == nil {
		err = checkSize(data)
	}
	return data, err
}

// checkSize refuses what would not be read again.
func checkSize(data []byte) error {
	if len(data) > MaxFileSize {
		return fmt.Errorf("it would be larger than %d bytes", MaxFileSize)
	}
	return nil
}

// readRegular reads a regular file of at most MaxFileSize, and refuses folders, devices and pipes. With os.Stat it follows
// links, with os.Lstat it refuses them.
func readRegular(name string, stat func(string) (fs.FileInfo, error)) ([]byte, error) {
	info, err := stat(name) // before it is opened, which is felt by devices
	if err == nil {
		err = checkRegular(info)
	}
	if err != nil {
		return nil, pathless(err)
	}
	file, err := os.OpenFile(name, os.O_RDONLY|noWait, 0) //nolint:gosec // the path is the user's own argument or one of our records
	if err != nil {
		return nil, pathless(err)
	}
	defer file.Close() //nolint:errcheck // nothing was written
	if info, err = file.Stat(); err == nil {
		err = checkRegular(info) // again, for it may be another one by now
	}
	if err != nil {
		return nil, pathless(err)
	}
	data, err := io.ReadAll(io.LimitReader(file, MaxFileSize+1))
	if err == nil && len(data) > MaxFileSize {
		err = fmt.Errorf("it is larger than %d bytes", MaxFileSize)
	}
	return data, pathless(err)
}

func checkRegular(info fs.FileInfo) error {
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return errors.New("it is a symbolic link")
	case !info.Mode().IsRegular():
		return errors.New("it is not a regular file")
	}
	return nil
}

// pathless returns the cause of a file error without the path, which the caller has already named.
func pathless(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}

// errOlderForm is for files without a requirement, which early builds wrote.
var errOlderForm = errors.New("an early build of appleconsent wrote it, in a form that is no longer read")

// decodeStrictly reads one JSON document into v, whose schemaVersion decides first whether the rest can be understood.
func decodeStrictly(data []byte, v any) error {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return errors.New("it is UTF-16, as some shells redirect: save it with --out instead")
	}
	var head struct {
		SchemaVersion *int            `json:"schemaVersion"`
		Kind          Kind            `json:"kind"`
		Requirement   json.RawMessage `json:"requirement"`
	}
	switch err := json.Unmarshal(data, &head); {
	case err != nil:
		return notOurs(err)
	case head.SchemaVersion == nil:
		return errors.New("it has no schemaVersion")
	case *head.SchemaVersion > SchemaVersion:
		return fmt.Errorf("it has schema version %d, and this program reads up to %d: use a newer appleconsent", *head.SchemaVersion, SchemaVersion)
	case *head.SchemaVersion < 1:
		return fmt.Errorf("it has schema version %d, which never existed", *head.SchemaVersion)
	case head.Requirement == nil && (head.Kind == KindPlan || head.Kind == KindChange):
		return errOlderForm
	}
	if err := strictly(data, v); err != nil {
		return notOurs(err)
	}
	// Last, for it costs memory with the depth, and a document of ours is not deep.
	known := make(map[string]bool)
	fieldNames(reflect.TypeOf(v), known)
	return refuseOddFields(json.NewDecoder(bytes.NewReader(data)), "", known)
}

// fieldNames notes the names of the fields of a type and of what it holds.
func fieldNames(t reflect.Type, known map[string]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	t = wireType(t)
	if t.Kind() != reflect.Struct {
		return
	}
	for field := range t.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		known[name] = true
		fieldNames(field.Type, known)
	}
}

// notOurs says what is wrong with a document, without the names of Go's types.
func notOurs(err error) error {
	const text = "it is not a JSON document of ours"
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s: %s is a JSON %s", text, orDocument(e.Field), e.Value)
	}
	return fmt.Errorf("%s: %s", text, strings.TrimPrefix(err.Error(), "json: "))
}

func orDocument(field string) string {
	if field == "" {
		return "the document"
	}
	return field
}

// refuseOddFields walks one JSON value. The standard decoder would let the last of two equal names win, and take one in other
// letters for the one that is known, as no other reader does.
func refuseOddFields(decoder *json.Decoder, path string, known map[string]bool) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	delim, nested := token.(json.Delim)
	if !nested {
		return nil
	}
	seen := make(map[string]bool)
	for decoder.More() {
		field := path
		if delim == '{' {
			name, err := decoder.Token()
			if err != nil {
				return err
			}
			field = fmt.Sprintf("%s.%v", path, name)
			if word, _ := name.(string); !known[word] {
				return fmt.Errorf("it is not a JSON document of ours: unknown field %q", word)
			}
			if key := strings.ToLower(field); seen[key] {
				return fmt.Errorf("it has the field %s twice", strings.TrimPrefix(field, "."))
			} else {
				seen[key] = true
			}
		}
		if err := refuseOddFields(decoder, field, known); err != nil {
			return err
		}
	}
	_, err = decoder.Token()
	return err
}

func isRFC3339UTC(t time.Time) bool {
	_, offset := t.Zone()
	return !t.IsZero() && offset == 0
}
