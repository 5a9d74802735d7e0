package graph

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"

	abstractions "github.com/microsoft/kiota-abstractions-go"
)

// Lists that are read without the SDK's models: Intune's e-mail profiles, which only Graph's beta endpoint has, and two of which
// the models would tell wrong things. They take a value of an enumeration that is newer than they are for the first one
// (a grant control nobody knows for block), and one odd member of one row fails the list.

// rawPage is a page of such a list.
type rawPage struct {
	Value    []json.RawMessage `json:"value"`
	NextLink *string           `json:"@odata.nextLink"`
}

// GetValue and GetOdataNextLink make it a page as the SDK's are.
func (p *rawPage) GetValue() []json.RawMessage { return p.Value }

// GetOdataNextLink returns the address of the next page.
func (p *rawPage) GetOdataNextLink() *string { return p.NextLink }

// address is where a list is found.
func (c *Client) address(path string, query url.Values) string {
	address := c.cloud.Graph + path
	if len(query) > 0 {
		address += "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
	}
	return address
}

// rawPages fetches the pages of the list at an address.
func (c *Client) rawPages(first string) func(context.Context, string) (*rawPage, error) {
	return func(ctx context.Context, link string) (*rawPage, error) {
		target, err := url.Parse(cmp.Or(link, first))
		if err != nil {
			return nil, err
		}
		request := abstractions.NewRequestInformation()
		request.Method = abstractions.GET
		request.Headers.TryAdd("Accept", "application/json")
		request.SetUri(*target)
		answer, err := c.adapter.SendPrimitive(ctx, request, "[]byte", nil)
		if err != nil {
			return nil, err
		}
		body, _ := answer.([]byte)
		p := new(rawPage)
		return p, json.Unmarshal(body, p)
	}
}

// eachRaw calls visit with every row of a list. A row in another form than expected makes it one that cannot be judged.
func eachRaw[T any](ctx context.Context, c *Client, op operation, first string, visit func(T)) error {
	odd := false
	err := each(ctx, c, op, c.rawPages(first), func(row json.RawMessage) bool {
		var v T
		if odd = json.Unmarshal(row, &v) != nil; !odd {
			visit(v)
		}
		return !odd
	})
	if err == nil && odd {
		err = badList(op, "a row has another form than expected")
	}
	return err
}

// conditionalAccessRow is a Conditional Access policy, as far as it is read.
type conditionalAccessRow struct {
	DisplayName   string `json:"displayName"`
	State         string `json:"state"`
	GrantControls struct {
		BuiltInControls []string `json:"builtInControls"`
	} `json:"grantControls"`
	Conditions struct {
		ClientAppTypes []string `json:"clientAppTypes"`
		Applications   struct {
			Include []string `json:"includeApplications"`
			Exclude []string `json:"excludeApplications"`
		} `json:"applications"`
		Platforms struct {
			Include []string `json:"includePlatforms"`
			Exclude []string `json:"excludePlatforms"`
		} `json:"platforms"`
	} `json:"conditions"`
}

// conditionalAccessPolicies reads GET /identity/conditionalAccess/policies, Policy.Read.All,
// learn.microsoft.com/graph/api/conditionalaccessroot-list-policies.
func (c *Client) conditionalAccessPolicies(ctx context.Context) ([]doctor.ConditionalAccessPolicy, error) {
	var all []doctor.ConditionalAccessPolicy
	first := c.address("/v1.0/identity/conditionalAccess/policies", nil)
	err := eachRaw(ctx, c, opReadConditionalAccess, first, func(row conditionalAccessRow) {
		conditions := row.Conditions
		all = append(all, doctor.ConditionalAccessPolicy{
			Name: row.DisplayName, State: row.State, Controls: row.GrantControls.BuiltInControls, ClientAppTypes: conditions.ClientAppTypes,
			IncludedApps: conditions.Applications.Include, ExcludedApps: conditions.Applications.Exclude,
			IncludedPlatforms: conditions.Platforms.Include, ExcludedPlatforms: conditions.Platforms.Exclude,
		})
	})
	return all, err
}

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
	first := c.address("/beta/deviceManagement/deviceConfigurations", nil)
	err := eachRaw(ctx, c, opReadMailProfiles, first, func(row mailProfileRow) {
		if strings.EqualFold(row.Type, "#microsoft.graph.iosEasEmailProfileConfiguration") {
			all = append(all, doctor.MailProfile{Name: row.DisplayName, Host: row.HostName, OAuth: row.UseOAuth})
		}
	})
	return all, err
}

// signInRow is a sign-in, as far as it is read.
type signInRow struct {
	ID        string    `json:"id"`
	CreatedAt time.Time `json:"createdDateTime"`
	UserID    string    `json:"userId"`
	AppID     string    `json:"appId"`
	Status    struct {
		ErrorCode int `json:"errorCode"`
	} `json:"status"`
}

// failedSignIns reads the sign-ins to the application that failed for want of consent: GET /auditLogs/signIns,
// AuditLog.Read.All, learn.microsoft.com/graph/api/signin-list. In v1.0 that is interactive ones. Graph documents one code per
// filter; several are asked for at once and, if that is refused, all sign-ins are looked through.
func (c *Client) failedSignIns(ctx context.Context, app consent.AppID, since time.Time) (doctor.SignIns, error) {
	filter := fmt.Sprintf("appId eq '%s' and createdDateTime ge %s", app, since.UTC().Format(time.RFC3339))
	codes := make([]string, len(doctor.ConsentCodes()))
	for i, code := range doctor.ConsentCodes() {
		codes[i] = fmt.Sprintf("status/errorCode eq %d", code)
	}
	found, err := c.signIns(ctx, app, since, filter+" and ("+strings.Join(codes, " or ")+")")
	if e := asError(err); e != nil && e.Status == http.StatusBadRequest {
		return c.signIns(ctx, app, since, filter)
	}
	return found, err
}

// Bounds of what is read of the sign-in log. A row can have 20 kilobytes, mostly of the policies that were applied, and an
// answer has a limit; the log of a large tenant has none.
const (
	maxSignInRows  = "500" // of a page
	maxSignInPages = 3
)

// signIns reads the newest sign-ins. A row that is not one, or was read already, is passed over.
func (c *Client) signIns(ctx context.Context, app consent.AppID, since time.Time, filter string) (doctor.SignIns, error) {
	found, seen := doctor.SignIns{}, map[string]bool{}
	first := c.address("/v1.0/auditLogs/signIns", url.Values{"$filter": {filter}, "$top": {maxSignInRows}})
	more, err := eachOf(ctx, c, opReadSignIns, maxSignInPages, c.rawPages(first), func(data json.RawMessage) bool {
		var row signInRow
		if json.Unmarshal(data, &row) != nil || seen[row.ID] || !strings.EqualFold(row.AppID, string(app)) || row.CreatedAt.Before(since) {
			return true
		}
		seen[row.ID] = row.ID != ""
		if found.ReadBack.IsZero() || row.CreatedAt.Before(found.ReadBack) {
			found.ReadBack = row.CreatedAt.UTC()
		}
		if row.Status.ErrorCode != 0 {
			found.Failures = append(found.Failures, doctor.SignInFailure{At: row.CreatedAt.UTC(), UserID: row.UserID, Code: row.Status.ErrorCode})
		}
		return true
	})
	found.Capped = more
	return found, err
}
