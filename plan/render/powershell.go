package render

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"text/template"
	"unicode/utf16"
	"unicode/utf8"

	"appleconsent/consent"
	"appleconsent/plan"
)

var powershellForm = Form{
	Format: PowerShell, Extensions: []string{".ps1"}, Title: "PowerShell", Purpose: "the same change with the Microsoft Graph PowerShell SDK",
	refuses: scriptable, write: scripted(powershell),
}

//go:embed script*.ps1.tmpl text.ps1.tmpl
var scriptSources embed.FS

// scriptTemplate holds all of the script's code. Everything else goes in through quote, which gives a whole PowerShell
// expression, or through note, which gives whole lines of comment.
var scriptTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("script.ps1.tmpl").Funcs(template.FuncMap{
		"quote": psQuote, "quoteAll": psQuoteAll[string], "quoteScopes": psQuoteAll[consent.Scope], "note": psNote, "wider": widerPermissions,
	}).ParseFS(scriptSources, "*.ps1.tmpl"))
})

// powershell writes a program as a script for the Microsoft Graph PowerShell SDK. One that is blocked ends with an error and without a
// request; one with nothing to do checks that this is still so, where it is about grants.
// The script is pure ASCII: Windows PowerShell 5.1 reads a file without a byte order mark in the code page of the machine,
// in which a part of some letter can be a quotation mark that ends a string.
func powershell(p program) ([]byte, error) {
	var b bytes.Buffer
	err := scriptTemplate().Execute(&b, p)
	return b.Bytes(), err
}

// Permissions are the least that the script's requests need. Who may write the authorization policy may read it.
func (p program) Permissions() []string {
	var permissions []string
	switch {
	case len(p.Steps) > 0:
		permissions = append(permissions, "DelegatedPermissionGrant.ReadWrite.All")
	case p.Delete != "" || p.Checking():
		permissions = append(permissions, "Directory.Read.All") // to see whether grants are left
	}
	switch {
	case p.Create || p.Delete != "" || p.Switching():
		permissions = append(permissions, "Application.ReadWrite.All")
	case len(p.Steps) > 0 || p.Classifying():
		permissions = append(permissions, "Application.Read.All")
	}
	if p.Classifying() {
		permissions = append(permissions, "Policy.ReadWrite.PermissionGrant")
	}
	if p.Policy != nil {
		permissions = append(permissions, "Policy.ReadWrite.Authorization")
	}
	return permissions
}

// widerPermissions are those that each do in place of a permission of a script
// (learn.microsoft.com/graph/api/resources/oauth2permissiongrant and …/serviceprincipal, the tables of permissions).
func widerPermissions(permission string) []string {
	return map[string][]string{
		"Application.Read.All":                   {"Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"},
		"Application.ReadWrite.All":              {"Directory.ReadWrite.All"},
		"DelegatedPermissionGrant.ReadWrite.All": {"Directory.ReadWrite.All"},
		"Directory.Read.All":                     {"Directory.ReadWrite.All", "DelegatedPermissionGrant.ReadWrite.All"},
	}[permission]
}

// Summary lists what the script does, in its order. The labels are our own words.
func (p program) Summary() []remark {
	var lines []remark
	for _, a := range p.Actions {
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
func (p program) Granting() bool { return len(p.Steps) > 0 || p.Create || p.Delete != "" }

// BlockedText is the error that the script of a blocked plan ends with.
func (p program) BlockedText() string {
	return "Blocked: " + p.blockedText()
}

// blockedText says why the plan cannot be carried out.
func (p program) blockedText() string {
	return strings.Join(slices.Concat(p.Blockers, []string{p.Idle}), " ")
}

// Checking reports whether the script only checks that what was granted when nothing was to be done still is.
func (p program) Checking() bool { return len(p.Checks) > 0 }

// UserConsent reports whether the script is about what users can consent to themselves.
func (p program) UserConsent() bool { return p.Classifying() || p.Policy != nil }

// psQuote writes text as a PowerShell expression. Inside single quotes nothing is special but the quote itself, which is
// doubled. What is not ASCII, and with it the typographic quotes that PowerShell takes for quotes, is spelled out in
// numbers that .NET puts together again, between parentheses, without which it would be no expression as an argument of a command.
func psQuote(text string) string {
	text = plan.PrintableLine(text)
	inQuotes := func(ascii string) string { return "'" + strings.ReplaceAll(ascii, "'", "''") + "'" }
	if asciiOnly(text) == text {
		return inQuotes(text)
	}
	return "([regex]::Unescape(" + inQuotes(asciiOnly(strings.ReplaceAll(text, `\`, `\\`))) + "))"
}

// asciiOnly writes each character beyond ASCII as \u and the numbers of its UTF-16 code units.
func asciiOnly(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
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
func psNote(label, text string) string { return comment(label, asciiOnly(plan.PrintableLine(text))) }

// commentWidth is about how long a line of comment gets.
const commentWidth = 100

// comment writes a labelled text as lines of comment, broken between words. Every line behind the first begins with a bar, so that
// no line begins with words from outside.
func comment(label, text string) string {
	line := "# " + label + ":"
	var lines []string
	for word := range strings.FieldsSeq(text) {
		if len(line)-len("# ")+1+len(word) > commentWidth {
			lines = append(lines, line)
			line = "#   |"
		}
		line += " " + word
	}
	return strings.Join(append(lines, line), "\n")
}
