package render

import (
	"slices"

	"appleconsent/consent"
	"appleconsent/plan"
)

// Devices names Apple's devices of a kind, as a person does.
func Devices(d consent.Devices) string {
	return map[consent.Devices]string{
		consent.AllDevices: "iPhones, iPads and Macs", consent.IOSDevices: "iPhones and iPads", consent.MacDevices: "Macs",
	}[d]
}

// affected are the devices that notice a change: of those that it was made for, the ones that use what was granted.
func affected(c plan.Change) consent.Devices {
	var uses []consent.Devices
	for _, a := range c.Done() {
		for _, scope := range a.Added() {
			uses = append(uses, devicesUsing(a.ResourceAppID, scope))
		}
	}
	if len(uses) == 0 || uses[0] == "" || slices.ContainsFunc(uses, func(d consent.Devices) bool { return d != uses[0] }) {
		return c.Requirement.Devices
	}
	return uses[0]
}

// devicesUsing are those that a scope is for; empty if that is all of them.
func devicesUsing(resource consent.AppID, scope consent.Scope) consent.Devices {
	for _, r := range consent.DefaultApplication().Resources {
		for _, p := range r.Permissions {
			if r.AppID == resource && (consent.ScopeSet{p.Scope}).Has(scope) {
				return p.Devices
			}
		}
	}
	return ""
}
