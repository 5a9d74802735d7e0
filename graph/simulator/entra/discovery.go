package entra

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"appleconsent/graph/simulator/reply"
)

// cloudInstances are Microsoft's clouds as its own instance discovery lists them: in
// each the host to talk to, the one that names caches, and all names of the cloud.
func cloudInstances() []instance {
	const global, china, government = "login.microsoftonline.com", "login.partner.microsoftonline.cn", "login.microsoftonline.us"
	return []instance{
		{global, "login.windows.net", []string{global, "login.windows.net", "login.microsoft.com", "sts.windows.net"}},
		{china, china, []string{china, "login.chinacloudapi.cn"}},
		{government, government, []string{government, "login.usgovcloudapi.net"}},
	}
}

// instance is one entry of instance discovery.
type instance struct {
	PreferredNetwork string   `json:"preferred_network"`
	PreferredCache   string   `json:"preferred_cache"`
	Aliases          []string `json:"aliases"`
}

func isMicrosoftLogin(host string) bool {
	return slices.ContainsFunc(cloudInstances(), func(i instance) bool { return slices.Contains(i.Aliases, strings.ToLower(host)) })
}

// instances tells sign-in libraries which authorities there are. Behind one of Microsoft's names these are Microsoft's
// clouds; any other host is an authority by itself.
func instances(r *http.Request) (any, error) {
	if !isMicrosoftLogin(r.Host) {
		return discovered(reply.Origin(r)+"/common", instance{r.Host, r.Host, []string{r.Host}}), nil
	}
	asked, err := url.Parse(r.URL.Query().Get("authorization_endpoint"))
	if err != nil || asked.Host != "" && !isMicrosoftLogin(asked.Host) {
		return nil, entraError(50049)
	}
	authority := reply.Origin(r) + "/common"
	if tenant, _, _ := strings.Cut(strings.Trim(asked.Path, "/"), "/"); asked.Host != "" && tenant != "" {
		authority = "https://" + asked.Host + "/" + tenant
	}
	return discovered(authority, cloudInstances()...), nil
}

func discovered(authority string, known ...instance) any {
	return map[string]any{
		"tenant_discovery_endpoint": authority + "/v2.0/.well-known/openid-configuration",
		"api-version":               "1.1",
		"metadata":                  known,
	}
}

func (s *SignIn) openIDConfiguration(r *http.Request, tenant string) (any, error) {
	if err := s.checkTenant(tenant); err != nil {
		return nil, err
	}
	authority, issuer := reply.Origin(r)+"/"+tenant, s.tenantID
	if isShared(tenant) {
		issuer = "{tenantid}" // literally, as long as the tenant depends on who signs in
	}
	return map[string]any{
		"issuer":                                reply.Origin(r) + "/" + issuer + "/v2.0",
		"authorization_endpoint":                authority + "/oauth2/v2.0/authorize",
		"token_endpoint":                        authority + "/oauth2/v2.0/token",
		"device_authorization_endpoint":         authority + "/oauth2/v2.0/devicecode",
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt"},
		"response_modes_supported":              []string{"query", "form_post"},
		"response_types_supported":              []string{"code"},
		"scopes_supported":                      []string{"openid", "profile", "email", "offline_access"},
		"subject_types_supported":               []string{"pairwise"},
	}, nil
}

// isShared reports whether a tenant name stands for whichever tenant a user is of.
func isShared(tenant string) bool {
	return slices.Contains([]string{"common", "organizations"}, strings.ToLower(tenant))
}

func (s *SignIn) checkTenant(tenant string) error {
	if isShared(tenant) || strings.EqualFold(tenant, s.tenantID) || strings.EqualFold(tenant, s.domain) {
		return nil
	}
	return entraError(90002, "{tenant}", tenant)
}
