package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"appleconsent/consent/doctor"

	abstractions "github.com/microsoft/kiota-abstractions-go"
)

// configurations is a page of Intune's device configurations in Graph's beta form, which the SDK for v1.0 does not know.
type configurations struct {
	Value    []configuration `json:"value"`
	NextLink *string         `json:"@odata.nextLink"`
}

type configuration struct {
	Type        string `json:"@odata.type"`
	DisplayName string `json:"displayName"`
	HostName    string `json:"hostName"`
	UseOAuth    bool   `json:"useOAuth"`
}

// GetValue and GetOdataNextLink make it a page as the SDK's are.
func (p *configurations) GetValue() []configuration { return p.Value }

// GetOdataNextLink returns the address of the next page.
func (p *configurations) GetOdataNextLink() *string { return p.NextLink }

// mailProfiles reads the e-mail profiles for iOS: GET /beta/deviceManagement/deviceConfigurations,
// DeviceManagementConfiguration.Read.All, learn.microsoft.com/graph/api/intune-deviceconfig-ioseasemailprofileconfiguration-list
// (beta only). Their type is looked at here, since it is not documented that it can be filtered for.
func (c *Client) mailProfiles(ctx context.Context) ([]doctor.MailProfile, error) {
	get := func(ctx context.Context, link string) (*configurations, error) {
		if link == "" {
			link = c.cloud.Graph + "/beta/deviceManagement/deviceConfigurations"
		}
		return c.getConfigurations(ctx, link)
	}
	var all []doctor.MailProfile
	_, err := eachOf(ctx, c, opReadMailProfiles, maxUserPages, get, func(d configuration) bool {
		if strings.EqualFold(d.Type, "#microsoft.graph.iosEasEmailProfileConfiguration") {
			all = append(all, doctor.MailProfile{Name: d.DisplayName, Host: d.HostName, OAuth: d.UseOAuth})
		}
		return true
	})
	return all, err
}

func (c *Client) getConfigurations(ctx context.Context, link string) (*configurations, error) {
	request := abstractions.NewRequestInformation()
	request.Method = abstractions.GET
	request.Headers.TryAdd("Accept", "application/json")
	target, err := url.Parse(link)
	if err != nil {
		return nil, err
	}
	request.SetUri(*target)
	answer, err := c.adapter.SendPrimitive(ctx, request, "[]byte", nil)
	if err != nil {
		return nil, err
	}
	body, _ := answer.([]byte)
	var p configurations
	if err := json.Unmarshal(body, &p); err != nil {
		return nil, fmt.Errorf("the answer has another form than expected: %w", err)
	}
	return &p, nil
}
