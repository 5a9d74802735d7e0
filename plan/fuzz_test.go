package plan_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf16"

	"appleconsent/consent"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
)

// hostile is text that would take over a terminal, or lines that are not its own: escape sequences as 7-bit and 8-bit
// controls, line ends of all kinds, and changes of direction.
const hostile = "\x1b[2J\x1b]0;owned\x07\r\nTenant  Fabrikam\u202e\u2066\u200f\u2028\u2029\u0085\u009b31m\x00\x7f\u200b\ufeff"

// checkPage fails if a text on a page of 80 columns holds anything but what is seen, or is wider than its page.
func checkPage(t *testing.T, text string) {
	t.Helper()
	i := strings.IndexFunc(text, func(r rune) bool {
		return r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Cs, unicode.Zl, unicode.Zp))
	})
	if i >= 0 {
		t.Errorf("%q is left in %q", text[i:min(i+4, len(text))], text)
	}
	for line := range strings.SplitSeq(text, "\n") {
		if n := ansi.StringWidth(line); n > 80 {
			t.Errorf("a line has %d columns instead of at most 80: %q", n, line)
		}
	}
}

// checkChangePages does the same for all that is shown of a change.
func checkChangePages(t *testing.T, c plan.Change) {
	t.Helper()
	checkPage(t, written(t, render.OfChange(c), render.Text))
	checkPage(t, written(t, render.OfHistory(render.History{Changes: []plan.Change{c}}), render.Text))
	checkPage(t, written(t, render.OfDone(c, plan.Document{}, render.Commands{Undo: "appleconsent"}), render.Text))
}

// hostileDocument returns the document with each text in it made hostile, but for the named fields.
func hostileDocument(t testing.TB, doc any, spared ...string) []byte {
	t.Helper()
	data, err := plan.Encode(doc)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	if data, err = plan.Encode(madeHostile(tree, spared)); err != nil {
		t.Fatal(err)
	}
	return data
}

func madeHostile(tree any, spared []string) any {
	switch node := tree.(type) {
	case string:
		return node + hostile
	case []any:
		for i := range node {
			node[i] = madeHostile(node[i], spared)
		}
	case map[string]any:
		for name := range node {
			if !slices.Contains(spared, name) {
				node[name] = madeHostile(node[name], spared)
			}
		}
	}
	return tree
}

// hostilePlan is a plan whose every text is hostile, as far as Decode takes it.
func hostilePlan(t testing.TB) []byte {
	doc := plan.New(plan.KindPlan, testTool, (&fakeClock{}).now.AddDate(2000, 0, 0), allDevices, partialTenant().state)
	doc.RollsBack = "20261123T200000Z-3f9a1c"
	doc.Notices = append(doc.Notices, plan.Notice{Level: "odd", Code: "odd", Message: "odd"})
	return hostileDocument(t, doc, "kind", "createdAt", "requirement", "classification", "cloud")
}

// The ids and the cloud of a plan come from a file that anybody may have written.
func TestText_hostilePlan(t *testing.T) {
	t.Parallel()
	doc, err := plan.Decode(hostilePlan(t))
	if err != nil {
		t.Fatal(err)
	}
	checkPage(t, written(t, render.OfPlan(doc), render.Text))
	doc.Actions = nil
	checkPage(t, written(t, render.OfPlan(doc), render.Text))
}

// The same for a record, whose own id is checked when it is read.
func TestChangeText_hostileChange(t *testing.T) {
	t.Parallel()
	c, err := plan.DecodeChange(hostileChange(t))
	if err != nil {
		t.Fatal(err)
	}
	checkChangePages(t, c)
}

// hostileChange is a change whose every text is hostile, as far as DecodeChange takes it.
func hostileChange(t testing.TB) []byte {
	c := seedChange()
	c.Operation, c.RollsBack, c.RolledBackBy, c.Reason = plan.OperationRollback, new("20261123T200000Z-000001"), new("20261123T200000Z-000002"), "z"
	for i := range c.Actions {
		c.Actions[i].Error = "odd"
	}
	data := hostileDocument(t, c, "kind", "id", "operation", "rollsBack", "rolledBackBy", "startedAt", "outcome", "status", "run", "requirement", "classification", "cloud")
	return bytes.Replace(data, []byte(`"id": "7e000000-0000-4000-8000-000000000000\u001b`), []byte(`"id": "7e000000-0000-4000-8000-000000000000`), 1)
}

func seedChange() plan.Change {
	return plan.Begin(plan.New(plan.KindPlan, testTool, (&fakeClock{}).now, allDevices, newTenant().state), plan.Beginning{
		ID: "20261123T200000Z-3f9a1c", Operation: plan.OperationApply, At: time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC),
	})
}

// addOdd adds a good document and what may happen to one: on its way through shells, editors and disks, or on purpose.
func addOdd(f *testing.F, good string) {
	f.Helper()
	const head = `{"schemaVersion":1,`
	for _, seed := range []string{
		good, "", "{}", "null", "[]", "\x00", "{\x00}", good + good, good + "\x00", good[:len(good)/2], good[:len(good)-3],
		"\xef\xbb\xbf" + good, "\xef\xbb\xbf\xef\xbb\xbf" + good, strings.ReplaceAll(good, "\n", "\r\n"), strings.ReplaceAll(good, "\n", "\r"),
		inUTF16(good, false), inUTF16(good, true), inUTF16("\ufeff"+good, false), inUTF16("\ufeff"+good, true),
		strings.Replace(good, `"tenant"`, `"kind": "plan", "tenant"`, 1), strings.Replace(good, `"cloud"`, `"Cloud": "x", "cloud"`, 1),
		strings.Repeat("[", 100_000), strings.Repeat(`{"a":`, 100_000), head + `"actions":` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + "}",
		head + `"tenant":` + strings.Repeat(`{"tenant":`, 3_000) + "1" + strings.Repeat("}", 3_001),
		strings.Replace(good, `: 1,`, `: 1e400,`, 1), strings.Replace(good, `: 1,`, `: 99999999999999999999,`, 1), strings.Replace(good, `: 1,`, `: 1.0,`, 1),
		strings.Replace(good, `: 1,`, `: -0,`, 1), strings.Replace(good, `: 1,`, `: 01,`, 1), strings.Replace(good, `: 1,`, ": "+strings.Repeat("9", 5_000)+",", 1),
		strings.ReplaceAll(good, "Contoso", `\ud800`), strings.ReplaceAll(good, "Contoso", `\udfff\ud800`), strings.ReplaceAll(good, "Contoso", "\xed\xa0\x80"),
		strings.ReplaceAll(good, "Contoso", "\x00"), strings.ReplaceAll(good, "Contoso", `\u0000`), strings.ReplaceAll(good, "Contoso", "\xff\xfe"),
		strings.ReplaceAll(good, "Contoso", `\u001b[2J\u202e\u0085`), strings.ReplaceAll(good, "Contoso", strings.Repeat("e\u0301", 300)),
		strings.ReplaceAll(good, "User.Read", " \\t\u00a0"), strings.ReplaceAll(good, "T20:00:00Z", "T23:59:60Z"), strings.ReplaceAll(good, "2026-", "0000-"),
	} {
		f.Add([]byte(seed))
	}
}

// inUTF16 is how PowerShell 5 redirects what a program prints.
func inUTF16(s string, bigEndian bool) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(s)) {
		low, high := byte(unit), byte(unit>>8)
		if bigEndian {
			low, high = high, low
		}
		b.WriteByte(low)
		b.WriteByte(high)
	}
	return b.String()
}

func FuzzDecode(f *testing.F) {
	seed, err := plan.Encode(plan.New(plan.KindPlan, testTool, (&fakeClock{}).now.AddDate(2000, 0, 0), allDevices, partialTenant().state))
	if err != nil {
		f.Fatal(err)
	}
	addOdd(f, string(seed))
	f.Add(hostilePlan(f))
	f.Add([]byte(`{"schemaVersion":1,"kind":"plan","actions":[{"clientId":null}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := plan.Decode(data)
		if err != nil {
			return
		}
		again, err := plan.Decode([]byte(encode(t, doc)))
		if err != nil {
			t.Fatalf("it is refused when encoded again: %v", err)
		}
		if diff := cmp.Diff(encode(t, doc), encode(t, again)); diff != "" {
			t.Errorf("encoded twice (-first +second):\n%s", diff)
		}
		checkPage(t, written(t, render.OfPlan(doc), render.Text))
		if reasons := plan.Stale(doc, again); len(reasons) > 0 {
			t.Errorf("it is stale as soon as it is read: %q", reasons)
		}
	})
}

func FuzzDecodeChange(f *testing.F) {
	seed, err := plan.Encode(seedChange())
	if err != nil {
		f.Fatal(err)
	}
	addOdd(f, string(seed))
	f.Add(hostileChange(f))
	f.Add([]byte(strings.Replace(string(seed), `"status": "pending"`, `"status": "done", "result": {"before": [], "after": ["User.Read"]}`, 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := plan.DecodeChange(data)
		if err != nil {
			return
		}
		if again, err := plan.DecodeChange([]byte(encode(t, c))); err != nil || encode(t, again) != encode(t, c) {
			t.Fatalf("encoded again it is another change, or none: %v", err)
		}
		checkChangePages(t, c)
		checkUndo(t, c)
	})
}

// checkUndo fails if a record makes a rollback touch scopes that the program does not ask for.
func checkUndo(t *testing.T, c plan.Change) {
	t.Helper()
	undo, err := plan.NewUndo(c, nil, partialTenant().state, consent.Choices{})
	if err != nil {
		return
	}
	for _, a := range undo.Plan(testTool, c.StartedAt, partialTenant().state).Actions {
		touched := a.After.Without(a.Before).With(a.Before.Without(a.After)...)
		if foreign := touched.Without(allDevices.Scopes(a.ResourceAppID)); len(foreign) > 0 {
			t.Fatalf("the record makes a rollback touch %v", foreign)
		}
	}
}
