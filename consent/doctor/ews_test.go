package doctor_test

import (
	"slices"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
)

func TestEWSRetirement(t *testing.T) {
	t.Parallel()
	mac := consent.AppleMail().Require(consent.Choices{Devices: consent.MacDevices})
	ended := consent.AppleMail().Require(consent.Choices{Day: "2027-04-01"})
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	before := want{status: doctor.Warning, found: "ewsAnnounced", fixes: "exchangeSettings"}
	during := want{status: doctor.Warning, found: "ewsEnding", fixes: "exchangeSettings"}
	after := want{status: doctor.Warning, found: "ewsEnded", fixes: "otherClientThanMail"}
	run(t, doctor.EWSRetirement, map[string]testCase{
		"the day before the start":    {at: day(2026, 10, 1).Add(-time.Second), facts: healthy(), want: before},
		"the start":                   {at: day(2026, 10, 1), facts: healthy(), want: during},
		"the start, elsewhere":        {at: day(2026, 10, 1).In(time.FixedZone("", -8*3600)), facts: healthy(), want: during},
		"the last day, only for macs": {required: &mac, at: day(2027, 4, 1).Add(-time.Second), facts: healthy(), want: during},
		"the end":                     {at: day(2027, 4, 1), facts: healthy(), want: after},
		"the end, not required more":  {required: &ended, at: day(2027, 4, 1), facts: healthy(), want: after},
		"nothing read":                {facts: lacking(), want: during},
	})
}

// What concerns Macs only is left out for who asks about other devices.
func TestExamine_withoutMacs(t *testing.T) {
	t.Parallel()
	iOS := consent.AppleMail().Require(consent.Choices{Devices: consent.IOSDevices})
	all, some := doctor.Examine(allDevices, healthy()), doctor.Examine(iOS, healthy())
	ofMacs := func(c doctor.Check) bool { return c.ID == doctor.EWSRetirement || c.ID == doctor.MacsOnGraph }
	if len(some) != len(all)-2 || slices.ContainsFunc(some, ofMacs) {
		t.Errorf("got %d of %d checks", len(some), len(all))
	}
}
