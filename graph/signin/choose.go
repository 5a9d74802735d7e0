package signin

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"appleconsent/graph/wire"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

// Auth is a way to sign in.
type Auth string

// The ways to sign in.
const (
	AuthAuto             Auth = "auto"
	AuthBrowser          Auth = "browser"
	AuthDeviceCode       Auth = "device-code"
	AuthAzureCLI         Auth = "azure-cli"
	AuthEnvironment      Auth = "environment"
	AuthClientSecret     Auth = "client-secret"
	AuthCertificate      Auth = "certificate"
	AuthWorkloadIdentity Auth = "workload-identity"
	AuthManagedIdentity  Auth = "managed-identity"
)

// AuthChoices returns the ways to sign in, the default first.
func AuthChoices() []Auth {
	return []Auth{
		AuthAuto, AuthBrowser, AuthDeviceCode, AuthAzureCLI, AuthEnvironment, AuthClientSecret, AuthCertificate,
		AuthWorkloadIdentity, AuthManagedIdentity,
	}
}

// graphCommandLineTools is Microsoft's public client for interactive sign-in (Microsoft Graph Command Line Tools).
const graphCommandLineTools = "14d82eec-204b-4c2f-b7e8-296a70dab67e"

// azureCLIApp is Azure CLI's own public client. It has consent in every tenant, for a fixed set of permissions: it may ask for all
// of them together, and for single ones it is refused with AADSTS65002.
const azureCLIApp = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"

// Options says how to sign in. Credentials themselves come from azidentity's environment variables alone.
type Options struct {
	Auth     Auth
	Tenant   string // GUID or domain; empty: the credential's own
	ClientID string // empty: Microsoft's public client, or what the credential knows
	Cloud    wire.Cloud
	Network  *wire.Network       // of all tenants
	Accounts Accounts            // where it is kept who signed in
	Timeout  time.Duration       // for what does not wait for a person; required for browser and device code
	Terminal bool                // whether a person can be asked to use a browser
	Getenv   func(string) string // the environment
	OnPrompt func(string)        // hears what a person must do, such as to enter a device code
	OnAsk    func(Asking)        // hears what a person is about to be asked for; nil: nobody does
	OnDebug  func(string)        // hears what only explains

	secrets *wire.Secrets           // of this sign-in, see Choose
	many    bool                    // it is for many tenants, see Fleet
	keys    func() (keyPair, error) // of the certificate; nil: it is read now
	// assertions are those of the workload, which are good in every tenant; nil: one is got for each sign-in.
	assertions *assertions
}

// Credential is a chosen way to sign in to one tenant of a cloud.
type Credential struct {
	Auth    Auth // never AuthAuto; empty for a simulated tenant
	Cloud   wire.Cloud
	Network *wire.Network
	Secrets *wire.Secrets // what it has been given and has got; no text may show it
	// Incremental: it asks for single permissions; others have what an admin gave them once.
	Incremental bool

	source azcore.TokenCredential
	asked  string // the tenant that was asked for; empty: the credential's own
	pinned string // the id of the only tenant of which tokens are taken; empty: of any, but of one
}

// AsksPerson reports whether signing in may wait for a person, who takes the time that people take.
func (c Credential) AsksPerson() bool { return c.Auth == AuthBrowser || c.Auth == AuthDeviceCode }

// ErrNotSignedIn means that AuthAuto found nothing to sign in with.
var ErrNotSignedIn = errors.New("no sign-in method is configured")

// CredentialError is a way to sign in that lacks something, told before any network.
type CredentialError struct {
	Auth Auth
	Err  error
}

func (e *CredentialError) Error() string { return fmt.Sprintf("sign in with %s: %v", e.Auth, e.Err) }
func (e *CredentialError) Unwrap() error { return e.Err }

// Choose returns the credential, without any network. For AuthAuto it is the first that is configured: environment
// credentials, workload identity, a signed-in Azure CLI, and on a terminal the browser. Errors: ErrNotSignedIn,
// *CredentialError.
func (o Options) Choose() (Credential, error) {
	auth, err := o.way()
	if err != nil {
		return Credential{}, err
	}
	return o.choose(auth)
}

// way is the way that is taken, never AuthAuto. Errors: ErrNotSignedIn.
func (o Options) way() (Auth, error) {
	auth := o.Auth
	if auth == AuthAuto {
		ways := o.Configured()
		if len(ways) == 0 {
			return "", ErrNotSignedIn
		}
		auth = ways[0]
	}
	if auth == AuthEnvironment {
		auth = o.fromEnvironment()
	}
	return auth, nil
}

// choose makes the credential of one way, which is not AuthAuto.
func (o Options) choose(auth Auth) (Credential, error) {
	c := o.without(auth)
	o.secrets = c.Secrets
	var err error
	if c.source, err = o.credential(auth); err != nil {
		return Credential{}, &CredentialError{auth, c.Secrets.CleanError(firstLine(err))}
	}
	return c, nil
}

// without returns the credential of one way, with secrets of its own and without what gets its tokens.
func (o Options) without(auth Auth) Credential {
	c := Credential{Auth: auth, Cloud: o.Cloud, Network: o.Network, Secrets: new(wire.Secrets), asked: o.Tenant}
	c.Incremental = c.AsksPerson() && !strings.EqualFold(o.value("AZURE_CLIENT_ID"), azureCLIApp)
	c.Secrets.HideProxies()
	for _, name := range secretVariables {
		c.Secrets.Hide(o.Getenv(name))
	}
	return c
}

// Configured returns the ways that need nothing more, in the order in which auto takes them. It looks at variables and files
// only.
func (o Options) Configured() []Auth {
	var ways []Auth
	if o.has("AZURE_TENANT_ID", "AZURE_CLIENT_ID") && o.fromEnvironment() != AuthEnvironment {
		ways = append(ways, AuthEnvironment)
	}
	if o.federated() != nil {
		ways = append(ways, AuthWorkloadIdentity)
	}
	if o.azureCLIIsSignedIn() {
		ways = append(ways, AuthAzureCLI)
	}
	if o.Terminal {
		ways = append(ways, AuthBrowser)
	}
	return ways
}

// fromEnvironment returns the credential that the environment holds; AuthEnvironment itself if there is none.
func (o Options) fromEnvironment() Auth {
	switch {
	case o.has("AZURE_CLIENT_SECRET"):
		return AuthClientSecret
	case o.has("AZURE_CLIENT_CERTIFICATE_PATH"):
		return AuthCertificate
	}
	return AuthEnvironment
}

// has reports whether all these variables are set; Tenant and ClientID stand for theirs.
func (o Options) has(names ...string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return o.value(name) == "" })
}

func (o Options) value(name string) string {
	switch name {
	case "AZURE_TENANT_ID":
		return cmp.Or(o.Tenant, o.Getenv(name))
	case "AZURE_CLIENT_ID":
		return cmp.Or(o.ClientID, o.Getenv(name))
	}
	return o.Getenv(name)
}

// need returns an error that names the variables which are missing, or that have white space around them.
func (o Options) need(names ...string) error {
	for _, name := range names {
		if why := StraySpace(o.value(name)); why != "" {
			return fmt.Errorf("%s %s", name, why)
		}
	}
	missing := slices.DeleteFunc(names, func(name string) bool { return o.value(name) != "" })
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("the environment variables %s must be set", strings.Join(missing, ", "))
}

// StraySpace says that a value has a line break at its end, as what was read from a file has, or other white space around it; empty
// if it has none. No id and no secret of Entra's has any.
func StraySpace(value string) string {
	switch {
	case strings.TrimRight(value, "\r\n") != value:
		return "ends in a line break: take it off"
	case strings.TrimSpace(value) != value:
		return "has white space before or after it: take it off"
	}
	return ""
}
