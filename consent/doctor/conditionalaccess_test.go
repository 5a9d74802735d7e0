package doctor_test

import (
	"testing"
	"time"

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
			Name: "Block", Effect: doctor.Blocks, Controls: []string{"block"}, Apps: []string{"All"}, ClientApps: []string{"all"}, Platforms: []string{"iOS", "macOS"},
		}
		edit(b)
		return b
	}
	asItIs := fits(func(*doctor.BlockingPolicy) {})
	asked := func(effect doctor.Effect, operator string, words ...string) *doctor.BlockingPolicy {
		return fits(func(b *doctor.BlockingPolicy) { b.Effect, b.Operator, b.Controls = effect, operator, words })
	}
	wants := func(operator string, words ...string) func(*policy) {
		return func(p *policy) { p.Operator, p.Controls = operator, words }
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
		"blocks all":                               {func(*policy) {}, asItIs},
		"report-only":                              {func(p *policy) { p.State = "enabledForReportingButNotEnforced" }, fits(func(b *doctor.BlockingPolicy) { b.ReportOnly = true })},
		"disabled":                                 {func(p *policy) { p.State = "disabled" }, nil},
		"asks for MFA":                             {wants("OR", "mfa"), nil},
		"asks for MFA or a managed device":         {wants("OR", "mfa", "compliantDevice"), nil},
		"asks for MFA and a managed device":        {wants("AND", "mfa", "compliantDevice"), asked(doctor.NeedsDevice, "AND", "mfa", "compliantDevice")},
		"asks for both, by no known operator":      {wants("", "mfa", "compliantDevice"), asked(doctor.NeedsDevice, "", "mfa", "compliantDevice")},
		"asks for a managed device, one under OR":  {wants("OR", "compliantDevice"), asked(doctor.NeedsDevice, "OR", "compliantDevice")},
		"asks for a managed device, one under AND": {wants("AND", "compliantDevice"), asked(doctor.NeedsDevice, "AND", "compliantDevice")},
		"asks for a joined device":                 {wants("and", "domainJoinedDevice"), asked(doctor.NeedsDevice, "AND", "domainJoinedDevice")},
		"asks for either kind of device":           {wants("OR", "compliantDevice", "domainJoinedDevice"), asked(doctor.NeedsDevice, "OR", "compliantDevice", "domainJoinedDevice")},
		"asks for a device or app protection":      {wants("OR", "compliantDevice", "compliantApplication"), asked(doctor.NeedsDevice, "OR", "compliantDevice", "compliantApplication")},
		"asks for a device and app protection":     {wants("AND", "compliantDevice", "compliantApplication"), asked(doctor.RefusesApp, "AND", "compliantDevice", "compliantApplication")},
		"asks for app protection":                  {wants("OR", "compliantApplication"), asked(doctor.RefusesApp, "OR", "compliantApplication")},
		"asks for app protection or MFA":           {wants("OR", "mfa", "compliantApplication"), nil},
		"asks for an approved app":                 {wants("OR", "approvedApplication"), nil},
		"asks for an approved or a protected app":  {wants("OR", "approvedApplication", "compliantApplication"), asked(doctor.RefusesApp, "OR", "compliantApplication")},
		"asks for an approved app and MFA":         {wants("AND", "approvedApplication", "mfa"), nil},
		"asks for a new password":                  {wants("AND", "mfa", "passwordChange"), nil},
		"asks for token protection":                {func(p *policy) { p.Controls, p.TokenProtection = nil, true }, asked(doctor.NeedsBoundToken, "", "token protection")},
		"asks for token protection, and MFA or a device": {func(p *policy) {
			p.Operator, p.Controls, p.TokenProtection = "OR", []string{"mfa", "compliantDevice"}, true
		}, asked(doctor.NeedsBoundToken, "OR", "mfa", "compliantDevice", "token protection")},
		"asks for what nobody knows":                        {wants("OR", "unknownFutureValue"), asked(doctor.Unclear, "OR", "unknownFutureValue")},
		"asks for MFA or what nobody knows":                 {wants("OR", "mfa", "somethingNew"), nil},
		"asks for a managed device or what nobody knows":    {wants("OR", "compliantDevice", "somethingNew"), asked(doctor.Unclear, "OR", "compliantDevice", "somethingNew")},
		"asks for a managed device and what nobody knows":   {wants("AND", "compliantDevice", "somethingNew"), asked(doctor.NeedsDevice, "AND", "compliantDevice", "somethingNew")},
		"is in a state that nobody knows":                   {func(p *policy) { p.State = "enabledSomehow" }, fits(func(b *doctor.BlockingPolicy) { b.Effect, b.State = doctor.Unclear, "enabledSomehow" })},
		"asks for MFA in a state that nobody knows":         {func(p *policy) { p.State, p.Controls = "enabledSomehow", []string{"mfa"} }, nil},
		"is for client apps that nobody knows":              {func(p *policy) { p.ClientAppTypes = []string{"browser", "somethingNew"} }, fits(func(b *doctor.BlockingPolicy) { b.Effect, b.ClientApps = doctor.Unclear, []string{"somethingNew"} })},
		"is for client apps that somebody knows and others": {func(p *policy) { p.ClientAppTypes = []string{"all", "somethingNew"} }, asItIs},
		"is not understood":                                 {func(p *policy) { *p = policy{Name: "Odd", Odd: true} }, &doctor.BlockingPolicy{Name: "Odd", Odd: true, Effect: doctor.Unclear}},
		"is not understood, and disabled":                   {func(p *policy) { *p = policy{Name: "Odd", Odd: true, State: "disabled"} }, nil},
		"has session controls only":                         {func(p *policy) { p.Controls = nil }, nil},
		"is for workload identities":                        {func(p *policy) { p.Workloads = true }, nil},
		"is for device codes":                               {func(p *policy) { p.Flows = true }, nil},
		"is for risky sign-ins":                             {func(p *policy) { p.Risks = true }, nil},
		"is for nobody":                                     {func(p *policy) { p.Users = doctor.UsersNone }, nil},
		"is for some":                                       {func(p *policy) { p.Users = doctor.UsersSome }, fits(func(b *doctor.BlockingPolicy) { b.Users = doctor.UsersSome })},
		"Office 365":                                        {func(p *policy) { p.IncludedApps = []string{"Office365"} }, apps("Office365")},
		"Exchange Online":                                   {func(p *policy) { p.IncludedApps = []string{exchange} }, apps("Exchange Online")},
		"Microsoft Graph":                                   {func(p *policy) { p.IncludedApps = []string{graph} }, apps("Microsoft Graph")},
		"Apple's app":                                       {func(p *policy) { p.IncludedApps = []string{string(consent.AppleInternetAccounts)} }, apps("Apple Internet Accounts")},
		"another app":                                       {func(p *policy) { p.IncludedApps = []string{"MicrosoftAdminPortals", "None"} }, nil},
		"no app":                                            {func(p *policy) { p.IncludedApps = nil }, nil},
		"Exchange Online is excluded":                       {func(p *policy) { p.ExcludedApps = []string{"x", exchange} }, platforms("macOS")},
		"Exchange Online and Microsoft Graph are excluded":  {func(p *policy) { p.ExcludedApps = []string{exchange, graph} }, nil},
		"Office 365 without Exchange Online": {func(p *policy) {
			p.IncludedApps, p.ExcludedApps = []string{"Office365"}, []string{exchange}
		}, nil},
		"all but Exchange Online, on iOS": {func(p *policy) {
			p.ExcludedApps, p.IncludedPlatforms = []string{exchange}, []string{"iOS"}
		}, nil},
		"all but Exchange Online, ActiveSync clients": {func(p *policy) {
			p.ExcludedApps, p.ClientAppTypes = []string{exchange}, []string{"exchangeActiveSync"}
		}, nil},
		"Apple's app is excluded":                           {func(p *policy) { p.ExcludedApps = []string{string(consent.AppleInternetAccounts)} }, fits(func(b *doctor.BlockingPolicy) { b.ExcludesClient = true })},
		"Office 365 is excluded":                            {func(p *policy) { p.ExcludedApps = []string{"Office365"} }, platforms("macOS")},
		"another app is excluded":                           {func(p *policy) { p.ExcludedApps = []string{graph} }, asItIs},
		"any client app":                                    {func(p *policy) { p.ClientAppTypes = nil }, clients()},
		"legacy authentication only":                        {func(p *policy) { p.ClientAppTypes = []string{"other"} }, nil},
		"browsers only":                                     {func(p *policy) { p.ClientAppTypes = []string{"browser"} }, nil},
		"legacy authentication, as in Microsoft's template": {func(p *policy) { p.ClientAppTypes = []string{"exchangeActiveSync", "other"} }, nil},
		"ActiveSync clients": {func(p *policy) { p.ClientAppTypes = []string{"exchangeActiveSync"} }, fits(func(b *doctor.BlockingPolicy) {
			b.ClientApps, b.Platforms = []string{"exchangeActiveSync"}, []string{"iOS"}
		})},
		"ActiveSync clients on Macs": {func(p *policy) {
			p.ClientAppTypes, p.IncludedPlatforms = []string{"exchangeActiveSync"}, []string{"macOS"}
		}, nil},
		"apps on devices":               {func(p *policy) { p.ClientAppTypes = []string{"mobileAppsAndDesktopClients", "other"} }, clients("mobileAppsAndDesktopClients")},
		"apps and browsers, not legacy": {func(p *policy) { p.ClientAppTypes = []string{"browser", "mobileAppsAndDesktopClients"} }, clients("mobileAppsAndDesktopClients")},
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
				if test.want.Effect == doctor.NeedsDevice {
					expected.found, expected.fixes = "policiesNeedDevice", "manageDevices"
				}
				if test.want.Effect == doctor.Unclear {
					expected.found, expected.fixes = "policiesUnclear", "readPolicies"
				}
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
	end := time.Date(2027, time.April, 1, 0, 0, 0, 0, time.UTC)
	ended := consent.AppleMail().Require(consent.Choices{Day: consent.EWSEnd})
	onMacs := consent.AppleMail().Require(consent.Choices{Devices: consent.MacDevices, Day: consent.EWSEnd})
	activeSync := blockAll(func(p *policy) { p.ClientAppTypes = []string{"exchangeActiveSync"} })
	asking := func(operator string, words ...string) doctor.Facts {
		return blockAll(func(p *policy) {
			p.Operator, p.Controls, p.Strength, p.TermsOfUse = operator, words, "Phishing-resistant MFA", 1
		})
	}
	strong := []string{"authentication strength Phishing-resistant MFA", "terms of use"}
	approved := blockAll(wants("OR", "approvedApplication"))
	run(t, doctor.ConditionalAccess, map[string]testCase{
		"what can be met while signing in": {facts: asking("AND"), want: want{
			status: doctor.OK, found: "noPolicyBlocks policiesAsk", items: []doctor.Item{*asked(doctor.Asks, "AND", strong...)},
		}},
		"that or a managed device": {facts: asking("OR", "compliantDevice"), want: want{
			status: doctor.OK, found: "noPolicyBlocks policiesAsk", items: []doctor.Item{*asked(doctor.Asks, "OR", append([]string{"compliantDevice"}, strong...)...)},
		}},
		"that and a managed device": {facts: asking("AND", "compliantDevice"), want: want{
			status: doctor.Warning, found: "policiesNeedDevice", fixes: "manageDevices",
			items: []doctor.Item{*asked(doctor.NeedsDevice, "AND", append([]string{"compliantDevice"}, strong...)...)},
		}},
		"an approved app, while that is enforced": {at: time.Date(2026, time.June, 30, 23, 59, 0, 0, time.UTC), facts: approved, want: want{
			status: doctor.Warning, found: "policiesCouldBlock", fixes: "checkPolicies",
		}},
		"an approved app, from the day after": {at: time.Date(2026, time.July, 1, 0, 0, 0, 0, time.UTC), facts: approved, want: want{
			status: doctor.OK, found: "noPolicyBlocks",
		}},
		"two": {facts: both, want: want{
			status: doctor.Warning, found: "policiesCouldBlock", fixes: "checkPolicies", with: []doctor.Finding{{Code: "policiesCouldBlock", Count: 1, Of: 2}},
		}},
		"macOS, which is not required": {required: &iOS, facts: onlyMac, want: want{status: doctor.OK, found: "noPolicyBlocks"}},
		"macOS, after the end of EWS": {required: &ended, at: end, facts: onlyMac, want: want{
			status: doctor.Warning, found: "policiesCouldBlock", fixes: "checkPolicies",
		}},
		"ActiveSync, and only Macs": {required: &onMacs, at: end, facts: activeSync, want: want{status: doctor.OK, found: "noPolicyBlocks"}},
		"none":                      {facts: healthy(), want: want{status: doctor.OK, found: "noPolicyBlocks"}},
		"unread":                    {facts: lacking(), want: want{status: doctor.Skipped, needs: "Policy.Read.All", found: "notRead"}},
	})
}
