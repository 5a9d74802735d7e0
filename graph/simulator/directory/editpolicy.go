package directory

import (
	"cmp"
	"slices"
	"strings"

	"appleconsent/graph/simulator/identity"
)

func (e Edit) classification() string { return cmp.Or(e.Classification, "low") }

// setConsentPolicies sets to which apps users may consent.
func (e Edit) setConsentPolicies(d *Directory, _ string) {
	d.AuthorizationPolicy.DefaultUserRolePermissions.PermissionGrantPoliciesAssigned = append([]string{}, e.Policies...)
}

// classify classifies the permissions that the resource has, in place of what was said
// of them before.
func (e Edit) classify(d *Directory, client string) {
	e.declassify(d, client)
	resource, _ := d.ServicePrincipalOf(e.resource())
	for _, scope := range e.permissions(resource) {
		d.PermissionClassifications = append(d.PermissionClassifications, PermissionClassification{
			ID:             ClassificationID(scope.ID, e.classification()),
			ResourceID:     resource.ID,
			PermissionID:   scope.ID,
			PermissionName: scope.Value,
			Classification: e.classification(),
		})
	}
}

func (e Edit) declassify(d *Directory, _ string) {
	resource, _ := d.ServicePrincipalOf(e.resource())
	for _, scope := range e.permissions(resource) {
		if i := d.classified(resource.ID, scope.ID); i >= 0 {
			d.PermissionClassifications = slices.Delete(d.PermissionClassifications, i, i+1)
		}
	}
}

// permissions are those of the resource that the edit's scope names.
func (e Edit) permissions(resource ServicePrincipal) []identity.PermissionScope {
	named := strings.Fields(e.Scope)
	return slices.DeleteFunc(slices.Clone(resource.OAuth2PermissionScopes), func(s identity.PermissionScope) bool {
		return !slices.Contains(named, s.Value)
	})
}
