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
	Devices   consent.Devices `json:"devices"`
	Also      []string        `json:"also"` // RESOURCE:SCOPE, see consent.Also; never nil
	Route     consent.Route   `json:"route"`
	EnableApp bool            `json:"enableApp"`
	Loosen    bool            `json:"loosen,omitzero"` // see consent.Choices
}

// RequirementOf says in a document what the choices are. Neither devices nor route may be empty.
func RequirementOf(c consent.Choices) RequirementInfo {
	r := RequirementInfo{c.Devices, []string{}, c.Route, c.EnableApp, c.Loosen}
	for _, a := range c.Also {
		r.Also = append(r.Also, a.String())
	}
	return r
}

// Choices are what the admin decided who had the document or the change made, of any time.
func (r RequirementInfo) Choices() consent.Choices {
	c := consent.Choices{Devices: r.Devices, Route: r.Route, EnableApp: r.EnableApp, Loosen: r.Loosen}
	for _, text := range r.Also {
		if a, err := consent.ParseAlso(text); err == nil { // as validate has seen to
			c.Also = append(c.Also, a)
		}
	}
	return c
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
		return errors.New("its requirement does not list its extra scopes")
	case len(r.Also) > maxAlso:
		return fmt.Errorf("its requirement names %d extra scopes; the limit is %d", len(r.Also), maxAlso)
	case len(r.Also) > 0 && r.Route == consent.UserConsent:
		return errors.New("its requirement names extra scopes, which the user-consent route does not allow")
	}
	for i, text := range r.Also {
		a, err := consent.ParseAlso(text)
		switch {
		case err != nil:
			return fmt.Errorf("its requirement: %w", err)
		case a.String() != text:
			return fmt.Errorf("its requirement names %q, which is written %s", text, a)
		case slices.Contains(r.Also[:i], text):
			return fmt.Errorf("its requirement names %s twice", text)
		}
	}
	return nil
}

// maxAlso is how many scopes a requirement can name: more are not one grant any more (consent.MaxScopeLength).
const maxAlso = 500

// Required is what the change was made for, as of then, which says what to read of the tenant to undo it. Errors: ErrRefused.
func (c Change) Required() (consent.Requirement, error) {
	app, known := consent.ApplicationOf(c.Client.AppID)
	if !known {
		return consent.Requirement{}, refused("the client %s", c.Client.AppID)
	}
	required := app.Require(c.Requirement.Choices().On(consent.DayOf(c.StartedAt.UTC()), c.Tenant.Cloud))
	required.Checked = true // when it was made
	return required, nil
}
