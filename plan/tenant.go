package plan

import (
	"context"
	"errors"
	"time"

	"appleconsent/consent"
)

// Tenant is what this package needs of a tenant. Package graph has it over Microsoft Graph. Errors of the writing
// methods should answer Failure; one that does not means that nothing was written.
type Tenant interface {
	// Read returns the state that decides about the requirement.
	Read(ctx context.Context, required consent.Requirement) (consent.State, error)
	// ServicePrincipal returns an application's service principal, and whether the tenant has one.
	ServicePrincipal(ctx context.Context, app consent.AppID) (consent.ServicePrincipal, bool, error)
	// ConsentPolicies returns all entries of the authorization policy, also those that are none of this program's business.
	ConsentPolicies(ctx context.Context) (consent.ScopeSet, error)
	// Classifications returns how the permissions of a resource are classified.
	Classifications(ctx context.Context, resource consent.ObjectID) ([]consent.Classification, error)
	// Grant returns one delegated permission grant, and whether it stands.
	Grant(ctx context.Context, id consent.GrantID) (consent.PermissionGrant, bool, error)
	// Leftovers tells what would be lost with the client's service principal. The given grants do not count, unless they
	// have other scopes by now.
	Leftovers(ctx context.Context, client consent.ObjectID, except []consent.PermissionGrant) (consent.Leftovers, error)

	CreateServicePrincipal(ctx context.Context, app consent.AppID) (consent.ServicePrincipal, error)
	DeleteServicePrincipal(ctx context.Context, id consent.ObjectID) error
	// SetAccountEnabled enables or disables a service principal for sign-in.
	SetAccountEnabled(ctx context.Context, id consent.ObjectID, enabled bool) error
	CreateGrant(ctx context.Context, grant consent.PermissionGrant) (consent.PermissionGrant, error)
	// UpdateGrant replaces all scopes of a grant.
	UpdateGrant(ctx context.Context, id consent.GrantID, scopes consent.ScopeSet) error
	DeleteGrant(ctx context.Context, id consent.GrantID) error

	// ClassifyPermission classifies a permission of the resource as low impact and returns the classification's id.
	ClassifyPermission(ctx context.Context, resource consent.ObjectID, permission consent.Scope, permissionID string) (string, error)
	DeclassifyPermission(ctx context.Context, resource consent.ObjectID, classificationID string) error
	// SetConsentPolicies replaces all entries of the authorization policy.
	SetConsentPolicies(ctx context.Context, entries consent.ScopeSet) error
}

// Failure is what the error of a write answers, so that nobody has to read its text.
type Failure interface {
	error
	// Unanswered: the answer was lost or says nothing certain. The write may have happened.
	Unanswered() bool
	// Exists: what was to be created is there already. Nothing was written.
	Exists() bool
	// Absent: what the write refers to is not there, or not visible everywhere yet. Graph has been seen to answer so
	// although it wrote (graph-facts.md §2.7).
	Absent() bool
	// RetryAfter is how long the server asked to wait; zero if it did not.
	RetryAfter() time.Duration
}

// failure returns the error as a Failure, nil if it is none.
func failure(err error) Failure {
	if f, ok := errors.AsType[Failure](err); ok {
		return f
	}
	return nil
}

// Clock is the time as this package sees it.
type Clock interface {
	Now() time.Time
	// Sleep waits, or returns the context's error as soon as it ends.
	Sleep(ctx context.Context, d time.Duration) error
}
