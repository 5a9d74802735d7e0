package signin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/pkg/browser"
)

// person signs a person in, in a browser on this machine or with a device code on another one, and asks once: tokens are
// kept in azidentity's cache, and Accounts keeps who signed in, without which the cache cannot be used.
type person struct {
	Options
	account    account     // that is kept
	credential interactive // does not ask by itself
	browser    bool
	caches     bool                             // tokens are kept
	asked      atomic.Bool                      // the person knows what to do
	signedIn   *azidentity.AuthenticationRecord // who did, until it is kept
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
	p := &person{Options: o, account: at, browser: auth == AuthBrowser}
	cache, record := p.kept()
	var others []string
	if o.many {
		others = []string{"*"}
	}
	var err error
	if p.browser {
		silenceBrowser()
		p.credential, err = azidentity.NewInteractiveBrowserCredential(&azidentity.InteractiveBrowserCredentialOptions{
			ClientOptions: o.options(), TenantID: at.tenant, ClientID: at.client, Cache: cache, AuthenticationRecord: record,
			DisableAutomaticAuthentication: true, LoginHint: record.Username, AdditionallyAllowedTenants: others,
		})
		return p, err
	}
	p.credential, err = azidentity.NewDeviceCodeCredential(&azidentity.DeviceCodeCredentialOptions{
		ClientOptions: o.options(), TenantID: at.tenant, ClientID: at.client, Cache: cache, AuthenticationRecord: record,
		DisableAutomaticAuthentication: true, AdditionallyAllowedTenants: others, UserPrompt: func(_ context.Context, m azidentity.DeviceCodeMessage) error {
			p.asked.Store(true)
			o.OnPrompt(o.secrets.Clean(cmp.Or(m.Message, fmt.Sprintf("To sign in, open %s in a browser and enter the code %s.", m.VerificationURL, m.UserCode))))
			return nil
		},
	})
	return p, err
}

// kept returns where tokens are kept, and who signed in before. For many tenants nothing is: a platform's store holds the tokens of
// some tenants and not of thousands, and is read whole for each.
func (p *person) kept() (azidentity.Cache, azidentity.AuthenticationRecord) {
	if p.many {
		return azidentity.Cache{}, azidentity.AuthenticationRecord{}
	}
	cache, none := tokenCache()
	if none != nil {
		p.OnDebug("tokens are not kept after this command: " + none.Error())
	}
	p.caches = none == nil
	return cache, p.Accounts.load(p.account)
}

func (p *person) keep() {
	if p.signedIn != nil && p.caches {
		p.Accounts.save(p.account, *p.signedIn, p.OnDebug)
	}
	p.signedIn = nil
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

// personTime is how long a person may take to sign in. A device code expires by itself earlier; a closed browser tab tells
// nobody.
const personTime = 15 * time.Minute

// GetToken returns a token of the cache, or one for its refresh token, or else asks the person. What may pass by itself, such
// as an answer that does not come, is no reason to ask.
func (p *person) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	bounded, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	token, err := p.credential.GetToken(bounded, options)
	if err == nil {
		return token, nil
	}
	last := trailIn(ctx).Load()
	if given, ok := last.given(); ok { // and could not be kept
		return given, nil
	}
	_, mustAsk := errors.AsType[*azidentity.AuthenticationRequiredError](err) // only a person can go on
	switch {
	case bounded.Err() != nil && ctx.Err() == nil:
		return token, bounded.Err()
	case !mustAsk || ctx.Err() != nil || last != nil && last.passing() || ctx.Value(silentKey{}) != nil:
		return token, err
	}
	return p.askFor(ctx, options)
}

// askFor asks the person. The token is taken from Entra's answer itself: azidentity gives it only by way of its cache, which
// may be full, damaged or out of reach, and refuses it if Entra calls the permissions other names than were asked for.
func (p *person) askFor(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if p.OnAsk != nil {
		p.OnAsk(p.asking(options.Scopes))
	}
	if p.browser {
		p.OnPrompt("Opening your browser. Sign in to continue …")
	}
	record, err := p.authenticate(ctx, options)
	given, ok := trailIn(ctx).Load().given()
	switch {
	case err == nil && ok:
		p.signedIn = &record
		return given, nil
	case ok:
		p.OnDebug("tokens are not kept after this command: " + firstLine(err).Error())
		if err := forgetTokens(ctx); err != nil { // what is damaged there would be in the way next time, too
			p.OnDebug("the cache of tokens cannot be emptied: " + err.Error())
		}
		return given, nil
	case err == nil:
		return p.credential.GetToken(ctx, options)
	}
	return given, err
}

// authenticate lets the person sign in. It does not wait for a browser that stays in the foreground longer than the context,
// and not longer than the timeout for what has to come before the person is asked.
func (p *person) authenticate(ctx context.Context, options policy.TokenRequestOptions) (azidentity.AuthenticationRecord, error) {
	last := trailIn(ctx)
	last.Store(nil)
	p.asked.Store(false)
	limited, cancel := context.WithTimeout(ctx, personTime)
	defer cancel()
	early := time.AfterFunc(p.Timeout, func() {
		if o := last.Load(); !p.asked.Load() && (!p.browser || o == nil || o.err != nil) {
			cancel()
		}
	})
	defer early.Stop()
	type result struct {
		record azidentity.AuthenticationRecord
		err    error
	}
	done := make(chan result, 1)
	go func() {
		record, err := p.credential.Authenticate(limited, &options)
		done <- result{record, err}
	}()
	var r result
	select {
	case r = <-done:
	case <-limited.Done():
		r.err = limited.Err()
	}
	return r.record, p.reason(ctx, limited, last.Load(), r.err)
}

// reason is why the person is not signed in.
func (p *person) reason(ctx, limited context.Context, last *outcome, err error) error {
	if err == nil {
		return nil
	}
	if strings.HasSuffix(err.Error(), "signal: interrupt") { // Ctrl-C reached the browser first, and us right after
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	answered := last != nil && (last.refused() || last.err != nil)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(limited.Err(), context.Canceled):
		return context.DeadlineExceeded
	case limited.Err() != nil:
		return &Error{Message: fmt.Sprintf("no sign-in within %.0f minutes", personTime.Minutes()), Cause: CauseAskAgain}
	case strings.Contains(err.Error(), context.DeadlineExceeded.Error()): // of the code itself; MSAL flattens its error
		return &Error{Message: "the code expired before it was used", Cause: CauseAskAgain}
	case p.browser && !answered && aadsts.FindString(err.Error()) == "":
		return &Error{Message: "by browser: " + toldBy(p.secrets.Without(err.Error())).Message, Cause: CauseNoBrowser}
	}
	return err
}
