package render_test

import (
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/plan"
	"appleconsent/plan/render"
)

// Users are told of the devices that notice: those that the change was made for, and that use what was granted.
func TestDone_devices(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		made    consent.Devices
		granted consent.ScopeSet
		want    string
	}{
		{consent.AllDevices, consent.ScopeSet{consent.EAS, consent.EWS}, "On iPhones, iPads and Macs, open Mail"},
		{consent.AllDevices, consent.ScopeSet{"ews.accessasuser.all"}, "On Macs, open Mail"},
		{consent.AllDevices, consent.ScopeSet{consent.EAS}, "On iPhones and iPads, open Mail"},
		{consent.AllDevices, consent.ScopeSet{consent.EWS, "IMAP.AccessAsUser.All"}, "On iPhones, iPads and Macs, open Mail"},
		{consent.IOSDevices, consent.ScopeSet{"IMAP.AccessAsUser.All"}, "On iPhones and iPads, open Mail"},
		{consent.MacDevices, consent.ScopeSet{consent.UserRead}, "On Macs, open Mail"},
	} {
		c := plan.Change{
			Operation: plan.OperationApply, Requirement: plan.RequirementInfo{Devices: test.made, Route: consent.AdminConsent},
			Actions: []plan.RecordedAction{{Status: plan.StatusDone, Action: plan.Action{Action: consent.Action{
				Kind: consent.CreateGrant, ResourceAppID: consent.ExchangeOnline, After: test.granted,
			}}}},
		}
		if got := textOf(t, render.OfDone(c, plan.Document{}, render.Commands{}), render.PlainStyle(200)); !strings.Contains(got, test.want) {
			t.Errorf("%s, %v: %q is not in\n%s", test.made, test.granted, test.want, got)
		}
	}
}
