package directory

// AdminConsentRequestPolicy is the workflow by which users ask for an admin's consent.
// There is one.
type AdminConsentRequestPolicy struct {
	IsEnabled             bool              `json:"isEnabled"`
	NotifyReviewers       bool              `json:"notifyReviewers"`
	RemindersEnabled      bool              `json:"remindersEnabled"`
	RequestDurationInDays int               `json:"requestDurationInDays"`
	Version               int               `json:"version"`
	Reviewers             []ConsentReviewer `json:"reviewers"`
}

// ConsentReviewer are people who decide, by a query for them.
type ConsentReviewer struct {
	Query     string  `json:"query"`
	QueryType string  `json:"queryType"`
	QueryRoot *string `json:"queryRoot"`
}

func (p AdminConsentRequestPolicy) objectID() string { return "adminConsentRequestPolicy" }

// clone never has a null list: Graph has none either.
func (p AdminConsentRequestPolicy) clone() AdminConsentRequestPolicy {
	p.Reviewers = append([]ConsentReviewer{}, p.Reviewers...)
	for i := range p.Reviewers {
		p.Reviewers[i].QueryRoot = clonePointer(p.Reviewers[i].QueryRoot)
	}
	return p
}

func getConsentRequestPolicy(c *call) (answer, error) {
	policies := collection[AdminConsentRequestPolicy]{
		set:    "policies/adminConsentRequestPolicy",
		kind:   "AdminConsentRequestPolicy",
		entity: func(_ *Directory, p AdminConsentRequestPolicy) entity { return p.entity() },
	}
	return show(c, policies, c.dir.AdminConsentRequestPolicy)
}

// entity has no id, as in v1.0.
func (p AdminConsentRequestPolicy) entity() entity {
	return entity{
		"isEnabled":             p.IsEnabled,
		"notifyReviewers":       p.NotifyReviewers,
		"remindersEnabled":      p.RemindersEnabled,
		"requestDurationInDays": p.RequestDurationInDays,
		"reviewers":             p.clone().Reviewers,
		"version":               p.Version,
	}
}
