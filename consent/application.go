package consent

import "strings"

// Application is a client application that needs delegated permissions tenant-wide, as data: another application is another
// value in Applications, and no other code.
type Application struct {
	ID    AppID
	Label string // names it in configurations, such as apple_mail; never changes, or they would create it anew
	Name  string // what to call its service principal where the tenant does not name it
	Noun  string // what people call it in texts
	// Publisher is who is expected to publish it.
	Publisher Publisher
	// Resources are what it calls, each with the permissions that it needs there on any devices.
	Resources []ApplicationResource
	// LookAlikes are further resources that publish permissions of the same names. They are looked up only to be
	// able to name them; grants on them do not count.
	LookAlikes []Resource
}

// Permission is a delegated permission of a resource, and who needs it.
type Permission struct {
	Scope Scope
	ID    string // GUID, in lower case; by it the permission is classified
	// Devices are the only ones that need it; empty: all do.
	Devices Devices
	// Platform is what Conditional Access calls those devices (learn.microsoft.com/graph/api/resources/
	// conditionalaccessplatforms); empty for a permission that all need.
	Platform string
	// Notice goes with the permission wherever it is required; the zero value: none. From Ends on, which is never if it is empty, it is
	// not required by itself any more in the default cloud, and Ended takes its place.
	Notice, Ended Notice
	Ends          Day
}

// Resource is an application that is called with delegated permissions.
type Resource struct {
	AppID AppID
	Name  string // what to call it where the tenant does not name it
	Label string // names it in configurations; see Application.Label
	Word  string // names it on command lines and in documents; empty where it is not asked for; never changes
}

// Publisher is how the publisher of a client is expected to look. Both values are unconfirmed, so that a difference is
// worth a warning and nothing more.
type Publisher struct {
	Name           string // the first word that a verified publisher's name should have
	OrganizationID string // the tenant that the application is registered in
}

// looksRight reports whether a service principal's publisher is the expected one as far as it is known.
func (p Publisher) looksRight(sp ServicePrincipal) bool {
	if sp.VerifiedPublisher != "" {
		first, _, _ := strings.Cut(sp.VerifiedPublisher, " ")
		return p.Name == "" || strings.EqualFold(first, p.Name)
	}
	return sp.OwnerOrganizationID == "" || p.OrganizationID == "" ||
		strings.EqualFold(sp.OwnerOrganizationID, p.OrganizationID)
}

// Applications returns the applications that this program knows, the default first.
func Applications() []Application { return []Application{AppleMail()} }

// DefaultApplication returns the application that commands are about.
func DefaultApplication() Application { return Applications()[0] }

// ApplicationOf returns the application of that id, and whether this program knows it.
func ApplicationOf(id AppID) (Application, bool) {
	return find(Applications(), func(app Application) bool { return app.ID == id })
}

// ResourceOf returns the resource of that id, and whether any application calls it or looks out for it.
func ResourceOf(id AppID) (Resource, bool) {
	var all []Resource
	for _, app := range Applications() {
		all = append(all, app.resources()...)
	}
	return find(all, func(r Resource) bool { return r.AppID == id })
}

// resources returns what the application calls, then its look-alikes.
func (app Application) resources() []Resource {
	var all []Resource
	for _, r := range app.Resources {
		all = append(all, r.Resource)
	}
	return append(all, app.LookAlikes...)
}

// PermissionID returns the id of a delegated permission that an application needs, and whether one does.
func PermissionID(resource AppID, scope Scope) (id string, known bool) {
	for _, app := range Applications() {
		for _, r := range app.Resources {
			p, needed := find(r.Permissions, func(p Permission) bool { return p.Scope.key() == scope.key() })
			if needed && r.AppID == resource {
				return p.ID, true
			}
		}
	}
	return "", false
}
