package directory

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"appleconsent/graph/simulator/identity"
)

// Seed says how a tenant differs, as it begins, from the one that all begin with.
type Seed struct {
	Name            string `json:"name"`            // of the organization; empty: Contoso
	Client          string `json:"client"`          // display name of Apple's service principal; empty: there is none
	Disabled        bool   `json:"disabled"`        // Apple's service principal is disabled for sign-in
	DisabledByOwner bool   `json:"disabledByOwner"` // Apple has disabled its app in all tenants
	Graph           string `json:"graph"`           // scopes granted to all principals on Microsoft Graph; empty: no grant
	Exchange        string `json:"exchange"`        // the same on Exchange Online
	PerUserGrants   int    `json:"perUserGrants"`   // grants to single users, two for each user
	WithoutExchange bool   `json:"withoutExchange"` // the tenant has no Exchange Online

	UserGrants []UserGrants `json:"userGrants"` // what else users granted Apple's app on Microsoft Graph

	AssignmentRequired bool     `json:"assignmentRequired"` // only people who are assigned to Apple's app get in
	Deleted            bool     `json:"deleted"`            // Apple's service principal was deleted three days ago
	UserConsent        []string `json:"userConsent"`        // the entries on users' own consent; nil: those that Microsoft manages
	Workflow           Workflow `json:"workflow"`           // the admin consent workflow
	Failures           Failures `json:"failures"`           // sign-ins to Apple's app that failed
	UsersBlocked       bool     `json:"usersBlocked"`       // sign-ins to Apple's app fail, for a lack of consent
	Unlicensed         bool     `json:"unlicensed"`         // the tenant has neither a premium licence nor Intune
	DevicePolicies     bool     `json:"devicePolicies"`     // policies for managed devices, and those of Microsoft's templates
	OldProfiles        bool     `json:"oldProfiles"`        // mail profiles, policies and a domain from before modern authentication
	Usage              *Usage   `json:"usage"`              // how many people read mail with what; nil: as in most tenants
	Customers          int      `json:"customers"`          // it is a partner's tenant, with so many customers
}

// UserGrants are scopes that each of the users granted for themselves on Microsoft Graph.
type UserGrants struct {
	Users []string `json:"users"` // without a domain
	Scope string   `json:"scope"`
}

// founded is when the simulated tenants got what they start with.
func founded() time.Time { return time.Date(2019, time.March, 4, 9, 30, 0, 0, time.UTC) }

// Plant builds the directory of a tenant that begins now. Scenario is the name that it is kept under.
func Plant(scenario, tenantID string, s Seed, now time.Time) Directory {
	d := Directory{
		Scenario: scenario, TenantID: tenantID, DisplayName: cmp.Or(s.Name, "Contoso") + " (simulated)", ServicePrincipals: []ServicePrincipal{},
		PermissionGrants: []PermissionGrant{}, AppRoleAssignments: []AppRoleAssignment{}, Deleted: []ServicePrincipal{},
	}
	for _, name := range []string{identity.Admin, "adele", "alex", "megan"} {
		d.Users = append(d.Users, newUser(tenantID, name))
	}
	d.Install(identity.GraphAppID)
	d.Install(identity.RetiredAADAppID)
	if !s.WithoutExchange {
		d.Install(identity.ExchangeAppID)
		d.Usage = cmp.Or(s.Usage, &Usage{OnMacs: 41, OnPhones: 212})
	}
	d.plantExpenses()
	if s.Client != "" {
		d.plantClient(s)
	}
	d.Furnish(s, now)
	return d
}

func newUser(tenantID, name string) User {
	return User{ID: identity.UserID(tenantID, name), DisplayName: name, UserPrincipalName: name + "@" + identity.Domain}
}

// Install adds the service principal of a known application and returns its id.
func (d *Directory) Install(appID string) string {
	app, _ := identity.FindApplication(appID)
	id := identity.ObjectID(d.TenantID, "servicePrincipal", appID)
	d.ServicePrincipals = append(d.ServicePrincipals, instantiate(app, id, founded()))
	return id
}

// plantExpenses adds an app that has nothing to do with Apple, with consent of its own that nobody may touch.
func (d *Directory) plantExpenses() {
	id := d.Install(identity.ExpensesAppID)
	d.Grant(id, identity.GraphAppID, "", "User.Read Mail.Send offline_access")
	d.Grant(id, identity.RetiredAADAppID, "", "User.Read")
	graph, _ := d.ServicePrincipalOf(identity.GraphAppID)
	d.AppRoleAssignments = append(d.AppRoleAssignments, AppRoleAssignment{
		ID: GrantID(id, graph.ID, ""), PrincipalID: id, PrincipalType: "ServicePrincipal", ResourceID: graph.ID,
		AppRoleID: "df021288-bdef-4463-88db-98f22de89214", // User.Read.All
	})
}

func (d *Directory) plantClient(s Seed) {
	id := d.Install(identity.AppleAppID)
	client := &d.ServicePrincipals[len(d.ServicePrincipals)-1]
	client.DisplayName = s.Client
	client.AccountEnabled = new(!s.Disabled)
	client.AppRoleAssignmentRequired = s.AssignmentRequired
	if s.DisabledByOwner {
		client.IsDisabled = new(true)
	}
	d.Grant(id, identity.GraphAppID, "", s.Graph)
	d.Grant(id, identity.ExchangeAppID, "", s.Exchange)
	for n := range s.PerUserGrants {
		d.grantToUser(id, n)
	}
	for _, g := range s.UserGrants {
		for _, name := range g.Users {
			user := newUser(d.TenantID, name)
			if !slices.Contains(d.Users, user) {
				d.Users = append(d.Users, user)
			}
			d.Grant(id, identity.GraphAppID, user.ID, g.Scope)
		}
	}
}

// grantToUser adds the n-th per-user grant: even ones are on Microsoft Graph, odd
// ones on Exchange Online, and each pair of them belongs to one user.
func (d *Directory) grantToUser(clientID string, n int) {
	user := newUser(d.TenantID, fmt.Sprintf("user%05d", n/2))
	if n%2 == 1 {
		d.Grant(clientID, identity.ExchangeAppID, user.ID, "EAS.AccessAsUser.All EWS.AccessAsUser.All")
		return
	}
	d.Users = append(d.Users, user)
	d.Grant(clientID, identity.GraphAppID, user.ID, "openid profile User.Read offline_access")
}

// Grant adds a grant, unless the resource is not there or the scope is empty.
// An empty principalID grants to all principals.
func (d *Directory) Grant(clientID, resourceAppID, principalID, scope string) {
	resource, ok := d.ServicePrincipalOf(resourceAppID)
	if !ok || scope == "" {
		return
	}
	g := PermissionGrant{
		ID: GrantID(clientID, resource.ID, principalID), ClientID: clientID, ConsentType: allPrincipals,
		ResourceID: resource.ID, Scope: scope,
	}
	if principalID != "" {
		g.ConsentType, g.PrincipalID = singlePrincipal, new(principalID)
	}
	d.PermissionGrants = append(d.PermissionGrants, g)
}
