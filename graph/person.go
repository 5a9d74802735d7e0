package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/pkg/browser"
)

// personTime is how long a person may take to sign in. A device code expires by itself earlier; a closed browser tab tells
// nobody.
const personTime = 15 * time.Minute

// person signs a person in, in a browser on this machine or with a device code on another one, and asks once: tokens are
// kept in azidentity's cache, and Accounts keeps who signed in, without which the cache cannot be used.
type person struct {
	credential interactive // does not ask by itself
	ask        string      // what is said before the person is asked; empty: the credential says it
	onPrompt   func(string)
	remember   func(azidentity.AuthenticationRecord)
}

// interactive is what azidentity's credentials for persons have in common.
type interactive interface {
	azcore.TokenCredential
	Authenticate(context.Context, *policy.TokenRequestOptions) (azidentity.AuthenticationRecord, error)
}

// GetToken returns a token of the cache, or one for its refresh token, or else asks the person.
func (p *person) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := p.credential.GetToken(ctx, o)
	if !mustAsk(err) || ctx.Err() != nil {
		return token, err
	}
	if p.ask != "" {
		p.onPrompt(p.ask)
	}
	limited, cancel := context.WithTimeout(ctx, personTime)
	defer cancel()
	record, err := p.credential.Authenticate(limited, &o)
	switch {
	case err == nil:
	case limited.Err() != nil && ctx.Err() == nil:
		return token, &SignInError{Message: fmt.Sprintf("nobody signed in within %.0f minutes", personTime.Minutes()), Next: askAgain}
	case ctx.Err() == nil && strings.Contains(err.Error(), context.DeadlineExceeded.Error()): // of the code itself; MSAL flattens its error
		return token, &SignInError{Message: "the code expired before anybody signed in with it", Next: askAgain}
	default:
		return token, err
	}
	p.remember(record)
	token, err = p.credential.GetToken(ctx, o)
	if mustAsk(err) {
		return token, &SignInError{
			Message: "Entra signed " + cmp.Or(record.Username, "the person") + " in, but gave no token for " + strings.Join(o.Scopes, " "),
			Next:    "an administrator must consent to these permissions for the application that signs in; or use the Azure CLI (az login)",
		}
	}
	return token, err
}

const askAgain = "run it again and finish the sign-in in the browser; --auth device-code lets you do that on another machine"

// mustAsk tells whether only a person can go on.
func mustAsk(err error) bool {
	_, required := errors.AsType[*azidentity.AuthenticationRequiredError](err)
	return required
}

// person makes the credential for a browser or a device code.
func (s SignIn) person(auth Auth) (azcore.TokenCredential, error) {
	at := account{
		Authority: s.Cloud.Authority, Client: cmp.Or(s.ClientID, graphCommandLineTools), Tenant: cmp.Or(s.value("AZURE_TENANT_ID"), "organizations"),
	}
	cache, err := tokenCache()
	if err != nil {
		s.OnDebug("tokens are not kept after this command: " + err.Error())
	}
	p := &person{onPrompt: s.OnPrompt, remember: func(record azidentity.AuthenticationRecord) {
		if err == nil {
			s.Accounts.save(at, record, s.OnDebug)
		}
	}}
	record := s.Accounts.load(at)
	if auth == AuthDeviceCode {
		p.credential, err = azidentity.NewDeviceCodeCredential(&azidentity.DeviceCodeCredentialOptions{
			ClientOptions: s.options(), TenantID: at.Tenant, ClientID: at.Client, Cache: cache, AuthenticationRecord: record,
			DisableAutomaticAuthentication: true, UserPrompt: func(_ context.Context, m azidentity.DeviceCodeMessage) error {
				s.OnPrompt(m.Message)
				return nil
			},
		})
		return p, err
	}
	silenceBrowser()
	p.ask = "sign in in the browser that opens now; waiting for it …"
	p.credential, err = azidentity.NewInteractiveBrowserCredential(&azidentity.InteractiveBrowserCredentialOptions{
		ClientOptions: s.options(), TenantID: at.Tenant, ClientID: at.Client, Cache: cache, AuthenticationRecord: record,
		DisableAutomaticAuthentication: true, LoginHint: record.Username,
	})
	return p, err
}

// silenceBrowser keeps what browsers print off our streams: stdout is for results. It must not be a pipe, which a browser
// that goes on running would hold open.
var silenceBrowser = sync.OnceFunc(func() { browser.Stdout, browser.Stderr = nil, nil })
