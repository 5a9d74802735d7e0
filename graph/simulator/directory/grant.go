package directory

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
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
	set: "oauth2PermissionGrants", kind: "OAuth2PermissionGrant",
	rows: func(d *Directory) *[]PermissionGrant { return &d.PermissionGrants },
	filters: []filterable[PermissionGrant]{
		{"clientId", "eq", kindText, PermissionGrant.client},
		{"consentType", "eq", kindText, func(g PermissionGrant) string { return g.ConsentType }},
		{"principalId", "eq", kindText, PermissionGrant.principal},
		{"resourceId", "eq", kindText, PermissionGrant.resource},
	},
}

func (g PermissionGrant) client() string   { return g.ClientID }
func (g PermissionGrant) resource() string { return g.ResourceID }

// principal is the one user of the grant, empty for a grant to all.
func (g PermissionGrant) principal() string {
	if g.PrincipalID == nil {
		return ""
	}
	return *g.PrincipalID
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
	var g PermissionGrant
	// An id may be sent, and is ignored.
	err := change(c, permissionGrants, &g, "id", "clientId", "consentType", "principalId", "resourceId", "scope")
	if err == nil {
		err = g.check(c.dir)
	}
	if err != nil {
		return answer{}, err
	}
	for _, id := range []string{g.ClientID, g.ResourceID} {
		if _, exists := servicePrincipals.find(c.dir, id); !exists || !c.graph.lag.knows(id) {
			return answer{}, absent(id)
		}
	}
	g.ID = GrantID(g.ClientID, g.ResourceID, g.principal())
	if _, exists := permissionGrants.find(c.dir, g.ID); exists {
		return answer{}, conflict("Permission entry already exists.")
	}
	return create(c, permissionGrants, g)
}

// check wants what can be checked without looking at other objects than the principal.
func (g *PermissionGrant) check(d *Directory) error {
	kind := permissionGrants.kind
	switch {
	case g.ClientID == "":
		return missingValue("clientId", kind)
	case g.ConsentType == "":
		return missingValue("consentType", kind)
	case g.ResourceID == "":
		return missingValue("resourceId", kind)
	case !identity.IsGUID(g.ClientID):
		return invalidValue("clientId", kind)
	case !identity.IsGUID(g.ResourceID):
		return invalidValue("resourceId", kind)
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
		return absent(g.principal())
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
func updateGrant(c *call, g PermissionGrant) (answer, error) {
	err := change(c, permissionGrants, &g, "scope")
	if err == nil {
		err = checkScope(g.Scope)
	}
	if err != nil {
		return answer{}, err
	}
	put(c, permissionGrants, g)
	return noContent(), nil
}

func deleteGrant(c *call, g PermissionGrant) (answer, error) {
	remove(c, permissionGrants, g)
	return noContent(), nil
}

// GrantID is the id that Entra gives a delegated permission grant: the bytes of the object ids, in .NET's order, as
// base64url without padding. principalID is empty for a grant to all principals. It panics if an id is not a GUID.
func GrantID(clientID, resourceID, principalID string) string {
	bytes := append(dotNetBytes(clientID), dotNetBytes(resourceID)...)
	if principalID != "" {
		bytes = append(bytes, dotNetBytes(principalID)...)
	}
	return base64.RawURLEncoding.EncodeToString(bytes)
}

// dotNetBytes lays a GUID out as System.Guid.ToByteArray does: the first three
// fields little-endian, the rest as written.
func dotNetBytes(guid string) []byte {
	if !identity.IsGUID(guid) {
		panic(fmt.Sprintf("simulator: %q is not a GUID", guid))
	}
	b, _ := hex.DecodeString(strings.ReplaceAll(guid, "-", ""))
	return append([]byte{b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6]}, b[8:]...)
}
