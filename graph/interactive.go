package graph

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/pkg/browser"
)

// person makes the credential for a browser or a device code.
func (s SignIn) person(auth Auth) (azcore.TokenCredential, error) {
	at := account{
		Authority: s.Cloud.Authority, Client: strings.ToLower(cmp.Or(s.ClientID, graphCommandLineTools)),
		Tenant: cmp.Or(s.value("AZURE_TENANT_ID"), "organizations"),
	}
	cache, none := tokenCache()
	if none != nil {
		s.OnDebug("tokens are not kept after this command: " + none.Error())
	}
	p := &person{
		network: s.Network, timeout: s.Timeout, browser: auth == AuthBrowser, onPrompt: s.OnPrompt, onDebug: s.OnDebug,
		save: func(record azidentity.AuthenticationRecord) {
			if none == nil {
				s.Accounts.save(at, record, s.OnDebug)
			}
		},
	}
	record := s.Accounts.load(at)
	var err error
	if p.browser {
		silenceBrowser()
		p.credential, err = azidentity.NewInteractiveBrowserCredential(&azidentity.InteractiveBrowserCredentialOptions{
			ClientOptions: s.options(), TenantID: at.Tenant, ClientID: at.Client, Cache: cache, AuthenticationRecord: record,
			DisableAutomaticAuthentication: true, LoginHint: record.Username,
		})
		return p, err
	}
	p.credential, err = azidentity.NewDeviceCodeCredential(&azidentity.DeviceCodeCredentialOptions{
		ClientOptions: s.options(), TenantID: at.Tenant, ClientID: at.Client, Cache: cache, AuthenticationRecord: record,
		DisableAutomaticAuthentication: true, UserPrompt: func(_ context.Context, m azidentity.DeviceCodeMessage) error {
			p.asked.Store(true)
			s.OnPrompt(cut(cmp.Or(m.Message, fmt.Sprintf("To sign in, open %s in a browser and enter the code %s.", m.VerificationURL, m.UserCode))))
			return nil
		},
	})
	return p, err
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
