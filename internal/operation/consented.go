package operation

import (
	"context"
	"slices"

	"appleconsent/consent"
)

// Consented is what single users have granted the client one by one.
type Consented struct {
	// State has the service principals and what the resources publish.
	consent.State
	Grants int // how many grants were read
	Scopes []consent.UserScope
	Capped bool // there are more grants than were read
}

// Expansion is what was asked for in one word, in names.
type Expansion struct {
	// Required has the names, looked up.
	Required consent.Requirement
	// Found are the names that users have granted and that the application does not need anyway, with how many users did each; Gone
	// are those of them that no resource publishes any more, which are not asked for.
	Found  []Found
	Gone   []consent.Also
	Grants int  // how many grants were read
	Capped bool // there are more
	// Lacks and Failed say why not all of the grants could be read, as in a doctor.Reading.
	Lacks, Failed string
}

// Found is one name, and how many users granted it.
type Found struct {
	consent.Also
	Users int
}

// Expand asks, beside what is asked for by name, for all that single users have granted the client on the resources that its
// application calls. Errors: *consent.RefusedAlsoError for what is asked for by name.
func (s *Session) Expand(ctx context.Context, required consent.Requirement) (Expansion, error) {
	read, err := spend(ctx, s, "reading what users have granted", func(ctx context.Context) (Consented, error) {
		return s.Tenant.Consented(ctx, required)
	})
	if err != nil {
		return Expansion{}, err
	}
	return expand(required, read)
}

// expand puts names for what was read. Where it could not be read what the resources publish, nothing is held against that.
func expand(required consent.Requirement, read Consented) (Expansion, error) {
	known := read.Published != nil
	if _, err := required.Resolve(read.State); known && err != nil {
		return Expansion{}, err
	}
	e := Expansion{Grants: read.Grants, Capped: read.Capped}
	choices := required.Choices
	choices.Also = slices.Clone(choices.Also)
	for _, resource := range required.App.Resources {
		sp, _ := read.ServicePrincipal(resource.AppID)
		needed := required.App.Require(consent.Choices{Devices: choices.Devices}.On(choices.Day, choices.Cloud)).Scopes(resource.AppID)
		for _, scope := range read.Scopes {
			also := consent.Also{Resource: resource.AppID, Scope: scope.Scope}
			switch {
			case scope.ResourceID != sp.ID || needed.Has(scope.Scope):
			case known && !read.Publishes(also):
				e.Gone = append(e.Gone, also)
			default:
				e.Found = append(e.Found, Found{also, scope.Users})
				choices.Also = append(choices.Also, also)
			}
		}
	}
	e.Required = required.App.Require(choices)
	if !known {
		return e, nil
	}
	var err error
	e.Required, err = e.Required.Resolve(read.State)
	return e, err
}
