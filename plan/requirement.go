package plan

import (
	"fmt"
	"slices"

	"appleconsent/consent"
)

// RequirementInfo is what a document or a record was made for. It describes and never permits: see Document.Trust and
// Change.Trust.
type RequirementInfo struct {
	Devices   consent.Devices  `json:"devices"`
	Also      consent.ScopeSet `json:"also"` // scopes beyond what the application needs; always empty as yet
	Route     consent.Route    `json:"route"`
	EnableApp bool             `json:"enableApp"`
}

func requirementInfo(c consent.Choices) RequirementInfo {
	return RequirementInfo{c.Devices, consent.ScopeSet{}, c.Route, c.EnableApp}
}

// Choices are what the admin decided who had the document or the change made.
func (r RequirementInfo) Choices() consent.Choices {
	return consent.Choices{Devices: r.Devices, Route: r.Route, EnableApp: r.EnableApp}
}

// validate refuses what this program would not have written.
func (r RequirementInfo) validate() error {
	switch {
	case !slices.Contains(consent.DeviceChoices(), r.Devices):
		return fmt.Errorf("its requirement names unknown devices %q", r.Devices)
	case !slices.Contains(consent.RouteChoices(), r.Route):
		return fmt.Errorf("its requirement names an unknown route %q", r.Route)
	case len(r.Also) > 0:
		return fmt.Errorf("its requirement names scopes that this version does not know: %s", r.Also.List())
	}
	return nil
}

// require returns what the application of that id needs by what a file says. Errors: ErrRefused.
func (r RequirementInfo) require(app consent.AppID) (consent.Requirement, error) {
	known, ok := consent.ApplicationOf(app)
	if !ok {
		return consent.Requirement{}, refused("the client %s", app)
	}
	return known.Require(r.Choices()), nil
}
