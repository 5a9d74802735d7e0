package render

import (
	"appleconsent/consent"
	"appleconsent/plan"
)

// Describe says in one line what an action does. The client and its resources are called as the application calls them.
func Describe(a consent.Action) string { return describe(a, plan.ClientInfo{AppID: a.AppID}, nil) }

// describe says in one line what an action does. The client and the resources are called as they are there, or as the
// application calls them.
func describe(a consent.Action, c plan.ClientInfo, resources []plan.Resource) string {
	client, resource := clientName(c), resourceName(a.ResourceAppID, resources)
	switch a.Kind {
	case consent.CreateServicePrincipal:
		return "create the service principal of " + client
	case consent.CreateGrant:
		return "create the grant on " + resource
	case consent.UpdateGrant:
		return "update the grant on " + resource
	case consent.DeleteGrant:
		return "delete the grant on " + resource
	case consent.DeleteServicePrincipal:
		return "delete the service principal of " + client
	case consent.EnableServicePrincipal:
		return "enable the service principal of " + client + " for sign-in"
	case consent.DisableServicePrincipal:
		return "disable the service principal of " + client + " for sign-in"
	case consent.ClassifyPermission:
		return "classify " + plan.Printable(string(a.Permission)) + " on " + resource + " as low impact"
	case consent.DeclassifyPermission:
		return "no longer classify " + plan.Printable(string(a.Permission)) + " on " + resource
	case consent.SetUserConsentPolicy:
		return "set what users may consent to for themselves"
	}
	return "unknown action"
}
