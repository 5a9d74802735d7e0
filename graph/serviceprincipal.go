package graph

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"
)

// servicePrincipalAccess opens writes of service principals.
var servicePrincipalAccess = access{
	permission: "Application.ReadWrite.All", role: "Cloud Application Administrator",
	others: []string{writeDirectory},
	roles:  []string{globalAdministrator, applicationAdministrator, cloudApplicationAdministrator},
}

var (
	opReadServicePrincipal   = reading("read the service principal", "Directory.Read.All (or Application.Read.All)", false)
	opReadServicePrincipals  = standing(reading("read service principals", "Directory.Read.All (or Application.Read.All)", true))
	opReadAssignments        = standing(reading("read app role assignments", "Directory.Read.All (or Application.Read.All)", true))
	opReadDeleted            = reading("read deleted service principals", "Directory.Read.All (or Application.Read.All)", true)
	opCreateServicePrincipal = ofApp(servicePrincipalAccess.writing("create the service principal"))
	opDeleteServicePrincipal = servicePrincipalAccess.writing("delete the service principal")
	opEnableServicePrincipal = servicePrincipalAccess.writing("enable or disable the service principal")
)

// servicePrincipalRow is a service principal, as far as it is read.
type servicePrincipalRow struct {
	ID                  string `json:"id"`
	AppID               string `json:"appId"`
	DisplayName         string `json:"displayName"`
	AccountEnabled      *bool  `json:"accountEnabled"`
	AssignmentRequired  bool   `json:"appRoleAssignmentRequired"`
	OwnerOrganizationID string `json:"appOwnerOrganizationId"`
	VerifiedPublisher   struct {
		DisplayName string `json:"displayName"`
	} `json:"verifiedPublisher"`
	DisabledByMicrosoft string `json:"disabledByMicrosoftStatus"`
}

// servicePrincipalFields are the properties of a servicePrincipalRow. Without this list Graph would send all permissions that
// Microsoft Graph publishes, hundreds of kilobytes.
const servicePrincipalFields = "id,appId,displayName,accountEnabled,appRoleAssignmentRequired,appOwnerOrganizationId," +
	"verifiedPublisher,disabledByMicrosoftStatus"

func (r servicePrincipalRow) isWhole() bool {
	return consent.IsGUID(r.ID) && r.AppID != "" && (r.OwnerOrganizationID == "" || consent.IsGUID(r.OwnerOrganizationID))
}

func (r servicePrincipalRow) servicePrincipal() consent.ServicePrincipal {
	return consent.ServicePrincipal{
		ID:                  consent.ObjectID(strings.ToLower(r.ID)),
		AppID:               consent.AppID(strings.ToLower(r.AppID)),
		DisplayName:         r.DisplayName,
		AccountEnabled:      r.AccountEnabled,
		AssignmentRequired:  r.AssignmentRequired,
		DisabledByMicrosoft: r.DisabledByMicrosoft,
		OwnerOrganizationID: strings.ToLower(r.OwnerOrganizationID),
		VerifiedPublisher:   r.VerifiedPublisher.DisplayName,
	}
}

// listServicePrincipals reads those of the applications: GET /servicePrincipals, Application.Read.All,
// learn.microsoft.com/graph/api/serviceprincipal-list.
func (c *Client) listServicePrincipals(ctx context.Context, apps []consent.AppID) ([]consent.ServicePrincipal, error) {
	quoted := make([]string, len(apps))
	for i, app := range apps {
		quoted[i] = "'" + string(app) + "'"
	}
	all := c.list("/v1.0/servicePrincipals", url.Values{
		"$filter": {"appId in (" + strings.Join(quoted, ",") + ")"}, "$select": {servicePrincipalFields},
	})
	var found []consent.ServicePrincipal
	_, err := each(ctx, c, opReadServicePrincipals, all, func(row servicePrincipalRow) error {
		if !row.isWhole() {
			return badList(opReadServicePrincipals, "the id of a row is not a GUID, or its appId is missing")
		}
		if sp := row.servicePrincipal(); slices.Contains(apps, sp.AppID) {
			found = append(found, sp)
		}
		return nil
	})
	slices.SortFunc(found, func(a, b consent.ServicePrincipal) int { return strings.Compare(string(a.AppID), string(b.AppID)) })
	return found, err
}

// ServicePrincipal reads the one of an application, as listServicePrincipals does.
func (c *Client) ServicePrincipal(ctx context.Context, app consent.AppID) (consent.ServicePrincipal, bool, error) {
	found, err := c.listServicePrincipals(ctx, []consent.AppID{app})
	sp, exists := consent.State{ServicePrincipals: found}.ServicePrincipal(app)
	return sp, exists, err
}

// ServicePrincipalByID reads GET /servicePrincipals/{id}, Application.Read.All,
// learn.microsoft.com/graph/api/serviceprincipal-get.
func (c *Client) ServicePrincipalByID(ctx context.Context, id consent.ObjectID) (consent.ServicePrincipal, bool, error) {
	var row servicePrincipalRow
	query := url.Values{"$select": {servicePrincipalFields}}
	err := c.get(ctx, opReadServicePrincipal, c.address(servicePrincipalPath(id, ""), query), &row)
	switch answered := asError(err); {
	case answered != nil && answered.Absent():
		return consent.ServicePrincipal{}, false, nil
	case err != nil:
		return consent.ServicePrincipal{}, false, err
	case !row.isWhole() || !strings.EqualFold(row.ID, string(id)):
		return consent.ServicePrincipal{}, false, oddAnswer(opReadServicePrincipal, "the answer is not that service principal")
	}
	return row.servicePrincipal(), true, nil
}

func (c *Client) servicePrincipals() *serviceprincipals.ServicePrincipalsRequestBuilder {
	return serviceprincipals.NewServicePrincipalsRequestBuilderInternal(map[string]string{}, c.adapter)
}

// CreateServicePrincipal makes the application known to the tenant: POST /servicePrincipals, Application.ReadWrite.All
// (Application.ReadWrite.OwnedBy is not enough for an application of another tenant), learn.microsoft.com/graph/api/
// serviceprincipal-post-serviceprincipals.
func (c *Client) CreateServicePrincipal(ctx context.Context, app consent.AppID) (consent.ServicePrincipal, error) {
	body := models.NewServicePrincipal()
	body.SetOdataType(nil)
	body.SetAppId(new(string(app)))
	c.created.Store(true) // also if the answer is lost
	var row servicePrincipalRow
	err := c.send(ctx, opCreateServicePrincipal, built(c.servicePrincipals().ToPostRequestInformation(ctx, body, nil)), &row)
	return row.servicePrincipal(), created(opCreateServicePrincipal, err, consent.IsGUID(row.ID))
}

// DeleteServicePrincipal moves the service principal to the deleted items for 30 days: DELETE /servicePrincipals/{id},
// Application.ReadWrite.All, learn.microsoft.com/graph/api/serviceprincipal-delete.
func (c *Client) DeleteServicePrincipal(ctx context.Context, id consent.ObjectID) error {
	builder := c.servicePrincipals().ByServicePrincipalId(string(id))
	return c.send(ctx, opDeleteServicePrincipal, built(builder.ToDeleteRequestInformation(ctx, nil)), nil)
}

// SetAccountEnabled enables or disables the service principal for sign-in: PATCH /servicePrincipals/{id},
// Application.ReadWrite.All, learn.microsoft.com/graph/api/serviceprincipal-update.
func (c *Client) SetAccountEnabled(ctx context.Context, id consent.ObjectID, enabled bool) error {
	body := models.NewServicePrincipal()
	body.SetOdataType(nil)
	body.SetAccountEnabled(&enabled)
	builder := c.servicePrincipals().ByServicePrincipalId(string(id))
	return c.send(ctx, opEnableServicePrincipal, built(builder.ToPatchRequestInformation(ctx, body, nil)), nil)
}

// NameHolder looks for what has an application's name and is not its service principal: a deleted one of the application, or
// another one that has the name among its own (servicePrincipalNames, which must be unique,
// learn.microsoft.com/graph/api/resources/serviceprincipal).
func (c *Client) NameHolder(ctx context.Context, app consent.AppID) (holder consent.NameHolder, err error) {
	deleted, unread := c.deleted(ctx, app)
	if len(deleted) > 0 {
		return consent.NameHolder{ID: deleted[0].ID, Deleted: true}, nil
	}
	all := c.list("/v1.0/servicePrincipals", url.Values{
		"$filter": {fmt.Sprintf("servicePrincipalNames/any(name:name eq '%s')", app)}, "$select": {servicePrincipalFields},
	})
	_, err = each(ctx, c, opReadServicePrincipals, all, func(row servicePrincipalRow) error {
		if row.isWhole() && !strings.EqualFold(row.AppID, string(app)) {
			holder = consent.NameHolder{ID: row.servicePrincipal().ID, DisplayName: row.DisplayName}
			return errEnough
		}
		return nil
	})
	if holder.ID == "" {
		err = cmp.Or(err, unread)
	}
	return holder, err
}

// deleted reads the application's service principals among the deleted items: GET /directory/deletedItems/
// microsoft.graph.servicePrincipal, Directory.Read.All, learn.microsoft.com/graph/api/directory-deleteditems-list. That the
// list can be filtered is not documented, so that each row is looked at.
func (c *Client) deleted(ctx context.Context, app consent.AppID) ([]doctor.DeletedServicePrincipal, error) {
	type deletedRow struct {
		ID        string    `json:"id"`
		AppID     string    `json:"appId"`
		DeletedAt time.Time `json:"deletedDateTime"`
	}
	all := c.list("/v1.0/directory/deletedItems/microsoft.graph.servicePrincipal", url.Values{
		"$filter": {fmt.Sprintf("appId eq '%s'", app)}, "$select": {"id,appId,displayName,deletedDateTime"},
	})
	var found []doctor.DeletedServicePrincipal
	_, err := each(ctx, c, opReadDeleted, all, func(row deletedRow) error {
		if strings.EqualFold(row.AppID, string(app)) {
			found = append(found, doctor.DeletedServicePrincipal{ID: consent.ObjectID(strings.ToLower(row.ID)), DeletedAt: row.DeletedAt})
		}
		return nil
	})
	return found, err
}

func servicePrincipalPath(id consent.ObjectID, what string) string {
	return "/v1.0/servicePrincipals/" + url.PathEscape(string(id)) + "/" + what
}

// Leftovers looks for app role assignments, of users and groups to the client and of the client to other resources, and
// then for grants of the client. Grants are looked at last and in one request, since they are what may appear meanwhile;
// a few rows are enough, however many there are. What cannot be understood counts; what one of the given
// actions deletes does not, with no other scopes.
func (c *Client) Leftovers(ctx context.Context, client consent.ObjectID, except []consent.Action) (consent.Leftovers, error) {
	var left consent.Leftovers
	excepted := func(id string, scopes consent.ScopeSet) bool {
		deleted := slices.ContainsFunc(except, func(a consent.Action) bool {
			return a.Kind.Verb == consent.Delete && a.Target == id && a.Before.HasAll(scopes)
		})
		if deleted {
			left.Excepted = append(left.Excepted, id)
		}
		return deleted
	}
	var err error
	if left.AppRoleAssignments, err = c.hasAssignments(ctx, client, excepted); err != nil {
		return left, err
	}
	query := url.Values{"$filter": {fmt.Sprintf("clientId eq '%s'", client)}, "$top": {"10"}}
	err = c.eachGrant(ctx, query, func(row grantRow) error {
		g := row.grant()
		switch {
		case consent.IsGUID(g.ClientID) && g.ClientID != client: // not what was asked for
		case excepted(string(g.ID), g.Scopes):
		case g.ConsentType == consent.AllPrincipals:
			left.TenantWideGrants = true
		default: // in doubt it is a user's
			left.PerUserGrants = true
		}
		if !left.None() {
			return errEnough
		}
		return nil
	})
	return left, err
}

// hasAssignments reads GET /servicePrincipals/{id}/appRoleAssignedTo and …/appRoleAssignments, Application.Read.All,
// learn.microsoft.com/graph/api/serviceprincipal-list-approleassignedto and …-list-approleassignments.
func (c *Client) hasAssignments(
	ctx context.Context, client consent.ObjectID, excepted func(id string, scopes consent.ScopeSet) bool,
) (found bool, err error) {
	type assignment struct {
		ID string `json:"id"`
	}
	for _, direction := range []string{"appRoleAssignedTo", "appRoleAssignments"} {
		all := c.list(servicePrincipalPath(client, direction), url.Values{"$top": {"1"}, "$select": {"id"}})
		_, err = each(ctx, c, opReadAssignments, all, func(a assignment) error {
			if a.ID == "" {
				return badList(opReadAssignments, "a row has no id")
			}
			if excepted(a.ID, nil) {
				return nil
			}
			found = true
			return errEnough
		})
		if err != nil || found {
			break
		}
	}
	return found, err
}
