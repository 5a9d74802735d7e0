package render

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"appleconsent/plan"
)

// Format is a form in which a document is rendered.
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

// Formats returns all formats, the default first.
func Formats() []Format { return []Format{Text, JSON, Markdown, HTML, PowerShell, Terraform} }

// FormatOf returns the format that the extension of a file's name stands for, and whether it stands for one.
func FormatOf(fileName string) (Format, bool) {
	f, known := map[string]Format{
		".txt": Text, ".json": JSON, ".md": Markdown, ".markdown": Markdown,
		".html": HTML, ".htm": HTML, ".ps1": PowerShell, ".tf": Terraform,
	}[strings.ToLower(filepath.Ext(fileName))]
	return f, known
}

// ErrStatus means that a status was to become a script: it says what stands and nothing that could be carried out.
var ErrStatus = errors.New("a status holds no actions: render a plan")

// ErrRefused means that a good document holds what the form cannot say, so that it does not become a script. It can still be
// read in the other formats.
var ErrRefused = errors.New("this form cannot hold it")

// Plan renders a plan or a status. Style is for Text only. It returns ErrStatus for a script of a status, ErrRefused
// for one of a document that the form cannot hold, and plan.ErrRefused for one that this program would not have planned.
func Plan(doc plan.Document, f Format, style Style) ([]byte, error) {
	doc = worded(doc)
	switch f {
	case Text:
		return []byte(PlanText(doc, style)), nil
	case JSON:
		return plan.Encode(doc)
	case Markdown:
		return markdown(planSheet(doc)), nil
	case HTML:
		return htmlPage(planSheet(doc))
	case PowerShell:
		return scripted(f, powershell)(planProgram(doc))
	case Terraform:
		return scripted(f, terraform)(planProgram(doc))
	}
	return nil, unknown(f)
}

// Change renders a change record. As a script it is what the change did, to be done again. Style and errors as for Plan.
func Change(c plan.Change, f Format, style Style) ([]byte, error) {
	switch f {
	case Text:
		return []byte(ChangeText(c, style)), nil
	case JSON:
		return plan.Encode(c)
	case Markdown:
		return markdown(changeSheet(c)), nil
	case HTML:
		return htmlPage(changeSheet(c))
	case PowerShell:
		return scripted(f, powershell)(changeProgram(c))
	case Terraform:
		return scripted(f, terraform)(changeProgram(c))
	}
	return nil, unknown(f)
}

// scripted joins what makes a program with what writes it down.
func scripted(f Format, write func(program) ([]byte, error)) func(program, error) ([]byte, error) {
	return func(p program, err error) ([]byte, error) {
		var out []byte
		if err == nil {
			out, err = write(p)
		}
		if err != nil {
			return nil, fmt.Errorf("render %s: %w", f, err)
		}
		return out, nil
	}
}

func unknown(f Format) error {
	return fmt.Errorf("%q is not a format: use text, json, markdown, html, powershell or terraform", string(f))
}
