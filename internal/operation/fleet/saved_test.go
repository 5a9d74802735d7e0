package fleet_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/internal/operation/fleet"
	"appleconsent/plan"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// savedLines are the results of planning for a world, as they are written.
func savedLines(t *testing.T, w *world) []string {
	t.Helper()
	var all []string
	for _, r := range w.look(t.Context(), w.rows(), 2).results {
		all = append(all, lineOf(t, plan.ResultLine{
			SchemaVersion: plan.SchemaVersion, Kind: plan.KindResult, Row: r.Row.For(consent.AllDevices),
			State: string(r.State), ExitCode: r.Exit, Document: r.Document,
		}))
	}
	return all
}

func lineOf(t *testing.T, v any) string {
	t.Helper()
	line, err := plan.EncodeLine(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(line)
}

// What was saved is what is carried out; a line that is not as this program writes them is a row that says so, and nothing else.
func TestReadPlans(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 9)
	text := savedLines(t, w)
	text[1] = strings.Replace(text[1], `"state"`, `"status"`, 1)
	text[2] = strings.Replace(text[2], `"schemaVersion":1`, `"schemaVersion":2`, 1)
	text[3] = text[3][:len(text[3])/2] + "\n"
	text[4] = strings.Replace(text[4], `"name":"Row 4"`, `"name":"`+strings.Repeat("x", plan.MaxResultLine)+`"`, 1)
	text[5] = strings.Replace(text[5], `"after":["User.Read"]`, `"after":["User.Read"],"force":true`, 1)
	text[6] = lineOf(t, plan.ResultLine{
		SchemaVersion: 1, Kind: plan.KindResult, Row: plan.NewResultRow(7, idOf(6), "", ""), State: "failed", ExitCode: 1, Error: map[string]int{"code": 1},
	})
	text[7] = strings.Replace(text[7], `"tenant":"`+idOf(7)+`"`, `"tenant":"no tenant"`, 1)
	summary := lineOf(t, plan.NewSummaryLine("plan", "", 9, map[string]int{"changesDue": 9}, 0))
	rows, err := fleet.ReadPlans([]byte(strings.Join(text, "") + "\n" + summary))
	if err != nil || len(rows) != 9 {
		t.Fatalf("got %d rows, %v", len(rows), err)
	}
	for i, row := range rows {
		usable := row.Bad == nil && row.Skip == nil
		if wanted := i == 0 || i == 8; usable != wanted || usable != (row.Saved != nil) || row.Line != i+1 || i == 6 && row.Skip == nil {
			t.Errorf("line %d: got %+v", i+1, row)
		}
	}
	h := w.apply(t.Context(), rows, nil)
	h.check(t, rows)
	if h.States[fleet.Done] != 2 || h.States[fleet.Failed] != 6 || h.States[fleet.NotBegun] != 1 || w.grants() != 4 {
		t.Errorf("got %v, %d grants", h.States, w.grants())
	}
}

// Whoever has written the JSON again, the plans are the same.
func TestReadPlans_rewritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	lines := savedLines(t, w)
	text := strings.Join(lines, "") + lineOf(t, plan.NewSummaryLine("plan", "", 3, map[string]int{"changesDue": 3}, 0))
	want, err := fleet.ReadPlans([]byte(text))
	if err != nil || len(want) != 3 {
		t.Fatalf("got %d rows, %v", len(want), err)
	}
	var pretty, sorted strings.Builder
	for line := range strings.Lines(text) {
		var b bytes.Buffer
		if err := json.Indent(&b, []byte(line), "", "    "); err != nil {
			t.Fatal(err)
		}
		pretty.WriteString(b.String())
		var value any
		if err := json.Unmarshal([]byte(line), &value); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(value) // its names in order
		if err != nil {
			t.Fatal(err)
		}
		sorted.WriteString(string(again) + "\n")
	}
	array := "[\n" + strings.ReplaceAll(strings.TrimSpace(text), "\n", ",\n") + "\n]\n"
	for name, text := range map[string]string{
		"over several lines": pretty.String(), "names in order": sorted.String(), "an array": array, "CRLF": strings.ReplaceAll(pretty.String(), "\n", "\r\n"),
		"spaces": strings.ReplaceAll(text, `":`, `" : `), "escapes": strings.ReplaceAll(text, `"result"`, `"\u0072esult"`), "no line breaks": strings.ReplaceAll(text, "\n", ""),
	} {
		got, err := fleet.ReadPlans([]byte(text))
		if !plan.HasResults([]byte(text)) || err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(fleet.Row{}, "Line")); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

// Taken as a tenants file, what became of a plan grants no more than the plan did.
func TestReadPlans_devices(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	ios := strings.Replace(savedLines(t, w)[0], `"devices":"all"`, `"devices":"ios"`, 1)
	rows, err := fleet.ReadPlans([]byte(ios))
	if err != nil || rows[0].Devices != consent.IOSDevices {
		t.Fatalf("got %+v, %v", rows, err)
	}
	if got := rows[0].For(consent.AllDevices).Devices; got == nil || *got != "ios" {
		t.Errorf("it is told as for %v", got)
	}
	row := `"clientId":null,"devices":null`
	rows, err = fleet.ReadPlans([]byte(strings.Replace(savedLines(t, w)[0], row, strings.Replace(row, `"devices":null`, `"devices":"ios"`, 1), 1)))
	if err == nil || !strings.Contains(err.Error(), "line 1: its row is for devices ios, and its plan for all") {
		t.Errorf("a row for other devices than its plan: got %+v, %v", rows, err)
	}
}

// A file without a plan that can be used is refused, and it is said what it is.
func TestReadPlans_refuses(t *testing.T) {
	t.Parallel()
	failed := lineOf(t, plan.ResultLine{
		SchemaVersion: 1, Kind: plan.KindResult, Row: plan.NewResultRow(1, idOf(1), "", ""), State: "failed", ExitCode: 1, Error: map[string]int{"code": 1},
	})
	for name, test := range map[string]struct{ text, says string }{
		"nothing":         {"", "no results"},
		"a summary alone": {lineOf(t, plan.NewSummaryLine("plan", "", 0, nil, 0)), "no results"},
		"something else":  {"{}\n{}\n", "no plan that can be used; line 1: "},
		"no JSON":         {"contoso.com\n", "no plan that can be used; line 1: "},
		"without plans":   {failed + failed, "its results have no plans"},
		"a broken one":    {failed + "{\n", "line 2: "},
	} {
		if rows, err := fleet.ReadPlans([]byte(test.text)); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %+v, %v", name, rows, err)
		}
	}
}

// Whatever a file of saved plans holds: a row has a tenant and a plan, or says why not.
func FuzzReadPlans(f *testing.F) {
	for _, seed := range []string{
		"{}", `{"schemaVersion":1,"kind":"result","row":{"line":1,"tenant":"contoso.com","name":null,"clientId":null},"state":"failed","exitCode":1,"document":null,"error":null}`,
		`{"kind":"summary"}`, "[{\n},\n\n{]", "{\"kind\"\n:\"result\",\"kind\":1}{", "\x00\n\n{", `{"schemaVersion":1,"kind":"result","document":{"kind":"plan"}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rows, _ := fleet.ReadPlans([]byte(text))
		for i, row := range rows {
			if i > 0 && row.Line < rows[i-1].Line {
				t.Errorf("line %d stands behind line %d", row.Line, rows[i-1].Line)
			}
			if usable := row.Bad == nil && row.Skip == nil; usable != (row.Saved != nil) || usable && row.Tenant == "" {
				t.Errorf("got %+v", row)
			}
		}
	})
}
