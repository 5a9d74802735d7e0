package directory

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"appleconsent/graph/simulator/identity"
)

// Edit is a change that another admin makes, or a user.
type Edit struct {
	// Do is one of grant, revoke, deleteGrant, consent (a user does, for that user), createServicePrincipal,
	// deleteServicePrincipal, disable, enable, disableByOwner, requireAssignment, unverify, rename, classify, declassify and setConsentPolicies.
	Do string `json:"do"`
	// Client and Resource are appIds. Without a client it is Apple's, without a resource it is Exchange Online.
	Client   string `json:"client,omitempty"`
	Resource string `json:"resource,omitempty"`
	// Scope holds permissions of the resource.
	Scope string `json:"scope,omitempty"`
	// Name is the new display name of the client, for rename.
	Name string `json:"name,omitempty"`
	// Classification is low, medium or high, for classify; without it low.
	Classification string `json:"classification,omitempty"`
	// Policies are the new permissionGrantPoliciesAssigned, for setConsentPolicies.
	Policies []string `json:"policies,omitempty"`
}

// edits are what can be done to the client of an edit, by name. Where there is nothing to do it to, nothing happens.
var edits = sync.OnceValue(func() map[string]func(e Edit, d *Directory, client string) {
	return map[string]func(e Edit, d *Directory, client string){
		"grant":       Edit.grant,
		"revoke":      Edit.revoke,
		"deleteGrant": Edit.deleteGrant,
		"consent": func(e Edit, d *Directory, client string) {
			if client != "" {
				d.Grant(client, e.resource(), d.Users[1].ID, e.Scope)
			}
		},
		"createServicePrincipal": func(e Edit, d *Directory, client string) {
			if client == "" {
				d.Install(e.client())
			}
		},
		"deleteServicePrincipal": Edit.deleteServicePrincipal,
		"disable":                changing(func(_ Edit, sp *ServicePrincipal) { sp.AccountEnabled = new(false) }),
		"enable":                 changing(func(_ Edit, sp *ServicePrincipal) { sp.AccountEnabled = new(true) }),
		"disableByOwner":         changing(func(_ Edit, sp *ServicePrincipal) { sp.IsDisabled = new(true) }),
		"requireAssignment":      changing(func(_ Edit, sp *ServicePrincipal) { sp.AppRoleAssignmentRequired = true }),
		"unverify":               changing(func(_ Edit, sp *ServicePrincipal) { sp.VerifiedPublisher = identity.VerifiedPublisher{} }),
		"rename":                 changing(func(e Edit, sp *ServicePrincipal) { sp.DisplayName = e.Name }),
		"classify":               Edit.classify,
		"declassify":             Edit.declassify,
		"setConsentPolicies": func(e Edit, d *Directory, _ string) {
			d.AuthorizationPolicy.DefaultUserRolePermissions.PermissionGrantPoliciesAssigned = append([]string{}, e.Policies...)
		},
	}
})

// changing is what changes the client itself.
func changing(change func(Edit, *ServicePrincipal)) func(Edit, *Directory, string) {
	return func(e Edit, d *Directory, client string) {
		if i := index(d.ServicePrincipals, client); i >= 0 {
			change(e, &d.ServicePrincipals[i])
		}
	}
}

// Check refuses an edit that cannot mean anything.
func (e Edit) Check() error {
	if edits()[e.Do] == nil {
		return fmt.Errorf("unknown edit %q: use one of %s", e.Do, strings.Join(slices.Sorted(maps.Keys(edits())), ", "))
	}
	if _, known := identity.FindApplication(e.client()); !known {
		return fmt.Errorf("the simulated tenants know no application %q", e.client())
	}
	if !slices.Contains(impacts(), e.classification()) {
		return fmt.Errorf("unknown classification %q: use one of %s", e.Classification, strings.Join(impacts(), ", "))
	}
	return nil
}

func (e Edit) client() string         { return cmp.Or(e.Client, identity.AppleAppID) }
func (e Edit) resource() string       { return cmp.Or(e.Resource, identity.ExchangeAppID) }
func (e Edit) classification() string { return cmp.Or(e.Classification, "low") }

// Apply makes the change. The edit must pass [Edit.Check].
func (e Edit) Apply(d *Directory) {
	sp, _ := d.ServicePrincipalOf(e.client())
	edits()[e.Do](e, d, sp.ID)
}

// at finds the client's tenant-wide grant on the resource.
func (e Edit) at(d *Directory, client string) int {
	resource, _ := d.ServicePrincipalOf(e.resource())
	return slices.IndexFunc(d.PermissionGrants, func(g PermissionGrant) bool {
		return client != "" && g.ClientID == client && g.ResourceID == resource.ID && g.ConsentType == allPrincipals
	})
}

func (e Edit) grant(d *Directory, client string) {
	i := e.at(d, client)
	if i < 0 && client != "" {
		d.Grant(client, e.resource(), "", e.Scope)
	}
	if i < 0 {
		return
	}
	have := strings.Fields(d.PermissionGrants[i].Scope)
	for _, scope := range strings.Fields(e.Scope) {
		if !slices.Contains(have, scope) {
			have = append(have, scope)
		}
	}
	d.PermissionGrants[i].Scope = strings.Join(have, " ")
}

func (e Edit) revoke(d *Directory, client string) {
	i := e.at(d, client)
	if i < 0 {
		return
	}
	gone := strings.Fields(e.Scope)
	left := slices.DeleteFunc(strings.Fields(d.PermissionGrants[i].Scope), func(s string) bool { return slices.Contains(gone, s) })
	d.PermissionGrants[i].Scope = strings.Join(left, " ")
	if len(left) == 0 {
		e.deleteGrant(d, client)
	}
}

func (e Edit) deleteGrant(d *Directory, client string) {
	if i := e.at(d, client); i >= 0 {
		d.PermissionGrants = slices.Delete(d.PermissionGrants, i, i+1)
	}
}

func (e Edit) deleteServicePrincipal(d *Directory, client string) {
	hangsOn := func(g PermissionGrant) bool { return g.ClientID == client || g.ResourceID == client }
	d.PermissionGrants = slices.DeleteFunc(d.PermissionGrants, hangsOn)
	servicePrincipals.remove(d, client)
}

// classify classifies the permissions that the resource has, in place of what was said of them before.
func (e Edit) classify(d *Directory, client string) {
	e.declassify(d, client)
	resource, _ := d.ServicePrincipalOf(e.resource())
	for _, scope := range e.permissions(resource) {
		d.PermissionClassifications = append(d.PermissionClassifications, PermissionClassification{
			ID: ClassificationID(scope.ID, e.classification()), ResourceID: resource.ID,
			PermissionID: scope.ID, PermissionName: scope.Value, Classification: e.classification(),
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
