package consent

import (
	"cmp"
	"slices"
)

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
	Also      []Also  // what is asked for beyond what the application needs
	Route     Route   // how users come by consent; empty: AdminConsent
	EnableApp bool    // enable the client for sign-in if it is disabled
	Loosen    bool    // by UserConsent: also where the tenant-wide grants make it needless
	// Day and Cloud are when and in which of the Clouds something is required. What ends on a day is required before it and as long
	// as no day is given; no cloud stands for the default one.
	Day   Day
	Cloud string
}

// Default reports whether nothing was decided.
func (c Choices) Default() bool {
	return c.Devices == "" && len(c.Also) == 0 && c.Route == "" && !c.EnableApp && !c.Loosen
}

// On returns the choices as of that day in that cloud.
func (c Choices) On(day Day, cloud string) Choices {
	c.Day, c.Cloud = day, cloud
	return c
}

// Day is a day in UTC, as 2027-04-01; empty: none.
type Day string

// DayOf returns the day of a time, which must be in UTC.
func DayOf(utc interface{ Format(layout string) string }) Day { return Day(utc.Format("2006-01-02")) }

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
	// Checked: what Also has is known to be published, see Resolve, or need not be looked up.
	Checked bool
	// Published is what was read of what resources publish to look it up; nil if nothing was.
	Published Catalogue
	// Notices go with the requirement wherever it is compared with a tenant.
	Notices []Notice
}

// Require returns what the application needs by the choices, and what they ask for besides. A resource on which nothing is needed
// is left out; those that the application does not call come last.
func (app Application) Require(c Choices) Requirement {
	c.Devices, c.Route = cmp.Or(c.Devices, AllDevices), cmp.Or(c.Route, AdminConsent)
	c.Also = app.beyond(c)
	r := Requirement{App: app, Choices: c}
	for _, resource := range app.Resources {
		needed, also := ScopeSet{}, alsoOn(c.Also, resource.AppID)
		for _, p := range resource.Permissions {
			if p.neededBy(c) {
				needed = needed.With(p.Scope)
			}
			if p.neededBy(c) || also.Has(p.Scope) {
				r.note(p.noticeAt(c))
			}
		}
		r.add(resource.Resource, needed.With(also...))
	}
	for _, a := range c.Also {
		if !app.calls(a.Resource) && len(r.Scopes(a.Resource)) == 0 {
			r.add(NamedResource(a.Resource), alsoOn(c.Also, a.Resource))
		}
	}
	return r
}

func (r *Requirement) add(resource Resource, scopes ScopeSet) {
	if len(scopes) > 0 {
		r.Resources = append(r.Resources, ResourceRequirement{resource, scopes})
	}
}

func (r *Requirement) note(n Notice) {
	if n.Code != "" {
		r.Notices = append(r.Notices, n)
	}
}

// neededBy reports whether the application needs the permission on the devices and at the time.
func (p Permission) neededBy(c Choices) bool {
	return (p.Devices == "" || c.Devices == AllDevices || p.Devices == c.Devices) && !p.ended(c)
}

// ended reports whether the permission is of no use any more.
func (p Permission) ended(c Choices) bool {
	return p.Ends != "" && c.Day >= p.Ends && cmp.Or(c.Cloud, Clouds()[0]) == Clouds()[0]
}

func (p Permission) noticeAt(c Choices) Notice {
	if p.ended(c) {
		return p.Ended
	}
	return p.Notice
}

// AppIDs returns the applications whose service principals decide about the requirement: the client first.
func (r Requirement) AppIDs() []AppID {
	ids := []AppID{r.App.ID}
	for _, resource := range r.App.resources() {
		ids = append(ids, resource.AppID)
	}
	for _, a := range r.Also {
		if !slices.Contains(ids, a.Resource) {
			ids = append(ids, a.Resource)
		}
	}
	return ids
}

// Scopes returns what the requirement asks for on a resource; the empty set for a resource that it does not name.
func (r Requirement) Scopes(resource AppID) ScopeSet {
	required, _ := find(r.Resources, func(required ResourceRequirement) bool { return required.AppID == resource })
	return required.Scopes
}
