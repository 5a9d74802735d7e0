package directory

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"appleconsent/graph/simulator/identity"
)

// Edit is a change that another admin makes, or a user.
type Edit struct {
	// Do is one of grant, revoke, deleteGrant, consent (a user does, for that user),
	// createServicePrincipal, deleteServicePrincipal, disable, enable, rename, classify,
	// declassify and setConsentPolicies.
	Do string `json:"do"`
	// Client and Resource are appIds. Without a client it is Apple's, without a
	// resource it is Exchange Online.
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

// edits are what can be done to the client of an edit, by name. Where there is
// nothing to do it to, nothing happens.
var edits = sync.OnceValue(func() map[string]func(e Edit, d *Directory, client string) {
	return map[string]func(e Edit, d *Directory, client string){
		"grant":                  Edit.grant,
		"revoke":                 Edit.revoke,
		"deleteGrant":            Edit.deleteGrant,
		"consent":                Edit.consent,
		"createServicePrincipal": Edit.createServicePrincipal,
		"deleteServicePrincipal": Edit.deleteServicePrincipal,
		"disable":                Edit.disable,
		"enable":                 Edit.enable,
		"rename":                 Edit.rename,
		"classify":               Edit.classify,
		"declassify":             Edit.declassify,
		"setConsentPolicies":     Edit.setConsentPolicies,
	}
})

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

func (e Edit) client() string {
	if e.Client == "" {
		return identity.AppleAppID
	}
	return e.Client
}

func (e Edit) resource() string {
	if e.Resource == "" {
		return identity.ExchangeAppID
	}
	return e.Resource
}

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
	switch {
	case client == "":
		return
	case i < 0:
		d.Grant(client, e.resource(), "", e.Scope)
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
	if len(left) == 0 {
		e.deleteGrant(d, client)
		return
	}
	d.PermissionGrants[i].Scope = strings.Join(left, " ")
}

func (e Edit) deleteGrant(d *Directory, client string) {
	if i := e.at(d, client); i >= 0 {
		d.PermissionGrants = slices.Delete(d.PermissionGrants, i, i+1)
	}
}

func (e Edit) consent(d *Directory, client string) {
	if client != "" {
		d.Grant(client, e.resource(), d.Users[1].ID, e.Scope)
	}
}

func (e Edit) createServicePrincipal(d *Directory, client string) {
	if client == "" {
		d.Install(e.client())
	}
}

func (e Edit) deleteServicePrincipal(d *Directory, client string) {
	hangsOn := func(g PermissionGrant) bool { return g.ClientID == client || g.ResourceID == client }
	d.PermissionGrants = slices.DeleteFunc(d.PermissionGrants, hangsOn)
	d.ServicePrincipals = slices.DeleteFunc(d.ServicePrincipals, func(sp ServicePrincipal) bool { return sp.ID == client })
}

func (e Edit) disable(d *Directory, client string) {
	e.change(d, client, func(sp *ServicePrincipal) { sp.AccountEnabled = new(false) })
}

func (e Edit) enable(d *Directory, client string) {
	e.change(d, client, func(sp *ServicePrincipal) { sp.AccountEnabled = new(true) })
}

func (e Edit) rename(d *Directory, client string) {
	e.change(d, client, func(sp *ServicePrincipal) { sp.DisplayName = e.Name })
}

func (e Edit) change(d *Directory, client string, do func(*ServicePrincipal)) {
	for i := range d.ServicePrincipals {
		if d.ServicePrincipals[i].ID == client {
			do(&d.ServicePrincipals[i])
		}
	}
}
