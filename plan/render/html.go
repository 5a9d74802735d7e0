package render

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
)

//go:embed page.html
var pageSource string

//go:embed page.css
var pageStyle string

// pageTemplate escapes by context. Only the style sheet, which is a part of this program, goes in as it is.
var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// htmlPage writes a sheet as one HTML file that loads nothing: the policy in its head allows the style sheet in it, by its
// hash, and nothing else.
func htmlPage(s sheet) ([]byte, error) {
	sum := sha256.Sum256([]byte(pageStyle))
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, struct {
		sheet
		Style     template.CSS
		StyleHash string
	}{s, template.CSS(pageStyle), base64.StdEncoding.EncodeToString(sum[:])}) //nolint:gosec // the style sheet is our own
	if err != nil {
		return nil, fmt.Errorf("render html: %w", err)
	}
	return b.Bytes(), nil
}
