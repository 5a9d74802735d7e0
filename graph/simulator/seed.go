package simulator

import (
	"fmt"
	"time"
)

// seed says how a scenario's tenant differs from the one that they all share.
type seed struct {
	client          string // display name of Apple's service principal; empty: there is none
	disabled        bool   // Apple's service principal is disabled for sign-in
	graph           string // scopes granted to all principals on Microsoft Graph; empty: no grant
	exchange        string // the same on Exchange Online
	perUserGrants   int    // grants to single users, two for each user
	withoutExchange bool   // the tenant has no Exchange Online

	assignmentRequired bool      // only people who are assigned to Apple's app get in
	deleted            bool      // Apple's service principal was deleted three days ago
	userConsent        []string  // the entries on users' own consent; nil: those that Microsoft manages
	workflow           workflow  // the admin consent workflow
	failures           []failure // sign-ins to Apple's app that failed
	unlicensed         bool      // the tenant has neither a premium licence nor Intune
	oldProfiles        bool      // mail profiles, policies and a domain from before modern authentication
}

// founded is when the simulated tenants got what they start with.
func founded() time.Time { return time.Date(2019, time.March, 4, 9, 30, 0, 0, time.UTC) }

// plant builds the directory that a scenario starts with.
func plant(s Scenario, now time.Time) Directory {
	d := Directory{
		Scenario:           s.Name,
		TenantID:           s.tenantID(),
		DisplayName:        "Contoso (simulated)",
		ServicePrincipals:  []ServicePrincipal{},
		PermissionGrants:   []PermissionGrant{},
		AppRoleAssignments: []AppRoleAssignment{},
		Deleted:            []ServicePrincipal{},
	}
	d.Users = staff(d.TenantID)
	d.install(graphAppID)
	d.install(retiredAADAppID)
	if !s.seed.withoutExchange {
		d.install(exchangeAppID)
	}
	d.plantExpenses()
	if s.seed.client != "" {
		d.plantClient(s.seed)
	}
	d.furnish(s.seed, now)
	return d
}

func staff(tenantID string) []User {
	var users []User
	for _, name := range []string{"admin", "adele", "alex", "megan"} {
		users = append(users, newUser(tenantID, name))
	}
	return users
}

func newUser(tenantID, name string) User {
	return User{
		ID:                userID(tenantID, name),
		DisplayName:       name,
		UserPrincipalName: name + "@" + domain,
	}
}

func userID(tenantID, name string) string { return objectID(tenantID, "user", name) }

// install adds the service principal of a known application and returns its id.
func (d *Directory) install(appID string) string {
	app, _ := findApplication(appID)
	id := objectID(d.TenantID, "servicePrincipal", appID)
	d.ServicePrincipals = append(d.ServicePrincipals, app.servicePrincipal(id, founded()))
	return id
}

// plantExpenses adds an app that has nothing to do with Apple, with consent of
// its own that nobody may touch.
func (d *Directory) plantExpenses() {
	id := d.install(expensesAppID)
	d.grant(id, graphAppID, "", "User.Read Mail.Send offline_access")
	d.grant(id, retiredAADAppID, "", "User.Read")
	graph, _ := d.ServicePrincipalOf(graphAppID)
	d.AppRoleAssignments = append(d.AppRoleAssignments, AppRoleAssignment{
		ID:            GrantID(id, graph.ID, ""),
		PrincipalID:   id,
		PrincipalType: "ServicePrincipal",
		ResourceID:    graph.ID,
		AppRoleID:     "df021288-bdef-4463-88db-98f22de89214", // User.Read.All
	})
}

func (d *Directory) plantClient(s seed) {
	id := d.install(appleAppID)
	client := &d.ServicePrincipals[len(d.ServicePrincipals)-1]
	client.DisplayName = s.client
	client.AccountEnabled = new(!s.disabled)
	client.AppRoleAssignmentRequired = s.assignmentRequired
	d.grant(id, graphAppID, "", s.graph)
	d.grant(id, exchangeAppID, "", s.exchange)
	for n := range s.perUserGrants {
		d.grantToUser(id, n)
	}
}

// grantToUser adds the n-th per-user grant: even ones are on Microsoft Graph, odd
// ones on Exchange Online, and each pair of them belongs to one user.
func (d *Directory) grantToUser(clientID string, n int) {
	user := newUser(d.TenantID, fmt.Sprintf("user%05d", n/2))
	if n%2 == 1 {
		d.grant(clientID, exchangeAppID, user.ID, "EAS.AccessAsUser.All EWS.AccessAsUser.All")
		return
	}
	d.Users = append(d.Users, user)
	d.grant(clientID, graphAppID, user.ID, "openid profile User.Read offline_access")
}

// grant adds a grant unless there is nothing to grant or nobody to grant it on.
// An empty principalID grants to all principals.
func (d *Directory) grant(clientID, resourceAppID, principalID, scope string) {
	resource, ok := d.ServicePrincipalOf(resourceAppID)
	if !ok || scope == "" {
		return
	}
	g := PermissionGrant{
		ID:          GrantID(clientID, resource.ID, principalID),
		ClientID:    clientID,
		ConsentType: allPrincipals,
		ResourceID:  resource.ID,
		Scope:       scope,
	}
	if principalID != "" {
		g.ConsentType, g.PrincipalID = singlePrincipal, new(principalID)
	}
	d.PermissionGrants = append(d.PermissionGrants, g)
}
