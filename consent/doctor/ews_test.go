package doctor_test

import (
	"strings"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"

	"github.com/google/go-cmp/cmp"
)

func TestEWSRetirement(t *testing.T) {
	t.Parallel()
	iOS, mac := consent.AppleMail().Require(consent.Choices{Devices: consent.IOSDevices}), consent.AppleMail().Require(consent.Choices{Devices: consent.MacDevices})
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	before := want{status: doctor.Warning, found: []string{"from 1 October 2026", "cannot read"}, fix: "PowerShell"}
	during := want{status: doctor.Warning, found: []string{"is switching EWS off", "cannot read"}, fix: "PowerShell"}
	after := want{status: doctor.Warning, found: []string{"has ended", "iOS and iPadOS are fine", "!EWSEnabled"}, fix: "Outlook"}
	run(t, "ewsRetirement", map[string]testCase{
		"not asked for":               {required: &iOS, facts: healthy(), want: want{status: doctor.OK, found: []string{"not asked for", "not affected"}}},
		"the day before the start":    {at: day(2026, 10, 1).Add(-time.Second), facts: healthy(), want: before},
		"the start":                   {at: day(2026, 10, 1), facts: healthy(), want: during},
		"the start, elsewhere":        {at: day(2026, 10, 1).In(time.FixedZone("", -8*3600)), facts: healthy(), want: during},
		"the last day, only for macs": {required: &mac, at: day(2027, 4, 1).Add(-time.Second), facts: healthy(), want: during},
		"the end":                     {at: day(2027, 4, 1), facts: healthy(), want: after},
		"nothing read":                {facts: lacking(), want: during},
	})
}

func TestEWSRetirement_script(t *testing.T) {
	t.Parallel()
	got := examine(t, "ewsRetirement", allDevices, healthy(), now).Script
	if diff := cmp.Diff([]string{
		"Connect-ExchangeOnline",
		"Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy | Format-List EwsEnabled, EwsAllowedAppIDs",
		"$apple = 'f8d98a96-0999-43f5-8af3-69971c7bb423'",
		"$config = Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy",
		`$ids = @("$($config.EwsAllowedAppIDs)" -split '[,;\s]+' | Where-Object { $_ })`,
		"if ($ids -notcontains $apple) { $ids += $apple }",
		"# The list comes first: EWS that is enabled with an empty list is blocked for every app.",
		"if ($config) {",
		"  Set-OrganizationConfig -EwsAllowedAppIDs ($ids -join ',') -ErrorAction Stop",
		"  Set-OrganizationConfig -EwsEnabled $true",
		"}",
	}, got); diff != "" {
		t.Errorf("script (-want +got):\n%s", diff)
	}
	for at, want := range map[time.Time]bool{now: true, now.AddDate(1, 0, 0): false} {
		if got := len(examine(t, "ewsRetirement", allDevices, healthy(), at).Script) > 0; got != want {
			t.Errorf("%s: there is a script: %v, want %v", at, got, want)
		}
	}
	for cloud, want := range map[string]string{"usgov": "O365USGovGCCHigh", "usgovdod": "O365USGovDoD", "china": "O365China"} {
		facts := healthy(func(f *doctor.Facts) { f.Tenant.Cloud = cloud })
		if line := examine(t, "ewsRetirement", allDevices, facts, now).Script[0]; !strings.HasSuffix(line, " -ExchangeEnvironmentName "+want) {
			t.Errorf("%s: %s", cloud, line)
		}
	}
}
