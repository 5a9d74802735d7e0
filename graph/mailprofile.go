package graph

import (
	"context"
	"strings"

	"appleconsent/consent/doctor"
)

// mailProfileRow is a device configuration of Intune; those of other types have neither host nor OAuth.
type mailProfileRow struct {
	Type        string `json:"@odata.type"`
	DisplayName string `json:"displayName"`
	HostName    string `json:"hostName"`
	UseOAuth    *bool  `json:"useOAuth"`
}

// mailProfiles reads the e-mail profiles for iOS: GET /beta/deviceManagement/deviceConfigurations,
// DeviceManagementConfiguration.Read.All, learn.microsoft.com/graph/api/intune-deviceconfig-ioseasemailprofileconfiguration-list
// (beta only). Their type is looked at here, since it is not documented that it can be filtered for.
func (c *Client) mailProfiles(ctx context.Context) ([]doctor.MailProfile, error) {
	var all []doctor.MailProfile
	list := c.list("/beta/deviceManagement/deviceConfigurations", nil)
	_, err := each(ctx, c, opReadMailProfiles, list, func(row mailProfileRow) bool {
		if strings.EqualFold(row.Type, "#microsoft.graph.iosEasEmailProfileConfiguration") {
			all = append(all, doctor.MailProfile{Name: row.DisplayName, Host: row.HostName, OAuth: row.UseOAuth})
		}
		return true
	})
	return all, err
}
