package directory

import (
	"fmt"
	"net/http"
	"time"

	"appleconsent/graph/simulator/identity"
)

var servicePrincipals = collection[ServicePrincipal]{
	set: "servicePrincipals", kind: "ServicePrincipal",
	rows: func(d *Directory) *[]ServicePrincipal { return &d.ServicePrincipals },
	fixed: entity{ // the same for every simulated one
		"deletedDateTime": nil, "addIns": []any{}, "alternativeNames": []any{}, "appDescription": nil, "applicationTemplateId": nil,
		"appRoles": []any{}, "description": nil, "homepage": nil, "info": nil, "keyCredentials": []any{}, "loginUrl": nil,
		"logoutUrl": nil, "notes": nil, "notificationEmailAddresses": []any{}, "passwordCredentials": []any{},
		"preferredSingleSignOnMode": nil, "replyUrls": []any{}, "resourceSpecificApplicationPermissions": []any{},
		"samlSingleSignOnSettings": nil, "tokenEncryptionKeyId": nil,
	},
	adapt: func(_ *Directory, sp ServicePrincipal, e entity) { e["servicePrincipalNames"] = []string{sp.AppID} },
	filters: []filterable[ServicePrincipal]{
		{"id", "eq in", kindGUID, func(sp ServicePrincipal) string { return sp.ID }},
		{"appId", "eq in", kindGUID, func(sp ServicePrincipal) string { return sp.AppID }},
		{"displayName", "eq in", kindText, func(sp ServicePrincipal) string { return sp.DisplayName }},
	},
}

var appRoleAssignments = collection[AppRoleAssignment]{
	set: "appRoleAssignments", kind: "AppRoleAssignment", fixed: entity{"deletedDateTime": nil},
	rows: func(d *Directory) *[]AppRoleAssignment { return &d.AppRoleAssignments },
	adapt: func(d *Directory, a AppRoleAssignment, e entity) {
		principal, _ := servicePrincipals.find(d, a.PrincipalID)
		resource, _ := servicePrincipals.find(d, a.ResourceID)
		e["principalDisplayName"], e["resourceDisplayName"] = principal.DisplayName, resource.DisplayName
	},
}

func (a AppRoleAssignment) principal() string { return a.PrincipalID }
func (a AppRoleAssignment) resource() string  { return a.ResourceID }

// servicePrincipal finds the one that the request's path names.
func (c *call) servicePrincipal() (ServicePrincipal, error) {
	find := servicePrincipals.find
	switch {
	case c.key.appID != "" && !identity.IsGUID(c.key.appID):
		return ServicePrincipal{}, invalidValue("appId", servicePrincipals.kind)
	case c.key.appID != "":
		find = (*Directory).ServicePrincipalOf
	case !identity.IsGUID(c.key.id):
		return ServicePrincipal{}, invalid("Invalid object identifier '%s'.", c.key.id)
	}
	sp, ok := find(c.dir, c.key.String())
	if !ok {
		return ServicePrincipal{}, notFound(c.key.String())
	}
	return sp, nil
}

func createServicePrincipal(c *call) (answer, error) {
	app, err := c.requestedApplication()
	if err != nil {
		return answer{}, err
	}
	if _, exists := c.dir.ServicePrincipalOf(app.AppID); exists {
		return answer{}, conflict(
			"The service principal cannot be created, updated, or restored because the service principal name %s is already in use.", app.AppID)
	}
	return create(c, servicePrincipals, c.newServicePrincipal(app))
}

// newServicePrincipal makes one that does not stand in the directory yet.
func (c *call) newServicePrincipal(app identity.Application) ServicePrincipal {
	c.dir.Created++
	id := identity.ObjectID(c.dir.TenantID, "created", fmt.Sprint(c.dir.Created))
	c.graph.lag.announce(id)
	return instantiate(app, id, c.graph.now())
}

// requestedApplication finds the application that a create request names, and
// refuses callers that may not create its service principal.
func (c *call) requestedApplication() (identity.Application, error) {
	var body struct {
		AppID string `json:"appId"`
	}
	if err := c.decode(&body); err != nil {
		return identity.Application{}, err
	}
	if body.AppID == "" {
		return identity.Application{}, missingValue("appId", servicePrincipals.kind)
	}
	app, known := identity.FindApplication(body.AppID)
	_, exists := c.dir.ServicePrincipalOf(app.AppID)
	if !known || !app.Instantiable && !exists {
		message := fmt.Sprintf("The appId '%s' of the service principal does not reference a valid application object.", body.AppID)
		return identity.Application{}, &graphError{
			status: http.StatusBadRequest, code: "Request_BadRequest", message: message,
			details: []errorDetail{{Code: "NoBackingApplicationObject", Message: message, Target: "appId"}},
		}
	}
	if !changeServicePrincipals.opensFor(c.caller) {
		// Application.ReadWrite.OwnedBy alone: every simulated app lives elsewhere.
		return identity.Application{}, denied("When using this permission, the backing application of the service principal being created must in the local tenant")
	}
	return app, nil
}

func updateServicePrincipal(c *call, sp ServicePrincipal) (answer, error) {
	sp = clone(sp)
	if err := change(c, servicePrincipals, &sp, "accountEnabled", "displayName", "appRoleAssignmentRequired", "tags"); err != nil {
		return answer{}, err
	}
	put(c, servicePrincipals, sp)
	return noContent(), nil
}

// listDeletedServicePrincipals lists the recycle bin. That it can be filtered by appId is likely, and unconfirmed.
func listDeletedServicePrincipals(c *call) (answer, error) {
	return list(c, servicePrincipals, c.dir.Deleted)
}

// deleteServicePrincipal moves it to the recycle bin; what was granted to it or on it goes.
func deleteServicePrincipal(c *call, sp ServicePrincipal) (answer, error) {
	binned := clone(sp)
	binned.DeletedDateTime = c.graph.now().UTC().Format(time.RFC3339)
	c.dir.Deleted = append(c.dir.Deleted, binned)
	removeEach(c, permissionGrants, func(g PermissionGrant) bool { return g.ClientID == sp.ID || g.ResourceID == sp.ID })
	removeEach(c, appRoleAssignments, func(a AppRoleAssignment) bool { return a.PrincipalID == sp.ID || a.ResourceID == sp.ID })
	removeEach(c, permissionClassifications, func(p PermissionClassification) bool { return p.ResourceID == sp.ID })
	remove(c, servicePrincipals, sp)
	return noContent(), nil
}

// instantiate makes an application's face in a tenant.
func instantiate(app identity.Application, id string, created time.Time) ServicePrincipal {
	sp := ServicePrincipal{
		ID: id, AppID: app.AppID, DisplayName: app.DisplayName, AppDisplayName: app.DisplayName, AccountEnabled: new(true),
		AppOwnerOrganizationID: new(app.Owner), VerifiedPublisher: app.Publisher, ServicePrincipalType: "Application",
		SignInAudience: "AzureADMultipleOrgs", CreatedDateTime: created.UTC().Format(time.RFC3339), Tags: app.Tags,
		OAuth2PermissionScopes: app.Scopes,
	}
	return clone(sp) // what the application has is shared by all tenants
}
