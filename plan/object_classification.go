package plan

import (
	"context"
	"fmt"
	"slices"

	"appleconsent/consent"
)

type classificationTenant interface {
	// Classifications returns how the permissions of a resource are classified.
	Classifications(ctx context.Context, resource consent.ObjectID) ([]consent.Classification, error)
	// ClassifyPermission classifies a permission of the resource as low impact and returns the classification's id.
	ClassifyPermission(ctx context.Context, resource consent.ObjectID, permission consent.Scope, permissionID string) (string, error)
	DeclassifyPermission(ctx context.Context, resource consent.ObjectID, classificationID string) error
}

// classifications are permissions of a resource that are classified as low impact.
type classifications struct{}

func (classifications) form() form {
	return form{
		names:  map[consent.Verb]string{consent.Create: "classifyPermission", consent.Delete: "declassifyPermission"},
		target: "classificationId", isTarget: consent.IsOpaque[string], route: consent.UserConsent, level: consent.LowImpact,
	}
}

func (classifications) allows(t trust, a consent.Action) error {
	id, known := consent.PermissionID(a.ResourceAppID, a.Permission)
	switch {
	case !known || !t.Scopes(a.ResourceAppID).Has(a.Permission):
		return refused("to classify %s on %s", a.Permission, a.ResourceAppID)
	case id != a.PermissionID:
		return refused("the id %s of %s", a.PermissionID, a.Permission)
	case a.ResourceID == "":
		return refused("to classify %s on a resource without an id", a.Permission)
	}
	return nil
}

func (classifications) inspect(ctx context.Context, r *run, a consent.Action, unclear bool) (*outcome, error) {
	all, err := r.Tenant.Classifications(ctx, a.ResourceID)
	if err != nil {
		return nil, err
	}
	stands, found := consent.State{Classifications: all}.Classification(a.ResourceID, a.PermissionID)
	result := &Result{Target: stands.ID}
	switch wanted := a.Kind == consent.ClassifyPermission; {
	case !found && wanted, found && !wanted && stands.ID == a.Target && stands.Low():
		return nil, nil
	case !found, wanted && stands.Low():
		return settledBy(unclear, result, result), nil
	}
	return nil, classifiedAs(a, stands)
}

func classifiedAs(a consent.Action, c consent.Classification) error {
	return &DriftError{Reason: fmt.Sprintf("%s is now classified as %s impact, by somebody else", a.Permission, c.Level)}
}

func (classifications) send(ctx context.Context, r *run, a consent.Action) (*Result, error) {
	if a.Kind == consent.DeclassifyPermission {
		return asPlanned(a), r.Tenant.DeclassifyPermission(ctx, a.ResourceID, a.Target)
	}
	id, err := r.Tenant.ClassifyPermission(ctx, a.ResourceID, a.Permission, a.PermissionID)
	return &Result{Target: id}, err
}

// byID reads all of the resource, by its id.
func (classifications) byID(ctx context.Context, t Tenant, a consent.Action, into *consent.State) (bool, error) {
	all, err := t.Classifications(ctx, a.ResourceID)
	if err != nil {
		return true, err
	}
	into.Classifications = slices.DeleteFunc(slices.Clone(into.Classifications), func(c consent.Classification) bool { return c.ResourceID == a.ResourceID })
	into.Classifications = append(into.Classifications, all...)
	return true, nil
}

func (classifications) shown(s consent.State, _ consent.AppID, a consent.Action) (string, bool) {
	c, found := s.Classification(a.ResourceID, a.PermissionID)
	if a.Kind == consent.ClassifyPermission {
		return c.ID, found && c.Low()
	}
	return a.Target, !found || c.ID != a.Target
}

// judge gives up on a permission that was to be classified and is, but not as low impact: to wait or to send it again is of
// no use.
func (classifications) judge(_ context.Context, _ *run, a consent.Action, s consent.State, unclear bool) (*outcome, error) {
	c, found := s.Classification(a.ResourceID, a.PermissionID)
	if found && !c.Low() && a.Kind == consent.ClassifyPermission {
		return &outcome{status: undecided(unclear)}, classifiedAs(a, c)
	}
	return nil, nil
}

func (classifications) undo(u *Undo, e effect, s consent.State) {
	resource, found := s.ServicePrincipal(e.ResourceAppID)
	if !found {
		return
	}
	undo := consent.Action{
		ResourceAppID: e.ResourceAppID, ResourceID: resource.ID, Permission: e.Permission, PermissionID: e.PermissionID,
	}
	stands, classified := s.Classification(resource.ID, e.PermissionID)
	switch {
	case e.Kind == consent.ClassifyPermission && classified && stands.Low():
		undo.Kind, undo.Target = consent.DeclassifyPermission, stands.ID
	case e.Kind == consent.DeclassifyPermission && !classified:
		undo.Kind = consent.ClassifyPermission
	default:
		return
	}
	u.actions = append(u.actions, undo)
}

func (classifications) undoneBy(a, undone consent.Action) (wholly, partly bool) {
	opposite := undone.Kind.Object == a.Kind.Object && undone.Kind != a.Kind && undone.PermissionID == a.PermissionID
	return opposite, opposite
}
