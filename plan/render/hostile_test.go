package render_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"appleconsent/consent"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/google/go-cmp/cmp"
)

// nasty are texts that would break out of one of the formats, or take something over, if they went in as they are.
var nasty = map[string]string{
	"quotes":            `it's "quoted" 'twice' ''`,
	"typographic":       "‘a’ ‚b‛ “c” „d”",
	"code page":         "Ē ł ń Œ “ – \u0092", // in UTF-8 some hold bytes that are quotes in Windows-1252
	"subexpression":     `$(calc) $env:PATH ${x} @(1)`,
	"interpolation":     `${file("/etc/passwd")} %{if true}x%{endif} $${y} %%{z}`,
	"backticks":         "`a` ``b`` ```c ` `",
	"backslashes":       `\ \' \" \\| \| \u0027 \`,
	"end of comment":    "#> \r\nRemove-Item * \n# */ --> ]]>",
	"signature":         "SIG # Begin signature block",
	"folded signature":  strings.Repeat("SIG # Begin signature block requires ", 40),
	"mixed":             `C:\users\ü\u0041 ’ ' \`,
	"requires":          "requires -Modules Evil",
	"html":              `<script>alert(1)</script></title></style><img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a>`,
	"entities":          "&lt;script&gt; &#60;b&#62; &amp;",
	"markdown":          `[x](javascript:alert(1)) ![i](http://e.example/i.png) **b** _i_ ~~s~~ | a | b | <b>`,
	"links":             "http://evil.example www.evil.example a@evil.example javascript:alert(1)",
	"references":        "@admin #1 org/repo#2 GH-3 :smile: :100:",
	"math":              "$x^2$ $$y$$ $`z`$",
	"headings":          "# one\n## two\n- three\n| four |\n|---|",
	"pipes":             "a|b||c\\|d\\\\|e|",
	"direction":         "abc\u202edef\u2066\u200f",
	"controls":          "a\x00b\x1b[2J\x1b]0;owned\x07\u0085\u2028\u2029\x7fc",
	"invalid":           "a\xff\xfeb",
	"beyond the plane":  "😀 𝒳 é e\u0301 שלום",
	"template":          "{{.}} {{template \"x\"}}",
	"long":              strings.Repeat("A'|`<", 2000),
	"long without end":  strings.Repeat("x", 10000),
	"nothing to see":    "\u200b\u200b",
	"here-string":       "@'\nx\n'@",
	"heredoc":           "<<EOT\nx\nEOT",
	"spaces":            "  a   b  ",
	"only a backslash":  `\`,
	"only a backtick":   "`",
	"only a quote":      "'",
	"only a typo quote": "’",
}

// soil returns the document with the texts in each place that something from outside can be in. Where nothing would be
// shown if nothing of the text could be shown, a word of ours stands before it.
func soil(d document, name, scope, reason string) document {
	prefixed := "x " + name
	if d.isPlan {
		d.plan = soilPlan(d.plan, prefixed, consent.Scope(scope), reason)
		return d
	}
	c := d.change
	c.Tenant.DisplayName, c.Client.DisplayName, c.Client.Publisher = &prefixed, &prefixed, &prefixed
	c.Operator, c.Reason = prefixed, "Because "+reason
	c.Actions = append([]plan.RecordedAction{}, c.Actions...)
	for i := range c.Actions {
		a := &c.Actions[i]
		a.Error = "Error " + reason
		if a.Result != nil && a.Kind.Object == consent.OnGrant {
			result := *a.Result
			result.Before, result.After = append(consent.ScopeSet{consent.Scope(scope)}, result.Before...), append(consent.ScopeSet{consent.Scope(scope)}, result.After...)
			a.Result = &result
		}
	}
	d.change = c
	return d
}

func soilPlan(p plan.Document, name string, scope consent.Scope, reason string) plan.Document {
	p.Tool = plan.Tool{Name: name, Version: name}
	p.Tenant.DisplayName, p.Client.DisplayName, p.Client.Publisher = &name, &name, &name
	p.Resources = append([]plan.Resource{}, p.Resources...)
	for i := range p.Resources {
		p.Resources[i].DisplayName = name
		p.Resources[i].Extra = append(consent.ScopeSet{scope}, p.Resources[i].Extra...)
	}
	if p.Requirement.Route == consent.UserConsent { // those of an action are refused if they are not what policies are called
		p.UserConsentPolicies = append(consent.ScopeSet{scope}, p.UserConsentPolicies...)
	}
	p.Actions = append([]plan.Action{}, p.Actions...)
	for i := range p.Actions {
		a := &p.Actions[i]
		if a.Kind == consent.UpdateGrant {
			a.Before, a.After = append(consent.ScopeSet{scope}, a.Before...), append(consent.ScopeSet{scope}, a.After...)
		}
	}
	p.Notices = append([]plan.Notice{}, p.Notices...)
	for i := range p.Notices {
		p.Notices[i].Message = "Notice " + reason
	}
	return p
}

// plain are harmless texts of the same kinds.
const (
	plainName   = "Contoso"
	plainScope  = "Some.Scope"
	plainReason = "CHG 1"
)

// reader takes a rendering apart, and compares what it found in one with what a clean rendering has.
type reader struct {
	take  func(t *testing.T, out string) parts
	check func(t *testing.T, out string, got, clean parts, s texts)
}

// parts are the structure of a rendering, which no text may change, and what it says.
type parts struct{ structure, says []string }

var readers = map[render.Format]reader{
	render.Markdown:   {takeMarkdown, func(*testing.T, string, parts, parts, texts) {}},
	render.HTML:       {takeHTML, checkHTML},
	render.PowerShell: {takePowerShell, checkPowerShell},
	render.Terraform:  {takeTerraform, checkTerraform},
}

type texts struct{ name, scope string }

// hostileCase is a document in one form, with what it is made of when its texts are harmless.
type hostileCase struct {
	doc    document
	format render.Format
	clean  func(t *testing.T) parts
}

// hostileCases are documents that hold all that can be soiled, in each form that can hold them.
func hostileCases(t testing.TB) []hostileCase {
	var cases []hostileCase
	for _, name := range []string{
		"plan-extra", "plan-blocked", "plan-rollback-kept", "change-failed", "plan-user-consent", "status-user-consent", "change-user-consent-failed", "plan-enable",
	} {
		d := read(t, name)
		for format, r := range readers {
			out, err := soil(d, plainName, plainScope, plainReason).render(format)
			if errors.Is(err, render.ErrRefused) {
				continue
			}
			if err != nil {
				t.Fatalf("%s as %s: %v", name, format, err)
			}
			var once sync.Once
			var clean parts
			cases = append(cases, hostileCase{d, format, func(t *testing.T) parts {
				once.Do(func() { clean = r.take(t, string(out)) })
				return clean
			}})
		}
	}
	return cases
}

// check fails if the document with the texts is not rendered as one with harmless texts, but for the texts.
func (c hostileCase) check(t *testing.T, name, scope, reason string) {
	t.Helper()
	out, err := soil(c.doc, name, scope, reason).render(c.format)
	switch {
	case err != nil && c.format == render.Terraform && !writable(scope):
		return // refused, as it must be
	case err != nil:
		t.Fatalf("%s: %v", c.format, err)
	}
	r := readers[c.format]
	got, clean := r.take(t, string(out)), c.clean(t)
	if diff := cmp.Diff(clean.structure, got.structure); diff != "" {
		t.Errorf("the structure as %s is another (-want +got):\n%s", c.format, diff)
	}
	r.check(t, string(out), got, clean, texts{"x " + name, scope})
}

// writable tells whether a scope is shown exactly as it is.
func writable(scope string) bool {
	return scope != "" && plan.Printable(scope) == scope && !strings.Contains(scope, " ")
}

// A plan that is blocked is not checked, since none of it becomes code: all of it is shown as text.
func TestHostile_blocked(t *testing.T) {
	t.Parallel()
	for what, text := range nasty {
		d := read(t, "plan-blocked")
		d.plan.Tenant.ID, d.plan.Tenant.Cloud = "x "+text, "x "+text
		d.plan.Notices[0].Code, d.plan.Resources[0].AppID = text, consent.AppID("x "+text)
		if script, err := d.render(render.PowerShell); err != nil {
			t.Errorf("%s: %v", what, err)
		} else if code, _ := tokenize(t, string(script)); code != "$ErrorActionPreference = S\nthrow S" {
			t.Errorf("%s: code %q", what, code)
		}
		config, err := d.render(render.Terraform)
		if !errors.Is(err, render.ErrRefused) || config != nil || strings.ContainsAny(err.Error(), "\x00\x1b\r") {
			t.Errorf("%s: %q, %q", what, config, err)
		}
	}
}

// FuzzRender looks for texts that change anything but the texts themselves. Its seeds are the pass over all that is nasty.
func FuzzRender(f *testing.F) {
	for _, text := range nasty {
		f.Add(text, "Mail.Read", text)
		f.Add("Contoso", text, "")
	}
	f.Add("Contoso", "ManagePermissionGrantsForSelf."+nasty["html"], nasty["markdown"])
	cases := hostileCases(f)
	known := consent.Scopes("User.Read", "EAS.AccessAsUser.All", "EWS.AccessAsUser.All", "IMAP.AccessAsUser.All", "openid", "profile", "offline_access")
	for _, c := range cases {
		known = known.With(c.doc.plan.UserConsentPolicies...)
		for _, a := range c.doc.plan.Actions {
			known = known.With(a.Before...).With(a.After...)
		}
	}
	f.Fuzz(func(t *testing.T, name, scope, reason string) {
		if scope == "" || known.Has(consent.Scope(scope)) {
			t.Skip("a set holds it once, or not at all")
		}
		for _, c := range cases {
			c.check(t, name, scope, reason)
		}
	})
}
