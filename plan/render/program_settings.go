package render

import (
	"fmt"
	"regexp"
	"slices"

	"appleconsent/consent"
	"appleconsent/plan"
)

// What a script does beside grants: the client's switch, the classification of permissions, the authorization policy.

// classifyStep is a permission that is classified as low impact, or no longer.
type classifyStep struct {
	Resource         string // name
	ResourceAppID    consent.AppID
	ResourceID       consent.ObjectID
	Permission       consent.Scope
	PermissionID     string
	ClassificationID string // of one that is deleted
}

// policyStep replaces the entries of the authorization policy.
type policyStep struct{ Before, After consent.ScopeSet }

// addSwitch takes an action over that lets users sign in to the client, or no longer.
func (p *program) addSwitch(a plan.Action) error {
	switch {
	case a.ServicePrincipalID == "":
		return fmt.Errorf("%w: no service principal to switch", ErrRefused)
	case p.Enable != "" || p.Disable != "":
		return fmt.Errorf("%w: to enable or disable a service principal twice", ErrRefused)
	case a.Kind == consent.EnableServicePrincipal:
		p.Enable = a.ServicePrincipalID
	default:
		p.Disable = a.ServicePrincipalID
	}
	return nil
}

// addUserConsent takes an action over that concerns what users may consent to for themselves.
func (p *program) addUserConsent(a plan.Action, resource string) error {
	step := classifyStep{resource, a.ResourceAppID, a.ResourceID, a.Permission, a.PermissionID, a.ClassificationID}
	switch {
	case a.Kind == consent.SetUserConsentPolicy && p.Policy != nil:
		return fmt.Errorf("%w: to set the authorization policy twice", ErrRefused)
	case a.Kind == consent.SetUserConsentPolicy:
		p.Policy = &policyStep{a.Before, a.After}
	case a.Classification != consent.LowImpact:
		return fmt.Errorf("%w: the classification %s", ErrRefused, shown(a.Classification))
	case a.Kind == consent.ClassifyPermission:
		p.Classify = append(p.Classify, step)
	default:
		p.Declassify = append(p.Declassify, step)
	}
	return nil
}

// Setting tells whether anything beside service principals and grants is changed.
func (p program) Setting() bool { return p.Switching() || p.Classifying() || p.Policy != nil }

// Switching tells whether users are let sign in to the client, or no longer.
func (p program) Switching() bool { return p.Enable != "" || p.Disable != "" }

// Classifying tells whether permissions are classified, or no longer.
func (p program) Classifying() bool { return len(p.Classify)+len(p.Declassify) > 0 }

func (p *program) checkSettings(required consent.Requirement) error {
	if p.Switching() && (p.Create || p.Delete != "") {
		return fmt.Errorf("%w: to switch a service principal that is created or deleted", ErrRefused)
	}
	seen := make(map[string]bool)
	for _, c := range slices.Concat(p.Classify, p.Declassify) {
		if err := c.check(required); err != nil {
			return err
		}
		if seen[c.PermissionID] {
			return fmt.Errorf("%w: to classify %s twice", ErrRefused, shown(string(c.Permission)))
		}
		seen[c.PermissionID] = true
	}
	for _, c := range p.Declassify {
		if !grantID.MatchString(c.ClassificationID) {
			return fmt.Errorf("%w: the classification id %s", ErrRefused, shown(c.ClassificationID))
		}
	}
	if p.Policy == nil {
		return nil
	}
	return p.Policy.check(p.Rollback)
}

func (c classifyStep) check(required consent.Requirement) error {
	id, known := consent.PermissionID(c.ResourceAppID, c.Permission)
	switch {
	case !known || !required.Scopes(c.ResourceAppID).Has(c.Permission):
		return fmt.Errorf("%w: to classify %s on %s", ErrRefused, shown(string(c.Permission)), shown(string(c.ResourceAppID)))
	case id != c.PermissionID:
		return fmt.Errorf("%w: the id %s of %s", ErrRefused, shown(c.PermissionID), shown(string(c.Permission)))
	}
	if _, err := consent.ParseGUID(string(c.ResourceID)); err != nil {
		return fmt.Errorf("%w: the id %s", ErrRefused, shown(string(c.ResourceID)))
	}
	return nil
}

// policyEntry is what the entries of authorization policies look like.
var policyEntry = regexp.MustCompile(`^[A-Za-z0-9._-]{1,200}$`)

// check refuses what neither an apply nor a rollback sets. A rollback may assign again whatever stood; an apply assigns the
// low-impact policy, and nothing that is more generous.
func (p policyStep) check(rollback bool) error {
	for _, entry := range slices.Concat(p.Before, p.After) {
		if !policyEntry.MatchString(string(entry)) {
			return fmt.Errorf("%w: the policy %s", ErrRefused, shown(string(entry)))
		}
	}
	for _, entry := range p.After.Without(p.Before).With(p.Before.Without(p.After)...) {
		if !consent.IsSelfPolicy(entry) {
			return fmt.Errorf("%w: to touch the policy %s", ErrRefused, shown(string(entry)))
		}
	}
	if !rollback && !consent.OnlyLowImpact(p.After) {
		return fmt.Errorf("%w: to let users consent to more than low-impact permissions", ErrRefused)
	}
	return nil
}
