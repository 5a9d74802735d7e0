package directory

import (
	"slices"
	"time"

	"appleconsent/graph/simulator/identity"
)

// The entries that say to which apps users may consent.
const (
	forSelf         = "ManagePermissionGrantsForSelf."
	managedConsent  = forSelf + "microsoft-user-default-recommended"
	mailAppsConsent = forSelf + "microsoft-user-default-allow-consent-apps"
	LowConsent      = forSelf + "microsoft-user-default-low" // to low-impact permissions of verified publishers
	CustomConsent   = forSelf + "contoso-mail-apps"          // a policy of the tenant's own
)

// ownedResourceConsent are the entries about teams and chats, which have nothing to do
// with users' own consent and stand in every tenant.
func ownedResourceConsent() []string {
	const prefix = "ManagePermissionGrantsForOwnedResource.microsoft-dynamically-managed-permissions-"
	return []string{prefix + "for-team", prefix + "for-chat"}
}

// Workflow is the state of the admin consent workflow that a tenant begins with.
type Workflow int

// The states of the admin consent workflow.
const (
	WorkflowOn Workflow = iota
	WorkflowWithoutReviewers
	WorkflowOff
)

// Furnish gives a tenant that has its service principals all the rest that it begins with.
func (d *Directory) Furnish(s Seed, now time.Time) {
	d.AuthorizationPolicy = authorizationPolicy(s.UserConsent)
	d.AdminConsentRequestPolicy = d.consentRequestPolicy(s.Workflow)
	d.PermissionClassifications = []PermissionClassification{}
	d.ConditionalAccessPolicies = d.conditionalAccess(s.OldProfiles)
	d.Domains = domains(s.OldProfiles)
	d.Premium, d.Intune = !s.Unlicensed, !s.Unlicensed
	d.DeviceConfigurations = []DeviceConfiguration{}
	if d.Intune {
		d.DeviceConfigurations = d.deviceConfigurations(s.OldProfiles)
	}
	d.plantSignIns(s)
	if s.Deleted && len(d.Deleted) == 0 {
		d.plantDeleted(now)
	}
}

// authorizationPolicy is the one that tenants begin with; nil lets Microsoft say to which apps users may consent.
func authorizationPolicy(userConsent []string) AuthorizationPolicy {
	if userConsent == nil {
		userConsent = []string{managedConsent, mailAppsConsent}
	}
	return AuthorizationPolicy{
		ID: theAuthorizationPolicy, DisplayName: "Authorization Policy",
		Description:      "Used to manage authorization related settings across the company.",
		AllowInvitesFrom: "everyone", AllowedToSignUpEmailBasedSubscriptions: true, AllowedToUseSSPR: true,
		GuestUserRoleID: "10dae51f-b6af-4016-8d66-8c2a99b929b3", // guests with limited access
		DefaultUserRolePermissions: DefaultUserRolePermissions{
			AllowedToCreateApps: true, AllowedToCreateSecurityGroups: true, AllowedToCreateTenants: true,
			AllowedToReadBitlockerKeysForOwnedDevice: true, AllowedToReadOtherUsers: true,
			PermissionGrantPoliciesAssigned: slices.Concat(userConsent, ownedResourceConsent()),
		},
	}
}

func (d *Directory) consentRequestPolicy(state Workflow) AdminConsentRequestPolicy {
	on := state != WorkflowOff
	policy := AdminConsentRequestPolicy{
		IsEnabled: on, NotifyReviewers: on, RemindersEnabled: on, RequestDurationInDays: 30, Reviewers: []ConsentReviewer{},
	}
	if state == WorkflowOn {
		policy.Reviewers = []ConsentReviewer{{
			Query: "/v1.0/users/" + identity.UserID(d.TenantID, identity.Admin), QueryType: "MicrosoftGraph",
		}}
	}
	return policy
}

// domains are those of a tenant, one more if the users of some sign in elsewhere.
func domains(withFederated bool) []Domain {
	list := []Domain{
		{ID: identity.Domain, AuthenticationType: managed, IsDefault: true, IsInitial: true},
		{ID: "contoso.com", AuthenticationType: managed},
	}
	if withFederated {
		list = append(list, Domain{ID: "fabrikam.com", AuthenticationType: federated})
	}
	return list
}

func (d *Directory) deviceConfigurations(withOld bool) []DeviceConfiguration {
	profiles := []DeviceConfiguration{
		d.emailProfile("Corporate mail", "outlook.office365.com", true),
		{
			ID:        identity.ObjectID(d.TenantID, "deviceConfiguration", "Restrictions"),
			ODataType: iosGeneralConfiguration, DisplayName: "Restrictions",
		},
	}
	if withOld {
		profiles = append(profiles,
			d.emailProfile("Legacy mail (basic)", "outlook.office365.com", false),
			d.emailProfile("On-premises mail", "mail.contoso.com", false))
	}
	return profiles
}

func (d *Directory) emailProfile(name, host string, useOAuth bool) DeviceConfiguration {
	return DeviceConfiguration{
		ID: identity.ObjectID(d.TenantID, "deviceConfiguration", name), ODataType: iosEasEmailProfile, DisplayName: name,
		AccountName: "Contoso", HostName: host, AuthenticationMethod: "usernameAndPassword",
		UseOAuth: useOAuth, RequireSsl: true, EmailAddressSource: "userPrincipalName",
	}
}

// plantDeleted moves Apple's service principal to the recycle bin, three days ago.
func (d *Directory) plantDeleted(now time.Time) {
	app, _ := identity.FindApplication(identity.AppleAppID)
	sp := instantiate(app, identity.ObjectID(d.TenantID, "servicePrincipal", identity.AppleAppID), founded())
	sp.DeletedDateTime = now.AddDate(0, 0, -3).UTC().Format(time.RFC3339)
	d.Deleted = append(d.Deleted, sp)
}

// conditionalAccess are policies for all users; all but the first are from before modern authentication.
func (d *Directory) conditionalAccess(withOld bool) (policies []ConditionalAccessPolicy) {
	all, everyApp := []string{"all"}, []string{"All"}
	rules := []struct {
		name, state, control string
		clients, apps        []string
	}{
		{"Require MFA for all users", policyEnabled, "mfa", all, everyApp},
		{"Block legacy authentication", policyEnabled, "block", []string{"exchangeActiveSync", "other"}, everyApp},
		{"Block unmanaged mail apps (report)", policyReportOnly, "block", all, []string{identity.ExchangeAppID}},
		{"Block finance app", policyEnabled, "block", all, []string{identity.ExpensesAppID}},
		{"Block everything (emergency)", policyDisabled, "block", all, everyApp},
	}
	if !withOld {
		rules = rules[:1]
	}
	for _, r := range rules {
		policies = append(policies, clone(ConditionalAccessPolicy{
			ID: identity.ObjectID(d.TenantID, "conditionalAccess", r.name), DisplayName: r.name, State: r.state,
			CreatedDateTime: founded().Format(time.RFC3339),
			Conditions: ConditionalAccessConditions{
				ClientAppTypes: r.clients,
				Applications:   ConditionalAccessApplications{IncludeApplications: r.apps},
				Users:          ConditionalAccessUsers{IncludeUsers: []string{"All"}},
			},
			GrantControls: &GrantControls{Operator: "OR", BuiltInControls: []string{r.control}},
		}))
	}
	return policies
}
