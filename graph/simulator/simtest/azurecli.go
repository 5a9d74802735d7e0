package simtest

import (
	"encoding/json"
	"strings"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/identity"
)

// azureCLI is the client id of the Azure CLI.
const azureCLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"

// azureCLIScopes are the permissions on Microsoft Graph that the Azure CLI has, always
// and in every tenant, whatever is asked for.
const azureCLIScopes = "Application.ReadWrite.All AppRoleAssignment.ReadWrite.All AuditLog.Read.All " +
	"DelegatedPermissionGrant.ReadWrite.All Directory.AccessAsUser.All Group.ReadWrite.All User.Read.All User.ReadWrite.All"

// CLIDocument returns what az account get-access-token -o json prints for a person who
// is signed in to the Azure CLI. A tenant that is empty is the simulated one, and so is
// each of its names; any other gets a token of that tenant, which Graph here refuses.
func (s *Server) CLIDocument(resource, tenant string) []byte {
	var c identity.Claims
	s.exclusively(func(t *simulator.Tenant) { c = t.SignIn.PersonClaims(azureCLI, resource, azureCLIScopes) })
	if tenant != "" && !strings.EqualFold(tenant, s.TenantID()) && !strings.EqualFold(tenant, identity.Domain) {
		c.TenantID, c.Issuer = tenant, strings.Replace(c.Issuer, c.TenantID, tenant, 1)
	}
	document := map[string]any{
		"accessToken": c.Token(), "expiresOn": time.Unix(c.Expires, 0).Format("2006-01-02 15:04:05.000000"), "expires_on": c.Expires,
		"tenant": c.TenantID, "tokenType": "Bearer",
	}
	if tenant == "" {
		document["subscription"] = identity.ObjectID(s.TenantID(), "subscription") // az leaves it out where a tenant was named
	}
	text, _ := json.MarshalIndent(document, "", "  ") // texts and a number
	return append(text, '\n')
}
