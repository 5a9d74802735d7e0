package doctor_test

import (
	"slices"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"

	"github.com/google/go-cmp/cmp"
)

func TestEWSRetirement(t *testing.T) {
	t.Parallel()
	mac := consent.AppleMail().Require(consent.Choices{Devices: consent.MacDevices})
	ended := consent.AppleMail().Require(consent.Choices{Day: "2027-04-01"})
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	before := want{status: doctor.Warning, found: "ewsAnnounced", fixes: "exchangeSettings"}
	during := want{status: doctor.Warning, found: "ewsEnding", fixes: "exchangeSettings"}
	after := want{status: doctor.Warning, found: "ewsEnded", fixes: "otherClientThanMail"}
	elsewhere := func(f *doctor.Facts) { f.Tenant.Cloud = "usgov" }
	there := consent.AppleMail().Require(consent.Choices{Day: "2027-04-01", Cloud: "usgov"})
	run(t, doctor.EWSRetirement, map[string]testCase{
		"the end, in another cloud": {required: &there, at: day(2027, 4, 1), facts: healthy(elsewhere), want: want{
			status: doctor.Warning, found: "ewsEndedElsewhere", fixes: "exchangeSettings",
		}},
		"the day before the start":    {at: day(2026, 10, 1).Add(-time.Second), facts: healthy(), want: before},
		"the start":                   {at: day(2026, 10, 1), facts: healthy(), want: during},
		"the start, elsewhere":        {at: day(2026, 10, 1).In(time.FixedZone("", -8*3600)), facts: healthy(), want: during},
		"the last day, only for macs": {required: &mac, at: day(2027, 4, 1).Add(-time.Second), facts: healthy(), want: during},
		"the end":                     {at: day(2027, 4, 1), facts: healthy(), want: after},
		"the end, not required more":  {required: &ended, at: day(2027, 4, 1), facts: healthy(), want: after},
		"nothing read":                {facts: lacking(), want: during},
	})
}

// What concerns Macs only is left out for who asks about iPhones, and the other way round, before and after the end of EWS.
func TestExamine_devices(t *testing.T) {
	t.Parallel()
	for devices, without := range map[consent.Devices][]doctor.CheckID{
		consent.AllDevices: nil, consent.IOSDevices: {doctor.EWSRetirement, doctor.MacsOnGraph}, consent.MacDevices: {doctor.IntuneMailProfiles},
	} {
		for _, day := range []consent.Day{"2026-11-24", consent.EWSEnd} {
			noon, err := time.Parse(time.DateOnly, string(day))
			if err != nil {
				t.Fatal(err)
			}
			var got []doctor.CheckID
			for _, c := range doctor.Examine(consent.AppleMail().Require(consent.Choices{Devices: devices, Day: day}), healthy(at(noon))) {
				got = append(got, c.ID)
			}
			want := slices.DeleteFunc(allChecks(), func(id doctor.CheckID) bool { return slices.Contains(without, id) })
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s on %s (-want +got):\n%s", devices, day, diff)
			}
		}
	}
}
