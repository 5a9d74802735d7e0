package signin

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"appleconsent/graph/wire"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/pkg/browser"
)

// person signs a person in, in a browser on this machine or with a device code on another one, and asks once: tokens are
// kept in azidentity's cache, and Accounts keeps who signed in, without which the cache cannot be used.
type person struct {
	credential interactive // does not ask by itself
	secrets    *wire.Secrets
	timeout    time.Duration // for what does not wait for the person
	browser    bool
	asked      atomic.Bool // the person knows what to do
	onPrompt   func(string)
	onDebug    func(string)

	signedIn *azidentity.AuthenticationRecord // who did, until it is kept
	save     func(azidentity.AuthenticationRecord)
}

// interactive is what azidentity's credentials for persons have in common.
type interactive interface {
	azcore.TokenCredential
	Authenticate(context.Context, *policy.TokenRequestOptions) (azidentity.AuthenticationRecord, error)
}

// person makes the source for a browser or a device code.
func (o Options) person(auth Auth) (*person, error) {
	at := account{
		host: o.Cloud.SignInHosts()[0], client: strings.ToLower(cmp.Or(o.ClientID, graphCommandLineTools)),
		tenant: cmp.Or(o.value("AZURE_TENANT_ID"), "organizations"),
	}
	cache, none := tokenCache()
	if none != nil {
		o.OnDebug("tokens are not kept after this command: " + none.Error())
	}
	p := &person{
		secrets: o.secrets, timeout: o.Timeout, browser: auth == AuthBrowser, onPrompt: o.OnPrompt, onDebug: o.OnDebug,
		save: func(record azidentity.AuthenticationRecord) {
			if none == nil {
				o.Accounts.save(at, record, o.OnDebug)
			}
		},
	}
	record := o.Accounts.load(at)
	var err error
	if p.browser {
		silenceBrowser()
		p.credential, err = azidentity.NewInteractiveBrowserCredential(&azidentity.InteractiveBrowserCredentialOptions{
			ClientOptions: o.options(), TenantID: at.tenant, ClientID: at.client, Cache: cache, AuthenticationRecord: record,
			DisableAutomaticAuthentication: true, LoginHint: record.Username,
		})
		return p, err
	}
	p.credential, err = azidentity.NewDeviceCodeCredential(&azidentity.DeviceCodeCredentialOptions{
		ClientOptions: o.options(), TenantID: at.tenant, ClientID: at.client, Cache: cache, AuthenticationRecord: record,
		DisableAutomaticAuthentication: true, UserPrompt: func(_ context.Context, m azidentity.DeviceCodeMessage) error {
			p.asked.Store(true)
			o.OnPrompt(o.secrets.Clean(cmp.Or(m.Message, fmt.Sprintf("To sign in, open %s in a browser and enter the code %s.", m.VerificationURL, m.UserCode))))
			return nil
		},
	})
	return p, err
}

// keep keeps who signed in.
func (p *person) keep() {
	if p.signedIn != nil {
		p.save(*p.signedIn)
		p.signedIn = nil
	}
}

// openingTime is how long a browser may take to say that it cannot be opened. One that stays in the foreground says nothing.
const openingTime = 3 * time.Second

// OpenBrowser opens an address in the browser of this machine. It does not wait until the browser is closed.
func OpenBrowser(ctx context.Context, address string) error {
	silenceBrowser()
	opened := make(chan error, 1)
	go func() { opened <- browser.OpenURL(address) }()
	ctx, cancel := context.WithTimeout(ctx, openingTime)
	defer cancel()
	select {
	case err := <-opened:
		return err
	case <-ctx.Done():
		return nil
	}
}

// silenceBrowser keeps what browsers print off our streams: stdout is for results. It must not be a pipe, which a browser
// that goes on running would hold open.
var silenceBrowser = sync.OnceFunc(func() { browser.Stdout, browser.Stderr = nil, nil })
