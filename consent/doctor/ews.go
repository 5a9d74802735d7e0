package doctor

import (
	"time"

	"appleconsent/consent"
)

// The dates of the retirement of EWS in Exchange Online: learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/
// deprecation-of-ews-exchange-online.
var (
	ewsSwitchOff = time.Date(2026, time.October, 1, 0, 0, 0, 0, time.UTC)
	ewsEnd       = time.Date(2027, time.April, 1, 0, 0, 0, 0, time.UTC)
)

// ewsRetirement tells by date what macOS Mail needs beyond the grants. The settings are Exchange's own, and Graph has no
// equivalent, so that it always speaks, and never of what it has seen.
func (e examination) ewsRetirement() Check {
	c := Check{
		ID: "ewsRetirement", Title: "Retirement of EWS", Status: OK,
		Why: "macOS Mail uses Exchange Web Services (EWS), and no grant keeps EWS alive. iOS and iPadOS use ActiveSync and are not affected.",
	}
	if !e.asksFor(consent.EWS) {
		c.Found = "EWS is not asked for. iOS and iPadOS use ActiveSync, which is not affected."
		return c
	}
	const unseen = " These are settings of Exchange that this program cannot read."
	c.Status = Warning
	switch {
	case e.at.Before(ewsSwitchOff):
		c.Found = "Microsoft switches EWS off tenant by tenant from 1 October 2026. By then EWSEnabled must be true and EwsAllowedAppIDs must hold Apple's " +
			"application ID, or macOS Mail stops working." + unseen
	case e.at.Before(ewsEnd):
		c.Found = "Microsoft is switching EWS off tenant by tenant, and for good on 1 April 2027. Until then macOS Mail works only where EWSEnabled is true and " +
			"EwsAllowedAppIDs holds Apple's application ID." + unseen
	default:
		c.Found = "EWS in Exchange Online has ended for good on 1 April 2027. macOS Mail cannot work by EWS whatever is granted; iOS and iPadOS are fine."
		c.Fix = Fix{Text: "Users of macOS need Outlook or a browser. To leave EWS out here: --devices ios."}
		return c
	}
	c.Fix = Fix{Text: "An Exchange administrator runs these lines in Exchange Online PowerShell. Changes can take up to 24 hours."}
	c.Script = e.ewsScript()
	return c
}

// ewsScript reads the list, appends Apple's application ID where it is missing, and enables EWS only then. The cmdlet
// replaces the whole comma-separated list (office-docs-powershell: Set-OrganizationConfig), so that nothing is written if it
// could not be read, and EWS stays as it is if the list was not written. That it takes up to 24 hours:
// github.com/David-Barrett-MS/PowerShell-EWS-Scripts/wiki/Testing-EWS-App-Access.
func (e examination) ewsScript() []string {
	connect := "Connect-ExchangeOnline"
	environment, other := map[string]string{
		"usgov": "O365USGovGCCHigh", "usgovdod": "O365USGovDoD", "china": "O365China",
	}[e.facts.Tenant.Cloud]
	if other {
		connect += " -ExchangeEnvironmentName " + environment
	}
	return []string{
		connect,
		"Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy | Format-List EwsEnabled, EwsAllowedAppIDs",
		"$apple = '" + string(e.required.App.ID) + "'",
		"$config = Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy",
		`$ids = @("$($config.EwsAllowedAppIDs)" -split '[,;\s]+' | Where-Object { $_ })`,
		"if ($ids -notcontains $apple) { $ids += $apple }",
		"# The list comes first: EWS that is enabled with an empty list is blocked for every app.",
		"if ($config) {",
		"  Set-OrganizationConfig -EwsAllowedAppIDs ($ids -join ',') -ErrorAction Stop",
		"  Set-OrganizationConfig -EwsEnabled $true",
		"}",
	}
}
