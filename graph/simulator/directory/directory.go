package directory

import (
	"reflect"

	"appleconsent/graph/simulator/identity"
)

// Directory is everything the simulated tenant remembers. It is plain data: its JSON is what is kept between processes.
type Directory struct {
	Scenario           string              `json:"scenario"`
	TenantID           string              `json:"tenantId"`
	DisplayName        string              `json:"displayName"`
	ServicePrincipals  []ServicePrincipal  `json:"servicePrincipals"`
	PermissionGrants   []PermissionGrant   `json:"oauth2PermissionGrants"`
	AppRoleAssignments []AppRoleAssignment `json:"appRoleAssignments"`
	Users              []User              `json:"users"`
	// Deleted holds the service principals in the recycle bin.
	Deleted []ServicePrincipal `json:"deleted"`

	AuthorizationPolicy       AuthorizationPolicy        `json:"authorizationPolicy"`
	AdminConsentRequestPolicy Document                   `json:"adminConsentRequestPolicy"`
	PermissionClassifications []PermissionClassification `json:"delegatedPermissionClassifications"`
	ConditionalAccessPolicies []Document                 `json:"conditionalAccessPolicies"`
	SignIns                   []SignIn                   `json:"signIns"`
	Domains                   []Document                 `json:"domains"`
	DeviceConfigurations      []Document                 `json:"deviceConfigurations"`
	// Contracts and Relationships are those of a partner with customers.
	Contracts     []Document `json:"contracts,omitempty"`
	Relationships []Document `json:"delegatedAdminRelationships,omitempty"`
	// Usage is what the reports count; nil: nothing.
	Usage *Usage `json:"usage,omitempty"`
	// Premium: the tenant has a licence with which sign-ins can be read.
	Premium bool `json:"premium"`
	// Intune: the tenant manages devices.
	Intune bool `json:"intune"`

	// Created counts the service principals that were ever created by request, so
	// that one that is created again gets a new object id, as in Entra.
	Created int `json:"created"`
}

// ServicePrincipal is the local face of an application.
type ServicePrincipal struct {
	ID                        string                     `json:"id"`
	AppID                     string                     `json:"appId"`
	DisplayName               string                     `json:"displayName"`
	AppDisplayName            string                     `json:"appDisplayName"`
	AccountEnabled            *bool                      `json:"accountEnabled"`
	AppRoleAssignmentRequired bool                       `json:"appRoleAssignmentRequired"`
	AppOwnerOrganizationID    *string                    `json:"appOwnerOrganizationId"`
	VerifiedPublisher         identity.VerifiedPublisher `json:"verifiedPublisher"`
	ServicePrincipalType      string                     `json:"servicePrincipalType"`
	SignInAudience            string                     `json:"signInAudience"`
	DisabledByMicrosoftStatus *string                    `json:"disabledByMicrosoftStatus"`
	IsDisabled                *bool                      `json:"isDisabled"`
	CreatedDateTime           string                     `json:"createdDateTime"`
	Tags                      []string                   `json:"tags"`
	OAuth2PermissionScopes    []identity.PermissionScope `json:"oauth2PermissionScopes"`
	// DeletedDateTime is when it came into the recycle bin; empty outside of it.
	DeletedDateTime string `json:"deletedDateTime,omitempty"`
}

// PermissionGrant is a delegated permission grant, for all principals or one.
// Scope is kept exactly as it was written, blanks included.
type PermissionGrant struct {
	ID          string  `json:"id"`
	ClientID    string  `json:"clientId"`
	ConsentType string  `json:"consentType"`
	PrincipalID *string `json:"principalId"`
	ResourceID  string  `json:"resourceId"`
	Scope       string  `json:"scope"`
}

// AppRoleAssignment gives an app role of a resource to a principal.
type AppRoleAssignment struct {
	ID            string `json:"id"`
	PrincipalID   string `json:"principalId"`
	PrincipalType string `json:"principalType"`
	ResourceID    string `json:"resourceId"`
	AppRoleID     string `json:"appRoleId"`
}

// User is somebody who can sign in.
type User struct {
	ID                string `json:"id"`
	DisplayName       string `json:"displayName"`
	UserPrincipalName string `json:"userPrincipalName"`
}

// ServicePrincipalOf finds the service principal of an application.
func (d *Directory) ServicePrincipalOf(appID string) (ServicePrincipal, bool) {
	for _, sp := range d.ServicePrincipals {
		if sp.AppID == appID {
			return sp, true
		}
	}
	return ServicePrincipal{}, false
}

// Clone shares nothing with d.
func (d *Directory) Clone() Directory { return clone(*d) }

// clone copies plain data, whatever hangs on it included. Lists that are nil become empty, as Graph has none that are null.
func clone[T any](v T) (c T) {
	copyInto(reflect.ValueOf(&c).Elem(), reflect.ValueOf(v))
	return c
}

func copyInto(to, from reflect.Value) {
	switch from.Kind() {
	case reflect.Pointer:
		if !from.IsNil() {
			to.Set(reflect.New(from.Type().Elem()))
			copyInto(to.Elem(), from.Elem())
		}
	case reflect.Slice:
		to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
		for i := range from.Len() {
			copyInto(to.Index(i), from.Index(i))
		}
	case reflect.Map:
		to.Set(reflect.MakeMap(from.Type()))
		for _, key := range from.MapKeys() {
			value := reflect.New(from.Type().Elem()).Elem()
			copyInto(value, from.MapIndex(key))
			to.SetMapIndex(key, value)
		}
	case reflect.Interface:
		if !from.IsNil() {
			value := reflect.New(from.Elem().Type()).Elem()
			copyInto(value, from.Elem())
			to.Set(value)
		}
	case reflect.Struct:
		for i := range from.NumField() {
			copyInto(to.Field(i), from.Field(i))
		}
	default:
		to.Set(from)
	}
}
