package directory

import "slices"

var appRoleAssignments = collection[AppRoleAssignment]{
	set:    "appRoleAssignments",
	kind:   "AppRoleAssignment",
	rows:   func(d *Directory) *[]AppRoleAssignment { return &d.AppRoleAssignments },
	entity: showAppRoleAssignment,
}

func showAppRoleAssignment(d *Directory, a AppRoleAssignment) entity {
	principal, _ := servicePrincipals.find(d, a.PrincipalID)
	resource, _ := servicePrincipals.find(d, a.ResourceID)
	return entity{
		"id":                   a.ID,
		"deletedDateTime":      nil,
		"appRoleId":            a.AppRoleID,
		"principalDisplayName": principal.DisplayName,
		"principalId":          a.PrincipalID,
		"principalType":        a.PrincipalType,
		"resourceDisplayName":  resource.DisplayName,
		"resourceId":           a.ResourceID,
	}
}

// listAppRoleAssignments lists what the service principal may do as itself.
func listAppRoleAssignments(c *call) (answer, error) {
	return c.assignments(func(a AppRoleAssignment) string { return a.PrincipalID })
}

// listAppRoleAssignedTo lists who may use the service principal's roles.
func listAppRoleAssignedTo(c *call) (answer, error) {
	return c.assignments(func(a AppRoleAssignment) string { return a.ResourceID })
}

// assignments lists those with the path's service principal at one end.
func (c *call) assignments(end func(AppRoleAssignment) string) (answer, error) {
	sp, err := c.servicePrincipal()
	if err != nil {
		return answer{}, err
	}
	return list(c, appRoleAssignments, slices.DeleteFunc(slices.Clone(c.dir.AppRoleAssignments),
		func(a AppRoleAssignment) bool { return end(a) != sp.ID }))
}
