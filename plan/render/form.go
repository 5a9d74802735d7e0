package render

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/plan"
)

// Format names a form in which results are written.
type Format string

// The formats.
const (
	Text       Format = "text"
	JSON       Format = "json"
	Markdown   Format = "markdown"
	HTML       Format = "html"
	PowerShell Format = "powershell"
	Terraform  Format = "terraform"
)

// Form is a form in which results are written: a row of the table of forms, and a file of its own.
type Form struct {
	Format     Format
	Extensions []string // of files, the usual one first
	// Title and Purpose are what people choose it by who export a plan; empty for a form that is no export.
	Title, Purpose string
	// Except is what it does not hold of plans and changes, for help; empty if it holds all. refuses and fits decide it.
	Except string
	// refuses reports why the form cannot hold what is asked of it; nil if it can.
	refuses func(content) error
	// fits reports why the form cannot hold what a script would carry out; nil if it can. Not set: it holds all that refuses lets pass.
	fits  func(program) error
	write func(Result, Style) ([]byte, error)
	// report begins a report about many tenants; nil for a form that refuses it.
	report func(Style) Report
}

// forms has all forms, the default first. A format can have several, of which each kind of document fits one at most.
func forms() []Form {
	return []Form{textForm, jsonForm, markdownForm, htmlForm, powershellForm, exchangeForm, terraformForm, csvForm}
}

// ErrRefused means that a good document holds what the form cannot express. It can still be read in other forms.
var ErrRefused = errors.New("this form cannot hold it")

// refusal is an ErrRefused in its own words.
type refusal string

func (r refusal) Error() string { return string(r) }

// Is tells errors.Is that it is refused.
func (r refusal) Is(target error) bool { return target == ErrRefused }

// Write renders a result. Style is for Text only. Errors: ErrRefused for a result that the form cannot hold, plan.ErrRefused
// for a script of a document that this program would not have made, and one for an unknown format.
func Write(r Result, f Format, style Style) ([]byte, error) {
	form, err := formFor(f, r.content)
	var out []byte
	if err == nil {
		err = form.holds(r.program)
	}
	if err == nil {
		out, err = form.write(r, style)
	}
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", f, err)
	}
	return out, nil
}

// formFor returns the form of a format that holds the content, or why none does.
func formFor(f Format, c content) (Form, error) {
	var refused error
	for _, form := range forms() {
		if form.Format != f {
			continue
		}
		err := form.refuses(c)
		if err == nil {
			return form, nil
		}
		refused = cmp.Or(refused, err)
	}
	return Form{}, cmp.Or(refused, errors.New("unknown format"))
}

// CanHold reports, before anything is read, why the form cannot hold a kind of document that is made by the choices; nil if
// it can. Errors: ErrRefused.
func CanHold(f Format, kind plan.Kind, choices consent.Choices) error {
	if kind != plan.KindPlan && kind != plan.KindChange {
		return canHold(f, content{kind: kind})
	}
	return canHold(f, content{kind, choices.Kinds()})
}

// CanHoldChange reports, before it is made, why the form cannot hold the change that carries a plan out; nil if it can, or if the plan
// is blocked, so that there will be no change. Errors: ErrRefused.
func CanHoldChange(f Format, doc plan.Document) error {
	form, err := formFor(f, content{plan.KindChange, doc.Kinds()})
	if err != nil || doc.Blocked() {
		return err
	}
	return form.holds(func() (program, error) { return planProgram(doc) })
}

// holds reports why the form cannot hold what a script would carry out, or why there can be no script of it.
func (form Form) holds(program func() (program, error)) error {
	if form.fits == nil || program == nil {
		return nil
	}
	p, err := program()
	if err != nil {
		return err
	}
	return form.fits(p)
}

func canHold(f Format, c content) error {
	_, err := formFor(f, c)
	return err
}

// Formats returns the formats that can hold a kind of document, the default first.
func Formats(kind plan.Kind) []Format {
	var formats []Format
	for _, form := range forms() {
		if form.refuses(content{kind: kind}) == nil {
			formats = append(formats, form.Format)
		}
	}
	return formats
}

// Exports returns the forms in which people hand on the plan.
func Exports(doc plan.Document) []Form {
	r := OfPlan(doc)
	return slices.DeleteFunc(forms(), func(form Form) bool {
		return form.Title == "" || form.refuses(r.content) != nil || form.holds(r.program) != nil
	})
}

// Exceptions say what formats do not hold of plans and changes; a format that holds all is not among them.
func Exceptions() map[Format]string {
	exceptions := make(map[Format]string)
	for _, form := range forms() {
		if form.Except != "" {
			exceptions[form.Format] = form.Except
		}
	}
	return exceptions
}

// FormatOf returns the format that the extension of a file's name stands for, and whether it stands for one.
func FormatOf(fileName string) (Format, bool) {
	for _, form := range forms() {
		if slices.Contains(form.Extensions, strings.ToLower(filepath.Ext(fileName))) {
			return form.Format, true
		}
	}
	return "", false
}

// ExtensionOf returns the usual extension of files in a format, with its dot; empty for one that is unknown.
func ExtensionOf(f Format) string {
	for _, form := range forms() {
		if form.Format == f {
			return form.Extensions[0]
		}
	}
	return ""
}

// content is what a result asks of a form.
type content struct {
	kind  plan.Kind
	kinds []consent.ActionKind // of the actions, as far as a script would carry them out
}

func anything(content) error { return nil }

// sheetsOnly refuses what is not laid out with all columns.
func sheetsOnly(c content) error {
	if slices.Contains([]plan.Kind{plan.KindStatus, plan.KindPlan, plan.KindChange, KindDiagnosis, KindFleet}, c.kind) {
		return nil
	}
	return refusal("it holds plans, statuses, changes and diagnoses only")
}

// actionsOnly refuses what has nothing to carry out.
func actionsOnly(c content) error {
	if c.kind == plan.KindPlan || c.kind == plan.KindChange {
		return nil
	}
	if c.kind == KindFleet {
		return refusal("a script is for one tenant at a time")
	}
	return refusal(fmt.Sprintf("a %s has no actions: use a plan", c.kind))
}
