package signin

import (
	"context"
	"errors"
	"os/exec"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// installedAz is the Azure CLI's credential, for which az is looked for first: on Windows azidentity has a shell run it, which says in
// the language of the system that there is none.
type installedAz struct{ azcore.TokenCredential }

func ifInstalled(az azcore.TokenCredential, err error) (azcore.TokenCredential, error) {
	return installedAz{az}, err
}

// GetToken returns az's token, or an error with the cause CauseNotInstalled.
func (c installedAz) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if _, err := exec.LookPath("az"); err != nil {
		return azcore.AccessToken{}, errors.New("AzureCLICredential: executable not found on path")
	}
	return c.TokenCredential.GetToken(ctx, options)
}
