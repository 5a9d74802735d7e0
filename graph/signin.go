package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
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

// SignIn says how to sign in. Credentials themselves come from azidentity's environment variables alone.
type SignIn struct {
	Auth     Auth
	Tenant   string // GUID or domain; empty: the credential's own
	ClientID string // empty: Microsoft's public client, or what the credential knows
	Cloud    Cloud
	Network  *Network
	Terminal bool                // whether a person can be asked to use a browser
	Getenv   func(string) string // the environment
	OnPrompt func(string)        // hears what a person must do, such as to enter a device code
}

// Credential is a chosen way to sign in.
type Credential struct {
	Auth        Auth // never AuthAuto
	token       azcore.TokenCredential
	incremental bool // asks for single permissions; others have what an admin gave them once
}

// ErrNotSignedIn means that --auth auto found nothing to sign in with.
var ErrNotSignedIn = errors.New("nothing to sign in with")

// Choose returns the credential, without any network. For AuthAuto it is the first that is configured: environment
// credentials, workload identity, a signed-in Azure CLI, and on a terminal the browser.
func (s SignIn) Choose() (Credential, error) {
	auth := s.Auth
	if auth == AuthAuto {
		auth = s.configured()
	}
	if auth == "" {
		return Credential{}, ErrNotSignedIn
	}
	if auth == AuthEnvironment {
		auth = s.fromEnvironment()
	}
	s.Network.secrets.hide(s.Getenv("AZURE_CLIENT_SECRET"), s.Getenv("AZURE_CLIENT_CERTIFICATE_PASSWORD"))
	token, err := s.credential(auth)
	if err != nil {
		return Credential{}, fmt.Errorf("sign in with %s: %w", auth, firstLine(err))
	}
	return Credential{auth, token, auth == AuthBrowser || auth == AuthDeviceCode}, nil
}

// configured returns the first way that is configured; empty if none is.
func (s SignIn) configured() Auth {
	switch {
	case s.has("AZURE_TENANT_ID", "AZURE_CLIENT_ID") && s.fromEnvironment() != AuthEnvironment:
		return AuthEnvironment
	case s.has("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"):
		return AuthWorkloadIdentity
	case s.azureCLIIsSignedIn():
		return AuthAzureCLI
	case s.Terminal:
		return AuthBrowser
	}
	return ""
}

// fromEnvironment returns the credential that the environment holds; AuthEnvironment itself if there is none.
func (s SignIn) fromEnvironment() Auth {
	switch {
	case s.has("AZURE_CLIENT_SECRET"):
		return AuthClientSecret
	case s.has("AZURE_CLIENT_CERTIFICATE_PATH"):
		return AuthCertificate
	}
	return AuthEnvironment
}

// has tells whether all these variables are set; the flags for tenant and client id stand for theirs.
func (s SignIn) has(names ...string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return s.value(name) == "" })
}

func (s SignIn) value(name string) string {
	switch name {
	case "AZURE_TENANT_ID":
		return cmp.Or(s.Tenant, s.Getenv(name))
	case "AZURE_CLIENT_ID":
		return cmp.Or(s.ClientID, s.Getenv(name))
	}
	return s.Getenv(name)
}

// azureCLIIsSignedIn looks for az and for the file in which it keeps who is signed in, without running it.
func (s SignIn) azureCLIIsSignedIn() bool {
	if _, err := exec.LookPath("az"); err != nil {
		return false
	}
	home, _ := os.UserHomeDir()
	dir := cmp.Or(s.Getenv("AZURE_CONFIG_DIR"), filepath.Join(home, ".azure"))
	info, err := os.Stat(filepath.Join(dir, "azureProfile.json"))
	return err == nil && info.Size() > 0
}

func (s SignIn) options() azcore.ClientOptions {
	return azcore.ClientOptions{
		Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: s.Cloud.Authority}, Transport: s.Network,
	}
}

// credential makes azidentity's credential for one way to sign in.
func (s SignIn) credential(auth Auth) (azcore.TokenCredential, error) {
	tenant, client, options := s.value("AZURE_TENANT_ID"), s.value("AZURE_CLIENT_ID"), s.options()
	publicClient := cmp.Or(s.ClientID, graphCommandLineTools)
	switch auth {
	case AuthClientSecret:
		if err := s.need("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"); err != nil {
			return nil, err
		}
		return azidentity.NewClientSecretCredential(tenant, client, s.Getenv("AZURE_CLIENT_SECRET"),
			&azidentity.ClientSecretCredentialOptions{ClientOptions: options})
	case AuthCertificate:
		return s.certificate(tenant, client, options)
	case AuthWorkloadIdentity:
		return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
			ClientOptions: options, TenantID: tenant, ClientID: client, TokenFilePath: s.Getenv("AZURE_FEDERATED_TOKEN_FILE"),
		})
	case AuthManagedIdentity:
		o := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: options}
		if client != "" {
			o.ID = azidentity.ClientID(client)
		}
		return azidentity.NewManagedIdentityCredential(o)
	case AuthAzureCLI:
		return azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: s.Tenant})
	case AuthBrowser:
		return azidentity.NewInteractiveBrowserCredential(&azidentity.InteractiveBrowserCredentialOptions{
			ClientOptions: options, TenantID: tenant, ClientID: publicClient,
		})
	case AuthDeviceCode:
		return s.deviceCode(tenant, publicClient, options)
	case AuthAuto, AuthEnvironment:
	}
	return nil, s.need("AZURE_CLIENT_SECRET")
}

func (s SignIn) deviceCode(tenant, client string, options azcore.ClientOptions) (azcore.TokenCredential, error) {
	return azidentity.NewDeviceCodeCredential(&azidentity.DeviceCodeCredentialOptions{
		ClientOptions: options, TenantID: tenant, ClientID: client,
		UserPrompt: func(_ context.Context, m azidentity.DeviceCodeMessage) error {
			s.OnPrompt(m.Message)
			return nil
		},
	})
}

func (s SignIn) certificate(tenant, client string, options azcore.ClientOptions) (azcore.TokenCredential, error) {
	if err := s.need("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_CERTIFICATE_PATH"); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(s.Getenv("AZURE_CLIENT_CERTIFICATE_PATH"))
	if err != nil {
		return nil, fmt.Errorf("read the certificate: %w", err)
	}
	certificates, key, err := azidentity.ParseCertificates(data, []byte(s.Getenv("AZURE_CLIENT_CERTIFICATE_PASSWORD")))
	if err != nil {
		return nil, fmt.Errorf("read the certificate: %w", firstLine(err))
	}
	return azidentity.NewClientCertificateCredential(tenant, client, certificates, key,
		&azidentity.ClientCertificateCredentialOptions{
			ClientOptions:        options,
			SendCertificateChain: slices.Contains([]string{"1", "true"}, s.Getenv("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN")),
		})
}

// need returns an error that names the variables which are missing.
func (s SignIn) need(names ...string) error {
	missing := slices.DeleteFunc(names, func(name string) bool { return s.value(name) != "" })
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("the environment variables %s must be set", strings.Join(missing, ", "))
}

func firstLine(err error) error {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return errors.New(line)
}
