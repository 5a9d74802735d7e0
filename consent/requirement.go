package consent

import (
	"fmt"
	"slices"
	"strings"
)

// Application (client) IDs of Microsoft's resources and of Apple's mail client. Sources: the permission catalogue
// of Microsoft Graph, learn.microsoft.com/entra/identity/enterprise-apps/manage-app-consent-policies ("Apple Mail").
const (
	AppleInternetAccounts AppID = "f8d98a96-0999-43f5-8af3-69971c7bb423"
	MicrosoftGraph        AppID = "00000003-0000-0000-c000-000000000000"
	ExchangeOnline        AppID = "00000002-0000-0ff1-ce00-000000000000"
	AzureADGraph          AppID = "00000002-0000-0000-c000-000000000000"
)

// The delegated permissions that Apple's mail client needs. EAS is what iOS and iPadOS speak, EWS what macOS speaks.
const (
	UserRead Scope = "User.Read"
	EAS      Scope = "EAS.AccessAsUser.All"
	EWS      Scope = "EWS.AccessAsUser.All"
)

// Resource is an application that is called with delegated permissions.
type Resource struct {
	AppID AppID
	Name  string // what to call it where the tenant does not name it
}

// ResourceRequirement is what one resource must have granted to the client for all users.
type ResourceRequirement struct {
	Resource
	Scopes ScopeSet
}

// Publisher is how the publisher of the client is expected to look. Both values are unconfirmed by Microsoft and
// Apple, so that a difference is worth a warning and nothing more.
type Publisher struct {
	Name           string // the first word that a verified publisher's name should have
	OrganizationID string // the tenant that the application is registered in
}

// Requirement says which delegated permissions one client needs in a tenant, all with consent type AllPrincipals.
// It is data: another client or another set of scopes is another value, not other code.
type Requirement struct {
	Client     AppID
	ClientName string // what to call the client where the tenant does not name it
	Publisher  Publisher
	Resources  []ResourceRequirement
	// LookAlikes are further resources that publish permissions of the same names. They are looked up only to be
	// able to name them; grants on them do not count.
	LookAlikes []Resource
	// Notices go with the requirement wherever it is compared with a tenant.
	Notices []Notice
	// Route is how users are to come by consent; empty is AdminConsent.
	Route Route
	// EnableClient asks for a service principal of the client that is enabled for sign-in, where there is one.
	EnableClient bool
}

// By returns the requirement for another route.
func (r Requirement) By(route Route) Requirement {
	r.Route = route
	return r
}

// Enabled returns the requirement with or without the demand that the client is enabled for sign-in.
func (r Requirement) Enabled(enable bool) Requirement {
	r.EnableClient = enable
	return r
}

// Devices selects the requirement of Apple's mail client by the devices that use it.
type Devices string

// The values of Devices: all of Apple's, without EWS (macOS), without EAS (iOS and iPadOS).
const (
	AllDevices Devices = "all"
	IOSDevices Devices = "ios"
	MacDevices Devices = "mac"
)

// DeviceChoices returns the values of Devices, the default first.
func DeviceChoices() []Devices { return []Devices{AllDevices, IOSDevices, MacDevices} }

// ParseDevices returns the value that the text names, or an error that lists the values.
func ParseDevices(text string) (Devices, error) {
	if d := Devices(text); slices.Contains(DeviceChoices(), d) {
		return d, nil
	}
	return "", fmt.Errorf("%q is not a choice of devices: use all, ios or mac", text)
}

// AppleMail returns what Apple's mail client needs on the given devices.
func AppleMail(devices Devices) Requirement {
	exchange := map[Devices]ScopeSet{
		AllDevices: Scopes(EAS, EWS),
		IOSDevices: Scopes(EAS),
		MacDevices: Scopes(EWS),
	}[devices]
	r := Requirement{
		Client:     AppleInternetAccounts,
		ClientName: "Apple Internet Accounts",
		Publisher:  Publisher{Name: "Apple", OrganizationID: "e0fad04c-a04c-41ab-b35e-dc523af755a1"},
		Resources: []ResourceRequirement{
			{Resource{MicrosoftGraph, "Microsoft Graph"}, Scopes(UserRead)},
			{Resource{ExchangeOnline, "Office 365 Exchange Online"}, exchange},
		},
		LookAlikes: []Resource{{AzureADGraph, "Azure AD Graph (retired)"}},
	}
	if exchange.Has(EWS) {
		r.Notices = append(r.Notices, ewsRetirement())
	}
	return r
}

// AppIDs returns the applications whose service principals decide about the requirement: the client first.
func (r Requirement) AppIDs() []AppID {
	ids := []AppID{r.Client}
	for _, resource := range r.Resources {
		ids = append(ids, resource.AppID)
	}
	for _, resource := range r.LookAlikes {
		ids = append(ids, resource.AppID)
	}
	return ids
}

// Scopes returns what the requirement asks for on a resource; the empty set for a resource that it does not name.
func (r Requirement) Scopes(resource AppID) ScopeSet {
	for _, required := range r.Resources {
		if required.AppID == resource {
			return required.Scopes
		}
	}
	return ScopeSet{}
}

// looksRight tells whether a service principal's publisher is the expected one as far as it is known.
func (p Publisher) looksRight(sp ServicePrincipal) bool {
	if sp.VerifiedPublisher != "" {
		first, _, _ := strings.Cut(sp.VerifiedPublisher, " ")
		return p.Name == "" || strings.EqualFold(first, p.Name)
	}
	return sp.OwnerOrganizationID == "" || p.OrganizationID == "" ||
		strings.EqualFold(sp.OwnerOrganizationID, p.OrganizationID)
}
