package consent

import (
	"slices"
	"strings"
)

// OnClassification is the classification of a delegated permission.
const OnClassification Object = "classification"

// What is done to classifications.
var (
	ClassifyPermission   = ActionKind{Create, OnClassification}
	DeclassifyPermission = ActionKind{Delete, OnClassification}
)

// LowImpact is the classification that lets users consent under the low-impact setting.
const LowImpact = "low"

// Classification is how a delegated permission of a resource is classified (learn.microsoft.com/graph/api/resources/
// delegatedpermissionclassification).
type Classification struct {
	ID           string
	ResourceID   ObjectID
	PermissionID string // GUID, in lower case
	Permission   Scope  // its name
	Level        string // low, medium or high
}

// Low reports whether users may consent to the permission under the low-impact setting.
func (c Classification) Low() bool { return strings.EqualFold(c.Level, LowImpact) }

// Classification returns how the resource's permission is classified, and whether it is.
func (s State) Classification(resource ObjectID, permissionID string) (Classification, bool) {
	return find(s.Classifications, func(c Classification) bool {
		return c.ResourceID == resource && c.PermissionID == permissionID
	})
}

// lowImpact returns the required permissions that are classified as low impact.
func (r ResourceDifference) lowImpact(state State) ScopeSet {
	return slices.DeleteFunc(append(ScopeSet{}, r.Required...), func(scope Scope) bool {
		id, _ := PermissionID(r.AppID, scope)
		c, found := state.Classification(r.ServicePrincipalID, id)
		return !found || !c.Low()
	})
}

// classify plans to classify the required permissions of a resource that are not yet, and notes those that are.
func (d *Difference) classify(part *ResourceDifference, state State) {
	part.Classified = part.lowImpact(state)
	if part.ServicePrincipalID == "" {
		d.Lacking = true
		return
	}
	for _, scope := range part.Required {
		id, _ := PermissionID(part.AppID, scope)
		switch c, found := state.Classification(part.ServicePrincipalID, id); {
		case found && c.Low():
		case found:
			d.Lacking = true
			d.note(Notice{Level: Blocker, Code: "classifiedOtherwise", Name: part.Name, Scopes: Scopes(c.Permission), Detail: c.Level})
		default:
			d.plan(Action{
				Kind: ClassifyPermission, ResourceAppID: part.AppID, ResourceID: part.ServicePrincipalID, Permission: scope, PermissionID: id,
			})
		}
	}
}
