package directory

// How the users of a domain sign in: to Entra, or to a server of their own.
const (
	managed   = "Managed"
	federated = "Federated"
)

// Domain is a verified domain of the tenant.
type Domain struct {
	ID                 string `json:"id"`
	AuthenticationType string `json:"authenticationType"` // Managed or Federated
	IsDefault          bool   `json:"isDefault"`
	IsInitial          bool   `json:"isInitial"`
}

func (d Domain) objectID() string { return d.ID }

func listDomains(c *call) (answer, error) {
	domains := collection[Domain]{
		set:    "domains",
		kind:   "Domain",
		entity: func(_ *Directory, d Domain) entity { return d.entity() },
	}
	return list(c, domains, c.dir.Domains)
}

func (d Domain) entity() entity {
	return entity{
		"id":                               d.ID,
		"authenticationType":               d.AuthenticationType,
		"availabilityStatus":               nil,
		"isAdminManaged":                   true,
		"isDefault":                        d.IsDefault,
		"isInitial":                        d.IsInitial,
		"isRoot":                           true,
		"isVerified":                       true,
		"passwordNotificationWindowInDays": 14,
		"passwordValidityPeriodInDays":     2147483647,
		"state":                            nil,
		"supportedServices":                []string{"Email", "OfficeCommunicationsOnline"},
	}
}
