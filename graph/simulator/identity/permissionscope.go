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
		all = append(all, permissionScope(p.ID, p.Value, p.Object))
	}
	for _, area := range a.Areas {
		for _, reach := range []string{".ReadBasic", ".Read", ".ReadWrite"} {
			for _, extent := range []string{"", ".All"} {
				value := area + reach + extent
				all = append(all, permissionScope(ObjectID("graph", value), value, area+" objects"))
			}
		}
	}
	return all
}

func permissionScope(id, value, object string) PermissionScope {
	return PermissionScope{
		ID: id, Value: value, Type: "User", IsEnabled: true,
		AdminConsentDisplayName: fmt.Sprintf("Access %s (%s)", object, value),
		AdminConsentDescription: fmt.Sprintf("Allows the app to access %s on behalf of the signed-in user, as far as that user has access.", object),
		UserConsentDisplayName:  fmt.Sprintf("Access %s for you", object),
		UserConsentDescription:  fmt.Sprintf("Allows the app to access %s on your behalf, as far as you have access yourself.", object),
	}
}
