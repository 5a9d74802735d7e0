package identity

import (
	"fmt"
	"strings"
	"sync"
)

// PermissionScope is a delegated permission that a resource offers.
type PermissionScope struct {
	ID                      string `json:"id"`
	Value                   string `json:"value"`
	Type                    string `json:"type"`
	IsEnabled               bool   `json:"isEnabled"`
	AdminConsentDisplayName string `json:"adminConsentDisplayName"`
	AdminConsentDescription string `json:"adminConsentDescription"`
	UserConsentDisplayName  string `json:"userConsentDisplayName"`
	UserConsentDescription  string `json:"userConsentDescription"`
}

// exchangeScopes are the delegated permissions of Office 365 Exchange Online
// that mail clients ask for. Ids that Microsoft documents are the real ones.
func exchangeScopes() []PermissionScope {
	return []PermissionScope{
		permissionScope("266d2589-20b5-4f91-9a03-89247d1be8da", "EAS.AccessAsUser.All", "mailboxes by Exchange ActiveSync"),
		permissionScope("3b5f3d61-589b-4a3c-a359-5dd4b5ee5bd5", "EWS.AccessAsUser.All", "mailboxes by Exchange Web Services"),
		permissionScope(ObjectID("exchange", "IMAP"), "IMAP.AccessAsUser.All", "mailboxes by IMAP"),
		permissionScope(ObjectID("exchange", "POP"), "POP.AccessAsUser.All", "mailboxes by POP"),
		permissionScope(ObjectID("exchange", "SMTP"), "SMTP.Send", "the sending of mail by SMTP"),
	}
}

// graphScopes are as many delegated permissions as Microsoft Graph really carries: a client that reads them without
// need moves hundreds of kilobytes. The names that matter here have their real ids; EAS and EWS exist on Graph, too,
// under the same names as on Exchange but with other ids.
var graphScopes = sync.OnceValue(func() []PermissionScope {
	scopes := []PermissionScope{
		permissionScope("e1fe6dd8-ba31-4d61-89e7-88639da4683d", "User.Read", "the signed-in user's profile"),
		permissionScope("ff91d191-45a0-43fd-b837-bd682c4a0b0f", "EAS.AccessAsUser.All", "mailboxes by Exchange ActiveSync"),
		permissionScope("9769c687-087d-48ac-9cb3-c37dde652038", "EWS.AccessAsUser.All", "mailboxes by Exchange Web Services"),
		permissionScope("37f7f235-527c-4136-accd-4a02d197296e", "openid", "the sign-in"),
		permissionScope("14dad69e-099b-42c9-810b-d002981feec1", "profile", "the basic profile"),
		permissionScope("64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0", "email", "the e-mail address"),
		permissionScope("7427e0e9-2fba-42fe-b0c0-848c9e6a8182", "offline_access", "what was granted, while the user is away"),
		permissionScope("06da0dbc-49e2-44d2-8312-53f166ab848a", "Directory.Read.All", "directory data"),
		permissionScope("41ce6ca6-6826-4807-84f1-1c82854f7ee5", "DelegatedPermissionGrant.ReadWrite.All", "delegated permission grants"),
	}
	for _, area := range strings.Fields(graphAreas) {
		for _, reach := range []string{".ReadBasic", ".Read", ".ReadWrite"} {
			for _, extent := range []string{"", ".All"} {
				value := area + reach + extent
				scopes = append(scopes, permissionScope(ObjectID("graph", value), value, area+" objects"))
			}
		}
	}
	return scopes
})

// graphAreas are kinds of things that Microsoft Graph guards with permissions.
const graphAreas = `
	AccessReview Acronym AdministrativeUnit Agreement Analytics AppCatalog Approval AttackSimulation AuditLogsQuery BackupRestore Bookings
	Bookmark Calendars CallRecords Calls Channel ChannelMember ChannelMessage Chat ChatMessage CloudPC Community Contacts ConsentRequest
	CrossTenantInformation CustomSecAttribute Device DeviceManagementApps DeviceManagementConfiguration DeviceManagementRBAC
	DeviceManagementScripts Domain EduAssignments EduRoster Edge EntitlementManagement EventListener Files FileStorageContainer Group
	GroupMember IdentityProvider IdentityRiskEvent IdentityRiskyUser IdentityUserFlow IndustryData InformationProtectionPolicy
	LearningContent LicenseAssignment LifecycleWorkflows Mail MailboxFolder MailboxItem MailboxSettings Member MultiTenantOrganization
	MutualTlsOauthConfiguration NetworkAccess Notes OnPremDirectorySynchronization OnlineMeetings Organization OrgContact People Place
	Policy Presence PrintJob Printer PrivilegedAccess ProgramControl PublicKeyInfrastructure QnA RecordsManagement Reports RoleManagement
	Schedule SecurityAlert SecurityIncident ServiceHealth SharePointTenantSettings Sites Synchronization Tasks Team TeamMember TeamSettings
	TeamsActivity TeamsAppInstallation TeamTemplates ThreatHunting ThreatIndicators TrustFrameworkKeySet UnifiedGroupMember
	VirtualAppointment WindowsUpdates`

func permissionScope(id, value, object string) PermissionScope {
	return PermissionScope{
		ID: id, Value: value, Type: "User", IsEnabled: true,
		AdminConsentDisplayName: fmt.Sprintf("Access %s (%s)", object, value),
		AdminConsentDescription: fmt.Sprintf("Allows the app to access %s on behalf of the signed-in user, as far as that user has access.", object),
		UserConsentDisplayName:  fmt.Sprintf("Access %s for you", object),
		UserConsentDescription:  fmt.Sprintf("Allows the app to access %s on your behalf, as far as you have access yourself.", object),
	}
}
