package doctor_test

import (
	"testing"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
)

// blockAll is a policy that could block Apple Mail, changed.
func blockAll(edit func(*doctor.ConditionalAccessPolicy)) doctor.Facts {
	p := doctor.ConditionalAccessPolicy{
		Name: "Block", State: "enabled", Controls: []string{"block"}, ClientAppTypes: []string{"all"}, IncludedApps: []string{"All"},
	}
	edit(&p)
	return healthy(func(f *doctor.Facts) { f.ConditionalAccess.Value = []doctor.ConditionalAccessPolicy{p} })
}

func TestConditionalAccess(t *testing.T) {
	t.Parallel()
	type policy = doctor.ConditionalAccessPolicy
	const everything = "apps: All; client apps: all; platforms: iOS, macOS"
	exchange, graph := string(consent.ExchangeOnline), string(consent.MicrosoftGraph)
	for name, test := range map[string]struct {
		edit func(*policy)
		want string // the item; empty: it does not fit
	}{
		"blocks all":                    {func(*policy) {}, "Block: enabled, control block; " + everything},
		"report-only":                   {func(p *policy) { p.State = "enabledForReportingButNotEnforced" }, "Block: report-only, control block; " + everything},
		"disabled":                      {func(p *policy) { p.State = "disabled" }, ""},
		"asks for MFA":                  {func(p *policy) { p.Controls = []string{"mfa", "compliantDevice"} }, ""},
		"asks for an approved app":      {func(p *policy) { p.Controls = []string{"approvedApplication"} }, "Block: enabled, control approvedApplication; " + everything},
		"asks for app protection":       {func(p *policy) { p.Controls = []string{"mfa", "compliantApplication"} }, "Block: enabled, control compliantApplication; " + everything},
		"Office 365":                    {func(p *policy) { p.IncludedApps = []string{"Office365"} }, "Block: enabled, control block; apps: Office365; client apps: all; platforms: iOS, macOS"},
		"Exchange Online":               {func(p *policy) { p.IncludedApps = []string{exchange} }, "Block: enabled, control block; apps: Exchange Online; client apps: all; platforms: iOS, macOS"},
		"Microsoft Graph":               {func(p *policy) { p.IncludedApps = []string{graph} }, "Block: enabled, control block; apps: Microsoft Graph; client apps: all; platforms: iOS, macOS"},
		"Apple's app":                   {func(p *policy) { p.IncludedApps = []string{string(consent.AppleInternetAccounts)} }, "Block: enabled, control block; apps: Apple Internet Accounts; client apps: all; platforms: iOS, macOS"},
		"another app":                   {func(p *policy) { p.IncludedApps = []string{"MicrosoftAdminPortals", "None"} }, ""},
		"no app":                        {func(p *policy) { p.IncludedApps = nil }, ""},
		"Exchange Online is excluded":   {func(p *policy) { p.ExcludedApps = []string{"x", exchange} }, ""},
		"Apple's app is excluded":       {func(p *policy) { p.ExcludedApps = []string{string(consent.AppleInternetAccounts)} }, "Block: enabled, control block; " + everything},
		"Office 365 is excluded":        {func(p *policy) { p.ExcludedApps = []string{"Office365"} }, ""},
		"another app is excluded":       {func(p *policy) { p.ExcludedApps = []string{graph} }, "Block: enabled, control block; " + everything},
		"any client app":                {func(p *policy) { p.ClientAppTypes = nil }, "Block: enabled, control block; apps: All; client apps: any; platforms: iOS, macOS"},
		"legacy authentication only":    {func(p *policy) { p.ClientAppTypes = []string{"other"} }, ""},
		"browsers only":                 {func(p *policy) { p.ClientAppTypes = []string{"browser"} }, ""},
		"legacy and ActiveSync clients": {func(p *policy) { p.ClientAppTypes = []string{"exchangeActiveSync", "other"} }, "Block: enabled, control block; apps: All; client apps: exchangeActiveSync; platforms: iOS, macOS"},
		"iOS":                           {func(p *policy) { p.IncludedDevices = []string{"android", "iOS"} }, "Block: enabled, control block; apps: All; client apps: all; platforms: iOS"},
		"all but iOS":                   {func(p *policy) { p.IncludedDevices, p.ExcludedDevices = []string{"all"}, []string{"iOS"} }, "Block: enabled, control block; apps: All; client apps: all; platforms: macOS"},
		"all but iOS and macOS":         {func(p *policy) { p.IncludedDevices, p.ExcludedDevices = []string{"all"}, []string{"ios", "macos"} }, ""},
		"windows":                       {func(p *policy) { p.IncludedDevices = []string{"windows"} }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expected := want{status: doctor.OK, found: []string{"No policy blocks Apple Mail"}}
			if test.want != "" {
				expected = want{
					status: doctor.Warning, items: []string{test.want}, fix: "Conditional Access > Policies",
					found: []string{"1 policy could block Apple Mail", "Users, groups and other conditions are not looked at."},
				}
			}
			expected.compare(t, examine(t, "conditionalAccess", allDevices, blockAll(test.edit), now))
		})
	}
	iOS, onlyMac := consent.AppleMail().Require(consent.Choices{Devices: consent.IOSDevices}), blockAll(func(p *policy) { p.IncludedDevices = []string{"macOS"} })
	both := healthy(func(f *doctor.Facts) {
		reporting := onlyMac.ConditionalAccess.Value[0]
		reporting.State = "enabledForReportingButNotEnforced"
		f.ConditionalAccess.Value = append(onlyMac.ConditionalAccess.Value, reporting)
	})
	run(t, "conditionalAccess", map[string]testCase{
		"two":                             {facts: both, want: want{status: doctor.Warning, found: []string{"2 policies could block Apple Mail, 1 enabled and 1 report-only."}, fix: "Check"}},
		"macOS, which is not asked about": {required: &iOS, facts: onlyMac, want: want{status: doctor.OK}},
		"none":                            {facts: healthy(), want: want{status: doctor.OK}},
		"unread":                          {facts: lacking(), want: want{status: doctor.Skipped, needs: "Policy.Read.All"}},
	})
}
