package directory

import (
	"encoding/json"
	"slices"
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

// managedByMicrosoft reports whether Microsoft manages what users may consent to.
func (p AuthorizationPolicy) managedByMicrosoft() bool {
	return slices.ContainsFunc(p.DefaultUserRolePermissions.PermissionGrantPoliciesAssigned, func(entry string) bool {
		return strings.EqualFold(entry, forSelf+"microsoft-user-default-recommended")
	})
}

func (p AuthorizationPolicy) objectID() string { return p.ID }

var authorizationPolicies = collection[AuthorizationPolicy]{
	set: "policies/authorizationPolicy", kind: "AuthorizationPolicy", fixed: entity{"deletedDateTime": nil},
}

func getAuthorizationPolicy(c *call) (answer, error) {
	return show(c, authorizationPolicies, clone(c.dir.AuthorizationPolicy))
}

// updateAuthorizationPolicy keeps what is not sent, inside the permissions too; a list
// that is sent replaces the one that stands.
func updateAuthorizationPolicy(c *call) (answer, error) {
	before := c.dir.AuthorizationPolicy
	policy := clone(before)
	err := c.checkPermissions(&policy.DefaultUserRolePermissions)
	if err == nil {
		err = change(c, authorizationPolicies, &policy, "displayName", "description", "allowInvitesFrom",
			"allowedToSignUpEmailBasedSubscriptions", "allowedToUseSSPR", "allowEmailVerifiedUsersToJoinOrganization",
			"blockMsolPowerShell", "guestUserRoleId", "defaultUserRolePermissions")
	}
	if err != nil {
		return answer{}, err
	}
	if c.graph.behaviour.KeepsUserConsent && before.managedByMicrosoft() {
		return noContent(), nil
	}
	c.dir.AuthorizationPolicy = policy
	c.writes = append(c.writes, write{authorizationPolicies.set, policy.ID, func(d *Directory) {
		d.AuthorizationPolicy = clone(before)
	}})
	return noContent(), nil
}

// checkPermissions sets those that the body has, and refuses what Graph does not take.
func (c *call) checkPermissions(p *DefaultUserRolePermissions) error {
	var body struct {
		DefaultUserRolePermissions map[string]json.RawMessage
	}
	_ = c.decode(&body) // what cannot be read is refused with the rest of the body
	for name, value := range body.DefaultUserRolePermissions {
		_, known := propertyName(entityOf(*p, nil), name)
		switch {
		case strings.Contains(name, "@odata."):
		case !known:
			return refuseProperty(name, nil)
		case string(value) == "null" || !assign(p, name, value):
			return invalidValue(name, "DefaultUserRolePermissions")
		}
	}
	return nil
}
