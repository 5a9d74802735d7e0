package signin

import (
	"context"
	"errors"
	"os/exec"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// azureCLI signs in with az, which it looks for first: on Windows azidentity has a shell run it, which says in the language of the
// system that there is none.
type azureCLI struct{ *azidentity.AzureCLICredential }

func (o Options) azureCLI() (azcore.TokenCredential, error) {
	az, err := azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: o.Tenant})
	return azureCLI{az}, err
}

// GetToken returns az's token, or an error with the cause CauseNotInstalled.
func (c azureCLI) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if _, err := exec.LookPath("az"); err != nil {
		return azcore.AccessToken{}, errors.New("AzureCLICredential: executable not found on path")
	}
	return c.AzureCLICredential.GetToken(ctx, options)
}
