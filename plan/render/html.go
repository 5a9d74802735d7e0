package render

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"regexp"
	"sync"
)

//go:embed page.html
var pageSource string

//go:embed page.css
var pageStyle string

var htmlForm = Form{
	Format: HTML, Extensions: []string{".html", ".htm"}, Title: "HTML", Purpose: "a page for a change board",
	refuses: sheetsOnly, write: func(r Result, _ Style) ([]byte, error) { return htmlPage(r.laidOut()) },
	report: func(Style) Report { return new(htmlReport) },
}

// pageTemplate escapes by context. Only the style sheet, which is a part of this program, goes in as it is.
var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{"whole": wholeIDs}).Parse(pageSource))
})

var guid = regexp.MustCompile(`(?i)\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`)

// wholeIDs escapes a text and keeps its GUIDs on one line each: browsers break at hyphens.
func wholeIDs(text string) template.HTML {
	escaped := template.HTMLEscapeString(text)
	return template.HTML(guid.ReplaceAllString(escaped, `<span class="guid">$0</span>`)) //nolint:gosec // it is escaped
}

// styleHash is what the page's policy allows.
var styleHash = sync.OnceValue(func() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return base64.StdEncoding.EncodeToString(sum[:])
})

// htmlPage writes a sheet as one HTML file that loads nothing: the policy in its head allows the style sheet in it, by its
// hash, and nothing else.
func htmlPage(s sheet) ([]byte, error) {
	var b bytes.Buffer
	err := pageTemplate().Execute(&b, struct {
		sheet
		Style     template.CSS
		StyleHash string
	}{s, template.CSS(pageStyle), styleHash()}) //nolint:gosec // the style sheet is our own
	return b.Bytes(), err
}
