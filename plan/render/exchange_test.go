package render_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
	"appleconsent/plan/render"

	"github.com/google/go-cmp/cmp"
)

// exchangeFacts are those of a tenant whose domains could be read.
func exchangeFacts() doctor.Facts {
	facts := healthyFacts()
	facts.Domains.Value = []doctor.Domain{{Name: "contoso.com"}, {Name: "contoso.onmicrosoft.com", Initial: true}}
	return facts
}

func exchangeScript(t *testing.T, facts doctor.Facts) string {
	t.Helper()
	script, err := render.Write(render.OfDiagnosis(diagnose(allDevices, facts), false), render.PowerShell, render.PlainStyle(80))
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

func TestExchange(t *testing.T) {
	t.Parallel()
	checkGolden(t, "exchange.ps1", exchangeScript(t, exchangeFacts()))
}

// The script is about one tenant, one app and one cloud; where doctor could not read the domains, it knows no initial one.
func TestExchange_tenant(t *testing.T) {
	t.Parallel()
	facts := exchangeFacts()
	for cloud, environment := range map[string]string{
		"global": "", "usgov": "O365USGovGCCHigh", "usgovdod": "O365USGovDoD", "china": "O365China",
	} {
		facts.Tenant.Cloud = cloud
		script := exchangeScript(t, facts)
		for variable, want := range map[string]string{
			"TenantId": facts.Tenant.ID, "AppleAppId": string(consent.AppleInternetAccounts), "InitialDomain": "contoso.onmicrosoft.com",
			"ExchangeEnvironment": environment,
		} {
			if got, found := valueOf(t, script, variable); !found || got != want {
				t.Errorf("%s: %s is %q, want %q", cloud, variable, got, want)
			}
		}
	}
	facts.Domains = doctor.Reading[[]doctor.Domain]{Lacks: "Directory.Read.All"}
	if domain, found := valueOf(t, exchangeScript(t, facts), "InitialDomain"); !found || domain != "" {
		t.Errorf("the initial domain is %q", domain)
	}
	facts.Tenant.Simulated = true
	if !strings.Contains(exchangeScript(t, facts), "# Simulation: ") {
		t.Error("it does not say that the tenant is simulated")
	}
}

// No text from the tenant becomes code.
func TestExchange_hostile(t *testing.T) {
	t.Parallel()
	clean := takePowerShell(t, exchangeScript(t, exchangeFacts()))
	for what, text := range nasty {
		facts := exchangeFacts()
		facts.Tenant.DisplayName = "x " + text
		facts.Domains.Value[1].Name = text
		facts.ServicePrincipals.Value = slices.Clone(facts.ServicePrincipals.Value)
		for i := range facts.ServicePrincipals.Value {
			facts.ServicePrincipals.Value[i].DisplayName = "x " + text
		}
		script := exchangeScript(t, facts)
		got := takePowerShell(t, script)
		if diff := cmp.Diff(clean.structure, got.structure); diff != "" {
			t.Errorf("%s: the code is another (-want +got):\n%s", what, diff)
		}
		checkPowerShell(t, script, got, clean, texts{name: "x " + text})
	}
}

// exchangeCode is the script's code, with its own strings as they are and without comments.
func exchangeCode(t *testing.T) string {
	t.Helper()
	var code []string
	help := regexp.MustCompile(`(?s)<#.*?#>`)
	comment := regexp.MustCompile(`(^| )# .*`) // a comment of ours begins like that, and no string holds that
	for line := range strings.Lines(help.ReplaceAllString(exchangeScript(t, exchangeFacts()), "")) {
		if line = comment.ReplaceAllString(strings.TrimRight(line, "\n"), ""); line != "" && !strings.HasPrefix(line, "#Requires") {
			code = append(code, line)
		}
	}
	return strings.Join(code, "\n")
}

// Exchange's commands are called in one place, with -ErrorAction Stop: they are functions of a script module, whose errors end
// nothing otherwise. So none is called by its name anywhere, and the two that change something are called once.
func TestExchange_calls(t *testing.T) {
	t.Parallel()
	code := exchangeCode(t)
	bare := regexp.MustCompile(`'[^'\n]*'`).ReplaceAllString(code, "S")
	named := regexp.MustCompile(`\b(Get|Set|Connect|Disconnect)-(OrganizationConfig|ActiveSync\w+|AuthenticationPolicy|CASMailbox|` +
		`MobileDevice|Mailbox\b|AcceptedDomain|ConnectionInformation|ExchangeOnline)`)
	if calls := named.FindAllString(bare, -1); calls != nil {
		t.Errorf("called by name: %q", calls)
	}
	calls := regexp.MustCompile(`(?m)^\s*(\$\w+ = )?[&.] .*$`).FindAllString(code, -1)
	if len(calls) != 1 || !strings.Contains(calls[0], "& $Name @all -ErrorAction Stop | ") {
		t.Errorf("calls of commands that are not named: %q", calls)
	}
	invoked := map[string]int{}
	for _, m := range regexp.MustCompile(`(?:Invoke|Read)-Exchange '([\w-]+)'`).FindAllStringSubmatch(code, -1) {
		invoked[m[1]]++
	}
	want := []string{
		"Connect-ExchangeOnline", "Disconnect-ExchangeOnline", "Get-AcceptedDomain", "Get-ActiveSyncDeviceAccessRule",
		"Get-ActiveSyncOrganizationSettings", "Get-AuthenticationPolicy", "Get-CASMailbox", "Get-ConnectionInformation", "Get-Mailbox",
		"Get-MobileDevice", "Get-OrganizationConfig", "Set-OrganizationConfig",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(invoked))); diff != "" {
		t.Errorf("what it calls (-want +got):\n%s", diff)
	}
	if invoked["Set-OrganizationConfig"] != 1 || strings.Contains(code, "EwsEnabled = ") {
		t.Errorf("it writes %d times, and may write EwsEnabled", invoked["Set-OrganizationConfig"])
	}
	_, loads, _ := strings.Cut(code, "$commands = @(")
	loads, _, _ = strings.Cut(loads, "$script:Connected") // what is not loaded when it connects is not there
	for _, name := range want[2:] {
		if name != "Get-ConnectionInformation" && !strings.Contains(loads, "'"+name+"'") {
			t.Errorf("%s is not loaded", name)
		}
	}
}

// newer is what came with PowerShell 7.
var newer = regexp.MustCompile(`\?\?|\?\.|\?\[|&&|\|\||\s\?\s|\$Is(Windows|Linux|MacOS)\b|::new\(|-Parallel\b|\bclean\s*\{|` +
	`-AsByteStream|Join-String|-SkipHttpErrorCheck`)

// Windows PowerShell 5.1 knows none of what came with PowerShell 7, and does not read a help that follows #Requires at once.
func TestExchange_windowsPowerShell(t *testing.T) {
	t.Parallel()
	script := exchangeScript(t, exchangeFacts())
	if !strings.HasPrefix(script, "#Requires -Version 5.1\n\n<#\n.SYNOPSIS\n") || !strings.Contains(script, "\n#>\n\n# Origin: ") {
		t.Errorf("the help is not apart: %.80q", script)
	}
	code, _ := tokenize(t, script)
	if found := newer.FindAllString(code, -1); found != nil {
		t.Errorf("what Windows PowerShell 5.1 lacks: %q", found)
	}
	for _, parameter := range []string{"Mailbox", "AllowApple", "UseExistingConnection", "Device", "DelegatedOrganization", "AsObject"} {
		declared := regexp.MustCompile(`(?m)^    .*\] \$` + parameter + `,?$`)
		if !strings.Contains(script, "\n.PARAMETER "+parameter+"\n") || !declared.MatchString(script) {
			t.Errorf("the help and the parameters lack %s", parameter)
		}
	}
}

// Texts of the tenant are compared by code unit: -eq compares by culture, to which characters that are not seen are nothing.
func TestExchange_comparisons(t *testing.T) {
	t.Parallel()
	for _, compared := range byCulture(exchangeCode(t)) {
		if !strings.Contains(compared, "$property -") {
			t.Errorf("compared by culture: %s", compared)
		}
	}
}

var (
	operators = regexp.MustCompile(`(?i)(\S+) -[ci]?(eq|ne|like|notlike|match|notmatch|contains|notcontains|in|notin|replace) (\S+)`)
	digits    = regexp.MustCompile(`^\d+\)*$`)
)

// byCulture returns the comparisons of code that are neither with a number nor with $null.
func byCulture(code string) []string {
	var found []string
	for _, m := range operators.FindAllStringSubmatch(code, -1) {
		if !digits.MatchString(m[3]) && m[1] != "$null" && !strings.HasSuffix(m[1], "($null") {
			found = append(found, m[0])
		}
	}
	return found
}

// What comes behind a comma binds tighter than what is added to it: a table's row is to be two texts, and not three.
func TestExchange_rows(t *testing.T) {
	t.Parallel()
	row := regexp.MustCompile(`(?m)^\s+('[\w ]+'|on|off|unset) = '(ok|problem|info)', (.*)$`)
	rows := row.FindAllStringSubmatch(exchangeCode(t), -1)
	if len(rows) < 20 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows {
		if !regexp.MustCompile(`^('([^']|'')+'|\('([^']|'')+' -f \$\w+\))$`).MatchString(row[3]) {
			t.Errorf("not one text: %s", row[3])
		}
	}
}

// What concerns devices alone that nobody asked about is left out.
func TestExchange_devices(t *testing.T) {
	t.Parallel()
	for devices, want := range map[consent.Devices]string{
		consent.AllDevices: `$LeftOut = ''`, consent.IOSDevices: `$LeftOut = '\bEws|^Mailbox plan$'`, consent.MacDevices: `$LeftOut = 'ActiveSync|^Mailbox devices$'`,
	} {
		d := diagnose(consent.AppleMail().Require(consent.Choices{Devices: devices}), exchangeFacts())
		script, err := render.Write(render.OfDiagnosis(d, false), render.PowerShell, render.Style{})
		if err != nil || !strings.Contains(string(script), want+" #") {
			t.Errorf("%s: there is no %s (%v)", devices, want, err)
		}
	}
}
