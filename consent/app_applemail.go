package consent

// Application (client) IDs of Microsoft's resources and of Apple's mail client. Sources: the permission catalogue
// of Microsoft Graph, learn.microsoft.com/entra/identity/enterprise-apps/manage-app-consent-policies ("Apple Mail").
const (
	AppleInternetAccounts AppID = "f8d98a96-0999-43f5-8af3-69971c7bb423"
	MicrosoftGraph        AppID = "00000003-0000-0000-c000-000000000000"
	ExchangeOnline        AppID = "00000002-0000-0ff1-ce00-000000000000"
	AzureADGraph          AppID = "00000002-0000-0000-c000-000000000000"
)

// The delegated permissions that Apple's mail client needs. EAS is what iOS and iPadOS speak, EWS what macOS speaks.
const (
	UserRead Scope = "User.Read"
	EAS      Scope = "EAS.AccessAsUser.All"
	EWS      Scope = "EWS.AccessAsUser.All"
)

// EWSEnd is when Microsoft switches EWS off for good in Exchange Online: learn.microsoft.com/exchange/
// clients-and-mobile-in-exchange-online/deprecation-of-ews-exchange-online.
const EWSEnd Day = "2027-04-01"

// AppleMail is Apple's mail client on iPhones, iPads and Macs. Sources of the permissions' ids: the permission catalogue of
// Microsoft Graph; learn.microsoft.com/exchange/client-developer/exchange-web-services/
// how-to-authenticate-an-ews-application-by-using-oauth; for EAS public tables only. That of the publisher: test data of one
// public project.
func AppleMail() Application {
	return Application{
		ID: AppleInternetAccounts, Label: "apple_mail", Name: "Apple Internet Accounts", Noun: "Apple Mail",
		Publisher: Publisher{Name: "Apple", OrganizationID: "e0fad04c-a04c-41ab-b35e-dc523af755a1"},
		Resources: []ApplicationResource{
			{Resource{MicrosoftGraph, "Microsoft Graph", "microsoft_graph", "graph"}, []Permission{
				{Scope: UserRead, ID: "e1fe6dd8-ba31-4d61-89e7-88639da4683d"},
			}},
			{Resource{ExchangeOnline, "Office 365 Exchange Online", "exchange_online", "exchange"}, []Permission{
				{Scope: EAS, ID: "266d2589-20b5-4f91-9a03-89247d1be8da", Devices: IOSDevices, Platform: "iOS"},
				{
					Scope: EWS, ID: "3b5f3d61-589b-4a3c-a359-5dd4b5ee5bd5", Devices: MacDevices, Platform: "macOS",
					Notice: Notice{Level: Warning, Code: "ewsRetirement", AppID: AppleInternetAccounts},
					Ended:  Notice{Level: Warning, Code: "ewsEnded", AppID: AppleInternetAccounts}, Ends: EWSEnd,
				},
			}},
		},
		LookAlikes: []Resource{{AzureADGraph, "Azure AD Graph (retired)", "azure_ad_graph", ""}},
	}
}
