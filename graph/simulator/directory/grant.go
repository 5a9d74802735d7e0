package directory

import (
	"encoding/json"
	"slices"
	"strings"

	"appleconsent/graph/simulator/identity"
)

// The two consent types, and the most characters that a scope string may have.
const (
	allPrincipals   = "AllPrincipals"
	singlePrincipal = "Principal"
	maxScopeLength  = 3850
)

var permissionGrants = collection[PermissionGrant]{
	set:    "oauth2PermissionGrants",
	kind:   "OAuth2PermissionGrant",
	rows:   func(d *Directory) *[]PermissionGrant { return &d.PermissionGrants },
	entity: func(_ *Directory, g PermissionGrant) entity { return g.entity() },
	filters: []filterable[PermissionGrant]{
		{name: "clientId", text: func(g PermissionGrant) string { return g.ClientID }},
		{name: "consentType", text: func(g PermissionGrant) string { return g.ConsentType }},
		{name: "principalId", text: PermissionGrant.principal},
		{name: "resourceId", text: func(g PermissionGrant) string { return g.ResourceID }},
	},
}

// principal is the one user of the grant, empty for a grant to all.
func (g PermissionGrant) principal() string {
	if g.PrincipalID == nil {
		return ""
	}
	return *g.PrincipalID
}

func (g PermissionGrant) entity() entity {
	return entity{
		"id":          g.ID,
		"clientId":    g.ClientID,
		"consentType": g.ConsentType,
		"principalId": g.PrincipalID,
		"resourceId":  g.ResourceID,
		"scope":       g.Scope,
	}
}

func listGrants(c *call) (answer, error) {
	return list(c, permissionGrants, c.dir.PermissionGrants)
}

func listGrantsOfClient(c *call) (answer, error) {
	sp, err := c.servicePrincipal()
	if err != nil {
		return answer{}, err
	}
	return list(c, permissionGrants, slices.DeleteFunc(slices.Clone(c.dir.PermissionGrants),
		func(g PermissionGrant) bool { return g.ClientID != sp.ID }))
}

func getGrant(c *call) (answer, error) {
	g, err := c.grant()
	if err != nil {
		return answer{}, err
	}
	return show(c, permissionGrants, g)
}

// grant finds the grant that the request's path names.
func (c *call) grant() (PermissionGrant, error) {
	g, ok := permissionGrants.find(c.dir, c.key.id)
	if !ok {
		return PermissionGrant{}, notFound(c.key.String())
	}
	return g, nil
}

func createGrant(c *call) (answer, error) {
	g, err := c.requestedGrant()
	if err != nil {
		return answer{}, err
	}
	for _, id := range []string{g.ClientID, g.ResourceID} {
		if _, exists := servicePrincipals.find(c.dir, id); !exists || !c.graph.lag.knows(id) {
			return answer{}, invalid(absence(id))
		}
	}
	g.ID = GrantID(g.ClientID, g.ResourceID, g.principal())
	if _, exists := permissionGrants.find(c.dir, g.ID); exists {
		return answer{}, conflict("Permission entry already exists.")
	}
	return create(c, permissionGrants, g)
}

// requestedGrant reads the grant in the request's body and checks what can be
// checked without looking at other objects than the principal.
func (c *call) requestedGrant() (PermissionGrant, error) {
	members, err := c.members()
	if err != nil {
		return PermissionGrant{}, err
	}
	var g PermissionGrant
	for name, value := range members {
		if err := g.set(name, value); err != nil {
			return PermissionGrant{}, err
		}
	}
	return g, g.check(c.dir)
}

// set takes one member of a create request. An id may be sent, and is ignored.
func (g *PermissionGrant) set(name string, value json.RawMessage) error {
	targets := map[string]any{
		"id":          &g.ID,
		"clientid":    &g.ClientID,
		"consenttype": &g.ConsentType,
		"principalid": &g.PrincipalID,
		"resourceid":  &g.ResourceID,
		"scope":       &g.Scope,
	}
	target, ok := targets[strings.ToLower(name)]
	if !ok {
		return refuseProperty(name, g.entity())
	}
	if err := json.Unmarshal(value, target); err != nil {
		return invalidValue(name, permissionGrants.kind)
	}
	return nil
}

func (g *PermissionGrant) check(d *Directory) error {
	kind := permissionGrants.kind
	required := []struct{ property, value string }{
		{"clientId", g.ClientID}, {"consentType", g.ConsentType}, {"resourceId", g.ResourceID},
	}
	for _, r := range required {
		if r.value == "" {
			return missingValue(r.property, kind)
		}
	}
	for _, id := range []struct{ property, value string }{{"clientId", g.ClientID}, {"resourceId", g.ResourceID}} {
		if !identity.IsGUID(id.value) {
			return invalidValue(id.property, kind)
		}
	}
	g.ClientID, g.ResourceID = strings.ToLower(g.ClientID), strings.ToLower(g.ResourceID)
	if err := g.checkPrincipal(d); err != nil {
		return err
	}
	return checkScope(g.Scope)
}

// checkPrincipal wants a user for a grant to one, and none for a grant to all.
func (g *PermissionGrant) checkPrincipal(d *Directory) error {
	kind := permissionGrants.kind
	switch {
	case g.ConsentType == allPrincipals && g.principal() == "":
		g.PrincipalID = nil
		return nil
	case g.ConsentType == allPrincipals:
		return invalidValue("principalId", kind)
	case g.ConsentType != singlePrincipal:
		return invalidValue("consentType", kind)
	case g.principal() == "":
		return missingValue("principalId", kind)
	}
	isPrincipal := func(u User) bool { return strings.EqualFold(u.ID, g.principal()) }
	i := slices.IndexFunc(d.Users, isPrincipal)
	if i < 0 {
		return invalid(absence(g.principal()))
	}
	g.PrincipalID = new(d.Users[i].ID)
	return nil
}

func checkScope(scope string) error {
	if len(scope) > maxScopeLength {
		return invalidValue("scope", permissionGrants.kind)
	}
	return nil
}

// updateGrant replaces the scope string; nothing else of a grant can change.
func updateGrant(c *call) (answer, error) {
	g, err := c.grant()
	if err != nil {
		return answer{}, err
	}
	members, err := c.members()
	if err != nil {
		return answer{}, err
	}
	for name, value := range members {
		if !strings.EqualFold(name, "scope") {
			return answer{}, refuseProperty(name, g.entity())
		}
		if err := g.set(name, value); err != nil {
			return answer{}, err
		}
	}
	if err := checkScope(g.Scope); err != nil {
		return answer{}, err
	}
	put(c, permissionGrants, g)
	return noContent(), nil
}

func deleteGrant(c *call) (answer, error) {
	g, err := c.grant()
	if err != nil {
		return answer{}, err
	}
	remove(c, permissionGrants, g)
	return noContent(), nil
}
