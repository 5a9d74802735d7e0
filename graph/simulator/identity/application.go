package identity

import (
	"strings"
	"sync"
)

// The application (client) ids that simulated tenants know of, and the name of Apple's application.
const (
	AppleAppID       = "f8d98a96-0999-43f5-8af3-69971c7bb423"
	GraphAppID       = "00000003-0000-0000-c000-000000000000"
	ExchangeAppID    = "00000002-0000-0ff1-ce00-000000000000"
	RetiredAADAppID  = "00000002-0000-0000-c000-000000000000"
	ExpensesAppID    = "5b0f5c2e-7d0a-4c55-9a3e-2f1d6a8c9e10" // nothing to do with Apple
	AppleDisplayName = "Apple Internet Accounts"
)

// The tenants in which publishers registered their applications.
const (
	appleTenantID   = "e0fad04c-a04c-41ab-b35e-dc523af755a1"
	microsoftTenant = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
)

// Application is what its publisher registered; a tenant that uses it has a service principal made from it.
type Application struct {
	AppID       string
	DisplayName string
	Owner       string
	Publisher   VerifiedPublisher
	Tags        []string
	Scopes      func() []PermissionScope // what others can be granted on it; nil: nothing
	// Instantiable: an admin can create the service principal. Those
	// of Microsoft's services come with a subscription instead.
	Instantiable bool
	Registered   []RequiredAccess // what an admin consents to on the page of admin consent
	RedirectURI  string           // to which that page sends the browser
}

// RequiredAccess are the delegated permissions on one resource that an app registered.
type RequiredAccess struct {
	ResourceAppID string
	Scopes        []string
}

// VerifiedPublisher names the publisher that Microsoft verified; all null where there is none.
type VerifiedPublisher struct {
	DisplayName         *string `json:"displayName"`
	VerifiedPublisherID *string `json:"verifiedPublisherId"`
	AddedDateTime       *string `json:"addedDateTime"`
}

// applications lists every registration that exists outside the tenants.
var applications = sync.OnceValue(func() []Application {
	integrated := []string{"WindowsAzureActiveDirectoryIntegratedApp"}
	return []Application{
		{
			AppID: AppleAppID, DisplayName: AppleDisplayName, Owner: appleTenantID,
			Publisher: VerifiedPublisher{
				DisplayName:         new("Apple Inc."),
				VerifiedPublisherID: new("simulated-apple-inc"),
				AddedDateTime:       new("2020-10-16T18:35:26Z"),
			},
			Tags: integrated, Instantiable: true,
			Registered: []RequiredAccess{
				{GraphAppID, []string{"User.Read", "openid", "profile", "email", "offline_access"}},
				{ExchangeAppID, []string{"EAS.AccessAsUser.All", "EWS.AccessAsUser.All"}},
			},
			RedirectURI: "com.apple.Preferences://oauth-redirect",
		},
		{AppID: GraphAppID, DisplayName: "Microsoft Graph", Owner: microsoftTenant, Scopes: graphScopes},
		{AppID: ExchangeAppID, DisplayName: "Office 365 Exchange Online", Owner: microsoftTenant, Scopes: exchangeScopes},
		{AppID: RetiredAADAppID, DisplayName: "Windows Azure Active Directory", Owner: microsoftTenant},
		{
			AppID: ExpensesAppID, DisplayName: "Contoso Expenses", Owner: ObjectID("publisher", "Contoso Expenses"),
			Tags: integrated, Instantiable: true,
		},
	}
})

// FindApplication finds a registration by its appId, in whatever case. What it
// returns is shared and must not be changed.
func FindApplication(appID string) (Application, bool) {
	for _, app := range applications() {
		if app.AppID == strings.ToLower(appID) {
			return app, true
		}
	}
	return Application{}, false
}
