package directory

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"appleconsent/graph/simulator/identity"
)

var servicePrincipals = collection[ServicePrincipal]{
	set:    "servicePrincipals",
	kind:   "ServicePrincipal",
	rows:   func(d *Directory) *[]ServicePrincipal { return &d.ServicePrincipals },
	entity: func(_ *Directory, sp ServicePrincipal) entity { return sp.entity() },
	hasIn:  true,
	filters: []filterable[ServicePrincipal]{
		{name: "id", guid: true, text: func(sp ServicePrincipal) string { return sp.ID }},
		{name: "appId", guid: true, text: func(sp ServicePrincipal) string { return sp.AppID }},
		{name: "displayName", text: func(sp ServicePrincipal) string { return sp.DisplayName }},
	},
}

func listServicePrincipals(c *call) (answer, error) {
	return list(c, servicePrincipals, c.dir.ServicePrincipals)
}

func getServicePrincipal(c *call) (answer, error) {
	sp, err := c.servicePrincipal()
	if err != nil {
		return answer{}, err
	}
	return show(c, servicePrincipals, sp)
}

// servicePrincipal finds the one that the request's path names.
func (c *call) servicePrincipal() (ServicePrincipal, error) {
	find := servicePrincipals.find
	switch {
	case c.key.appID != "" && !identity.IsGUID(c.key.appID):
		return ServicePrincipal{}, invalidValue("appId", servicePrincipals.kind)
	case c.key.appID != "":
		find = (*Directory).ServicePrincipalOf
	case !identity.IsGUID(c.key.id):
		return ServicePrincipal{}, invalid(fmt.Sprintf("Invalid object identifier '%s'.", c.key.id))
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
		return answer{}, conflict(fmt.Sprintf(
			"The service principal cannot be created, updated, or restored because the service principal name %s is already in use.", app.AppID))
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
		return identity.Application{}, noBackingApplication(body.AppID)
	}
	if !changeServicePrincipals.opensFor(c.caller) {
		// Application.ReadWrite.OwnedBy alone: every simulated app lives elsewhere.
		return identity.Application{}, denied("When using this permission, the backing application of the service principal being created must in the local tenant")
	}
	return app, nil
}

func noBackingApplication(appID string) error {
	message := fmt.Sprintf("The appId '%s' of the service principal does not reference a valid application object.", appID)
	return &graphError{
		status: http.StatusBadRequest, code: "Request_BadRequest", message: message,
		details: []errorDetail{{Code: "NoBackingApplicationObject", Message: message, Target: "appId"}},
	}
}

func updateServicePrincipal(c *call) (answer, error) {
	sp, err := c.servicePrincipal()
	if err != nil {
		return answer{}, err
	}
	members, err := c.members()
	if err != nil {
		return answer{}, err
	}
	sp = sp.clone()
	for name, value := range members {
		if err := sp.set(name, value); err != nil {
			return answer{}, err
		}
	}
	put(c, servicePrincipals, sp)
	return noContent(), nil
}

// set changes one property, as far as a tenant may.
func (sp *ServicePrincipal) set(name string, value json.RawMessage) error {
	var target any
	switch strings.ToLower(name) {
	case "accountenabled":
		target = &sp.AccountEnabled
	case "displayname":
		target = &sp.DisplayName
	case "approleassignmentrequired":
		target = &sp.AppRoleAssignmentRequired
	case "tags":
		target = &sp.Tags
	default:
		return refuseProperty(name, sp.entity())
	}
	if err := json.Unmarshal(value, target); err != nil {
		return invalidValue(name, servicePrincipals.kind)
	}
	return nil
}

// refuseProperty says why a property cannot be written.
func refuseProperty(name string, e entity) error {
	if _, exists := propertyName(e, name); exists {
		return invalid(fmt.Sprintf("Property '%s' is read-only and cannot be set.", name))
	}
	return invalid(fmt.Sprintf("Invalid property '%s'.", name))
}

// listDeletedServicePrincipals lists the recycle bin. That it can be filtered by appId
// is likely, and unconfirmed.
func listDeletedServicePrincipals(c *call) (answer, error) {
	return list(c, servicePrincipals, c.dir.Deleted)
}

// deleteServicePrincipal moves it to the recycle bin; what was granted to it or
// on it goes.
func deleteServicePrincipal(c *call) (answer, error) {
	sp, err := c.servicePrincipal()
	if err != nil {
		return answer{}, err
	}
	binned := sp.clone()
	binned.DeletedDateTime = c.graph.now().UTC().Format(time.RFC3339)
	c.dir.Deleted = append(c.dir.Deleted, binned)
	for _, g := range slices.Clone(c.dir.PermissionGrants) {
		if g.ClientID == sp.ID || g.ResourceID == sp.ID {
			remove(c, permissionGrants, g)
		}
	}
	for _, a := range slices.Clone(c.dir.AppRoleAssignments) {
		if a.PrincipalID == sp.ID || a.ResourceID == sp.ID {
			remove(c, appRoleAssignments, a)
		}
	}
	for _, p := range slices.Clone(c.dir.PermissionClassifications) {
		if p.ResourceID == sp.ID {
			remove(c, permissionClassifications, p)
		}
	}
	remove(c, servicePrincipals, sp)
	return noContent(), nil
}

// entity shows all properties of a service principal, those that are the same
// for every simulated one included.
func (sp ServicePrincipal) entity() entity {
	return entity{
		"id":                                     sp.ID,
		"deletedDateTime":                        orNull(sp.DeletedDateTime),
		"accountEnabled":                         sp.AccountEnabled,
		"addIns":                                 []any{},
		"alternativeNames":                       []any{},
		"appDescription":                         nil,
		"appDisplayName":                         sp.AppDisplayName,
		"appId":                                  sp.AppID,
		"applicationTemplateId":                  nil,
		"appOwnerOrganizationId":                 sp.AppOwnerOrganizationID,
		"appRoleAssignmentRequired":              sp.AppRoleAssignmentRequired,
		"appRoles":                               []any{},
		"createdDateTime":                        sp.CreatedDateTime,
		"description":                            nil,
		"disabledByMicrosoftStatus":              sp.DisabledByMicrosoftStatus,
		"displayName":                            sp.DisplayName,
		"homepage":                               nil,
		"info":                                   nil,
		"isDisabled":                             nil,
		"keyCredentials":                         []any{},
		"loginUrl":                               nil,
		"logoutUrl":                              nil,
		"notes":                                  nil,
		"notificationEmailAddresses":             []any{},
		"oauth2PermissionScopes":                 sp.OAuth2PermissionScopes,
		"passwordCredentials":                    []any{},
		"preferredSingleSignOnMode":              nil,
		"replyUrls":                              []any{},
		"resourceSpecificApplicationPermissions": []any{},
		"samlSingleSignOnSettings":               nil,
		"servicePrincipalNames":                  []string{sp.AppID},
		"servicePrincipalType":                   sp.ServicePrincipalType,
		"signInAudience":                         sp.SignInAudience,
		"tags":                                   sp.Tags,
		"tokenEncryptionKeyId":                   nil,
		"verifiedPublisher":                      sp.VerifiedPublisher,
	}
}

// instantiate makes an application's face in a tenant.
func instantiate(app identity.Application, id string, created time.Time) ServicePrincipal {
	sp := ServicePrincipal{
		ID:                     id,
		AppID:                  app.AppID,
		DisplayName:            app.DisplayName,
		AppDisplayName:         app.DisplayName,
		AccountEnabled:         new(true),
		AppOwnerOrganizationID: new(app.Owner),
		VerifiedPublisher:      app.Publisher,
		ServicePrincipalType:   "Application",
		SignInAudience:         "AzureADMultipleOrgs",
		CreatedDateTime:        created.UTC().Format(time.RFC3339),
		Tags:                   append([]string{}, app.Tags...),
		OAuth2PermissionScopes: []identity.PermissionScope{},
	}
	if app.Scopes != nil {
		sp.OAuth2PermissionScopes = app.Scopes()
	}
	return sp.clone() // the publisher is shared by all tenants
}
