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

	"golang.org/x/net/html"
)

// checkHTML looks for the name.
func checkHTML(t *testing.T, _ string, got, _ parts, s texts) {
	t.Helper()
	if shown := plan.Printable(s.name); !strings.Contains(got.says[0], shown) {
		t.Errorf("the page does not show %q", shown)
	}
}

// takeHTML returns all elements with their attributes, and all text that is shown.
func takeHTML(t *testing.T, page string) parts {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var elements []string
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
	return parts{elements, []string{shown.String()}}
}

// A page has only elements and attributes that can do nothing, and its policy allows its own style sheet only.
func TestHTML_loadsNothing(t *testing.T) {
	t.Parallel()
	elements := strings.Fields("html head meta title style body header main section footer p h1 h2 strong bdi code div span " +
		"dl dt dd table caption thead tbody tr th td ol ul li")
	attributes := strings.Fields("lang charset http-equiv content name class id scope aria-labelledby aria-hidden data-column")
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

// A GUID in a text is on one line, and all else in it is escaped.
func TestHTML_wholeIDs(t *testing.T) {
	t.Parallel()
	const id = "f8d98a96-0999-43f5-8af3-69971c7bb423"
	d := planFor(newTenant())
	d.Notices = []plan.Notice{{Level: "warning", Code: "unknown", Message: "add <b>" + id + " & more"}}
	page, err := render.Write(render.OfPlan(d), render.HTML, render.PlainStyle(80))
	if err != nil {
		t.Fatal(err)
	}
	if want := `add &lt;b&gt;<span class="guid">` + id + `</span> &amp; more`; !strings.Contains(string(page), want) {
		t.Errorf("the page lacks %q", want)
	}
}
