package consent

import (
	"slices"
	"strings"
)

// Tenant names a Microsoft Entra tenant.
type Tenant struct {
	ID          string // GUID, in lower case
	DisplayName string // empty if it could not be read
	Cloud       string // one of Clouds
	Simulated   bool   // no real tenant
}

// Clouds returns Microsoft's clouds by the names that this program gives them
// (learn.microsoft.com/graph/deployments), the default first.
func Clouds() []string { return []string{"global", "usgov", "usgovdod", "china"} }

// ServicePrincipal is what a tenant knows of an application, as far as the difference needs it
// (learn.microsoft.com/graph/api/resources/serviceprincipal).
type ServicePrincipal struct {
	ID                  ObjectID
	AppID               AppID
	DisplayName         string
	AccountEnabled      *bool  // false: nobody can sign in to the application; nil: not told
	AssignmentRequired  bool   // true: only assigned users get tokens
	OwnerOrganizationID string // the tenant that the application is registered in; empty: not told
	VerifiedPublisher   string // display name of the verified publisher; empty: none
	DisabledByMicrosoft string // empty, NotDisabled, or why Microsoft disabled it
}

// NameHolder is a service principal that keeps another one of an application from being created.
type NameHolder struct {
	ID          ObjectID // empty: there is none
	DisplayName string
	Deleted     bool // it is among the deleted items, and can be restored
}

// Disabled reports whether nobody can sign in to the application.
func (sp ServicePrincipal) Disabled() bool { return sp.AccountEnabled != nil && !*sp.AccountEnabled }

// ConsentType tells for whom a grant stands.
type ConsentType string

// The consent types that Graph knows: for all users of the tenant, for one user.
const (
	AllPrincipals ConsentType = "AllPrincipals"
	Principal     ConsentType = "Principal"
)

// PermissionGrant is a delegated permission grant (oAuth2PermissionGrant): the client may call the resource with
// these scopes in the name of all users or of one.
type PermissionGrant struct {
	ID          GrantID
	ClientID    ObjectID
	ResourceID  ObjectID
	ConsentType ConsentType
	Scopes      ScopeSet
}

// OddGrant is what Graph lists among the tenant-wide grants of the client and what cannot be understood, so that it is not
// known what stands on its resource.
type OddGrant struct {
	ID         string   // as Graph has it; empty: not told
	ResourceID ObjectID // empty: not known, so that it may be any
	Member     string   // the first that is missing or has another form than it should
}

// State is what was read from a tenant about one requirement.
type State struct {
	Tenant            Tenant
	ServicePrincipals []ServicePrincipal // of Requirement.AppIDs, as far as they stand
	Grants            []PermissionGrant  // of the client, as Graph lists them; others are allowed and do not count
	OddGrants         []OddGrant
	// ConsentPolicies are the entries of the authorization policy as they stand, if need be with one twice, and
	// Classifications those of the required resources; both are read for the route UserConsent only.
	ConsentPolicies ScopeSet
	Classifications []Classification
}

// Look says how a tenant is read again after a write.
type Look struct {
	Client     ObjectID // the client's service principal, as far as it is known: its grants are then read beside the rest
	GrantsOnly bool     // nothing else was written: of the service principals the state has the client's alone
	Once       bool     // what is not found is not waited for
}

// ServicePrincipal returns the application's service principal, and whether the tenant has one.
func (s State) ServicePrincipal(app AppID) (ServicePrincipal, bool) {
	return find(s.ServicePrincipals, func(sp ServicePrincipal) bool { return sp.AppID == app })
}

// Classification returns how the resource's permission is classified, and whether it is.
func (s State) Classification(resource ObjectID, permissionID string) (Classification, bool) {
	return find(s.Classifications, func(c Classification) bool {
		return c.ResourceID == resource && c.PermissionID == permissionID
	})
}

// OddGrant returns what makes it unknown what stands on a resource, and whether there is anything.
func (s State) OddGrant(resource ObjectID) (OddGrant, bool) {
	return find(s.OddGrants, func(g OddGrant) bool { return g.ResourceID == resource || g.ResourceID == "" })
}

// Notice says on which resource a grant cannot be understood.
func (g OddGrant) Notice(level Level, resource string) Notice {
	return Notice{Level: level, Code: "oddGrant", Name: resource, Detail: g.ID, Member: g.Member}
}

// find returns the first element that fits, and whether there is one.
func find[T any](list []T, fits func(T) bool) (first T, found bool) {
	if i := slices.IndexFunc(list, fits); i >= 0 {
		return list[i], true
	}
	return first, false
}

// TenantWideGrants returns the grants of the client for all users on one resource, in the order of the state.
// Normally there is one at the most.
func (s State) TenantWideGrants(client, resource ObjectID) []PermissionGrant {
	return slices.DeleteFunc(s.grantsOf(client), func(g PermissionGrant) bool { return g.ResourceID != resource })
}

// grantsOf returns the tenant-wide grants of the client on any resource.
func (s State) grantsOf(client ObjectID) []PermissionGrant {
	var grants []PermissionGrant
	for _, g := range s.Grants {
		if client != "" && g.ClientID == client && strings.EqualFold(string(g.ConsentType), string(AllPrincipals)) {
			grants = append(grants, g)
		}
	}
	return grants
}
