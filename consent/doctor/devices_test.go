package doctor_test

import (
	"testing"

	"appleconsent/consent/doctor"
)

func TestFederatedDomains(t *testing.T) {
	t.Parallel()
	domains := func(f *doctor.Facts) {
		f.Domains.Value = []doctor.Domain{{Name: "contoso.com", Federated: true}, {Name: "contoso.onmicrosoft.com"}}
	}
	run(t, doctor.FederatedDomains, map[string]testCase{
		"none": {facts: healthy(), want: want{status: doctor.OK, found: "noFederatedDomain"}},
		"one": {facts: healthy(domains), want: want{
			status: doctor.Warning, items: []doctor.Item{doctor.FederatedDomain{"contoso.com"}}, found: "domainsFederated", fixes: "signInAgain",
			with: []doctor.Finding{{Code: "domainsFederated", Count: 1}},
		}},
		"unread": {facts: lacking(), want: want{status: doctor.Skipped, needs: "Domain.Read.All", found: "notRead"}},
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
	run(t, doctor.IntuneMailProfiles, map[string]testCase{
		"none": {facts: healthy(), want: want{status: doctor.OK, found: "noProfiles fromBeta"}},
		"all OAuth": {facts: healthy(profiles(good)), want: want{
			status: doctor.OK, found: "profilesWithOAuth fromBeta", with: []doctor.Finding{{Code: "profilesWithOAuth", Count: 1}},
		}},
		"on-premises": {facts: healthy(profiles(good, local)), want: want{
			status: doctor.OK, items: []doctor.Item{doctor.DoubtfulProfile{"Local", "mail.contoso.com", "otherServer"}}, found: "profilesForOtherHosts fromBeta",
			with: []doctor.Finding{{Code: "profilesForOtherHosts", Count: 1, Of: 2}},
		}},
		"no host": {facts: healthy(profiles(doctor.MailProfile{Name: "N"})), want: want{
			status: doctor.Warning, items: []doctor.Item{doctor.DoubtfulProfile{"N", "", "hostUnknown"}}, found: "profilesHostUnknown fromBeta", fixes: "lookAtProfile",
		}},
		"no host, OAuth off": {facts: healthy(profiles(local, doctor.MailProfile{Name: "N", OAuth: new(false)})), want: want{
			status: doctor.Warning, found: "profilesHostUnknown fromBeta", fixes: "lookAtProfile",
		}},
		"without OAuth": {facts: healthy(profiles(good, old, local)), want: want{
			status: doctor.Problem,
			items:  []doctor.Item{doctor.DoubtfulProfile{"Old", old.Host, "oauthOff"}, doctor.DoubtfulProfile{"Local", local.Host, "otherServer"}},
			found:  "profilesWithoutOAuth fromBeta", fixes: "profileOAuth",
			with: []doctor.Finding{{Code: "profilesWithoutOAuth", Count: 1, Of: 3}},
		}},
		"not told": {facts: healthy(profiles(good, doctor.MailProfile{Name: "N", Host: "outlook.office365.com"})), want: want{
			status: doctor.Warning, items: []doctor.Item{doctor.DoubtfulProfile{"N", "outlook.office365.com", "oauthUnknown"}}, found: "profilesOAuthUnknown fromBeta", fixes: "lookAtProfile",
			with: []doctor.Finding{{Code: "profilesOAuthUnknown", Count: 1}},
		}},
		"unread": {facts: lacking(), want: want{status: doctor.Skipped, needs: "DeviceManagementConfiguration.Read.All", found: "notRead"}},
	})
	for _, host := range []string{
		"outlook.office365.com", "outlook.office.com", "outlook.office365.us", "outlook-dod.office365.us", "partner.outlook.cn",
		"https://outlook.office365.com", "outlook.office365.com:443", "outlook.office365.com/", " OUTLOOK.office365.com. ",
	} {
		facts := healthy(profiles(doctor.MailProfile{Host: host, OAuth: new(false)}))
		if got := examine(t, doctor.IntuneMailProfiles, allDevices, facts).Status; got != doctor.Problem {
			t.Errorf("%s without OAuth is %s", host, got)
		}
	}
}
