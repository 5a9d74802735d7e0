package render_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

// checkHTML compares all elements and attributes with those of a page with harmless texts, and looks for the name.
func checkHTML(t *testing.T, got, clean string, s texts) {
	t.Helper()
	elements, text := readHTML(t, got)
	want, _ := readHTML(t, clean)
	if diff := cmp.Diff(want, elements); diff != "" {
		t.Errorf("the elements are others (-want +got):\n%s", diff)
	}
	for _, shown := range []string{plan.Printable(s.name)} {
		if !strings.Contains(text, shown) {
			t.Errorf("the page does not show %q", shown)
		}
	}
}

// readHTML returns all elements with their attributes, and all text that is shown.
func readHTML(t *testing.T, page string) (elements []string, text string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var shown strings.Builder
	for n := range root.Descendants() {
		switch n.Type {
		case html.ElementNode:
			elements = append(elements, fmt.Sprint(n.Data, n.Attr))
		case html.CommentNode:
			elements = append(elements, "comment")
		case html.TextNode:
			shown.WriteString(n.Data)
		case html.DocumentNode, html.DoctypeNode, html.ErrorNode, html.RawNode:
		}
	}
	return elements, shown.String()
}

// A page has only elements and attributes that can do nothing, and its policy allows its own style sheet only.
func TestHTML_loadsNothing(t *testing.T) {
	t.Parallel()
	elements := strings.Fields("html head meta title style body header main section footer p h1 h2 strong bdi code div span " +
		"dl dt dd table caption thead tbody tr th td ol ul li")
	attributes := strings.Fields("lang charset http-equiv content name class id scope aria-labelledby aria-hidden")
	for _, name := range documents(t) {
		page, err := read(t, name).render(render.HTML)
		if err != nil {
			t.Fatal(err)
		}
		root, err := html.Parse(strings.NewReader(string(page)))
		if err != nil {
			t.Fatal(err)
		}
		for n := range root.Descendants() {
			if n.Type == html.ElementNode && !slices.Contains(elements, n.Data) {
				t.Errorf("%s: it has the element %s", name, n.Data)
			}
			for _, a := range n.Attr {
				if !slices.Contains(attributes, a.Key) {
					t.Errorf("%s: %s has the attribute %s", name, n.Data, a.Key)
				}
			}
		}
		checkPolicy(t, root)
	}
}

func checkPolicy(t *testing.T, root *html.Node) {
	t.Helper()
	var policy, style string
	for n := range root.Descendants() {
		switch {
		case n.Data == "style" && n.FirstChild != nil:
			style = n.FirstChild.Data
		case n.Data == "meta" && n.Attr[0].Val == "Content-Security-Policy":
			policy = n.Attr[1].Val
		}
	}
	sum := sha256.Sum256([]byte(style))
	want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
	if style == "" || policy != want {
		t.Errorf("the policy is %q, want %q", policy, want)
	}
	if strings.Contains(style, "url(") || strings.Contains(style, "@import") {
		t.Error("the style sheet loads something")
	}
}
