package directory

import (
	"maps"
	"slices"
	"strings"
)

// Document is an object that no request changes: it is kept as Graph shows it.
type Document map[string]any

func (d Document) objectID() string {
	id, _ := d["id"].(string)
	return id
}

func listConditionalAccess(c *call) (answer, error) {
	return list(c, collection[Document]{
		set: "identity/conditionalAccess/policies", kind: "ConditionalAccessPolicy",
		fixed: entity{"templateId": nil, "createdDateTime": founded(), "modifiedDateTime": nil, "sessionControls": nil},
	}, c.dir.ConditionalAccessPolicies)
}

// listDeviceConfigurations lists the profiles that Intune puts on devices, of all types. What each type has of its own
// cannot be selected. Filters by type are refused; whether beta takes them is unconfirmed.
func listDeviceConfigurations(c *call) (answer, error) {
	if !c.dir.Intune {
		return answer{}, badRequest("Request not applicable to target tenant.") // how Graph says so is unconfirmed
	}
	ofEmailProfiles := strings.Fields("accountName hostName authenticationMethod useOAuth requireSsl emailAddressSource")
	selects := c.query.Has("$select")
	return list(c, collection[Document]{
		set: "deviceManagement/deviceConfigurations", kind: "DeviceConfiguration",
		fixed: entity{"description": nil, "createdDateTime": founded(), "lastModifiedDateTime": founded(), "version": 1},
		adapt: func(_ *Directory, _ Document, e entity) {
			maps.DeleteFunc(e, func(name string, _ any) bool { return selects && slices.Contains(ofEmailProfiles, name) })
		},
	}, c.dir.DeviceConfigurations)
}

// listDomains lists the verified domains of the tenant.
func listDomains(c *call) (answer, error) {
	return list(c, collection[Document]{set: "domains", kind: "Domain", fixed: entity{
		"availabilityStatus": nil, "isAdminManaged": true, "isRoot": true, "isVerified": true, "passwordNotificationWindowInDays": 14,
		"passwordValidityPeriodInDays": 2147483647, "state": nil, "supportedServices": []string{"Email", "OfficeCommunicationsOnline"},
	}}, c.dir.Domains)
}

// getConsentRequestPolicy shows the workflow by which users ask for an admin's consent. There is one, without an id in v1.0.
func getConsentRequestPolicy(c *call) (answer, error) {
	policies := collection[Document]{set: "policies/adminConsentRequestPolicy", kind: "AdminConsentRequestPolicy"}
	return show(c, policies, c.dir.AdminConsentRequestPolicy)
}
