package render_test

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"appleconsent/plan"
	"appleconsent/plan/render"
)

// special are comments that PowerShell reads.
var special = regexp.MustCompile(`(?i)^#\s*(requires|sig)`)

// takePowerShell returns all code, and the comments.
func takePowerShell(t *testing.T, script string) parts {
	t.Helper()
	code, comments := tokenize(t, script)
	return parts{[]string{code}, comments}
}

// checkPowerShell looks at the comments, and at the value that the tenant's name has.
func checkPowerShell(t *testing.T, script string, got, _ parts, s texts) {
	t.Helper()
	if strings.IndexFunc(script, func(r rune) bool { return r > '~' || r < ' ' && r != '\n' }) >= 0 {
		t.Errorf("it is not all printable ASCII: %q", script)
	}
	for _, comment := range got.says {
		if special.MatchString(comment) && !strings.HasPrefix(comment, "#Requires -") {
			t.Errorf("a comment that is read: %s", comment)
		}
	}
	if value, found := valueOf(t, script, "TenantName"); found && value != plan.Printable(s.name) {
		t.Errorf("the name is %q, want %q", value, plan.Printable(s.name))
	}
}

// tokenize splits a script into its code, with S for each string between quotes that are single, and its comments.
func tokenize(t *testing.T, script string) (code string, comments []string) {
	t.Helper()
	var b strings.Builder
	for script != "" {
		end := 1
		switch {
		case strings.HasPrefix(script, "<#"):
			end = ending(t, script, "#>")
			comments = append(comments, script[:end])
		case script[0] == '#':
			end = strings.IndexByte(script+"\n", '\n')
			comments = append(comments, script[:end])
		case script[0] == '"':
			end = 1 + ending(t, script[1:], `"`)
			b.WriteString(script[:end])
		case script[0] == '\'':
			for end = 1 + ending(t, script[1:], "'"); strings.HasPrefix(script[end:], "'"); {
				end += 1 + ending(t, script[end+1:], "'")
			}
			b.WriteByte('S')
		default:
			b.WriteByte(script[0])
		}
		script = script[end:]
	}
	// A string that is put together from numbers is a string too; comments may take more or fewer lines.
	lines := strings.FieldsFunc(strings.ReplaceAll(b.String(), "([regex]::Unescape(S))", "S"), func(r rune) bool { return r == '\n' })
	return strings.Join(lines, "\n"), comments
}

func ending(t *testing.T, text, mark string) int {
	t.Helper()
	i := strings.Index(text, mark)
	if i < 0 {
		t.Fatalf("%s has no end in %q", mark, text)
	}
	return i + len(mark)
}

var unicodeEscape = regexp.MustCompile(`\\(?:u([0-9a-f]{4})|\\)`)

// valueOf returns the string that a variable of the script is set to.
func valueOf(t *testing.T, script, variable string) (string, bool) {
	t.Helper()
	assignment := regexp.MustCompile(`(?m)^\$` + variable + ` = (?:(\(\[regex\]::Unescape\()?)'((?:[^']|'')*)'((?:\)\))?)$`)
	m := assignment.FindStringSubmatch(script)
	if m == nil {
		return "", false
	}
	value := strings.ReplaceAll(m[2], "''", "'")
	if m[1] == "" {
		return value, true
	}
	var units []uint16
	at := 0
	for _, i := range unicodeEscape.FindAllStringSubmatchIndex(value, -1) {
		units = append(units, utf16.Encode([]rune(value[at:i[0]]))...)
		unit := uint64('\\')
		if i[2] >= 0 {
			unit, _ = strconv.ParseUint(value[i[2]:i[3]], 16, 16)
		}
		units, at = append(units, uint16(unit)), i[1]
	}
	return string(utf16.Decode(append(units, utf16.Encode([]rune(value[at:]))...))), true
}

// A plan that is blocked ends with an error and without a request; so does one with nothing to do that no grant shows, without the error.
func TestPowerShell_nothingToDo(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]string{
		"plan-blocked":              {"BLOCKED", "$ErrorActionPreference = S\nthrow S"},
		"plan-user-consent-blocked": {"BLOCKED", "$ErrorActionPreference = S\nthrow S"},
		"plan-user-consent-granted": {"NOTHING TO DO", "Write-Host -Object S\nWrite-Host -Object S"},
	} {
		script, err := read(t, name).render(render.PowerShell)
		if err != nil {
			t.Fatal(err)
		}
		code, comments := tokenize(t, string(script))
		if code != want[1] || !strings.Contains(strings.Join(comments, "\n"), want[0]) {
			t.Errorf("%s has the code %q and the comments %q", name, code, comments)
		}
	}
}

// Nobody is asked for more than the requests need.
func TestPowerShell_permissions(t *testing.T) {
	t.Parallel()
	const grants, read1, write = "'DelegatedPermissionGrant.ReadWrite.All'", "'Application.Read.All'", "'Application.ReadWrite.All'"
	const classify, policy = "'Policy.ReadWrite.PermissionGrant'", "'Policy.ReadWrite.Authorization'"
	for name, want := range map[string]string{
		"plan-fresh": grants + ", " + write, "plan-rollback": grants + ", " + write, "plan-partial": grants + ", " + read1,
		"plan-enable": grants + ", " + write, "plan-enable-rollback": grants + ", " + write,
		"plan-user-consent": read1 + ", " + classify + ", " + policy, "plan-user-consent-rollback": read1 + ", " + classify + ", " + policy,
		"change-user-consent-failed": read1 + ", " + classify, "plan-granted": "'Directory.Read.All'",
	} {
		script, err := read(t, name).render(render.PowerShell)
		if err != nil || !strings.Contains(string(script), "$Permissions = @("+want+")\n") {
			t.Errorf("%s does not ask for %s (%v)", name, want, err)
		}
	}
}

// One of a script's parts alone asks for what that part needs, and no script needs more than one module.
func TestPowerShell_parts(t *testing.T) {
	t.Parallel()
	const permissions, find = "$Permissions = @(", "Find-ServicePrincipal"
	for what, test := range map[string]struct {
		name          string
		action        int
		holds, spared []string
	}{
		"the policy alone": {
			"plan-user-consent", 2,
			[]string{permissions + "'Policy.ReadWrite.Authorization')", "Set-ConsentPolicy", "Privileged Role Administrator"},
			[]string{find, "Classification", "Set-SignIn", "oauth2PermissionGrants", "$ClientAppId"},
		},
		"a classification alone": {
			"plan-user-consent", 0,
			[]string{permissions + "'Application.Read.All', 'Policy.ReadWrite.PermissionGrant')", find, "Add-Classification"},
			[]string{"ConsentPolicy", "Remove-Classification", "Set-SignIn", "accountEnabled", "oauth2PermissionGrants", "$ClientAppId"},
		},
		"the switch alone": {
			"plan-enable", 0,
			[]string{permissions + "'Application.ReadWrite.All')", find, "\n    Set-SignIn $true\n", "Cloud Application Administrator"},
			[]string{"Classification", "ConsentPolicy", "oauth2PermissionGrants"},
		},
		"the switch alone, taken back": {
			"plan-enable-rollback", 2, []string{"\n    Set-SignIn $false\n", "$ServicePrincipalToDisable"}, []string{"oauth2PermissionGrants", "ToEnable"},
		},
	} {
		d := read(t, test.name)
		d.plan.Actions, d.plan.Notices = d.plan.Actions[test.action:test.action+1], nil
		for i := range d.plan.Resources { // with nothing that stands
			d.plan.Resources[i].GrantID = nil
		}
		script, err := d.render(render.PowerShell)
		if err != nil {
			t.Fatal(err)
		}
		if modules := regexp.MustCompile(`(?m)^#Requires -Modules .*$`).FindAllString(string(script), -1); len(modules) != 1 {
			t.Errorf("%s: it needs %q", what, modules)
		}
		for _, want := range test.holds {
			if !strings.Contains(string(script), want) {
				t.Errorf("%s: it lacks %q:\n%s", what, want, script)
			}
		}
		for _, spared := range test.spared {
			if strings.Contains(string(script), spared) {
				t.Errorf("%s: it holds %q:\n%s", what, spared, script)
			}
		}
	}
}

// The setting never stands without the classifications that it is for: they come before it, and go after it.
func TestPowerShell_order(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"plan-user-consent":          {"    $null = Test-PolicyDue", "        Add-Classification $permission", "    Set-ConsentPolicy"},
		"plan-user-consent-rollback": {"    $null = Test-PolicyDue", "    Set-ConsentPolicy", "        Remove-Classification $permission"},
		"plan-enable":                {"    Set-SignIn $true", "        Invoke-Step $step"},
		"plan-enable-rollback":       {"        Invoke-Step $step", "    Set-SignIn $false"},
		"plan-rollback":              {"        Invoke-Step $step", "    Remove-Client $client"},
	} {
		script, err := read(t, name).render(render.PowerShell)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(script), "\n    Connect-PlannedTenant\n")
		for _, step := range want {
			_, after, found := strings.Cut("\n"+rest, "\n"+step)
			if !found {
				t.Fatalf("%s: %q does not follow in\n%s", name, step, rest)
			}
			rest = after
		}
	}
}

// mgCalls are what scripts call of Graph's module, each in one place; Disconnect-MgGraph is also what people are told to run.
var mgCalls = []string{"Invoke-MgGraphRequest", "Get-MgContext", "Get-MgContext", "Connect-MgGraph", "Disconnect-MgGraph"}

// Every script compares texts by code unit, calls Graph's module in one place, and holds nothing that Windows PowerShell 5.1 lacks.
func TestPowerShell_code(t *testing.T) {
	t.Parallel()
	for _, name := range documents(t) {
		script, err := read(t, name).render(render.PowerShell)
		if errors.Is(err, render.ErrRefused) {
			continue
		}
		code, _ := tokenize(t, string(script))
		if err != nil || !strings.Contains(code, "param(") {
			continue // TestRenderAll looks at errors
		}
		for _, compared := range byCulture(code) {
			if compared != "($found.Value -ne $false)" && compared != "$false) -eq $Enabled" {
				t.Errorf("%s: compared by culture: %s", name, compared)
			}
		}
		if found := newer.FindAllString(code, -1); found != nil {
			t.Errorf("%s: what Windows PowerShell 5.1 lacks: %q", name, found)
		}
		if calls := regexp.MustCompile(`\b\w+-Mg\w+`).FindAllString(code, -1); !slices.Equal(calls, mgCalls) {
			t.Errorf("%s: it calls %q", name, calls)
		}
	}
}
