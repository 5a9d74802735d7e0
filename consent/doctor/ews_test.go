package doctor_test

import (
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
)

func TestEWSRetirement(t *testing.T) {
	t.Parallel()
	iOS, mac := consent.AppleMail().Require(consent.Choices{Devices: consent.IOSDevices}), consent.AppleMail().Require(consent.Choices{Devices: consent.MacDevices})
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	before := want{status: doctor.Warning, found: "ewsAnnounced", fixes: "exchangeSettings"}
	during := want{status: doctor.Warning, found: "ewsEnding", fixes: "exchangeSettings"}
	after := want{status: doctor.Warning, found: "ewsEnded", fixes: "otherClientThanMail"}
	run(t, doctor.EWSRetirement, map[string]testCase{
		"not asked for":               {required: &iOS, facts: healthy(), want: want{status: doctor.OK, found: "ewsNotRequired"}},
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
	if !examine(t, doctor.EWSRetirement, allDevices, healthy()).Script {
		t.Error("before the end there is no script")
	}
	if examine(t, doctor.EWSRetirement, allDevices, healthy(at(now.AddDate(1, 0, 0)))).Script {
		t.Error("after the end there is a script")
	}
}
