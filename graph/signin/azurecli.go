package signin

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"

	"appleconsent/graph/wire"
	"appleconsent/internal/disk"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// azureCLI gets tokens from the Azure CLI, which keeps them by itself and cannot be made to get a fresh one.
type azureCLI struct {
	inTenant, anywhere azcore.TokenCredential // anywhere is nil if no tenant is named
	unnamed            *atomic.Bool           // az does not take the name of a tenant
}

func newAzureCLI(tenant string) (azcore.TokenCredential, error) {
	inTenant, err := azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: tenant})
	if err != nil || tenant == "" {
		return azureCLI{inTenant: azSource{inTenant}}, err
	}
	anywhere, err := azidentity.NewAzureCLICredential(nil)
	return azureCLI{azSource{inTenant}, azSource{anywhere}, new(atomic.Bool)}, err
}

// refusesTenant is how az says that the account that it is signed in with has one tenant and takes no other
// (github.com/Azure/azure-cli, src/azure-cli-core/azure/cli/core/_profile.py, get_raw_token, in several versions).
var refusesTenant = regexp.MustCompile(`(?is)\btenant\b.*\b(cloud ?shell|msi|managed (service )?identity)\b`)

// GetToken asks az for a token of the tenant. In Azure Cloud Shell and with a managed identity az refuses to hear of one, and is
// asked again without: of which tenant the token is, is looked at in any case.
func (c azureCLI) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if c.anywhere == nil || !c.unnamed.Load() {
		token, err := c.inTenant.GetToken(ctx, options)
		if err == nil || c.anywhere == nil || ctx.Err() != nil || !refusesTenant.MatchString(err.Error()) {
			return token, err
		}
	}
	token, err := c.anywhere.GetToken(ctx, options)
	c.unnamed.Store(err == nil)
	return token, err
}

// azSource is az as a source of tokens whose errors all say that they are of az: azidentity's say so only where az itself failed.
type azSource struct{ azcore.TokenCredential }

func (s azSource) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := s.TokenCredential.GetToken(ctx, options)
	switch {
	case err == nil && token.Token == "":
		return token, &Error{Message: azSaysNothing, Cause: CauseAzureCLIOdd}
	case err == nil || strings.HasPrefix(err.Error(), byAz):
		return token, err
	}
	return token, fmt.Errorf("%s: %w", byAz, err)
}

// byAz is how azidentity begins what az says.
const byAz = "AzureCLICredential"

const azSaysNothing = "az did not return an access token"

// What Go, or the shell, says of a program that ended without a word of its own, or could not be begun.
var (
	wordlessEnd = regexp.MustCompile(`(?i)^(?:exit status (\w+)|(?:signal: )?(killed|terminated|aborted|segmentation fault|` +
		`trace/breakpoint trap|illegal instruction|bus error|hangup)(?: \(core dumped\))?)$`)
	noBeginning = regexp.MustCompile(`^(?:(?:fork/exec|exec|open|chdir)\b|\S*sh: .*\baz)\b.*: ([^:]+)$`)
)

// oddOfAz puts into words for people what Go says of az: that what it printed cannot be read, how it ended without a word, or why it
// could not be begun; empty for what az says itself.
func oddOfAz(message string) string {
	message = strings.TrimSuffix(message, ".") // azidentity's
	if parserWords.MatchString(message) {
		return azSaysNothing
	}
	if end := wordlessEnd.FindStringSubmatch(message); end != nil && end[1] != "" {
		return "az ended with the exit code " + end[1] + " and said nothing"
	} else if end != nil {
		return "az was ended (" + strings.ToLower(end[2]) + ")"
	}
	if why := noBeginning.FindStringSubmatch(message); why != nil {
		return "az cannot be run: " + why[1]
	}
	return ""
}

// maxProfile is the size of the Azure CLI's list of subscriptions that is read, in bytes; thousands of them have a few megabytes.
const maxProfile = 64 << 20

// azureCLIIsSignedIn looks for az and for the file in which it keeps who is signed in, without running it. A tenant without a
// subscription stands there as if it were one; where nobody is signed in, the list is empty or there is none.
func (o Options) azureCLIIsSignedIn() bool {
	if _, err := exec.LookPath("az"); err != nil {
		return false
	}
	home, _ := os.UserHomeDir()
	dir := cmp.Or(o.Getenv("AZURE_CONFIG_DIR"), filepath.Join(home, ".azure"))
	data, err := disk.ReadRegular(filepath.Join(dir, "azureProfile.json"), maxProfile, os.Stat)
	var profile struct {
		Subscriptions []json.RawMessage `json:"subscriptions"`
	}
	return err == nil && json.Unmarshal(disk.Text(data), &profile) == nil && len(profile.Subscriptions) > 0
}

// AzureCLILogin is the command line that signs in to the Azure CLI, in a tenant without subscriptions, too, as those are that have
// Microsoft 365 alone. Claims are the JSON of a challenge; a tenant or claims that are empty are left out.
func AzureCLILogin(tenant, claims string) string {
	line := "az login --tenant " + cmp.Or(tenant, "TENANT") + " --allow-no-subscriptions"
	if claims != "" {
		line += " --claims-challenge " + base64.StdEncoding.EncodeToString([]byte(claims))
	}
	return line
}

// azureCLICommand is the command line with which az itself says how to go on, whole, with what is known besides; one of our own if
// az's cannot be shown whole; empty if it says none and another sign-in would not help. It must be looked for before secrets are removed, since claims look like a token.
func azureCLICommand(words, tenant string, cause wire.Cause, secrets *wire.Secrets) string {
	own := longest(azLogins(words))
	switch {
	case own == "" && !azLogin.MatchString(words) && cause != CauseAzureCLI && cause != CauseExpired && cause != CauseMoreProof:
		return ""
	case own == "" || !isShowable(own, secrets):
		return AzureCLILogin(tenant, "")
	}
	if !strings.Contains(own, " --tenant") && !strings.Contains(own, " -t ") {
		own += " --tenant " + cmp.Or(tenant, "TENANT")
	}
	if !strings.Contains(own, " --allow-no-subscriptions") {
		own += " --allow-no-subscriptions"
	}
	return own
}
