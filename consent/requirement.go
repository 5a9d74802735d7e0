package consent

import "cmp"

// Devices selects what is required by the devices that use an application.
type Devices string

// The values of Devices: all of Apple's, without EWS (macOS), without EAS (iOS and iPadOS).
const (
	AllDevices Devices = "all"
	IOSDevices Devices = "ios"
	MacDevices Devices = "mac"
)

// DeviceChoices returns the values of Devices, the default first.
func DeviceChoices() []Devices { return []Devices{AllDevices, IOSDevices, MacDevices} }

// Route is the way in which users come to consent.
type Route string

// The routes: an admin consents once for all users, or the tenant lets users consent for themselves.
const (
	AdminConsent Route = "admin-consent"
	UserConsent  Route = "user-consent"
)

// RouteChoices returns the routes, the default first.
func RouteChoices() []Route { return []Route{AdminConsent, UserConsent} }

// Choices are what an admin decides about a requirement. The zero value is the default.
type Choices struct {
	Devices   Devices // empty: AllDevices
	Route     Route   // how users come by consent; empty: AdminConsent
	EnableApp bool    // enable the client for sign-in if it is disabled
	Loosen    bool    // by UserConsent: also where the tenant-wide grants make it needless
}

// ResourceRequirement is what one resource must have granted to the client for all users.
type ResourceRequirement struct {
	Resource
	Scopes ScopeSet
}

// Requirement says which delegated permissions one client needs in a tenant, all with consent type AllPrincipals.
// It is data, made by Application.Require.
type Requirement struct {
	App Application
	Choices
	Resources []ResourceRequirement
	// Notices go with the requirement wherever it is compared with a tenant.
	Notices []Notice
}

// Require returns what the application needs by the choices. A resource on which nothing is needed is left out.
func (app Application) Require(c Choices) Requirement {
	c.Devices, c.Route = cmp.Or(c.Devices, AllDevices), cmp.Or(c.Route, AdminConsent)
	r := Requirement{App: app, Choices: c}
	for _, resource := range app.Resources {
		needed := ResourceRequirement{Resource: resource.Resource, Scopes: ScopeSet{}}
		for _, p := range resource.Permissions {
			if p.Devices != "" && c.Devices != AllDevices && p.Devices != c.Devices {
				continue
			}
			needed.Scopes = needed.Scopes.With(p.Scope)
			if p.Notice.Code != "" {
				r.Notices = append(r.Notices, p.Notice)
			}
		}
		if len(needed.Scopes) > 0 {
			r.Resources = append(r.Resources, needed)
		}
	}
	return r
}

// AppIDs returns the applications whose service principals decide about the requirement: the client first.
func (r Requirement) AppIDs() []AppID {
	ids := []AppID{r.App.ID}
	for _, resource := range r.App.resources() {
		ids = append(ids, resource.AppID)
	}
	return ids
}

// Scopes returns what the requirement asks for on a resource; the empty set for a resource that it does not name.
func (r Requirement) Scopes(resource AppID) ScopeSet {
	required, _ := find(r.Resources, func(required ResourceRequirement) bool { return required.AppID == resource })
	return required.Scopes
}
