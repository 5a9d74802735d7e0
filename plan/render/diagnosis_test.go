package render_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
	"appleconsent/plan/render"

	"github.com/charmbracelet/x/ansi"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var examined = time.Date(2026, time.November, 18, 15, 4, 5, 6, time.FixedZone("", 3600))

// commandLine is how the command line would be built for a user with connection flags.
func commandLine(words ...string) string {
	return "appleconsent " + strings.Join(words, " ") + " --tenant contoso.onmicrosoft.com"
}

func diagnose(required consent.Requirement, facts doctor.Facts) render.Diagnosis {
	return render.Diagnose(testTool, required, facts, commandLine)
}

// healthyFacts are of a tenant in which all is well.
func healthyFacts() doctor.Facts {
	state := newTenant(grant(graphID, "User.Read"), grant(exchangeID, "EAS.AccessAsUser.All EWS.AccessAsUser.All"))
	f := doctor.Facts{At: examined, Tenant: state.Tenant}
	enabled := true
	for i := range state.ServicePrincipals {
		state.ServicePrincipals[i].AccountEnabled = &enabled
	}
	f.ServicePrincipals.Value, f.Grants.Value = state.ServicePrincipals, state.Grants
	f.Policies.Value = consent.Scopes("ManagePermissionGrantsForSelf.microsoft-user-default-low")
	f.Requests.Value = doctor.AdminConsentRequests{Enabled: true, Reviewers: 2}
	f.Domains.Value = []doctor.Domain{{Name: "contoso.com"}}
	return f
}

// troubledFacts are of a tenant in which about everything is in the way, and some cannot be seen.
func troubledFacts() doctor.Facts {
	f := healthyFacts()
	f.Grants.Value = []consent.PermissionGrant{grant(exchangeID, "EAS.AccessAsUser.All")}
	for i := range f.ServicePrincipals.Value {
		if f.ServicePrincipals.Value[i].AppID == consent.AppleInternetAccounts {
			f.ServicePrincipals.Value[i].AccountEnabled = new(bool)
		}
	}
	f.Requests.Value = doctor.AdminConsentRequests{}
	f.Classifications.Lacks = "Application.Read.All"
	f.PerUserGrants.Value = doctor.PerUserGrants{Grants: 1000, Users: 512, Capped: true}
	f.ConditionalAccess.Value = []doctor.ConditionalAccessPolicy{
		{Name: "Block legacy and ActiveSync", State: "enabled", Controls: []string{"block"}, ClientAppTypes: []string{"exchangeActiveSync", "other"}, IncludedApps: []string{"All"}},
		{Name: "Approved apps on phones", State: "enabledForReportingButNotEnforced", Controls: []string{"approvedApplication"}, IncludedApps: []string{"Office365"}, IncludedPlatforms: []string{"iOS"}},
		{Name: "Managed devices", State: "enabled", Operator: "AND", Controls: []string{"mfa", "compliantDevice"}, Users: doctor.UsersAll, IncludedApps: []string{"All"}},
	}
	for day, failures := range []int{1, 40, 12, 0, 3, 0, 7} {
		for i := range failures {
			f.SignIns.Value.Failures = append(f.SignIns.Value.Failures, doctor.SignInFailure{
				At: examined.AddDate(0, 0, -day), UserID: fmt.Sprint(i % 9), Code: []int{90094, 7000112}[i%2],
			})
		}
	}
	f.Domains = doctor.Reading[[]doctor.Domain]{Failed: "Graph answered 500"}
	f.MailProfiles.Lacks = "DeviceManagementConfiguration.Read.All"
	return f
}

func unreadFacts() doctor.Facts {
	f := doctor.Facts{At: examined, Tenant: consent.Tenant{ID: tenantID, Cloud: "global"}}
	f.ServicePrincipals.Lacks, f.Grants.Lacks, f.Deleted.Lacks = "Directory.Read.All", "Directory.Read.All", "Directory.Read.All"
	f.Policies.Lacks, f.Requests.Lacks, f.ConditionalAccess.Lacks = "Policy.Read.All", "Policy.Read.All", "Policy.Read.All"
	f.Classifications.Lacks, f.PerUserGrants.Lacks = "Directory.Read.All", "Directory.Read.All"
	f.SignIns.Lacks, f.Domains.Lacks, f.MailProfiles.Lacks = "AuditLog.Read.All", "Domain.Read.All", "DeviceManagementConfiguration.Read.All"
	return f
}

func TestDiagnosis(t *testing.T) {
	t.Parallel()
	validator := schema(t, "diagnosis")
	for name, facts := range map[string]doctor.Facts{"healthy": healthyFacts(), "troubled": troubledFacts(), "unread": unreadFacts()} {
		d := diagnose(allDevices, facts)
		doc := encode(t, d)
		if err := valid(t, validator, doc); err != nil {
			t.Errorf("%s: %v\n%s", name, err, doc)
		}
		checkGolden(t, "diagnosis/"+name+".json", doc)
		for _, width := range []int{60, 80, 140} {
			for suffix, layOut := range layouts() {
				text := layOut(d, render.PlainStyle(width))
				checkGolden(t, fmt.Sprintf("diagnosis/%s%s-%d.txt", name, suffix, width), text)
				checkWidth(t, withoutPasted(text, d), width)
			}
			checkPasted(t, render.DiagnosisDetails(d, render.PlainStyle(width)), d)
		}
		for _, format := range []render.Format{render.HTML, render.Markdown} {
			page, err := render.Write(render.OfDiagnosis(d, false), format, render.Style{})
			if err != nil {
				t.Fatal(err)
			}
			checkGolden(t, "diagnosis/"+name+map[render.Format]string{render.HTML: ".html", render.Markdown: ".md"}[format], string(page))
		}
	}
}

// layouts are those of text: in brief, and with all details.
func layouts() map[string]func(render.Diagnosis, render.Style) string {
	return map[string]func(render.Diagnosis, render.Style) string{"": render.DiagnosisText, "-verbose": render.DiagnosisDetails}
}

// pasted returns the lines that people paste, as the text has them.
func pasted(d render.Diagnosis) []string {
	var lines []string
	for _, c := range d.Checks {
		if c.Fix != nil && c.Fix.Command != nil {
			lines = append(lines, "    "+*c.Fix.Command)
		}
		if c.Fix != nil {
			if _, script, tells := strings.Cut(c.Fix.Text, "what Exchange allows: "); tells {
				lines = append(lines, "    "+strings.TrimSuffix(script, "."))
			}
		}
	}
	return lines
}

func withoutPasted(text string, d render.Diagnosis) string {
	lines := slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return slices.Contains(pasted(d), line) })
	return strings.Join(lines, "\n")
}

// What people paste is whole at every width and there once: on a line of its own, or at the end of the first, if there is room.
func checkPasted(t *testing.T, text string, d render.Diagnosis) {
	t.Helper()
	lines := strings.Split(text, "\n")
	for _, line := range pasted(d) {
		if strings.HasSuffix(lines[0], " Run:"+line[len("   "):]) == slices.Contains(lines, line) || strings.Count(text, line[len("   "):]+"\n") != 1 {
			t.Errorf("%q is not there once, whole, in\n%s", line, text)
		}
	}
}

func TestDiagnosisText_verdicts(t *testing.T) {
	t.Parallel()
	withoutPolicies := healthyFacts()
	withoutPolicies.Policies.Lacks = "Policy.Read.All"
	iOS := consent.AppleMail().Require(consent.Choices{Devices: consent.IOSDevices})
	for name, test := range map[string]struct {
		required consent.Requirement
		facts    doctor.Facts
		want     string
	}{
		"all is well":            {iOS, healthyFacts(), "No problems found.\n"},
		"a warning":              {allDevices, healthyFacts(), "No problems found, 1 warning.\n"},
		"a check is skipped":     {iOS, withoutPolicies, "No problems found, 1 check skipped.\n"},
		"the grants were unread": {iOS, unreadFacts(), "Unclear: no problems found, 10 checks skipped.\n"},
		"problems": {
			allDevices, troubledFacts(),
			"Users are blocked: sign-in to the app is disabled, and consent is missing. Run:\n    " + commandLine("apply", "--enable-app") + "\n",
		},
	} {
		if text := render.DiagnosisText(diagnose(test.required, test.facts), render.PlainStyle(80)); !strings.HasPrefix(text, test.want) {
			t.Errorf("%s: it does not begin with %q in\n%s", name, test.want, text)
		}
	}
}

// Colours only add: without them the text is the same.
func TestDiagnosisText_coloured(t *testing.T) {
	t.Parallel()
	sgr := func(code string) func(string) string {
		return func(s string) string { return "\x1b[" + code + "m" + s + "\x1b[0m" }
	}
	for _, width := range []int{60, 80, 140} {
		d := diagnose(allDevices, troubledFacts())
		for _, layOut := range layouts() {
			coloured := layOut(d, render.Style{
				Width: width, Good: sgr("32"), Removed: sgr("31"), Warn: sgr("33"), Muted: sgr("2"), Strong: sgr("1"),
			})
			if got, want := ansi.Strip(coloured), layOut(d, render.PlainStyle(width)); got != want {
				t.Errorf("without its colours the text is\n%s\ninstead of\n%s", got, want)
			}
		}
	}
}

// Whatever things in the tenant are called, the text stays within its lines and the document within its bounds.
func TestDiagnosisText_hostile(t *testing.T) {
	t.Parallel()
	facts := troubledFacts()
	facts.Tenant.DisplayName = hostile
	for i := range facts.ServicePrincipals.Value {
		facts.ServicePrincipals.Value[i].DisplayName = hostile + strings.Repeat("long ", 2000)
	}
	facts.Domains = doctor.Reading[[]doctor.Domain]{}
	for range 1000 {
		facts.Domains.Value = append(facts.Domains.Value, doctor.Domain{Name: hostile + strings.Repeat("x", 10000), Federated: true})
	}
	facts.ConditionalAccess.Value[0].Name = hostile
	facts.MailProfiles = doctor.Reading[[]doctor.MailProfile]{Value: []doctor.MailProfile{{Name: hostile, Host: hostile}}}
	facts.Policies = doctor.Reading[consent.ScopeSet]{Value: consent.ScopeSet{"ManagePermissionGrantsForSelf." + hostile}}
	facts.SignIns = doctor.Reading[doctor.SignIns]{Failed: hostile}
	facts.Requests = doctor.Reading[doctor.AdminConsentRequests]{Lacks: hostile}

	d := diagnose(allDevices, facts)
	if err := valid(t, schema(t, "diagnosis"), encode(t, d)); err != nil {
		t.Error(err)
	}
	for _, width := range []int{60, 140} {
		for _, layOut := range layouts() {
			checkPage(t, withoutPasted(layOut(d, render.PlainStyle(width)), d), width)
		}
	}
}

func TestDiagnose_items(t *testing.T) {
	t.Parallel()
	for count, want := range map[int]int{50: 50, 51: 51, 1000: 51} {
		facts := healthyFacts()
		facts.Domains.Value = nil
		for i := range count {
			facts.Domains.Value = append(facts.Domains.Value, doctor.Domain{Name: fmt.Sprintf("d%d.example", i), Federated: true})
		}
		items := checkOf(t, diagnose(allDevices, facts), "federatedDomains").Items
		if len(items) != want || items[0].Name != "d0.example" {
			t.Errorf("%d domains are %d items, the first %q", count, len(items), items[0].Name)
		}
		if more := fmt.Sprintf("(%d more)", count-50); count > 50 && items[50].Name != more {
			t.Errorf("the last item is %q instead of %q", items[50].Name, more)
		}
	}
}

func checkOf(t *testing.T, d render.Diagnosis, id doctor.CheckID) render.DiagnosedCheck {
	t.Helper()
	i := slices.IndexFunc(d.Checks, func(c render.DiagnosedCheck) bool { return c.ID == id })
	if i < 0 {
		t.Fatalf("there is no check %s", id)
	}
	return d.Checks[i]
}

func TestDiagnose(t *testing.T) {
	t.Parallel()
	d := diagnose(consent.AppleMail().Require(consent.Choices{Route: consent.UserConsent}), troubledFacts())
	if d.Requirement.Route != consent.UserConsent || d.Healthy || d.CreatedAt.Format(time.RFC3339Nano) != "2026-11-18T14:04:05Z" {
		t.Errorf("got route %s, healthy %v, created at %s", d.Requirement.Route, d.Healthy, d.CreatedAt)
	}
	if got := diagnose(allDevices, troubledFacts()).Requirement.Route; got != consent.AdminConsent {
		t.Errorf("the default route is %q", got)
	}
	if sp := checkOf(t, d, "servicePrincipal"); sp.Fix == nil || sp.Fix.Command == nil || *sp.Fix.Command != commandLine("apply", "--enable-app") {
		t.Errorf("got fix %+v", sp.Fix)
	}
	if requests := checkOf(t, d, "adminConsentRequests"); requests.Fix == nil || requests.Fix.Command != nil {
		t.Errorf("got fix %+v", requests.Fix)
	}
	if client := diagnose(allDevices, unreadFacts()).Client; client.ServicePrincipalID != nil || client.AppID != consent.AppleInternetAccounts {
		t.Errorf("got client %+v", client)
	}
}

// The schema refuses what the program would not write.
func TestDiagnosisSchema_refuses(t *testing.T) {
	t.Parallel()
	doc := encode(t, diagnose(allDevices, troubledFacts()))
	for name, test := range map[string]struct{ old, new string }{
		"a null list":            {`"days": []`, `"days": null`},
		"an unknown field":       {`"healthy"`, `"sick": true, "healthy"`},
		"an unknown status":      {`"problem"`, `"awful"`},
		"an unknown check":       {`"tenantWideGrants"`, `"grants"`},
		"needs, and not skipped": {`"needs": null`, `"needs": "Policy.Read.All"`},
		"another kind":           {`"diagnosis"`, `"status"`},
	} {
		parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(strings.Replace(doc, test.old, test.new, 1)))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(doc, test.old) || schema(t, "diagnosis").Validate(parsed) == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
