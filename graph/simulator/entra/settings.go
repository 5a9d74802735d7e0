package entra

import "time"

// Settings say who signs in and what they get. They may change between two requests.
type Settings struct {
	Person Person
	// AppRoles are the application permissions that apps get.
	AppRoles []string
	// DelegatedScopes are the delegated permissions that people can get: of what is
	// asked for, tokens hold no others. Nil: they get whatever is asked for.
	DelegatedScopes []string
	// Consented are the delegated permissions that apps have consent for already. A person
	// who signs in consents to what an app asks for beyond them, if an admin, which adds to
	// them, and refresh tokens get nothing else. Nil: everything counts as consented.
	Consented []string
	// AdminRoles are the Entra roles, by template id, that the person holds. With none,
	// tokens have no claim about them.
	AdminRoles []string
	// Refused is the AADSTS number that authorize, devicecode and token requests end with;
	// 0: none. It must be one that IsRefusal knows.
	Refused int
	// TokenLifetime is how long tokens are good; 0: an hour.
	TokenLifetime time.Duration
}

// Person is how the person behaves who signs in. The zero value is the tenant's admin, who does at once what is asked.
type Person struct {
	// Pending is how often a device code is asked about in vain before the person is done.
	Pending int
	// Declines: the person says no, in the browser and to a device code.
	Declines bool
	// Expires: the person never comes, and the device code ends.
	Expires bool
	// Tenant is the id of the tenant that the person signs in to; empty is the simulated one.
	Tenant string
	// Name is the user principal name; empty is the admin's.
	Name string
}
