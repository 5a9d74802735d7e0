package graph_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/graph"
	"appleconsent/graph/signin"
	"appleconsent/graph/wire"
	"appleconsent/graph/wire/wiretest"
)

const (
	clientID   = consent.ObjectID("c1000000-0000-4000-8000-000000000001")
	graphID    = consent.ObjectID("c1000000-0000-4000-8000-000000000002")
	exchangeID = consent.ObjectID("c1000000-0000-4000-8000-000000000003")
)

var allDevices = consent.AppleMail().Require(consent.Choices{})

// tenant is a server that plays Graph.
type tenant struct {
	*wiretest.Server
	t *testing.T
}

func newTenant(t *testing.T, answers ...http.HandlerFunc) *tenant {
	t.Helper()
	return &tenant{wiretest.New(t, answers...), t}
}

// client returns a client that talks to the server.
func (s *tenant) client() *graph.Client {
	s.t.Helper()
	return s.clientOver(wiretest.Network(s.t))
}

func (s *tenant) clientOver(network *wire.Network) *graph.Client {
	s.t.Helper()
	client, err := graph.New(signin.SimulatedCredential(s.Cloud(s.t), network), s.Clock, "test", func(string, time.Duration) {})
	if err != nil {
		s.t.Fatal(err)
	}
	return client
}

func userRead() consent.PermissionGrant {
	return consent.PermissionGrant{ClientID: clientID, ResourceID: graphID, ConsentType: consent.AllPrincipals, Scopes: consent.Scopes("User.Read")}
}

// The service principals of a tenant with a client, and its grants.
const servicePrincipals = `{"value":[
 {"id":"c1000000-0000-4000-8000-000000000001","appId":"F8D98A96-0999-43F5-8AF3-69971C7BB423","displayName":"iOS Accounts","accountEnabled":false,
  "appRoleAssignmentRequired":true,"appOwnerOrganizationId":"e0fad04c-a04c-41ab-b35e-dc523af755a1","disabledByMicrosoftStatus":null,
  "verifiedPublisher":{"displayName":"Apple Inc.","verifiedPublisherId":"1","addedDateTime":null}},
 {"id":"c1000000-0000-4000-8000-000000000002","appId":"00000003-0000-0000-c000-000000000000","displayName":"Microsoft Graph","verifiedPublisher":{"displayName":null}},
 {"id":"c1000000-0000-4000-8000-000000000003","appId":"00000002-0000-0ff1-ce00-000000000000","displayName":"Office 365 Exchange Online"}]}`

func grantRow(id string, client, resource consent.ObjectID, consentType, scope string) string {
	return fmt.Sprintf(`{"id":%q,"clientId":%q,"resourceId":%q,"consentType":%q,"principalId":null,"scope":%q}`, id, client, resource, consentType, scope)
}
