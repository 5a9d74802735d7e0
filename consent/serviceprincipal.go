package consent

import (
	"cmp"
	"strings"
)

// OnServicePrincipal is the client's service principal: its existence and its switch for sign-in.
const OnServicePrincipal Object = "service principal"

// What is done to service principals.
var (
	CreateServicePrincipal  = ActionKind{Create, OnServicePrincipal}
	EnableServicePrincipal  = ActionKind{Enable, OnServicePrincipal}
	DisableServicePrincipal = ActionKind{Disable, OnServicePrincipal}
	DeleteServicePrincipal  = ActionKind{Delete, OnServicePrincipal}
)

// ServicePrincipal is what a tenant knows of an application, as far as the difference needs it
// (learn.microsoft.com/graph/api/resources/serviceprincipal).
type ServicePrincipal struct {
	ID                  ObjectID
	AppID               AppID
	DisplayName         string
	AccountEnabled      *bool  // false: nobody can sign in to the application; nil: not told
	AssignmentRequired  bool   // true: only assigned users get tokens
	OwnerOrganizationID string // the tenant that the application is registered in; empty: not told
	VerifiedPublisher   string // display name of the verified publisher; empty: none
	DisabledByMicrosoft string // empty, NotDisabled, or why Microsoft disabled it
	DisabledByOwner     bool   // its owner has deactivated the application in all tenants; only the owner can undo that
}

// Restorable is a service principal that lies in the deleted items, from where it can be restored.
type Restorable struct {
	ID    ObjectID
	Until string // the last day, as 2006-01-02 in UTC; empty: not known
}

// NameHolder is a service principal that keeps another one of an application from being created.
type NameHolder struct {
	ID          ObjectID // empty: there is none
	DisplayName string
	Deleted     bool // it is among the deleted items, and can be restored
}

// Disabled reports whether the tenant lets nobody sign in to the application.
func (sp ServicePrincipal) Disabled() bool { return sp.AccountEnabled != nil && !*sp.AccountEnabled }

// Barred reports whether nobody can sign in to the application whatever the tenant does: Microsoft or its owner has disabled it.
func (sp ServicePrincipal) Barred() bool { return sp.DisabledByOwner || sp.disabledByMicrosoft() }

func (sp ServicePrincipal) disabledByMicrosoft() bool {
	return sp.DisabledByMicrosoft != "" && !strings.EqualFold(sp.DisabledByMicrosoft, "NotDisabled")
}

// ServicePrincipal returns the application's service principal, and whether the tenant has one.
func (s State) ServicePrincipal(app AppID) (ServicePrincipal, bool) {
	return find(s.ServicePrincipals, func(sp ServicePrincipal) bool { return sp.AppID == app })
}

// clientNotices say what keeps users out although everything may be granted, and what looks odd about the client.
func clientNotices(required Requirement, sp ServicePrincipal) []Notice {
	var notices []Notice
	add := func(applies bool, code, detail string) {
		if applies {
			notices = append(notices, Notice{
				Level: Warning, Code: code, Name: cmp.Or(sp.DisplayName, required.App.Name), AppID: sp.AppID, Detail: detail,
				Owner: sp.OwnerOrganizationID, Expected: required.App.Publisher.Name,
			})
		}
	}
	add(sp.Disabled() && !required.EnableApp && !sp.Barred(), "clientDisabled", "")
	add(sp.Disabled() && !required.EnableApp && sp.Barred(), "clientDisabledToo", "")
	add(sp.DisabledByOwner, "clientDisabledByOwner", "")
	add(sp.disabledByMicrosoft(), "clientDisabledByMicrosoft", sp.DisabledByMicrosoft)
	add(sp.AssignmentRequired, "assignmentRequired", "")
	add(!required.App.Publisher.looksRight(sp), "unexpectedPublisher", sp.VerifiedPublisher)
	return notices
}

// Leftovers are the things that hang on a service principal and would be lost with it.
type Leftovers struct {
	TenantWideGrants   bool // delegated permission grants for all users
	PerUserGrants      bool // delegated permission grants for one user each
	AppRoleAssignments bool // users and groups assigned to the app, and roles of the app on other resources
	// Excepted are the ids of what was not to count and is still there; complete if nothing else is left.
	Excepted []string
}

// None reports whether nothing would be lost.
func (l Leftovers) None() bool {
	return !l.TenantWideGrants && !l.PerUserGrants && !l.AppRoleAssignments
}

// Strings names what is left.
func (l Leftovers) Strings() []string {
	var names []string
	if l.TenantWideGrants {
		names = append(names, "tenant-wide grants")
	}
	if l.PerUserGrants {
		names = append(names, "grants of individual users")
	}
	if l.AppRoleAssignments {
		names = append(names, "app role assignments")
	}
	return names
}
