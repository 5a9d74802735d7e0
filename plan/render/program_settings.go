package render

import "appleconsent/consent"

// What a script does beside grants: the client's switch, the classification of permissions, the authorization policy.

// classifyStep is a permission that is classified as low impact, or no longer.
type classifyStep struct {
	Resource string // name
	consent.Action
}

// policyStep replaces the entries of the authorization policy.
type policyStep struct{ Before, After consent.ScopeSet }

// Setting tells whether anything beside service principals and grants is changed.
func (p program) Setting() bool { return p.Switching() || p.Classifying() || p.Policy != nil }

// Switching tells whether users are let sign in to the client, or no longer.
func (p program) Switching() bool { return p.Enable != "" || p.Disable != "" }

// Classifying tells whether permissions are classified, or no longer.
func (p program) Classifying() bool { return len(p.Classify)+len(p.Declassify) > 0 }
