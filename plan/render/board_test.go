package render_test

import (
	"slices"
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/plan"
	"appleconsent/plan/render"
)

// Every form for people says of a simulated tenant that it is one, and of a real one that it is none.
func TestBanner(t *testing.T) {
	t.Parallel()
	for _, simulated := range []bool{true, false} {
		diagnosis, arrived := diagnose(allDevices, troubledFacts()), links()["came"]
		diagnosis.Tenant.Simulated, arrived.Check.Tenant.Simulated = simulated, simulated
		results := map[string]render.Result{"diagnosis": render.OfDiagnosis(diagnosis, false), "details": render.OfDiagnosis(diagnosis, true), "link": render.OfLink(arrived)}
		for _, name := range []string{"plan-fresh", "plan-granted", "plan-rollback", "status-partial", "change-applied", "plan-blocked"} {
			d := read(t, name)
			d.plan.Tenant.Simulated, d.change.Tenant.Simulated = simulated, simulated
			results[name] = d.result()
			if name == "change-applied" {
				results["done"] = render.OfDone(d.change, plan.Document{}, render.Commands{})
			}
		}
		for name, result := range results {
			for _, format := range []render.Format{render.Text, render.Markdown, render.HTML, render.PowerShell, render.Terraform} {
				out, err := render.Write(result, format, render.PlainStyle(80))
				if got := strings.Contains(strings.ToUpper(string(out)), "SIMULATION"); err == nil && got != simulated {
					t.Errorf("%s as %s, of a simulated tenant: %v, says so: %v", name, format, simulated, got)
				}
			}
		}
	}
}

// What leads on from a plan or a status: nothing where nothing is to do.
func TestOnward(t *testing.T) {
	t.Parallel()
	off := func(d *plan.Document) {
		d.Client.AccountEnabled, d.Client.SignIn = new(false), new(plan.SignInDisabled)
	}
	for name, test := range map[string]struct {
		name   string
		doctor func(*plan.Document)
		want   string
	}{
		"a plan":                             {"plan-fresh", nil, "apply"},
		"nothing to do":                      {"plan-granted", nil, ""},
		"nothing to do, but disabled":        {"plan-granted", off, "apply --enable-app"},
		"a blocked plan":                     {"plan-blocked", nil, "plan"},
		"something is missing":               {"status-partial", nil, "apply"},
		"something is missing, and disabled": {"status-partial", off, "apply --enable-app"},
		"a rollback":                         {"plan-rollback", nil, "rollback 20261124T135818Z-a38900"},
		"a rollback with nothing to do":      {"plan-rollback", func(d *plan.Document) { d.Actions = []plan.Action{} }, ""},
		"all is granted":                     {"status-partial", func(d *plan.Document) { d.Satisfied = true }, ""},
		"all is granted, disabled by Apple": {"status-partial", func(d *plan.Document) {
			off(d)
			d.Satisfied, d.Client.SignIn = true, new(plan.SignInDisabledByOwner)
		}, ""},
	} {
		doc := read(t, test.name).plan
		if test.doctor != nil {
			test.doctor(&doc)
		}
		if got := strings.Join(render.Onward(doc), " "); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
		text := textOf(t, render.OfPlan(doc).Leading(render.Commands{Next: "appleconsent next", Undo: "appleconsent undo"}), render.PlainStyle(80))
		if !strings.HasSuffix(text, ": appleconsent next\n") || strings.Contains(text, "appleconsent undo") {
			t.Errorf("%s: the command does not stand at the end:\n%s", name, text)
		}
	}
}

// After a change the warnings that still hold are told again, and no others.
func TestDone_stillHolding(t *testing.T) {
	t.Parallel()
	c := read(t, "change-applied").change
	var planned plan.Document
	for code, level := range map[string]consent.Level{
		"clientDisabled": consent.Warning, "assignmentRequired": consent.Warning, "ewsRetirement": consent.Warning, "usage": consent.Info,
	} {
		planned.Notices = append(planned.Notices, plan.Notice{Code: code, Level: level, Message: "It is " + code + "."})
	}
	off := c
	off.Client.SignIn = new(plan.SignInDisabled)
	enabled := off
	enabled.Actions = append(slices.Clone(c.Actions), plan.RecordedAction{
		Action: plan.Action{ID: "9", Action: consent.Action{Kind: consent.EnableServicePrincipal}}, Status: plan.StatusDone, Result: &plan.Result{},
	})
	for name, test := range map[string]struct {
		change plan.Change
		says   []string
		silent []string
	}{
		"disabled": {off, []string{"It is clientDisabled.", "It is assignmentRequired.", "Users: Nothing changes for them"}, []string{"ewsRetirement", "usage"}},
		"enabled":  {enabled, []string{"It is assignmentRequired.", "Users: No consent prompts"}, []string{"clientDisabled", "ewsRetirement"}},
	} {
		text := textOf(t, render.OfDone(test.change, planned, render.Commands{}), render.PlainStyle(80))
		for _, part := range test.says {
			if !strings.Contains(text, part) {
				t.Errorf("%s: %q is not in\n%s", name, part, text)
			}
		}
		for _, part := range test.silent {
			if strings.Contains(text, part) {
				t.Errorf("%s: %q is in\n%s", name, part, text)
			}
		}
	}
}

// A report for a change board answers what it asks, with warnings above the change.
func TestBoard(t *testing.T) {
	t.Parallel()
	doc := read(t, "plan-extra").plan
	doc.Reason, doc.PlannedBy = new("CHG-1042"), new("admin@contoso.example")
	commands := render.Commands{Next: "appleconsent apply --tenant contoso.com", Undo: "appleconsent rollback --tenant contoso.com"}
	for format, parts := range map[render.Format][]string{
		render.Markdown: {
			"> **Warning:**", "## Why", "Planned by: `admin@contoso.example`", "Reason: CHG-1042", "## Actions", "## What this allows", "Delegated permissions, for all users",
			"`EWS.AccessAsUser.All` on `Office 365 Exchange Online`: The signed-in user's access to mailboxes", "## Risk", "`" + commands.Next + "`", "`" + commands.Undo + "`",
		},
		render.HTML: {
			`class="notice warning"`, `id="why"`, "admin@contoso.example", "CHG-1042", `id="actions"`, `id="allows"`, "Delegated permissions, for all users",
			"The signed-in user&#39;s access to mailboxes", `id="risk"`, commands.Next, commands.Undo,
		},
	} {
		out, err := render.Write(render.OfPlan(doc).Leading(commands), format, render.PlainStyle(80))
		if err != nil {
			t.Fatal(err)
		}
		rest := string(out)
		for _, part := range parts {
			_, after, found := strings.Cut(rest, part)
			if !found {
				t.Fatalf("%s: %q is not there, or above what stands before it:\n%s", format, part, out)
			}
			rest = after
		}
	}
}

// Of each cause that blocks there is one line, without an id.
func TestBlocker(t *testing.T) {
	t.Parallel()
	doc := planFor(withoutExchange())
	want := "Contoso has no Office 365 Exchange Online; is it the right tenant, and does it have a licence for Exchange Online?"
	if got := render.Blocker(doc.Notices[0], doc); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := render.Blocker(plan.Notice{Code: "other", Message: "Of a file."}, doc); got != "Of a file." {
		t.Errorf("got %q", got)
	}
}
