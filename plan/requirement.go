package plan

import (
	"errors"
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
	Loosen    bool             `json:"loosen,omitzero"` // see consent.Choices
}

// RequirementOf says in a document what the choices are. Neither of them may be empty.
func RequirementOf(c consent.Choices) RequirementInfo {
	return RequirementInfo{c.Devices, consent.ScopeSet{}, c.Route, c.EnableApp, c.Loosen}
}

// Choices are what the admin decided who had the document or the change made.
func (r RequirementInfo) Choices() consent.Choices {
	return consent.Choices{Devices: r.Devices, Route: r.Route, EnableApp: r.EnableApp, Loosen: r.Loosen}
}

// validate refuses what this program would not have written.
func (r RequirementInfo) validate() error {
	switch {
	case r.Devices == "" && r.Route == "":
		return errOlderForm
	case !slices.Contains(consent.DeviceChoices(), r.Devices):
		return fmt.Errorf("its requirement names unknown devices %q", r.Devices)
	case !slices.Contains(consent.RouteChoices(), r.Route):
		return fmt.Errorf("its requirement names an unknown route %q", r.Route)
	case r.Also == nil:
		return errors.New("its requirement does not say which scopes it has beyond what is needed")
	case len(r.Also) > 0:
		return fmt.Errorf("its requirement names scopes that this version does not know: %s", r.Also.List())
	}
	return nil
}

// Required is what the change was made for, which says what to read of the tenant to undo it. Errors: ErrRefused.
func (c Change) Required() (consent.Requirement, error) {
	app, known := consent.ApplicationOf(c.Client.AppID)
	if !known {
		return consent.Requirement{}, refused("the client %s", c.Client.AppID)
	}
	return app.Require(c.Requirement.Choices()), nil
}
