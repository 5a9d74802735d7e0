package directory

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"appleconsent/graph/simulator/identity"
)

// PermissionClassification says how much is at stake with a delegated permission of a resource.
type PermissionClassification struct {
	ID             string `json:"id"`
	ResourceID     string `json:"resourceId"` // Graph has it in the path only
	PermissionID   string `json:"permissionId"`
	PermissionName string `json:"permissionName"`
	Classification string `json:"classification"`
}

func (p PermissionClassification) objectID() string { return p.ID }
func (p PermissionClassification) resource() string { return p.ResourceID }

var permissionClassifications = collection[PermissionClassification]{
	set: "delegatedPermissionClassifications", kind: "DelegatedPermissionClassification",
	rows:  func(d *Directory) *[]PermissionClassification { return &d.PermissionClassifications },
	adapt: func(_ *Directory, _ PermissionClassification, e entity) { delete(e, "resourceId") },
}

// impacts are the classifications, in the order of the numbers in their ids.
func impacts() []string { return []string{"low", "medium", "high"} }

// ClassificationID is the id that Entra gives the classification of a permission: the
// bytes of the permission's id in .NET's order, and one that tells low from medium from
// high. It panics if the id is not a GUID, or if there is no such classification.
func ClassificationID(permissionID, classification string) string {
	const last = "\x01\x02\x03" // bytes, one for each
	impact := slices.Index(impacts(), classification)
	if impact < 0 {
		panic(fmt.Sprintf("simulator: no classification %q", classification))
	}
	return base64.RawURLEncoding.EncodeToString(append(dotNetBytes(permissionID), last[impact]))
}

// createClassification refuses a second classification of a permission, whatever it
// says. How Graph words that is not documented; this is how it refuses a second grant.
func createClassification(c *call, resource ServicePrincipal) (answer, error) {
	p := PermissionClassification{ResourceID: resource.ID}
	// An id may be sent, and is ignored.
	err := change(c, permissionClassifications, &p, "id", "permissionId", "permissionName", "classification")
	if err == nil {
		err = p.check(resource.OAuth2PermissionScopes)
	}
	if err == nil && c.dir.classified(resource.ID, p.PermissionID) >= 0 {
		err = conflict("Permission classification already exists.")
	}
	if err != nil {
		return answer{}, err
	}
	p.ID = ClassificationID(p.PermissionID, p.Classification)
	return create(c, permissionClassifications, p)
}

// classified finds the classification of a resource's permission, -1 if there is none.
func (d *Directory) classified(resourceID, permissionID string) int {
	return slices.IndexFunc(d.PermissionClassifications, func(p PermissionClassification) bool {
		return p.ResourceID == resourceID && p.PermissionID == permissionID
	})
}

// check wants one of the permissions, under its own name if it has one.
func (p *PermissionClassification) check(offered []identity.PermissionScope) error {
	kind := permissionClassifications.kind
	i := slices.IndexFunc(offered, func(s identity.PermissionScope) bool { return strings.EqualFold(s.ID, p.PermissionID) })
	switch {
	case p.PermissionID == "":
		return missingValue("permissionId", kind)
	case p.Classification == "":
		return missingValue("classification", kind)
	case !slices.Contains(impacts(), p.Classification):
		return invalidValue("classification", kind)
	case i < 0:
		return invalidValue("permissionId", kind)
	case p.PermissionName != "" && p.PermissionName != offered[i].Value:
		return invalidValue("permissionName", kind)
	}
	p.PermissionID, p.PermissionName = offered[i].ID, offered[i].Value
	return nil
}

func deleteClassification(c *call, resource ServicePrincipal) (answer, error) {
	p, ok := permissionClassifications.find(c.dir, c.key.part)
	if !ok || p.ResourceID != resource.ID {
		return answer{}, notFound(c.key.part)
	}
	remove(c, permissionClassifications, p)
	return noContent(), nil
}
