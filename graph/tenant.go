package graph

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"appleconsent/consent"
)

// CheckTenant refuses a token of another tenant than the one that was asked for, by its GUID or by one of its domains. Whose
// domain it is, the authority's OpenID configuration tells (learn.microsoft.com/entra/identity-platform/v2-protocols-oidc).
// If that cannot be read, a sign-in that was made at that domain is believed; a managed identity, which signs in wherever it
// is at home, is not.
func (c *Client) CheckTenant(ctx context.Context, asked, got string) error {
	if asked == "" || asked == "common" || asked == "organizations" {
		return nil
	}
	want, err := consent.ParseGUID(asked)
	if err != nil {
		want, err = c.tenantOf(ctx, asked)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && c.credential.homeOnly:
		return &SignInError{
			Message: fmt.Sprintf("whether tenant %s is %q cannot be found out: %v", got, asked, err),
			Next:    "nothing was read or changed; name the tenant by its GUID with --tenant",
		}
	case err == nil && want != got:
		return &SignInError{
			Message: fmt.Sprintf("signed in to tenant %s, not to %s as asked for", got, named(asked, want)),
			Next:    "nothing was read or changed; check --tenant, AZURE_TENANT_ID and the account that signs in",
		}
	}
	return nil
}

func named(asked, tenant string) string {
	if asked == tenant {
		return tenant
	}
	return asked + " (" + tenant + ")"
}

// tenantOf returns the id of the tenant that has the domain.
func (c *Client) tenantOf(ctx context.Context, domain string) (string, error) {
	at := strings.TrimRight(c.cloud.Authority, "/") + "/" + url.PathEscape(domain) + "/v2.0/.well-known/openid-configuration"
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, http.NoBody)
	if err != nil {
		return "", err
	}
	var body struct {
		Issuer string `json:"issuer"`
	}
	if err := (reach{c.network, c.cloud.signInHosts()}).json(req, &body); err != nil {
		return "", c.network.secrets.cleanError(err)
	}
	issuer, err := url.Parse(body.Issuer)
	if err != nil {
		return "", errors.New("its issuer is not a URL")
	}
	tenant, _, _ := strings.Cut(strings.Trim(issuer.Path, "/"), "/")
	return consent.ParseGUID(tenant)
}
