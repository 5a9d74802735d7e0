package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
)

var (
	opReadRequests          = reading("read the admin consent request policy", "Directory.Read.All (or Policy.Read.All)", false)
	opReadConditionalAccess = tolerant(reading("read Conditional Access policies", readPolicies, true))
	opReadSignIns           = tolerant(reading("read the sign-in log", readAuditLogs, true))
	opReadDomains           = tolerant(reading("read domains", "Directory.Read.All (or Domain.Read.All)", true))
	opReadMailProfiles      = tolerant(reading("read Intune's device configurations", readIntune, true))
)

// adminConsentRequests reads GET /policies/adminConsentRequestPolicy, Directory.Read.All or Policy.Read.All,
// learn.microsoft.com/graph/api/adminconsentrequestpolicy-get.
func (c *Client) adminConsentRequests(ctx context.Context) (doctor.AdminConsentRequests, error) {
	var policy struct {
		IsEnabled *bool             `json:"isEnabled"`
		Reviewers []json.RawMessage `json:"reviewers"`
	}
	err := c.get(ctx, opReadRequests, c.address("/v1.0/policies/adminConsentRequestPolicy", nil), &policy)
	if err == nil && policy.IsEnabled == nil {
		err = oddAnswer(opReadRequests, "the answer lacks isEnabled")
	}
	if err != nil {
		return doctor.AdminConsentRequests{}, err
	}
	return doctor.AdminConsentRequests{Enabled: *policy.IsEnabled, Reviewers: len(policy.Reviewers)}, nil
}

// domains reads GET /domains, Directory.Read.All or Domain.Read.All, learn.microsoft.com/graph/api/domain-list.
func (c *Client) domains(ctx context.Context) (all []doctor.Domain, err error) {
	type domain struct {
		ID                 string `json:"id"`
		AuthenticationType string `json:"authenticationType"`
		Initial            bool   `json:"isInitial"`
	}
	list := c.list("/v1.0/domains", url.Values{"$select": {"id,authenticationType,isInitial"}})
	_, err = eachUnderstood(ctx, c, opReadDomains, list, func(d domain) (understood bool) {
		all = append(all, doctor.Domain{Name: d.ID, Federated: strings.EqualFold(d.AuthenticationType, "Federated"), Initial: d.Initial})
		return d.ID != ""
	})
	return all, err
}

// mailProfiles reads the e-mail profiles for iOS: GET /beta/deviceManagement/deviceConfigurations,
// DeviceManagementConfiguration.Read.All, learn.microsoft.com/graph/api/intune-deviceconfig-ioseasemailprofileconfiguration-list
// (beta only). Their type is looked at here, since it is not documented that it can be filtered for; configurations of other types
// have neither host nor OAuth.
func (c *Client) mailProfiles(ctx context.Context) (all []doctor.MailProfile, err error) {
	type configuration struct {
		Type        string `json:"@odata.type"`
		DisplayName string `json:"displayName"`
		HostName    string `json:"hostName"`
		UseOAuth    *bool  `json:"useOAuth"`
	}
	list := c.list("/beta/deviceManagement/deviceConfigurations", nil)
	_, err = eachUnderstood(ctx, c, opReadMailProfiles, list, func(row configuration) (understood bool) {
		if strings.EqualFold(row.Type, "#microsoft.graph.iosEasEmailProfileConfiguration") {
			all = append(all, doctor.MailProfile{Name: row.DisplayName, Host: row.HostName, OAuth: row.UseOAuth})
		}
		return true
	})
	return all, err
}

// signInRow is a sign-in, as far as it is read.
type signInRow struct {
	ID        string    `json:"id"`
	CreatedAt time.Time `json:"createdDateTime"`
	UserID    string    `json:"userId"`
	AppID     string    `json:"appId"`
	Resource  string    `json:"resourceId"`
	Status    struct {
		ErrorCode int `json:"errorCode"`
	} `json:"status"`
}

// failedSignIns reads the sign-ins to the application that failed for a reason that matters: GET /auditLogs/signIns,
// AuditLog.Read.All, learn.microsoft.com/graph/api/signin-list. In v1.0 that is interactive ones. Graph documents one code per
// filter; several are asked for at once and, if that is refused, all sign-ins are looked through.
func (c *Client) failedSignIns(ctx context.Context, app consent.AppID, since time.Time) (doctor.SignIns, error) {
	filter := fmt.Sprintf("appId eq '%s' and createdDateTime ge %s", app, since.UTC().Format(time.RFC3339))
	var codes []string
	for _, code := range doctor.SignInCodes() {
		codes = append(codes, fmt.Sprintf("status/errorCode eq %d", code))
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
	newest := c.list("/v1.0/auditLogs/signIns", url.Values{"$filter": {filter}, "$top": {maxSignInRows}})
	newest.pages = maxSignInPages
	more, err := c.eachRow(ctx, opReadSignIns, newest, func(data json.RawMessage) error {
		var row signInRow
		if unmarshal(data, &row) != nil || seen[row.ID] || !strings.EqualFold(row.AppID, string(app)) || row.CreatedAt.Before(since) {
			return nil //nolint:nilerr // a row that is none says nothing
		}
		seen[row.ID] = row.ID != ""
		if found.ReadBack.IsZero() || row.CreatedAt.Before(found.ReadBack) {
			found.ReadBack = row.CreatedAt.UTC()
		}
		if row.Status.ErrorCode != 0 {
			found.Failures = append(found.Failures, doctor.SignInFailure{
				At: row.CreatedAt.UTC(), UserID: row.UserID, Code: row.Status.ErrorCode, Resource: consent.AppID(strings.ToLower(row.Resource)),
			})
		}
		return nil
	})
	_, partly := errors.AsType[*laterPageError](err)
	found.Capped = more || partly
	return found, err
}
