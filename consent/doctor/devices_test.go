package doctor_test

import (
	"testing"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
)

func TestFederatedDomains(t *testing.T) {
	t.Parallel()
	domains := func(f *doctor.Facts) {
		f.Domains.Value = []doctor.Domain{{Name: "contoso.com", Federated: true}, {Name: "contoso.onmicrosoft.com"}}
	}
	run(t, "federatedDomains", map[string]testCase{
		"none":   {facts: healthy(), want: want{status: doctor.OK, found: []string{"No domain is federated."}}},
		"one":    {facts: healthy(domains), want: want{status: doctor.Warning, found: []string{"1 domain is federated"}, fix: "add it again", items: []string{"contoso.com: federated"}}},
		"unread": {facts: lacking(), want: want{status: doctor.Skipped, needs: "Domain.Read.All"}},
	})
}

func TestIntuneMailProfiles(t *testing.T) {
	t.Parallel()
	profiles := func(list ...doctor.MailProfile) change {
		return func(f *doctor.Facts) { f.MailProfiles.Value = list }
	}
	good := doctor.MailProfile{Name: "Good", Host: "outlook.office365.com", OAuth: new(true)}
	old := doctor.MailProfile{Name: "Old", Host: "Outlook.Office365.com.", OAuth: new(false)}
	local := doctor.MailProfile{Name: "Local", Host: "mail.contoso.com"}
	mac := consent.AppleMail().Require(consent.Choices{Devices: consent.MacDevices})
	run(t, "intuneMailProfiles", map[string]testCase{
		"none":          {facts: healthy(), want: want{status: doctor.OK, found: []string{"There are no e-mail profiles.", "beta"}}},
		"all OAuth":     {facts: healthy(profiles(good)), want: want{status: doctor.OK, found: []string{"OAuth is on in 1 e-mail profile.", "beta"}}},
		"on-premises":   {facts: healthy(profiles(good, local)), want: want{status: doctor.OK, found: []string{"1 profile is for another server"}, items: []string{"Local: mail.contoso.com is another server, not Exchange Online"}}},
		"no host":       {facts: healthy(profiles(doctor.MailProfile{Name: "N"})), want: want{status: doctor.OK, items: []string{"N: is another server, not Exchange Online"}}},
		"without OAuth": {facts: healthy(profiles(good, old, local)), want: want{status: doctor.Problem, found: []string{"1 of 3 e-mail profiles for iOS is", "beta"}, fix: "useOAuth true", items: []string{"Old: Outlook.Office365.com., OAuth off", "Local: mail.contoso.com is another server, not Exchange Online"}}},
		"for macOS":     {required: &mac, facts: healthy(profiles(old)), want: want{status: doctor.Warning, fix: "useOAuth true"}},
		"not told":      {facts: healthy(profiles(good, doctor.MailProfile{Name: "N", Host: "outlook.office365.com"})), want: want{status: doctor.Warning, found: []string{"1 e-mail profile for Exchange Online uses OAuth could not be read"}, fix: "Look at it", items: []string{"N: outlook.office365.com, OAuth not told"}}},
		"unread":        {facts: lacking(), want: want{status: doctor.Skipped, needs: "DeviceManagementConfiguration.Read.All"}},
	})
	for _, host := range []string{
		"outlook.office365.com", "outlook.office.com", "outlook.office365.us", "outlook-dod.office365.us", "partner.outlook.cn",
		"https://outlook.office365.com", "outlook.office365.com:443", "outlook.office365.com/", " OUTLOOK.office365.com. ",
	} {
		facts := healthy(profiles(doctor.MailProfile{Host: host, OAuth: new(false)}))
		if got := examine(t, "intuneMailProfiles", allDevices, facts, now).Status; got != doctor.Problem {
			t.Errorf("%s without OAuth is %s", host, got)
		}
	}
}
