package consent

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
