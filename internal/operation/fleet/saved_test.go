package fleet_test

import (
	"strings"
	"testing"

	"appleconsent/internal/operation/fleet"
	"appleconsent/plan"
)

// savedLines are the results of planning for a world, as they are written.
func savedLines(t *testing.T, w *world) []string {
	t.Helper()
	var all []string
	for _, r := range w.look(t.Context(), w.rows(), 2).results {
		all = append(all, lineOf(t, plan.ResultLine{
			SchemaVersion: plan.SchemaVersion, Kind: plan.KindResult, Row: plan.NewResultRow(r.Row.Line, r.Row.Tenant, r.Row.Name, r.Row.ClientID),
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
	rows, err := fleet.ReadPlans(strings.NewReader(strings.Join(text, "") + "\n" + summary))
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

// A file without a line that can be used is refused.
func TestReadPlans_refuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing": "", "a summary alone": lineOf(t, plan.NewSummaryLine("plan", "", 0, nil, 0)), "something else": "{}\n{}\n", "no JSON": "contoso.com\n",
	} {
		if rows, err := fleet.ReadPlans(strings.NewReader(text)); err == nil {
			t.Errorf("%s: got %+v", name, rows)
		}
	}
}

// Whatever a file of saved plans holds: a row has a tenant and a plan, or says why not.
func FuzzReadPlans(f *testing.F) {
	for _, seed := range []string{
		"{}", `{"schemaVersion":1,"kind":"result","row":{"line":1,"tenant":"contoso.com","name":null,"clientId":null},"state":"failed","exitCode":1,"document":null,"error":null}`,
		`{"kind":"summary"}`, "\x00\n\n{", `{"schemaVersion":1,"kind":"result","document":{"kind":"plan"}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rows, _ := fleet.ReadPlans(strings.NewReader(text))
		for _, row := range rows {
			if usable := row.Bad == nil && row.Skip == nil; usable != (row.Saved != nil) || usable && row.Tenant == "" {
				t.Errorf("got %+v", row)
			}
		}
	})
}
