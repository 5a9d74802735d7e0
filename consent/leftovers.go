package consent

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
