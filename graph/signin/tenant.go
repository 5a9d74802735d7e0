package signin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"appleconsent/consent"
	"appleconsent/graph/wire"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// CheckTenant refuses a token of another tenant than the one that was asked for, by its GUID or by one of its domains. Whose
// domain it is, the authority's OpenID configuration tells (learn.microsoft.com/entra/identity-platform/v2-protocols-oidc);
// as long as that is not known, nothing goes on. If the configuration is there and names no tenant, a sign-in that was made at
// that domain is believed; a managed identity, which signs in wherever it is at home, is not.
func (t *Tokens) CheckTenant(ctx context.Context, asked, got string) error {
	if asked == "" || asked == "common" || asked == "organizations" || t.isOf(asked, got) {
		return nil
	}
	want, err := consent.ParseGUID(asked)
	if err != nil {
		want, err = t.tenantOf(ctx, asked)
	}
	switch {
	case ctx.Err() != nil:
		return wire.TimeUp(context.Cause(ctx), err)
	case errors.Is(err, errNamesNone) && t.credential.Auth != AuthManagedIdentity:
		return nil
	case err != nil:
		return &Error{Message: fmt.Sprintf("whether tenant %s is %s cannot be found out: %v", got, asked, err), Cause: cmp.Or(wire.CauseOf(err), CauseTenantUncertain)}
	case want != got:
		return otherTenant(got, named(asked, want))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.named = asked
	return nil
}

// isOf reports whether it was found before that the tenant, of which all these tokens are, is the one that is called that.
func (t *Tokens) isOf(name, tenant string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.named == name && t.tenant == tenant
}

func otherTenant(got, asked string) *Error {
	return &Error{Message: fmt.Sprintf("signed in to tenant %s instead of %s", got, asked), Cause: CauseOtherTenant}
}

func named(asked, tenant string) string {
	if asked == tenant {
		return tenant
	}
	return asked + " (" + tenant + ")"
}

// tenantOf returns the id of the tenant that has the domain.
func (t *Tokens) tenantOf(ctx context.Context, domain string) (string, error) {
	defer t.onWait.Announce("the name of the tenant")()
	c := t.credential
	ctx, last := t.withTrail(ctx)
	req, err := runtime.NewRequest(ctx, http.MethodGet, c.Cloud.SignInPage(domain, "v2.0/.well-known/openid-configuration"))
	if err != nil {
		return "", err
	}
	entra := sender{network: c.Network, secrets: c.Secrets, hosts: c.Cloud.SignInHosts(), plain: c.Auth == "", ofEntra: true}
	if _, err := pipeline(entra).Do(req); err != nil { //nolint:bodyclose // it is in memory, see sender
		return "", c.Secrets.CleanError(cmp.Or(last.Load().failure(), firstLine(err)))
	}
	var body struct {
		Issuer string `json:"issuer"`
	}
	if err := last.Load().read(c.Secrets, &body); err != nil {
		return "", err
	}
	issuer, err := url.Parse(body.Issuer)
	if err != nil {
		return "", errNamesNone
	}
	tenant, _, _ := strings.Cut(strings.Trim(issuer.Path, "/"), "/")
	if tenant, err = consent.ParseGUID(tenant); err != nil {
		return "", errNamesNone
	}
	return tenant, nil
}

// errNamesNone means that the OpenID configuration leaves open which tenant it is of, as that of common does.
var errNamesNone = errors.New("its issuer names no tenant")

// pipeline sends our own requests as azidentity does its, retries included.
func pipeline(s sender) runtime.Pipeline {
	return runtime.NewPipeline("appleconsent", "", runtime.PipelineOptions{}, &policy.ClientOptions{Transport: s})
}
