package simulator

import (
	"strings"
	"time"
)

// The applications that simulated tenants know of.
const (
	appleAppID       = "f8d98a96-0999-43f5-8af3-69971c7bb423"
	graphAppID       = "00000003-0000-0000-c000-000000000000"
	exchangeAppID    = "00000002-0000-0ff1-ce00-000000000000"
	retiredAADAppID  = "00000002-0000-0000-c000-000000000000"
	expensesAppID    = "5b0f5c2e-7d0a-4c55-9a3e-2f1d6a8c9e10"
	appleTenantID    = "e0fad04c-a04c-41ab-b35e-dc523af755a1"
	microsoftTenant  = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
	appleDisplayName = "Apple Internet Accounts"
)

// application is what its publisher registered; a tenant that uses it has a
// service principal made from it.
type application struct {
	appID       string
	displayName string
	owner       string
	publisher   VerifiedPublisher
	tags        []string
	scopes      func() []PermissionScope
	// instantiable tells whether an admin can create the service principal. Those
	// of Microsoft's services come with a subscription instead.
	instantiable bool
	registered   []requiredAccess // what an admin consents to on the page of admin consent
	redirectURI  string           // to which that page sends the browser
}

// requiredAccess are the delegated permissions on one resource that an app registered.
type requiredAccess struct {
	resourceAppID string
	scopes        []string
}

// applications lists every registration that exists outside the tenants.
func applications() []application {
	integrated := []string{"WindowsAzureActiveDirectoryIntegratedApp"}
	return []application{
		{
			appID: appleAppID, displayName: appleDisplayName, owner: appleTenantID,
			publisher: VerifiedPublisher{
				DisplayName:         new("Apple Inc."),
				VerifiedPublisherID: new("simulated-apple-inc"),
				AddedDateTime:       new("2020-10-16T18:35:26Z"),
			},
			tags: integrated, instantiable: true,
			registered: []requiredAccess{
				{graphAppID, []string{"User.Read", "openid", "profile", "email", "offline_access"}},
				{exchangeAppID, []string{"EAS.AccessAsUser.All", "EWS.AccessAsUser.All"}},
			},
			redirectURI: "com.apple.Preferences://oauth-redirect",
		},
		{appID: graphAppID, displayName: "Microsoft Graph", owner: microsoftTenant, scopes: graphScopes},
		{appID: exchangeAppID, displayName: "Office 365 Exchange Online", owner: microsoftTenant, scopes: exchangeScopes},
		{appID: retiredAADAppID, displayName: "Windows Azure Active Directory", owner: microsoftTenant},
		{
			appID: expensesAppID, displayName: "Contoso Expenses", owner: objectID("publisher", "Contoso Expenses"),
			tags: integrated, instantiable: true,
		},
	}
}

func findApplication(appID string) (application, bool) {
	for _, app := range applications() {
		if app.appID == strings.ToLower(appID) {
			return app, true
		}
	}
	return application{}, false
}

// servicePrincipal makes the application's face in a tenant.
func (a application) servicePrincipal(id string, created time.Time) ServicePrincipal {
	sp := ServicePrincipal{
		ID:                     id,
		AppID:                  a.appID,
		DisplayName:            a.displayName,
		AppDisplayName:         a.displayName,
		AccountEnabled:         new(true),
		AppOwnerOrganizationID: new(a.owner),
		VerifiedPublisher:      a.publisher,
		ServicePrincipalType:   "Application",
		SignInAudience:         "AzureADMultipleOrgs",
		CreatedDateTime:        created.UTC().Format(time.RFC3339),
		Tags:                   append([]string{}, a.tags...),
		OAuth2PermissionScopes: []PermissionScope{},
	}
	if a.scopes != nil {
		sp.OAuth2PermissionScopes = a.scopes()
	}
	return sp
}
