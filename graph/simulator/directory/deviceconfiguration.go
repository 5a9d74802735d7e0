package directory

import "strings"

const (
	iosEasEmailProfile      = "#microsoft.graph.iosEasEmailProfileConfiguration"
	iosGeneralConfiguration = "#microsoft.graph.iosGeneralDeviceConfiguration"
)

// DeviceConfiguration is a profile that Intune puts on devices. The members from
// AccountName on are those of e-mail profiles.
type DeviceConfiguration struct {
	ID                   string `json:"id"`
	ODataType            string `json:"@odata.type"`
	DisplayName          string `json:"displayName"`
	AccountName          string `json:"accountName"`
	HostName             string `json:"hostName"`
	AuthenticationMethod string `json:"authenticationMethod"`
	UseOAuth             bool   `json:"useOAuth"`
	RequireSsl           bool   `json:"requireSsl"`
	EmailAddressSource   string `json:"emailAddressSource"`
}

func (d DeviceConfiguration) objectID() string { return d.ID }

// listDeviceConfigurations lists profiles of all types. What each type has of its own
// cannot be selected. Filters by type are refused; whether beta takes them is unconfirmed.
func listDeviceConfigurations(c *call) (answer, error) {
	if !c.dir.Intune {
		return answer{}, badRequest("Request not applicable to target tenant.") // how Graph says so is unconfirmed
	}
	selects := c.query.Has("$select")
	configurations := collection[DeviceConfiguration]{
		set: "deviceManagement/deviceConfigurations", kind: "DeviceConfiguration",
		fixed: entity{"description": nil, "createdDateTime": founded(), "lastModifiedDateTime": founded(), "version": 1},
		adapt: func(_ *Directory, d DeviceConfiguration, e entity) {
			if selects || d.ODataType != iosEasEmailProfile {
				for _, own := range strings.Fields("accountName hostName authenticationMethod useOAuth requireSsl emailAddressSource") {
					delete(e, own)
				}
			}
		},
	}
	return list(c, configurations, c.dir.DeviceConfigurations)
}
