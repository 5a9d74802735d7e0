package render_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"

	"appleconsent/plan"
	"appleconsent/plan/render"
)

// outcomes are one of each kind, with names from outside that are no good.
func outcomes(t *testing.T) []render.Outcome {
	t.Helper()
	saved, err := plan.Decode([]byte(mustRead(t, "plan-partial")))
	if err != nil {
		t.Fatal(err)
	}
	change, err := plan.DecodeChange([]byte(mustRead(t, "change-applied")))
	if err != nil {
		t.Fatal(err)
	}
	due, done := render.OfPlan(saved), render.OfChange(change)
	failure := render.NewFailure("signIn", 1, "AADSTS65001 | <b>no</b> consent", []string{"ask an administrator"}, nil)
	row := func(line int, name string) plan.ResultRow {
		return plan.NewResultRow(line, fmt.Sprintf("t%d.example.com", line), name, "")
	}
	return []render.Outcome{
		{Row: row(1, "=HYPERLINK(1)"), State: "changesDue", Exit: 2, Document: &due},
		{Row: row(2, "Fabrikam | `x`"), State: "failed", Exit: 1, Failure: &failure},
		{Row: row(3, "<script>alert(1)</script>"), State: "done", Document: &done},
		{Row: plan.ResultRow{Line: 4}, State: "failed", Exit: 1, Failure: &failure},
		{Row: row(5, ""), State: "inPlace"},
	}
}

func summary() plan.SummaryLine {
	return plan.NewSummaryLine("apply", "20261124T120000Z-aaaaaa", 5, map[string]int{"changesDue": 1, "failed": 2, "done": 1, "inPlace": 1}, 1)
}

// report writes all outcomes in one form.
func report(t *testing.T, f render.Format, all []render.Outcome) string {
	t.Helper()
	r, err := render.NewReport(f, render.PlainStyle(80))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, o := range all {
		part, err := r.Add(o)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(part)
	}
	end, err := r.End(summary())
	if err != nil {
		t.Fatal(err)
	}
	b.Write(end)
	return b.String()
}

func TestReport_json(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.TrimSpace(report(t, render.JSON, outcomes(t))), "\n")
	if len(lines) != 6 {
		t.Fatalf("got %d lines", len(lines))
	}
	for _, line := range lines {
		if err := valid(t, schema(t, "result"), line); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	row, saved, isResult, err := plan.DecodeResult([]byte(lines[0]))
	if err != nil || !isResult || saved == nil || row.Tenant != "t1.example.com" {
		t.Errorf("it is read back as %+v, %v, %v", row, saved, err)
	}
}

// A line per tenant; no cell is a formula; the columns are those of a tenants file.
func TestReport_csv(t *testing.T) {
	t.Parallel()
	rows, err := csv.NewReader(strings.NewReader(report(t, render.CSV, outcomes(t)))).ReadAll()
	if err != nil || len(rows) != 6 || strings.Join(rows[0][:4], ",") != "line,tenant,name,client_id" {
		t.Fatalf("got %q, %v", rows, err)
	}
	for _, row := range rows[1:] {
		for _, cell := range row {
			if strings.IndexAny(cell, "=+-@") == 0 {
				t.Errorf("%q is taken for a formula", cell)
			}
		}
	}
	if empty := report(t, render.CSV, nil); !strings.HasPrefix(empty, "line,tenant") {
		t.Errorf("of no tenants: got %q", empty)
	}
}

// Only what is not in place is listed, nothing in it is markup, and it ends in time.
func TestReport_markdown(t *testing.T) {
	t.Parallel()
	got := report(t, render.Markdown, outcomes(t))
	for _, want := range []string{"5 tenants: 1 in place, 1 done, 1 not in place, 2 failed.", "`=HYPERLINK(1) (t1.example.com)`", `\<b\>no`, "| `line 4` |"} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not say %q:\n%s", want, got)
		}
	}
	for _, not := range []string{"t5.example.com", "<script>", "<b>"} {
		if strings.Contains(got, not) {
			t.Errorf("it says %q:\n%s", not, got)
		}
	}
	var many []render.Outcome
	failed := outcomes(t)[1]
	for range 20000 {
		many = append(many, failed)
	}
	if got := report(t, render.Markdown, many); len(got) >= 1_000_000 || !strings.Contains(got, "more did not fit here") {
		t.Errorf("it has %d bytes", len(got))
	}
}

func TestReport_html(t *testing.T) {
	t.Parallel()
	got := report(t, render.HTML, outcomes(t))
	if strings.Contains(got, "<script>") || strings.Contains(got, "<b>no") || strings.Count(got, "<tr>") != 6 {
		t.Errorf("got %s", got)
	}
}

// What is the same in many tenants is shown together, with its advice once.
func TestReport_text(t *testing.T) {
	t.Parallel()
	all := outcomes(t)
	for range 20 {
		all = append(all, outcomes(t)[0], outcomes(t)[1])
	}
	got := strings.Join(strings.Fields(report(t, render.Text, all)), " ")
	for _, want := range []string{"Not in place 21 + User.Read", "Failed 22 signIn AADSTS65001", "and 13 more", "Recorded as run 20261124T120000Z-aaaaaa"} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not say %q:\n%s", want, got)
		}
	}
	if strings.Count(got, "ask an administrator") != 1 {
		t.Errorf("the advice is not said once:\n%s", got)
	}
}

// What is told of several tenants is so in each: their own names are left out, and what differs stands for one that is named, or is left
// to their own lines.
func TestReport_common(t *testing.T) {
	t.Parallel()
	failed := func(line int, message string, hints ...string) render.Outcome {
		tenant := fmt.Sprintf("t%d.example.com", line)
		all := make([]string, len(hints))
		for i, hint := range hints {
			all[i] = strings.ReplaceAll(hint, "OWN", tenant)
		}
		failure := render.NewFailure("signIn", 1, strings.ReplaceAll(message, "OWN", tenant), all, nil)
		return render.Outcome{Row: plan.NewResultRow(line, tenant, fmt.Sprintf("Customer %d", line), ""), State: "failed", Exit: 1, Failure: &failure}
	}
	const page = "https://login.microsoftonline.com/OWN/adminconsent?client_id=aaaaaaaa-1111-4111-8111-bbbbbbbbbbbb"
	for name, test := range map[string]struct {
		all  []render.Outcome
		want []string
		not  []string
	}{
		"alike but for their names": {
			[]render.Outcome{failed(1, "OWN is odd (correlation id 1)", "see OWN"), failed(2, "OWN is odd (correlation id 2)", "see OWN")},
			[]string{"TENANT is odd hint: see TENANT Customer 1, Customer 2"},
			nil,
		},
		"each its own": {
			[]render.Outcome{failed(1, "one", "all", "call Alice"), failed(2, "two", "all", "call Bob")},
			[]string{"for example, in Customer 1: one", "hint: all", "advice for each of them"},
			[]string{"two", "Alice", "Bob"},
		},
		"one": {
			[]render.Outcome{failed(1, "OWN is odd (correlation id 1)", "call Alice")},
			[]string{"t1.example.com is odd (correlation id 1)", "call Alice"},
			[]string{"TENANT"},
		},
		"a page": {
			[]render.Outcome{failed(1, "x", "the page for that: "+page), failed(2, "x", "the page for that: "+page)},
			[]string{" " + strings.ReplaceAll(page, "OWN", "TENANT") + " "},
			nil,
		},
	} {
		got := strings.Join(strings.Fields(report(t, render.Text, test.all)), " ")
		for _, want := range test.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: it does not say %q:\n%s", name, want, got)
			}
		}
		for _, not := range append(test.not, "t2.example.com") {
			if strings.Contains(got, not) {
				t.Errorf("%s: it says %q:\n%s", name, not, got)
			}
		}
	}
}

// What a rollback would do is no lack of consent.
func TestOverview_rollback(t *testing.T) {
	t.Parallel()
	saved, err := plan.Decode([]byte(mustRead(t, "plan-partial")))
	if err != nil {
		t.Fatal(err)
	}
	saved.RollsBack = "20261124T120000Z-aaaaaa"
	due, all := render.OfPlan(saved), render.NewOverview()
	all.Add(render.Outcome{Row: plan.NewResultRow(0, "contoso.example", "", ""), State: "changesDue", Document: &due})
	if got := all.Text(render.PlainStyle(80)); !strings.HasPrefix(got, "To be undone\n") || !strings.Contains(got, "1 tenant: 1 to be undone.") {
		t.Errorf("got %s", got)
	}
}

// Forms for one tenant hold no report, and the form for many holds no document of one.
func TestReport_refused(t *testing.T) {
	t.Parallel()
	for _, f := range []render.Format{render.PowerShell, render.Terraform} {
		if _, err := render.NewReport(f, render.PlainStyle(80)); !errors.Is(err, render.ErrRefused) {
			t.Errorf("%s: got %v", f, err)
		}
	}
	if _, err := render.Write(*outcomes(t)[0].Document, render.CSV, render.PlainStyle(80)); !errors.Is(err, render.ErrRefused) {
		t.Errorf("got %v", err)
	}
}
