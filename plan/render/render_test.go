package render_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// extensions are those of the golden files. JSON is that of package plan, and text has tests of its own.
var extensions = map[render.Format]string{
	render.Markdown: ".md", render.HTML: ".html", render.PowerShell: ".ps1", render.Terraform: ".tf",
}

// document is what one of the input files in testdata holds.
type document struct {
	plan   plan.Document
	change plan.Change
	isPlan bool
}

func (d document) render(f render.Format) ([]byte, error) {
	if d.isPlan {
		return render.Plan(d.plan, f, render.PlainStyle(80))
	}
	return render.Change(d.change, f, render.PlainStyle(80))
}

// beyondTerraform tells whether the document changes settings, which Terraform cannot be told.
func (d document) beyondTerraform() bool {
	actions := d.plan.Actions
	for _, a := range d.change.Actions {
		if a.Status == plan.StatusDone {
			actions = append(actions, a.Action)
		}
	}
	return slices.ContainsFunc(actions, func(a plan.Action) bool {
		return a.Kind.Object == consent.OnClassification || a.Kind.Object == consent.OnPolicy || a.Kind == consent.EnableServicePrincipal || a.Kind == consent.DisableServicePrincipal
	})
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
	for _, name := range documents(t) {
		doc := read(t, name)
		for format, extension := range extensions {
			got, err := doc.render(format)
			if errors.Is(err, render.ErrStatus) && doc.isPlan && doc.plan.Kind == plan.KindStatus {
				continue
			}
			if errors.Is(err, render.ErrRefused) && format == render.Terraform && doc.beyondTerraform() {
				continue
			}
			if err != nil {
				t.Errorf("%s as %s: %v", name, format, err)
				continue
			}
			checkGolden(t, name+extension, string(got))
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

// Text is what the program prints, and JSON what package plan makes of the document.
func TestDelegated(t *testing.T) {
	t.Parallel()
	style := render.PlainStyle(80)
	planned, change := read(t, "plan-partial"), read(t, "change-applied")
	planJSON, _ := plan.Encode(planned.plan)
	changeJSON, _ := plan.Encode(change.change)
	for _, c := range []struct {
		doc    document
		format render.Format
		want   string
	}{
		{planned, render.Text, render.PlanText(planned.plan, style)},
		{planned, render.JSON, string(planJSON)},
		{change, render.Text, render.ChangeText(change.change, style)},
		{change, render.JSON, string(changeJSON)},
	} {
		if got, err := c.doc.render(c.format); err != nil || string(got) != c.want {
			t.Errorf("%s: got %s (%v), want %s", c.format, got, err, c.want)
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
		if got != want || known != (want != "") || known && !slices.Contains(render.Formats(), got) {
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
		if out, err := read(t, "status-partial").render(format); !errors.Is(err, render.ErrStatus) || out != nil {
			t.Errorf("a status as %s: %v, %s", format, err, out)
		}
	}
}
