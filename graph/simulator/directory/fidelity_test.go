package directory_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

// exchange is a request and what Microsoft's page says about the answer. In paths,
// bodies and answers, CLIENT, GRAPH and EXCHANGE stand for the object ids of those
// service principals, GRANT for the id of the client's grant on Exchange.
type exchange struct {
	name     string
	source   string
	scenario string
	request  string // method and path
	body     string
	status   int
	answer   string // the members that the page documents; empty: no body
}

// The pages are below learn.microsoft.com/graph unless they say otherwise.
func documentedExchanges() []exchange {
	return []exchange{
		{
			name:   "a grant is created",
			source: "api/oauth2permissiongrant-post", scenario: "renamed",
			request: "POST /oauth2PermissionGrants",
			body:    `{"clientId":"CLIENT","consentType":"AllPrincipals","resourceId":"EXCHANGE","scope":"EAS.AccessAsUser.All"}`,
			status:  http.StatusCreated,
			answer: `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#oauth2PermissionGrants/$entity",
				"id":"GRANT","clientId":"CLIENT","consentType":"AllPrincipals","principalId":null,"resourceId":"EXCHANGE","scope":"EAS.AccessAsUser.All"}`,
		},
		{
			name:   "a grant that exists is not created again",
			source: "github.com/hashicorp/terraform-provider-azuread/issues/690", scenario: "granted",
			request: "POST /oauth2PermissionGrants",
			body:    `{"clientId":"CLIENT","consentType":"AllPrincipals","resourceId":"EXCHANGE","scope":"EAS.AccessAsUser.All"}`,
			status:  http.StatusConflict,
			answer:  `{"error":{"code":"Request_MultipleObjectsWithSameKeyValue","message":"Permission entry already exists."}}`,
		},
		{
			name:   "a grant for a service principal that is not there",
			source: "terraform-provider-azuread, service_principal_delegated_permission_grant_resource.go", scenario: "granted",
			request: "POST /oauth2PermissionGrants",
			body:    `{"clientId":"00000000-0000-4000-8000-000000000001","consentType":"AllPrincipals","resourceId":"EXCHANGE","scope":"x"}`,
			status:  http.StatusBadRequest,
			answer: `{"error":{"code":"Request_BadRequest",
				"message":"Resource '00000000-0000-4000-8000-000000000001' does not exist or one of its queried reference-property objects are not present."}}`,
		},
		{
			name:   "a grant is updated",
			source: "api/oauth2permissiongrant-update", scenario: "partial",
			request: "PATCH /oauth2PermissionGrants/GRANT",
			body:    `{"scope":"User.ReadBasic.All Group.ReadWrite.All"}`,
			status:  http.StatusNoContent,
		},
		{
			name:   "only the scope of a grant can be updated",
			source: "api/oauth2permissiongrant-update", scenario: "partial",
			request: "PATCH /oauth2PermissionGrants/GRANT",
			body:    `{"consentType":"Principal"}`,
			status:  http.StatusBadRequest,
			answer:  `{"error":{"code":"Request_BadRequest","message":"Property 'consentType' is read-only and cannot be set."}}`,
		},
		{
			name:   "startTime and expiryTime are beta only",
			source: "api/resources/oauth2permissiongrant", scenario: "renamed",
			request: "POST /oauth2PermissionGrants",
			body:    `{"clientId":"CLIENT","consentType":"AllPrincipals","resourceId":"EXCHANGE","scope":"x","expiryTime":"2030-01-01T00:00:00Z"}`,
			status:  http.StatusBadRequest,
			answer:  `{"error":{"code":"Request_BadRequest","message":"Invalid property 'expiryTime'."}}`,
		},
		{
			name:   "a grant is deleted",
			source: "api/oauth2permissiongrant-delete", scenario: "partial",
			request: "DELETE /oauth2PermissionGrants/GRANT",
			status:  http.StatusNoContent,
		},
		{
			name:   "grants are listed",
			source: "api/oauth2permissiongrant-list", scenario: "partial",
			request: "GET /oauth2PermissionGrants?$filter=clientId eq 'CLIENT' and consentType eq 'AllPrincipals'",
			status:  http.StatusOK,
			answer: `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#oauth2PermissionGrants",
				"value":[{"id":"GRANT","clientId":"CLIENT","consentType":"AllPrincipals","principalId":null,"resourceId":"EXCHANGE","scope":"EAS.AccessAsUser.All"}]}`,
		},
		{
			name:   "a service principal is created",
			source: "api/serviceprincipal-post-serviceprincipals", scenario: "fresh",
			request: "POST /servicePrincipals",
			body:    `{"appId":"f8d98a96-0999-43f5-8af3-69971c7bb423"}`,
			status:  http.StatusCreated,
			answer: `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#servicePrincipals/$entity",
				"accountEnabled":true,"appDisplayName":"Apple Internet Accounts","appId":"f8d98a96-0999-43f5-8af3-69971c7bb423",
				"appOwnerOrganizationId":"e0fad04c-a04c-41ab-b35e-dc523af755a1","appRoleAssignmentRequired":false,"deletedDateTime":null}`,
		},
		{
			name:   "a service principal that exists is not created again",
			source: "github.com/Azure/reliable-web-app-pattern-java/issues/185", scenario: "granted",
			request: "POST /servicePrincipals",
			body:    `{"appId":"f8d98a96-0999-43f5-8af3-69971c7bb423"}`,
			status:  http.StatusConflict,
			answer: `{"error":{"code":"Request_MultipleObjectsWithSameKeyValue","message":
				"The service principal cannot be created, updated, or restored because the service principal name f8d98a96-0999-43f5-8af3-69971c7bb423 is already in use."}}`,
		},
		{
			name:   "a service principal of an application that is not known",
			source: "github.com/manicminer/hamilton, odata errors", scenario: "fresh",
			request: "POST /servicePrincipals",
			body:    `{"appId":"f8d98a96-0999-43f5-8af3-69971c7bb424"}`,
			status:  http.StatusBadRequest,
			answer: `{"error":{"code":"Request_BadRequest","message":
				"The appId 'f8d98a96-0999-43f5-8af3-69971c7bb424' of the service principal does not reference a valid application object."}}`,
		},
		{
			name:   "a service principal that is not there, by appId",
			source: "api/serviceprincipal-get", scenario: "fresh",
			request: "GET /servicePrincipals(appId='f8d98a96-0999-43f5-8af3-69971c7bb423')",
			status:  http.StatusNotFound,
			answer: `{"error":{"code":"Request_ResourceNotFound","message":
				"Resource 'f8d98a96-0999-43f5-8af3-69971c7bb423' does not exist or one of its queried reference-property objects are not present."}}`,
		},
		{
			name:   "a filter that nothing satisfies is no error",
			source: "api/serviceprincipal-list", scenario: "fresh",
			request: "GET /servicePrincipals?$filter=appId eq 'f8d98a96-0999-43f5-8af3-69971c7bb423'&$select=id,appId",
			status:  http.StatusOK,
			answer:  `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#servicePrincipals(id,appId)","value":[]}`,
		},
		{
			name:   "a service principal is updated",
			source: "api/serviceprincipal-update", scenario: "disabled",
			request: "PATCH /servicePrincipals(appId='f8d98a96-0999-43f5-8af3-69971c7bb423')",
			body:    `{"accountEnabled":true}`,
			status:  http.StatusNoContent,
		},
		{
			name:   "a service principal is deleted",
			source: "api/serviceprincipal-delete", scenario: "granted",
			request: "DELETE /servicePrincipals/CLIENT",
			status:  http.StatusNoContent,
		},
		{
			name:   "the organization",
			source: "api/organization-get", scenario: "fresh",
			request: "GET /organization?$select=id,displayName",
			status:  http.StatusOK,
			answer: `{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#organization(id,displayName)",
				"value":[{"id":"TENANT","displayName":"Contoso (simulated)"}]}`,
		},
		{
			name:   "a page that is too large",
			source: "api/oauth2permissiongrant-list; the text as quoted by turbot/steampipe-plugin-azuread", scenario: "fresh",
			request: "GET /oauth2PermissionGrants?$top=1000",
			status:  http.StatusBadRequest,
			answer:  `{"error":{"code":"Request_UnsupportedQuery","message":"Invalid page size specified: '1000'. Must be between 1 and 999 inclusive."}}`,
		},
		{
			name:   "a segment that does not exist",
			source: "learn.microsoft.com/graph/errors", scenario: "fresh",
			request: "GET /servicePrincipals/CLIENT/widgets",
			status:  http.StatusBadRequest,
			answer:  `{"error":{"code":"BadRequest","message":"Resource not found for the segment 'widgets'."}}`,
		},
		{
			name:   "a method that does not exist",
			source: "json-batching, the fourth response", scenario: "granted",
			request: "PUT /oauth2PermissionGrants/GRANT",
			body:    `{}`,
			status:  http.StatusMethodNotAllowed,
			answer:  `{"error":{"code":"Request_BadRequest","message":"Specified HTTP method is not allowed for the request target."}}`,
		},
		{
			name:   "a body that is no JSON",
			source: "github.com/microsoftgraph/msgraph-sdk-go/issues/203", scenario: "fresh",
			request: "POST /servicePrincipals",
			body:    `{appId:f8d98a96}`,
			status:  http.StatusBadRequest,
			answer: `{"error":{"code":"BadRequest","message":
				"Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."}}`,
		},
	}
}

func TestFidelity(t *testing.T) {
	for _, e := range documentedExchanges() {
		t.Run(e.name, func(t *testing.T) {
			c := simtest.NewTenant(t, e.scenario)
			fill := placeholders(c)
			method, path, _ := strings.Cut(fill.Replace(e.request), " ")
			got := c.Do(method, path, fill.Replace(e.body)).Must(t, e.status)
			if e.answer == "" {
				if got.Text != "" {
					t.Errorf("%s: got a body: %s", e.source, got.Text)
				}
				return
			}
			var want map[string]any
			if err := json.Unmarshal([]byte(fill.Replace(e.answer)), &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(any(want), simtest.Only(got.Body, want)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", e.source, diff)
			}
		})
	}
}

// learn.microsoft.com/graph/errors and learn.microsoft.com/graph/best-practices-concept
func TestFidelity_headers(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	const mine = "a2b31a1c-6c35-4b5c-9c0c-2e9a5a0b1c2d"
	got := c.Do("GET", "/oauth2PermissionGrants/none", "", "client-request-id", mine).Must(t, http.StatusNotFound)
	want := "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
	if h := got.Header.Get("Content-Type"); h != want {
		t.Errorf("got content type %q, want %q", h, want)
	}
	if h := got.Header.Get("client-request-id"); h != mine {
		t.Errorf("client-request-id came back as %q", h)
	}
	if h := got.Header.Get("request-id"); !identity.IsGUID(h) {
		t.Errorf("request-id %q is no GUID", h)
	}
	inner, _ := got.Body["error"].(map[string]any)["innerError"].(map[string]any)
	if inner["client-request-id"] != mine || inner["request-id"] != got.Header.Get("request-id") || inner["date"] == "" {
		t.Errorf("innerError does not repeat the headers: %v", inner)
	}
}

func TestFidelity_contentType(t *testing.T) {
	cases := map[string]struct{ contentType, message string }{
		"no content type": {"", "Write requests (excluding DELETE) must contain the Content-Type header declaration."},
		"a form":          {"text/plain", "Entity only allows writes with a JSON Content-Type header."},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			got := simtest.NewTenant(t, "fresh").Do("POST", "/servicePrincipals", "{}", "Content-Type", want.contentType)
			got.Must(t, http.StatusBadRequest)
			if got.Message() != want.message {
				t.Errorf("got %q, want %q", got.Message(), want.message)
			}
		})
	}
}
