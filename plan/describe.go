package plan

import (
	"slices"

	"appleconsent/consent"
)

// Describe says in one line what an action does. The client and the resources are called as they are there, or as the
// requirement calls them.
func Describe(a Action, c ClientInfo, resources []Resource) string {
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
		return "classify " + Printable(string(a.Permission)) + " on " + resource + " as low impact"
	case consent.DeclassifyPermission:
		return "no longer classify " + Printable(string(a.Permission)) + " on " + resource
	case consent.SetUserConsentPolicy:
		return "set what users may consent to for themselves"
	}
	return Printable(string(a.Kind))
}

func clientName(c ClientInfo) string {
	if c.DisplayName != nil && Printable(*c.DisplayName) != "" {
		return Printable(*c.DisplayName)
	}
	return consent.AppleMail(consent.AllDevices).ClientName
}

func resourceName(app consent.AppID, resources []Resource) string {
	if i := slices.IndexFunc(resources, func(r Resource) bool { return r.AppID == app }); i >= 0 {
		return Printable(resources[i].DisplayName)
	}
	for _, r := range consent.AppleMail(consent.AllDevices).Resources {
		if r.AppID == app {
			return r.Name
		}
	}
	return Printable(string(app))
}
