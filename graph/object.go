package graph

import (
	"context"
	"slices"

	"appleconsent/consent"
	"appleconsent/graph/wire"
)

// object is what there is to know of a kind of object beside its requests: a line in objects, and a file of its own.
type object struct {
	kind consent.Object
	access
	// route is the only one by which it is read for a state; empty: any.
	route consent.Route
	// read reads it into its field of a state, given one that has the service principals; nil if there is nothing else to read.
	read func(c *Client, ctx context.Context, required consent.Requirement, found consent.State, into *consent.State) error
}

// objects has the kinds of objects, in the order in which their permissions are named.
func objects() []object {
	return []object{
		{consent.OnGrant, grantAccess, "", (*Client).readGrants},
		{consent.OnServicePrincipal, servicePrincipalAccess, "", nil},
		{consent.OnClassification, classificationAccess, consent.UserConsent, (*Client).readClassifications},
		{consent.OnPolicy, policyAccess, consent.UserConsent, (*Client).readConsentPolicies},
	}
}

// access is what opens one kind of write to a token, as the page of its request says: any of the permissions, and for a person any of
// the roles.
type access struct {
	permission, role     string   // the least that are enough; the role by its name
	others, othersOfApps []string // further permissions that are enough: delegated ones, and those of applications
	roles                []string
}

// writing is an operation of that kind.
func (a access) writing(name string) wire.Operation {
	return wire.Operation{Name: name, Permission: a.permission, Role: a.role, Writes: true}
}

func accessOf(permission string) access {
	all := objects()
	return all[slices.IndexFunc(all, func(o object) bool { return o.permission == permission })].access
}

// needed returns the permissions to write that actions of these kinds need, each once.
func needed(kinds []consent.ActionKind) []string {
	var permissions []string
	for _, o := range objects() {
		isNeeded := slices.ContainsFunc(kinds, func(k consent.ActionKind) bool { return k.Object == o.kind })
		if isNeeded && !slices.Contains(permissions, o.permission) {
			permissions = append(permissions, o.permission)
		}
	}
	return permissions
}
