package identity

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"strings"
	"sync"
)

// The application (client) ids that simulated tenants know of, and the name of Apple's application.
const (
	AppleAppID       = "f8d98a96-0999-43f5-8af3-69971c7bb423"
	GraphAppID       = "00000003-0000-0000-c000-000000000000"
	ExchangeAppID    = "00000002-0000-0ff1-ce00-000000000000"
	RetiredAADAppID  = "00000002-0000-0000-c000-000000000000"
	ExpensesAppID    = "5b0f5c2e-7d0a-4c55-9a3e-2f1d6a8c9e10" // nothing to do with Apple
	AppleDisplayName = "Apple Internet Accounts"
)

// Application is what its publisher registered; a tenant that uses it has a service principal made from it.
type Application struct {
	AppID       string
	DisplayName string
	Owner       string // the publisher's tenant
	Publisher   VerifiedPublisher
	Tags        []string
	Permissions []Permission      // what others can be granted on it; where Microsoft documents an id, it is the real one
	Areas       []string          // of which there are permissions besides, to read or write this and that
	Scopes      []PermissionScope `json:"-"` // what both come to
	// Instantiable: an admin can create the service principal. Those
	// of Microsoft's services come with a subscription instead.
	Instantiable bool
	Registered   []RequiredAccess // what an admin consents to on the page of admin consent
	RedirectURI  string           // to which that page sends the browser
}

// Permission is one that others can be granted.
type Permission struct {
	ID, Value, Object string
	Admin             bool // only an admin can consent to it
	Disabled          bool // it is published and cannot be granted any more
}

// RequiredAccess are the delegated permissions on one resource that an app registered.
type RequiredAccess struct {
	ResourceAppID string
	Scopes        []string
}

// VerifiedPublisher names the publisher that Microsoft verified; all null where there is none.
type VerifiedPublisher struct {
	DisplayName         *string `json:"displayName"`
	VerifiedPublisherID *string `json:"verifiedPublisherId"`
	AddedDateTime       *string `json:"addedDateTime"`
}

//go:embed applications.json
var applicationsSource []byte

// applications lists every registration that exists outside the tenants. Microsoft Graph has as many delegated permissions as
// it really carries: a client that reads them without need moves hundreds of kilobytes. EAS and EWS exist on Graph, too, under
// the same names as on Exchange but with other ids.
var applications = sync.OnceValue(func() []Application {
	all := Embedded[[]Application](applicationsSource)
	for i := range all {
		all[i].Scopes = all[i].scopes()
	}
	return all
})

// Embedded reads JSON that is a part of this program. It panics if the type has no place for all that it says.
func Embedded[T any](text []byte) (value T) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&value); err != nil {
		panic("simulator: " + err.Error())
	}
	return value
}

// FindApplication finds a registration by its appId, in whatever case. What it
// returns is shared and must not be changed.
func FindApplication(appID string) (Application, bool) {
	for _, app := range applications() {
		if app.AppID == strings.ToLower(appID) {
			return app, true
		}
	}
	return Application{}, false
}
