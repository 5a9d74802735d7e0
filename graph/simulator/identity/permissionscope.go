package identity

import "fmt"

// PermissionScope is a delegated permission that a resource offers.
type PermissionScope struct {
	ID                      string `json:"id"`
	Value                   string `json:"value"`
	Type                    string `json:"type"`
	IsEnabled               bool   `json:"isEnabled"`
	AdminConsentDisplayName string `json:"adminConsentDisplayName"`
	AdminConsentDescription string `json:"adminConsentDescription"`
	UserConsentDisplayName  string `json:"userConsentDisplayName"`
	UserConsentDescription  string `json:"userConsentDescription"`
}

// scopes are the permissions of an application, and six of each of its areas.
func (a Application) scopes() (all []PermissionScope) {
	for _, p := range a.Permissions {
		all = append(all, permissionScope(p))
	}
	for _, area := range a.Areas {
		for _, reach := range []string{".ReadBasic", ".Read", ".ReadWrite"} {
			for _, extent := range []string{"", ".All"} {
				value := area + reach + extent
				p := Permission{ID: ObjectID("graph", value), Value: value, Object: area + " objects", Admin: extent != ""}
				all = append(all, permissionScope(p))
			}
		}
	}
	return all
}

func permissionScope(p Permission) PermissionScope {
	scope := PermissionScope{
		ID: p.ID, Value: p.Value, Type: "User", IsEnabled: !p.Disabled,
		AdminConsentDisplayName: fmt.Sprintf("Access %s (%s)", p.Object, p.Value),
		AdminConsentDescription: fmt.Sprintf("Allows the app to access %s on behalf of the signed-in user, as far as that user has access.", p.Object),
		UserConsentDisplayName:  fmt.Sprintf("Access %s for you", p.Object),
		UserConsentDescription:  fmt.Sprintf("Allows the app to access %s on your behalf, as far as you have access yourself.", p.Object),
	}
	if p.Admin {
		scope.Type = "Admin"
	}
	return scope
}
