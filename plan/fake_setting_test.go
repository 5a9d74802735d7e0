package plan_test

import (
	"context"
	"slices"

	"appleconsent/consent"
)

// What the fake tenant does about settings: the service principal's switch, classifications, the authorization policy.

// The entries of the authorization policy in these tests.
const (
	lowImpact   = consent.Scope("ManagePermissionGrantsForSelf.microsoft-user-default-low")
	recommended = consent.Scope("ManagePermissionGrantsForSelf.microsoft-user-default-recommended")
	mailClients = consent.Scope("ManagePermissionGrantsForSelf.microsoft-user-default-allow-consent-apps")
	ownedTeam   = consent.Scope("ManagePermissionGrantsForOwnedResource.microsoft-dynamically-managed-permissions-for-team")
)

var byUserConsent = consent.AppleMail().Require(consent.Choices{Route: consent.UserConsent})

func (f *fakeTenant) SetAccountEnabled(_ context.Context, id consent.ObjectID, enabled bool) error {
	return f.write("SetAccountEnabled", func() error {
		i := slices.IndexFunc(f.state.ServicePrincipals, func(sp consent.ServicePrincipal) bool { return sp.ID == id })
		if i < 0 {
			return failure{absent: true}
		}
		f.state.ServicePrincipals[i].AccountEnabled = &enabled
		return nil
	})
}

func (f *fakeTenant) ServicePrincipal(_ context.Context, app consent.AppID) (consent.ServicePrincipal, bool, error) {
	if fault := f.enter("ServicePrincipal"); fault != nil && fault.err != nil {
		return consent.ServicePrincipal{}, false, fault.err
	}
	sp, found := f.state.ServicePrincipal(app)
	return sp, found, nil
}

func (f *fakeTenant) ConsentPolicies(context.Context) (consent.ScopeSet, error) {
	if fault := f.enter("ConsentPolicies"); fault != nil && fault.err != nil {
		return nil, fault.err
	}
	return f.state.ConsentPolicies, nil
}

func (f *fakeTenant) SetConsentPolicies(_ context.Context, entries consent.ScopeSet) error {
	return f.write("SetConsentPolicies", func() error {
		if !f.discards {
			f.state.ConsentPolicies = entries
		}
		return nil
	})
}

func (f *fakeTenant) Classifications(_ context.Context, resource consent.ObjectID) ([]consent.Classification, error) {
	if fault := f.enter("Classifications"); fault != nil && fault.err != nil {
		return nil, fault.err
	}
	return slices.DeleteFunc(slices.Clone(f.state.Classifications), func(c consent.Classification) bool { return c.ResourceID != resource }), nil
}

func (f *fakeTenant) ClassifyPermission(_ context.Context, resource consent.ObjectID, name consent.Scope, id string) (string, error) {
	return "low-" + id, f.write("ClassifyPermission", func() error {
		if _, found := f.state.Classification(resource, id); found {
			return failure{exists: true}
		}
		f.state.Classifications = append(f.state.Classifications, consent.Classification{
			ID: "low-" + id, ResourceID: resource, PermissionID: id, Permission: name, Level: consent.LowImpact,
		})
		return nil
	})
}

func (f *fakeTenant) DeclassifyPermission(_ context.Context, resource consent.ObjectID, id string) error {
	return f.write("DeclassifyPermission", func() error {
		before := len(f.state.Classifications)
		f.state.Classifications = slices.DeleteFunc(f.state.Classifications, func(c consent.Classification) bool {
			return c.ResourceID == resource && c.ID == id
		})
		if len(f.state.Classifications) == before {
			return failure{absent: true}
		}
		return nil
	})
}

// settings is the tenant's classified permissions and the entries of its authorization policy.
func (f *fakeTenant) settings() []string {
	var list []string
	for _, c := range f.state.Classifications {
		list = append(list, string(c.Permission)+" "+c.Level)
	}
	for _, entry := range f.state.ConsentPolicies {
		list = append(list, string(entry))
	}
	return list
}
