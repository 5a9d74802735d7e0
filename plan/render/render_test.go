package render_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// goldens are the cases of each form with a golden file. Text, which has all data of a plan or a status, is there for every
// case, Markdown for every change, which text shows without its tables. JSON is that of package plan.
var goldens = map[render.Format]struct {
	extension string
	cases     []string
}{
	render.Markdown: {".md", []string{
		"plan-blocked", "plan-extra", "plan-user-consent", "plan-rollback", "plan-user-consent-rollback", "status-partial", "status-user-consent", "change-applied",
		"change-failed", "change-interrupted", "change-rollback", "change-user-consent", "change-user-consent-failed",
	}},
	render.HTML: {".html", []string{
		"plan-blocked", "plan-extra", "plan-user-consent", "status-partial", "change-failed", "change-user-consent-failed",
	}},
	render.PowerShell: {".ps1", []string{
		"plan-fresh", "plan-rollback", "plan-user-consent", "plan-user-consent-blocked", "change-failed",
	}},
	render.Terraform: {".tf", []string{
		"plan-fresh", "plan-rollback", "plan-extra", "plan-granted", "change-applied",
	}},
}

// document is what one of the input files in testdata holds.
type document struct {
	plan   plan.Document
	change plan.Change
	isPlan bool
}

func (d document) result() render.Result {
	if d.isPlan {
		return render.OfPlan(d.plan)
	}
	return render.OfChange(d.change)
}

func (d document) render(f render.Format) ([]byte, error) {
	return render.Write(d.result(), f, render.PlainStyle(80))
}

// read reads a plan, a status or a change, whichever the name of the file says.
func read(t testing.TB, name string) document {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	d := document{isPlan: !strings.HasPrefix(name, "change")}
	switch {
	case !d.isPlan:
		d.change, err = plan.DecodeChange(data)
	case strings.HasPrefix(name, "status"):
		err = json.Unmarshal(data, &d.plan)
	default:
		d.plan, err = plan.Decode(data)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return d
}

// documents are the names of all input files.
func documents(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no input files: %v", err)
	}
	for i, file := range files {
		files[i] = strings.TrimSuffix(filepath.Base(file), ".json")
	}
	return files
}

func TestGolden(t *testing.T) {
	t.Parallel()
	css, _ := os.ReadFile("page.css")
	hash := regexp.MustCompile(`sha256-[^']+`)
	for format, golden := range goldens {
		for _, name := range golden.cases {
			got, err := read(t, name).render(format)
			if err != nil {
				t.Errorf("%s as %s: %v", name, format, err)
				continue
			}
			bare := hash.ReplaceAllString(strings.Replace(string(got), string(css), "…", 1), "sha256-…") // TestHTML_loadsNothing looks at both
			if format != render.HTML {
				bare = string(got)
			}
			checkGolden(t, name+golden.extension, bare)
		}
	}
}

// Every case can be written in all forms for its kind, but for settings in Terraform.
func TestWrite_everyCase(t *testing.T) {
	t.Parallel()
	for _, name := range documents(t) {
		d := read(t, name)
		kind := plan.KindChange
		if d.isPlan {
			kind = d.plan.Kind
		}
		for _, format := range render.Formats(kind) {
			_, err := d.render(format)
			if refused := errors.Is(err, render.ErrRefused) && format == render.Terraform; err != nil && !refused {
				t.Errorf("%s as %s: %v", name, format, err)
			}
		}
	}
}

func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// JSON is what package plan makes of the document.
func TestJSON(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"plan-partial", "change-applied"} {
		if got, err := read(t, name).render(render.JSON); err != nil || string(got) != mustRead(t, name) {
			t.Errorf("%s: got %s (%v)", name, got, err)
		}
	}
}

// What a form can hold is known before anything is read.
func TestCanHold(t *testing.T) {
	t.Parallel()
	userConsent, enable := consent.Choices{Route: consent.UserConsent}, consent.Choices{EnableApp: true}
	for _, test := range []struct {
		format  render.Format
		kind    plan.Kind
		choices consent.Choices
		can     bool
	}{
		{render.Text, render.KindDiagnosis, consent.Choices{}, true},
		{render.JSON, render.KindHistory, consent.Choices{}, true},
		{render.Markdown, plan.KindStatus, userConsent, true},
		{render.HTML, plan.KindChange, enable, true},
		{render.HTML, render.KindLink, consent.Choices{}, false},
		{render.PowerShell, plan.KindPlan, userConsent, true},
		{render.PowerShell, plan.KindStatus, consent.Choices{}, false},
		{render.Terraform, plan.KindPlan, consent.Choices{}, true},
		{render.Terraform, plan.KindPlan, userConsent, false},
		{render.Terraform, plan.KindPlan, enable, false},
		{render.Terraform, plan.KindStatus, consent.Choices{}, false},
		{render.PowerShell, plan.KindStatus, consent.Choices{}, false},
		{render.PowerShell, render.KindDiagnosis, consent.Choices{}, true},
		{render.PowerShell, render.KindHistory, consent.Choices{}, false},
		{render.Terraform, render.KindDiagnosis, consent.Choices{}, false},
		{"docx", plan.KindPlan, consent.Choices{}, false},
	} {
		if err := render.CanHold(test.format, test.kind, test.choices); (err == nil) != test.can {
			t.Errorf("%s of a %s: %v", test.format, test.kind, err)
		}
	}
	all := []render.Format{render.Text, render.JSON, render.Markdown, render.HTML, render.PowerShell, render.Terraform}
	if got := render.Formats(plan.KindPlan); !slices.Equal(got, all) {
		t.Errorf("a plan: %s", got)
	}
	if got := render.Formats(plan.KindStatus); !slices.Equal(got, all[:4]) {
		t.Errorf("a status: %s", got)
	}
	if got := render.Formats(render.KindDiagnosis); !slices.Equal(got, all[:5]) {
		t.Errorf("a diagnosis: %s", got)
	}
	for name, want := range map[string]int{"plan-fresh": 4, "plan-user-consent": 3, "plan-blocked": 3} {
		export := render.Exports(read(t, name).plan)
		if len(export) != want || export[0].Format != render.Markdown || export[0].Purpose == "" {
			t.Errorf("exports of %s: %+v", name, export)
		}
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]render.Format{
		"plan.txt": render.Text, "plan.json": render.JSON, "a.b/PLAN.MD": render.Markdown, "plan.markdown": render.Markdown,
		"plan.html": render.HTML, "plan.htm": render.HTML, "plan.ps1": render.PowerShell, "plan.tf": render.Terraform,
		"plan": "", "md": "", "plan.tf.bak": "", "": "",
	} {
		got, known := render.FormatOf(name)
		if got != want || known != (want != "") || known && !slices.Contains(render.Formats(plan.KindPlan), got) {
			t.Errorf("FormatOf(%q) = %q, %v; want %q", name, got, known, want)
		}
	}
	if _, err := read(t, "plan-fresh").render("docx"); err == nil {
		t.Error("an unknown format is rendered")
	}
	if _, err := read(t, "change-applied").render(""); err == nil {
		t.Error("a change is rendered in no format")
	}
}

func TestStatus_isNoScript(t *testing.T) {
	t.Parallel()
	for _, format := range []render.Format{render.PowerShell, render.Terraform} {
		if out, err := read(t, "status-partial").render(format); !errors.Is(err, render.ErrRefused) || out != nil {
			t.Errorf("a status as %s: %v, %s", format, err, out)
		}
	}
}
