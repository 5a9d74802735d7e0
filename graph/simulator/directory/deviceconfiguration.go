package directory

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
	AccountName          string `json:"accountName,omitempty"`
	HostName             string `json:"hostName,omitempty"`
	AuthenticationMethod string `json:"authenticationMethod,omitempty"`
	UseOAuth             bool   `json:"useOAuth,omitempty"`
	RequireSsl           bool   `json:"requireSsl,omitempty"`
	EmailAddressSource   string `json:"emailAddressSource,omitempty"`
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
		set:  "deviceManagement/deviceConfigurations",
		kind: "DeviceConfiguration",
		entity: func(_ *Directory, d DeviceConfiguration) entity {
			if selects || d.ODataType != iosEasEmailProfile {
				return d.base()
			}
			return d.emailProfile()
		},
	}
	return list(c, configurations, c.dir.DeviceConfigurations)
}

// base is what profiles of all types have.
func (d DeviceConfiguration) base() entity {
	return entity{
		"@odata.type":          d.ODataType,
		"id":                   d.ID,
		"displayName":          d.DisplayName,
		"description":          nil,
		"createdDateTime":      founded(),
		"lastModifiedDateTime": founded(),
		"version":              1,
	}
}

func (d DeviceConfiguration) emailProfile() entity {
	e := d.base()
	e["accountName"] = d.AccountName
	e["hostName"] = d.HostName
	e["authenticationMethod"] = d.AuthenticationMethod
	e["useOAuth"] = d.UseOAuth
	e["requireSsl"] = d.RequireSsl
	e["emailAddressSource"] = d.EmailAddressSource
	return e
}
