package consent

import "regexp"

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

// Look says how a tenant is read again after a write.
type Look struct {
	Client     ObjectID // the client's service principal, as far as it is known: its grants are then read beside the rest
	GrantsOnly bool     // nothing else was written: of the service principals the state has the client's alone
	Once       bool     // what is not found is not waited for
}

var domain = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$`)

// IsDomain reports whether a text can be a domain of a tenant, such as contoso.onmicrosoft.com, in lower case.
func IsDomain(text string) bool { return domain.MatchString(text) }
