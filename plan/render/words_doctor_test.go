package render_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
	"appleconsent/plan/render"

	"github.com/google/go-cmp/cmp"
)

// diagnosed is what is made of the facts, changed.
func diagnosed(t *testing.T, required consent.Requirement, id doctor.CheckID, change func(*doctor.Facts)) render.DiagnosedCheck {
	t.Helper()
	facts := healthyFacts()
	change(&facts)
	return checkOf(t, diagnose(required, facts), id)
}

// variety is a list of changes that make tenants in which all that the checks look at is otherwise.
func variety() map[string]func(*doctor.Facts) {
	ungranted := func(f *doctor.Facts) { f.Grants.Value = nil }
	both := func(change func(*doctor.Facts)) func(*doctor.Facts) {
		return func(f *doctor.Facts) {
			ungranted(f)
			change(f)
		}
	}
	setting := func(entries ...consent.Scope) func(*doctor.Facts) {
		return both(func(f *doctor.Facts) { f.Policies.Value = consent.Scopes(entries...) })
	}
	const self = "ManagePermissionGrantsForSelf."
	return map[string]func(*doctor.Facts){
		"healthy": func(*doctor.Facts) {}, "troubled": func(f *doctor.Facts) { *f = troubledFacts() }, "unread": func(f *doctor.Facts) { *f = unreadFacts() },
		"zero": func(f *doctor.Facts) { *f = doctor.Facts{} }, "ungranted": ungranted, "off": setting(), "legacy": setting(self + "microsoft-user-default-legacy"),
		"managed": setting(self + "microsoft-user-default-recommended"), "custom": setting(self + "contoso"),
		"absent":      both(func(f *doctor.Facts) { f.ServicePrincipals.Value = f.ServicePrincipals.Value[:2] }),
		"no exchange": both(func(f *doctor.Facts) { f.ServicePrincipals.Value = f.ServicePrincipals.Value[:1] }),
		"profiles": func(f *doctor.Facts) {
			f.MailProfiles.Value = []doctor.MailProfile{{Name: "P", Host: "outlook.office365.com"}, {Name: "Q", Host: "mail.contoso.com"}}
		},
		"failures": func(f *doctor.Facts) {
			*f, f.Domains.Failed, f.SignIns.Value.Capped = troubledFacts(), "a timeout.", true
		},
	}
}

// Each text is made of whole sentences.
func TestDiagnose_wellFormed(t *testing.T) {
	t.Parallel()
	for name, change := range variety() {
		for _, devices := range consent.DeviceChoices() {
			for _, route := range consent.RouteChoices() {
				facts := healthyFacts()
				change(&facts)
				d := diagnose(consent.AppleMail().Require(consent.Choices{Devices: devices, Route: route}), facts)
				if !strings.HasSuffix(d.Summary, ".") || strings.Contains(d.Summary, ": .") || strings.Contains(d.Summary, "and .") {
					t.Errorf("%s: %q", name, d.Summary)
				}
				for _, c := range d.Checks {
					texts := []string{c.Found, c.Why}
					if c.Fix != nil {
						texts = append(texts, c.Fix.Text)
					}
					for _, text := range texts {
						if !strings.HasSuffix(text, ".") || strings.Contains(text, "  ") || strings.Contains(text, "..") || strings.Contains(text, "%!") {
							t.Errorf("%s, %s: %q", name, c.ID, text)
						}
					}
					if c.Title == "" || c.Title == string(c.ID) {
						t.Errorf("%s has no title", c.ID)
					}
				}
			}
		}
	}
}

// codes returns the codes of findings and fixes that package doctor has, in order, each once.
func codes(t *testing.T) []string {
	t.Helper()
	files, _ := filepath.Glob("../../consent/doctor/*.go")
	var codes []string
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range regexp.MustCompile(`(?:[cC]ode(?::| =| :=) |notRead\(|Fix{|{|omplete: |unknown: |grantAll\(|letUsers\()"(\w+)"`).FindAllSubmatch(source, -1) {
			if !strings.HasSuffix(file, "_test.go") {
				codes = append(codes, string(match[1]))
			}
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// Each code that package doctor has is worded, and no other; each word in braces stands for something.
func TestWords_complete(t *testing.T) {
	t.Parallel()
	worded := slices.Sorted(maps.Keys(render.FixWords))
	for code := range render.FindingWords {
		worded = append(worded, code)
		text := render.FindingSentence(doctor.Finding{Code: code, Setting: consent.SettingOff, Failed: "a timeout"}, consent.AppleMail())
		if strings.ContainsAny(text, "{}<") {
			t.Errorf("%s: %s", code, text)
		}
	}
	for code, text := range render.FixWords {
		if text[:1] != strings.ToUpper(text[:1]) || !strings.HasSuffix(text, ".") || strings.Count(text, " ") == 0 {
			t.Errorf("%s is no sentence: %q", code, text)
		}
	}
	slices.Sort(worded)
	if diff := cmp.Diff(codes(t), worded); diff != "" {
		t.Errorf("codes (-doctor's +worded):\n%s", diff)
	}
	for _, code := range doctor.SignInCodes() {
		if strings.HasSuffix(render.ItemWords(doctor.FailedSignIns{Code: code, Count: 1, Users: 1}).Name, " ") {
			t.Errorf("the sign-in error %d has no meaning", code)
		}
	}
}

// What is named in a sentence is what was found, in numbers and names.
func TestDiagnose_words(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.November, 9, 0, 0, 0, 0, time.UTC)
	client := func(edit func(*consent.ServicePrincipal)) func(*doctor.Facts) {
		return func(f *doctor.Facts) { edit(&f.ServicePrincipals.Value[2]) }
	}
	for name, test := range map[string]struct {
		check  doctor.CheckID
		change func(*doctor.Facts)
		found  string
	}{
		"missing": {
			doctor.TenantWideGrants, func(f *doctor.Facts) { f.Grants.Value[1].Scopes = consent.Scopes(consent.EAS) },
			"1 of 2 scopes missing on Office 365 Exchange Online: EWS.AccessAsUser.All.",
		},
		"elsewhere": {
			doctor.TenantWideGrants, func(f *doctor.Facts) {
				f.Grants.Value = []consent.PermissionGrant{grant(graphID, "EWS.AccessAsUser.All")}
			},
			"EWS.AccessAsUser.All on Microsoft Graph: another permission of the same name, which does not count.",
		},
		"no exchange": {
			doctor.TenantWideGrants, variety()["no exchange"],
			"This tenant has no service principal for Office 365 Exchange Online (00000002-0000-0ff1-ce00-000000000000), so nothing can be granted on it.",
		},
		"deleted": {doctor.ServicePrincipal, func(f *doctor.Facts) {
			variety()["absent"](f)
			f.Deleted.Value = []doctor.DeletedServicePrincipal{{ID: "d1", DeletedAt: at}}
		}, "A deleted one can be restored until 9 December 2026: Enterprise apps > Deleted applications, where the Entra admin center has it, or " +
			"Microsoft Graph, POST /directory/deletedItems/d1/restore."},
		"expired": {
			doctor.ServicePrincipal, func(f *doctor.Facts) {
				f.Deleted.Value = []doctor.DeletedServicePrincipal{{ID: "d1", DeletedAt: at.AddDate(0, -3, 0)}}
			},
			"The one deleted on 9 August 2026 can no longer be restored: its 30 days are over.",
		},
		"a publisher": {
			doctor.ServicePrincipal, client(func(sp *consent.ServicePrincipal) { sp.VerifiedPublisher = `Fabri"kam` }),
			`The publisher of Apple Internet Accounts is "Fabri\"kam", which does not look like Apple. How Apple's publisher is shown is unconfirmed; the ` +
				"application (client) ID identifies the app.",
		},
		"an organization": {
			doctor.ServicePrincipal, client(func(sp *consent.ServicePrincipal) { sp.OwnerOrganizationID = "0a" }), "is organization 0a, which does not look like Apple.",
		},
		"custom":   {doctor.UserConsent, variety()["custom"], "unknown: the rules of ManagePermissionGrantsForSelf.contoso are not read."},
		"profiles": {doctor.IntuneMailProfiles, variety()["profiles"], "Whether OAuth for Exchange Online is on could not be read in 1 e-mail profile."},
		"capped": {
			doctor.FailedSignInLog, variety()["failures"],
			"At least 63 sign-ins of 9 users failed in 7 days. Without consent: 33 of 9 users. Because of the app's state: 30 of 9 users. The log has more rows than were read: what is before " +
				"18 November, 14:04 UTC is unknown.",
		},
	} {
		if got := diagnosed(t, allDevices, test.check, test.change).Found; !strings.Contains(got, test.found) {
			t.Errorf("%s: got %q, want it to say %q", name, got, test.found)
		}
	}
}
