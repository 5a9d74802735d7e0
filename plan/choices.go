package plan

import (
	"cmp"
	"slices"

	"appleconsent/consent"
)

// Choices are what a person decides about a plan before it is made.
type Choices struct {
	Devices   consent.Devices
	Route     consent.Route
	EnableApp bool // enable the client for sign-in if it is disabled
}

// Requirement is what the choices come to.
func (c Choices) Requirement() consent.Requirement {
	return consent.AppleMail(c.Devices).By(c.Route).Enabled(c.EnableApp)
}

// ChoicesOf returns the choices that a saved plan was made with, and whether there are such. A plan that states anything
// else was not made by this program.
func ChoicesOf(doc Document) (Choices, bool) {
	route := routeOf(doc)
	if !slices.Contains(consent.RouteChoices(), route) {
		return Choices{}, false
	}
	for _, devices := range consent.DeviceChoices() {
		if statesRequirement(doc, consent.AppleMail(devices)) {
			return Choices{devices, route, doc.EnableApp}, true
		}
	}
	return Choices{}, false
}

func routeOf(doc Document) consent.Route { return cmp.Or(doc.Route, consent.AdminConsent) }

func statesRequirement(doc Document, required consent.Requirement) bool {
	if len(doc.Resources) != len(required.Resources) {
		return false
	}
	for i, r := range required.Resources {
		if doc.Resources[i].AppID != r.AppID || !doc.Resources[i].Required.SameAs(r.Scopes) {
			return false
		}
	}
	return true
}

// Requirement is what decides about taking the change back: all that any choice of devices asks for, by the route that the
// change went.
func (c Change) Requirement() consent.Requirement {
	required := consent.AppleMail(consent.AllDevices)
	if slices.ContainsFunc(c.Actions, func(a RecordedAction) bool { return a.Kind.OnUserConsent() }) {
		return required.By(consent.UserConsent)
	}
	return required
}
