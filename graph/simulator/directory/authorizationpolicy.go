package directory

import (
	"encoding/json"
	"strings"
)

// AuthorizationPolicy says what users and guests of the tenant may do. There is one.
type AuthorizationPolicy struct {
	ID                                        string                     `json:"id"`
	DisplayName                               string                     `json:"displayName"`
	Description                               string                     `json:"description"`
	AllowInvitesFrom                          string                     `json:"allowInvitesFrom"`
	AllowedToSignUpEmailBasedSubscriptions    bool                       `json:"allowedToSignUpEmailBasedSubscriptions"`
	AllowedToUseSSPR                          bool                       `json:"allowedToUseSSPR"`
	AllowEmailVerifiedUsersToJoinOrganization bool                       `json:"allowEmailVerifiedUsersToJoinOrganization"`
	BlockMsolPowerShell                       bool                       `json:"blockMsolPowerShell"`
	GuestUserRoleID                           string                     `json:"guestUserRoleId"`
	DefaultUserRolePermissions                DefaultUserRolePermissions `json:"defaultUserRolePermissions"`
}

// DefaultUserRolePermissions are what users may do who hold no role.
type DefaultUserRolePermissions struct {
	AllowedToCreateApps                      bool `json:"allowedToCreateApps"`
	AllowedToCreateSecurityGroups            bool `json:"allowedToCreateSecurityGroups"`
	AllowedToCreateTenants                   bool `json:"allowedToCreateTenants"`
	AllowedToReadBitlockerKeysForOwnedDevice bool `json:"allowedToReadBitlockerKeysForOwnedDevice"`
	AllowedToReadOtherUsers                  bool `json:"allowedToReadOtherUsers"`
	// PermissionGrantPoliciesAssigned says to which apps users may consent.
	PermissionGrantPoliciesAssigned []string `json:"permissionGrantPoliciesAssigned"`
}

const theAuthorizationPolicy = "authorizationPolicy" // its id

func (p AuthorizationPolicy) objectID() string { return p.ID }

// clone never has a null list: Graph has none either.
func (p AuthorizationPolicy) clone() AuthorizationPolicy {
	assigned := &p.DefaultUserRolePermissions.PermissionGrantPoliciesAssigned
	*assigned = append([]string{}, *assigned...)
	return p
}

var authorizationPolicies = collection[AuthorizationPolicy]{
	set:    "policies/authorizationPolicy",
	kind:   "AuthorizationPolicy",
	entity: func(_ *Directory, p AuthorizationPolicy) entity { return p.entity() },
}

func (p AuthorizationPolicy) entity() entity {
	return entity{
		"id":                                     p.ID,
		"deletedDateTime":                        nil,
		"displayName":                            p.DisplayName,
		"description":                            p.Description,
		"allowInvitesFrom":                       p.AllowInvitesFrom,
		"allowedToSignUpEmailBasedSubscriptions": p.AllowedToSignUpEmailBasedSubscriptions,
		"allowedToUseSSPR":                       p.AllowedToUseSSPR,
		"allowEmailVerifiedUsersToJoinOrganization": p.AllowEmailVerifiedUsersToJoinOrganization,
		"blockMsolPowerShell":                       p.BlockMsolPowerShell,
		"guestUserRoleId":                           p.GuestUserRoleID,
		"defaultUserRolePermissions":                p.clone().DefaultUserRolePermissions,
	}
}

func getAuthorizationPolicy(c *call) (answer, error) {
	return show(c, authorizationPolicies, c.dir.AuthorizationPolicy)
}

// updateAuthorizationPolicy keeps what is not sent, inside the permissions too; a list
// that is sent replaces the one that stands.
func updateAuthorizationPolicy(c *call) (answer, error) {
	members, err := c.members()
	if err != nil {
		return answer{}, err
	}
	before := c.dir.AuthorizationPolicy
	policy := before.clone()
	for name, value := range members {
		if err := policy.set(name, value); err != nil {
			return answer{}, err
		}
	}
	if c.graph.behaviour.KeepsUserConsent {
		return noContent(), nil
	}
	c.dir.AuthorizationPolicy = policy
	c.writes = append(c.writes, write{authorizationPolicies.set, policy.ID, func(d *Directory) {
		d.AuthorizationPolicy = before.clone()
	}})
	return noContent(), nil
}

// set changes one property.
func (p *AuthorizationPolicy) set(name string, value json.RawMessage) error {
	targets := map[string]any{
		"displayname":                               &p.DisplayName,
		"description":                               &p.Description,
		"allowinvitesfrom":                          &p.AllowInvitesFrom,
		"allowedtosignupemailbasedsubscriptions":    &p.AllowedToSignUpEmailBasedSubscriptions,
		"allowedtousesspr":                          &p.AllowedToUseSSPR,
		"allowemailverifieduserstojoinorganization": &p.AllowEmailVerifiedUsersToJoinOrganization,
		"blockmsolpowershell":                       &p.BlockMsolPowerShell,
		"guestuserroleid":                           &p.GuestUserRoleID,
	}
	target, ok := targets[strings.ToLower(name)]
	switch {
	case strings.EqualFold(name, "defaultUserRolePermissions"):
		return p.DefaultUserRolePermissions.set(value)
	case !ok:
		return refuseProperty(name, p.entity())
	case json.Unmarshal(value, target) != nil:
		return invalidValue(name, authorizationPolicies.kind)
	}
	return nil
}

// set changes the members of an object.
func (p *DefaultUserRolePermissions) set(object json.RawMessage) error {
	const kind = "DefaultUserRolePermissions"
	var members map[string]json.RawMessage
	if err := json.Unmarshal(object, &members); err != nil {
		return invalidValue("defaultUserRolePermissions", authorizationPolicies.kind)
	}
	targets := map[string]any{
		"allowedtocreateapps":                      &p.AllowedToCreateApps,
		"allowedtocreatesecuritygroups":            &p.AllowedToCreateSecurityGroups,
		"allowedtocreatetenants":                   &p.AllowedToCreateTenants,
		"allowedtoreadbitlockerkeysforowneddevice": &p.AllowedToReadBitlockerKeysForOwnedDevice,
		"allowedtoreadotherusers":                  &p.AllowedToReadOtherUsers,
		"permissiongrantpoliciesassigned":          &p.PermissionGrantPoliciesAssigned,
	}
	for name, value := range members {
		target, ok := targets[strings.ToLower(name)]
		switch {
		case strings.Contains(name, "@odata."):
		case !ok:
			return refuseProperty(name, nil)
		case string(value) == "null" || json.Unmarshal(value, target) != nil:
			return invalidValue(name, kind)
		}
	}
	return nil
}
