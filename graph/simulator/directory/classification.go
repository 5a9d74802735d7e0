package directory

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"appleconsent/graph/simulator/identity"
)

// PermissionClassification says how much is at stake with a delegated permission of
// a resource.
type PermissionClassification struct {
	ID             string `json:"id"`
	ResourceID     string `json:"resourceId"` // Graph has it in the path only
	PermissionID   string `json:"permissionId"`
	PermissionName string `json:"permissionName"`
	Classification string `json:"classification"`
}

func (p PermissionClassification) objectID() string { return p.ID }

var permissionClassifications = collection[PermissionClassification]{
	set:    "delegatedPermissionClassifications",
	kind:   "DelegatedPermissionClassification",
	rows:   func(d *Directory) *[]PermissionClassification { return &d.PermissionClassifications },
	entity: func(_ *Directory, p PermissionClassification) entity { return p.entity() },
}

func (p PermissionClassification) entity() entity {
	return entity{
		"id": p.ID, "permissionId": p.PermissionID, "permissionName": p.PermissionName, "classification": p.Classification,
	}
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

func listClassifications(c *call) (answer, error) {
	sp, err := c.servicePrincipal()
	if err != nil {
		return answer{}, err
	}
	return list(c, permissionClassifications, slices.DeleteFunc(slices.Clone(c.dir.PermissionClassifications),
		func(p PermissionClassification) bool { return p.ResourceID != sp.ID }))
}

// createClassification refuses a second classification of a permission, whatever it
// says. How Graph words that is not documented; this is how it refuses a second grant.
func createClassification(c *call) (answer, error) {
	sp, err := c.servicePrincipal()
	if err != nil {
		return answer{}, err
	}
	p, err := c.requestedClassification(sp)
	if err != nil {
		return answer{}, err
	}
	if c.dir.classified(sp.ID, p.PermissionID) >= 0 {
		return answer{}, conflict("Permission classification already exists.")
	}
	return create(c, permissionClassifications, p)
}

// classified finds the classification of a resource's permission, -1 if there is none.
func (d *Directory) classified(resourceID, permissionID string) int {
	return slices.IndexFunc(d.PermissionClassifications, func(p PermissionClassification) bool {
		return p.ResourceID == resourceID && p.PermissionID == permissionID
	})
}

// requestedClassification reads the request's body, about a permission of the resource.
func (c *call) requestedClassification(resource ServicePrincipal) (PermissionClassification, error) {
	members, err := c.members()
	if err != nil {
		return PermissionClassification{}, err
	}
	p := PermissionClassification{ResourceID: resource.ID}
	for name, value := range members {
		if err := p.set(name, value); err != nil {
			return PermissionClassification{}, err
		}
	}
	if err := p.check(resource.OAuth2PermissionScopes); err != nil {
		return PermissionClassification{}, err
	}
	p.ID = ClassificationID(p.PermissionID, p.Classification)
	return p, nil
}

// set takes one member of a create request. An id may be sent, and is ignored.
func (p *PermissionClassification) set(name string, value json.RawMessage) error {
	targets := map[string]any{
		"id": &p.ID, "permissionid": &p.PermissionID, "permissionname": &p.PermissionName, "classification": &p.Classification,
	}
	target, ok := targets[strings.ToLower(name)]
	switch {
	case !ok:
		return refuseProperty(name, p.entity())
	case json.Unmarshal(value, target) != nil:
		return invalidValue(name, permissionClassifications.kind)
	}
	return nil
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

func deleteClassification(c *call) (answer, error) {
	sp, err := c.servicePrincipal()
	if err != nil {
		return answer{}, err
	}
	p, ok := permissionClassifications.find(c.dir, c.key.part)
	if !ok || p.ResourceID != sp.ID {
		return answer{}, notFound(c.key.part)
	}
	remove(c, permissionClassifications, p)
	return noContent(), nil
}
