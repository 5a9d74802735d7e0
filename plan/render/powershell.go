package render

import (
	"bytes"
	"embed"
	"strings"
	"sync"
	"text/template"

	"appleconsent/consent"
	"appleconsent/plan"
)

// powershellForm is the same change with the Microsoft Graph PowerShell SDK.
var powershellForm = Form{
	Format: PowerShell, Extensions: []string{".ps1"}, Title: "PowerShell", Purpose: "the same change with the Microsoft Graph PowerShell SDK",
	refuses: actionsOnly, write: scripted(powershell),
}

//go:embed script*.ps1.tmpl
var scriptSources embed.FS

// scriptTemplate holds all of the script's code. Everything else goes in through quote, which gives a whole PowerShell
// expression, or through note, which gives whole lines of comment.
var scriptTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("script.ps1.tmpl").Funcs(template.FuncMap{
		"quote": psQuote, "quoteAll": psQuoteAll[string], "quoteScopes": psQuoteAll[consent.Scope], "note": psNote,
	}).ParseFS(scriptSources, "script*.ps1.tmpl"))
})

// powershell writes a program as a script for the Microsoft Graph PowerShell SDK; one with nothing to do is comments only.
// The script is pure ASCII: Windows PowerShell 5.1 reads a file without a byte order mark in the code page of the machine,
// in which a part of some letter can be a quotation mark that ends a string.
func powershell(p program) ([]byte, error) {
	var b bytes.Buffer
	err := scriptTemplate().Execute(&b, script{program: p, Steps: touching(p.Grants)})
	return b.Bytes(), err
}

// script is a program as the template sees it.
type script struct {
	program
	Steps []grantStep // those that do something
}

func touching(grants []grantStep) []grantStep {
	var steps []grantStep
	for _, g := range grants {
		if g.Kind != (consent.ActionKind{}) {
			steps = append(steps, g)
		}
	}
	return steps
}

// ClientAppID is the application that consent is for.
func (s script) ClientAppID() string { return string(s.App.ID) }

// Environment is what Connect-MgGraph calls the cloud.
func (s script) Environment() string { return clouds[s.Cloud].powershell }

// Permissions are the least that the script's requests need. Who may write the authorization policy may read it.
func (s script) Permissions() []string {
	var permissions []string
	switch {
	case len(s.Steps) > 0:
		permissions = append(permissions, "DelegatedPermissionGrant.ReadWrite.All")
	case s.Delete != "":
		permissions = append(permissions, "Directory.Read.All") // to see whether grants are left
	}
	switch {
	case s.Create || s.Delete != "" || s.Switching():
		permissions = append(permissions, "Application.ReadWrite.All")
	case len(s.Steps) > 0 || s.Classifying():
		permissions = append(permissions, "Application.Read.All")
	}
	if s.Classifying() {
		permissions = append(permissions, "Policy.ReadWrite.PermissionGrant")
	}
	if s.Policy != nil {
		permissions = append(permissions, "Policy.ReadWrite.Authorization")
	}
	return permissions
}

// Summary lists what the script does, in its order. The labels are our own words.
func (s script) Summary() []remark {
	var lines []remark
	for _, a := range s.Actions {
		lines = append(lines, remark{"  " + a.Symbol + " " + a.Verb, a.Object + " " + a.Name})
		for _, m := range a.Marks {
			if m.Symbol != "=" && m.Code != "" {
				lines = append(lines, remark{"      " + m.Symbol + " " + m.Word, m.Code})
			}
		}
	}
	return lines
}

// Granting reports whether the script has anything to do with grants, or with the service principal that they need.
func (s script) Granting() bool { return len(s.Steps) > 0 || s.Create || s.Delete != "" }

// UserConsent reports whether the script is about what users can consent to themselves.
func (s script) UserConsent() bool { return s.Classifying() || s.Policy != nil }

// psQuote writes text as a PowerShell expression. Inside single quotes nothing is special but the quote itself, which is
// doubled. What is not ASCII, and with it the typographic quotes that PowerShell takes for quotes, is spelled out in
// numbers that .NET puts together again.
func psQuote(text string) string {
	text = plan.PrintableLine(text)
	inQuotes := func(ascii string) string { return "'" + strings.ReplaceAll(ascii, "'", "''") + "'" }
	if isASCII(text) {
		return inQuotes(text)
	}
	return "[regex]::Unescape(" + inQuotes(asciiOnly(strings.ReplaceAll(text, `\`, `\\`))) + ")"
}

// psQuoteAll writes a list of scopes or permissions as an array.
func psQuoteAll[S ~string](texts []S) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = psQuote(string(text))
	}
	return "@(" + strings.Join(quoted, ", ") + ")"
}

// psNote writes text as lines of comment. Each line begins with words or marks of our own, since a comment that begins
// otherwise can be a requirement of the script or the start of its signature.
func psNote(label, text string) string {
	lines := foldComment(label, asciiOnly(plan.PrintableLine(text)))
	return "# " + strings.Join(lines, "\n# ")
}
