package directory

import (
	"slices"

	"appleconsent/graph/simulator/identity"
)

// Kept is the directory as it is kept in a file: service principals that publish what their applications registered say nothing of it,
// which for Microsoft Graph alone would be hundreds of kilobytes. It shares everything else with d.
func (d *Directory) Kept() Directory {
	kept := *d
	kept.ServicePrincipals, kept.Deleted = withoutRegistered(d.ServicePrincipals), withoutRegistered(d.Deleted)
	return kept
}

// Restore makes a directory of what Kept returned.
func (d *Directory) Restore() {
	for _, list := range [][]ServicePrincipal{d.ServicePrincipals, d.Deleted} {
		for i, sp := range list {
			if app, known := identity.FindApplication(sp.AppID); known && sp.OAuth2PermissionScopes == nil {
				list[i].OAuth2PermissionScopes = clone(app.Scopes)
			}
		}
	}
}

func withoutRegistered(all []ServicePrincipal) []ServicePrincipal {
	all = slices.Clone(all)
	for i, sp := range all {
		if app, known := identity.FindApplication(sp.AppID); known && slices.Equal(sp.OAuth2PermissionScopes, app.Scopes) {
			all[i].OAuth2PermissionScopes = nil
		}
	}
	return all
}
