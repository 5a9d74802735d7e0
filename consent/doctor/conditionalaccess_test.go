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
	fits := func(edit func(*doctor.BlockingPolicy)) *doctor.BlockingPolicy {
		b := &doctor.BlockingPolicy{
			Name: "Block", Controls: []string{"block"}, Apps: []string{"All"}, ClientApps: []string{"all"}, Platforms: []string{"iOS", "macOS"},
		}
		edit(b)
		return b
	}
	asItIs := fits(func(*doctor.BlockingPolicy) {})
	controls := func(words ...string) *doctor.BlockingPolicy {
		return fits(func(b *doctor.BlockingPolicy) { b.Controls = words })
	}
	apps := func(words ...string) *doctor.BlockingPolicy {
		return fits(func(b *doctor.BlockingPolicy) { b.Apps = words })
	}
	clients := func(words ...string) *doctor.BlockingPolicy {
		return fits(func(b *doctor.BlockingPolicy) { b.ClientApps = words })
	}
	platforms := func(words ...string) *doctor.BlockingPolicy {
		return fits(func(b *doctor.BlockingPolicy) { b.Platforms = words })
	}
	exchange, graph := string(consent.ExchangeOnline), string(consent.MicrosoftGraph)
	for name, test := range map[string]struct {
		edit func(*policy)
		want *doctor.BlockingPolicy // nil: it does not fit
	}{
		"blocks all":                    {func(*policy) {}, asItIs},
		"report-only":                   {func(p *policy) { p.State = "enabledForReportingButNotEnforced" }, fits(func(b *doctor.BlockingPolicy) { b.ReportOnly = true })},
		"disabled":                      {func(p *policy) { p.State = "disabled" }, nil},
		"asks for MFA":                  {func(p *policy) { p.Controls = []string{"mfa", "compliantDevice"} }, nil},
		"asks for an approved app":      {func(p *policy) { p.Controls = []string{"approvedApplication"} }, controls("approvedApplication")},
		"asks for app protection":       {func(p *policy) { p.Controls = []string{"mfa", "compliantApplication"} }, controls("compliantApplication")},
		"Office 365":                    {func(p *policy) { p.IncludedApps = []string{"Office365"} }, apps("Office365")},
		"Exchange Online":               {func(p *policy) { p.IncludedApps = []string{exchange} }, apps("Exchange Online")},
		"Microsoft Graph":               {func(p *policy) { p.IncludedApps = []string{graph} }, apps("Microsoft Graph")},
		"Apple's app":                   {func(p *policy) { p.IncludedApps = []string{string(consent.AppleInternetAccounts)} }, apps("Apple Internet Accounts")},
		"another app":                   {func(p *policy) { p.IncludedApps = []string{"MicrosoftAdminPortals", "None"} }, nil},
		"no app":                        {func(p *policy) { p.IncludedApps = nil }, nil},
		"Exchange Online is excluded":   {func(p *policy) { p.ExcludedApps = []string{"x", exchange} }, nil},
		"Apple's app is excluded":       {func(p *policy) { p.ExcludedApps = []string{string(consent.AppleInternetAccounts)} }, asItIs},
		"Office 365 is excluded":        {func(p *policy) { p.ExcludedApps = []string{"Office365"} }, nil},
		"another app is excluded":       {func(p *policy) { p.ExcludedApps = []string{graph} }, asItIs},
		"any client app":                {func(p *policy) { p.ClientAppTypes = nil }, clients()},
		"legacy authentication only":    {func(p *policy) { p.ClientAppTypes = []string{"other"} }, nil},
		"browsers only":                 {func(p *policy) { p.ClientAppTypes = []string{"browser"} }, nil},
		"legacy and ActiveSync clients": {func(p *policy) { p.ClientAppTypes = []string{"exchangeActiveSync", "other"} }, clients("exchangeActiveSync")},
		"iOS":                           {func(p *policy) { p.IncludedPlatforms = []string{"android", "iOS"} }, platforms("iOS")},
		"all but iOS":                   {func(p *policy) { p.IncludedPlatforms, p.ExcludedPlatforms = []string{"all"}, []string{"iOS"} }, platforms("macOS")},
		"all but iOS and macOS":         {func(p *policy) { p.IncludedPlatforms, p.ExcludedPlatforms = []string{"all"}, []string{"ios", "macos"} }, nil},
		"windows":                       {func(p *policy) { p.IncludedPlatforms = []string{"windows"} }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expected := want{status: doctor.OK, found: "noPolicyBlocks"}
			if test.want != nil {
				expected = want{status: doctor.Warning, found: "policiesCouldBlock", fixes: "checkPolicies", items: []doctor.Item{*test.want}}
			}
			expected.compare(t, examine(t, doctor.ConditionalAccess, allDevices, blockAll(test.edit)))
		})
	}
	iOS, onlyMac := consent.AppleMail().Require(consent.Choices{Devices: consent.IOSDevices}), blockAll(func(p *policy) { p.IncludedPlatforms = []string{"macOS"} })
	both := healthy(func(f *doctor.Facts) {
		reporting := onlyMac.ConditionalAccess.Value[0]
		reporting.State = "enabledForReportingButNotEnforced"
		f.ConditionalAccess.Value = append(onlyMac.ConditionalAccess.Value, reporting)
	})
	run(t, doctor.ConditionalAccess, map[string]testCase{
		"two": {facts: both, want: want{
			status: doctor.Warning, found: "policiesCouldBlock", fixes: "checkPolicies", with: []doctor.Finding{{Code: "policiesCouldBlock", Count: 1, Of: 2}},
		}},
		"macOS, which is not required": {required: &iOS, facts: onlyMac, want: want{status: doctor.OK, found: "noPolicyBlocks"}},
		"none":                         {facts: healthy(), want: want{status: doctor.OK, found: "noPolicyBlocks"}},
		"unread":                       {facts: lacking(), want: want{status: doctor.Skipped, needs: "Policy.Read.All", found: "notRead"}},
	})
}
