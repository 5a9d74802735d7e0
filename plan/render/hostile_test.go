package render_test

import (
	"errors"
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/plan"
	"appleconsent/plan/render"
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

// checkSoiled fails if a document with the texts is not rendered as one with harmless texts, but for the texts.
func checkSoiled(t *testing.T, d document, name, scope, reason string) {
	t.Helper()
	soiled, clean := soil(d, name, scope, reason), soil(d, plainName, plainScope, plainReason)
	for format, check := range map[render.Format]func(t *testing.T, soiled, clean string, s texts){
		render.Markdown: checkMarkdown, render.HTML: checkHTML, render.PowerShell: checkPowerShell, render.Terraform: checkTerraform,
	} {
		if isStatus := d.isPlan && d.plan.Kind == plan.KindStatus; isStatus && (format == render.PowerShell || format == render.Terraform) {
			continue
		}
		want, err := clean.render(format)
		if format == render.Terraform && clean.beyondTerraform() {
			if out, err := soiled.render(format); !errors.Is(err, render.ErrRefused) || out != nil {
				t.Errorf("%s: %v", format, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		got, err := soiled.render(format)
		switch {
		case err != nil && format == render.Terraform && !writable(scope):
			// refused, as it must be
		case err != nil:
			t.Errorf("%s: %v", format, err)
		default:
			check(t, string(got), string(want), texts{"x " + name, scope})
		}
	}
}

type texts struct{ name, scope string }

// writable tells whether a scope is shown exactly as it is.
func writable(scope string) bool {
	return scope != "" && plan.Printable(scope) == scope && !strings.Contains(scope, " ")
}

func TestHostile(t *testing.T) {
	t.Parallel()
	for _, document := range []string{
		"plan-fresh", "plan-extra", "plan-blocked", "plan-rollback-kept", "change-failed",
		"plan-user-consent", "plan-user-consent-rollback", "status-user-consent", "change-user-consent-failed", "plan-enable",
	} {
		d := read(t, document)
		for what, text := range nasty {
			t.Run(document+"/"+what, func(t *testing.T) {
				t.Parallel()
				checkSoiled(t, d, text, plainScope, text)
				checkSoiled(t, d, text, text, text)
			})
		}
	}
}

// A plan that is blocked is not checked, since it becomes no code: all of it is shown as text.
func TestHostile_blocked(t *testing.T) {
	t.Parallel()
	for what, text := range nasty {
		d := read(t, "plan-blocked")
		d.plan.Tenant.ID, d.plan.Tenant.Cloud = "x "+text, "x "+text
		d.plan.Notices[0].Code, d.plan.Resources[0].AppID = text, consent.AppID("x "+text)
		if script, err := d.render(render.PowerShell); err != nil {
			t.Errorf("%s: %v", what, err)
		} else if code, _ := tokenize(t, string(script)); code != "" {
			t.Errorf("%s: code %q", what, code)
		}
		config, err := d.render(render.Terraform)
		if blocks, _ := parse(t, string(config)); err != nil || len(blocks) > 0 || strings.ContainsAny(string(config), "\x00\x1b\r") {
			t.Errorf("%s: blocks %q, %v", what, blocks, err)
		}
	}
}

// FuzzRender looks for texts that change anything but the texts themselves.
func FuzzRender(f *testing.F) {
	for _, text := range nasty {
		f.Add(text, "Mail.Read", text)
		f.Add("Contoso", text, "")
		f.Add("Contoso", "ManagePermissionGrantsForSelf."+text, text)
	}
	documents := []document{
		read(f, "plan-extra"), read(f, "change-failed"), read(f, "plan-blocked"), read(f, "plan-enable"),
		read(f, "plan-user-consent"), read(f, "plan-user-consent-rollback"), read(f, "change-user-consent-failed"),
	}
	known := consent.Scopes("User.Read", "EAS.AccessAsUser.All", "EWS.AccessAsUser.All", "IMAP.AccessAsUser.All", "openid", "profile", "offline_access")
	for _, d := range documents {
		known = known.With(d.plan.UserConsentPolicies...)
		for _, a := range d.plan.Actions {
			known = known.With(a.Before...).With(a.After...)
		}
	}
	f.Fuzz(func(t *testing.T, name, scope, reason string) {
		if scope == "" || known.Has(consent.Scope(scope)) {
			t.Skip("a set holds it once, or not at all")
		}
		for _, d := range documents {
			checkSoiled(t, d, name, scope, reason)
		}
	})
}
