package signin

import (
	"cmp"
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/internal/disk"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// credential makes what gets tokens in one way.
func (o Options) credential(auth Auth) (azcore.TokenCredential, error) {
	switch auth {
	case AuthClientSecret:
		if err := o.need("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"); err != nil {
			return nil, err
		}
		return azidentity.NewClientSecretCredential(o.value("AZURE_TENANT_ID"), o.value("AZURE_CLIENT_ID"), o.Getenv("AZURE_CLIENT_SECRET"),
			&azidentity.ClientSecretCredentialOptions{ClientOptions: o.appOptions(o.value("AZURE_TENANT_ID")), DisableInstanceDiscovery: o.isFixed()})
	case AuthCertificate:
		return o.certificate()
	case AuthWorkloadIdentity:
		if federated := o.federated(); federated != nil {
			return federated()
		}
		if err := o.need("AZURE_TENANT_ID", "AZURE_CLIENT_ID"); err != nil || o.Getenv("GITHUB_ACTIONS") == "" {
			return nil, o.need("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE")
		}
		return nil, errors.New("the job cannot request a token: it needs permissions: id-token: write")
	case AuthManagedIdentity:
		return o.managedIdentity()
	case AuthAzureCLI:
		return ifInstalled(newAzureCLI(o.Tenant))
	case AuthBrowser, AuthDeviceCode:
		return o.person(auth)
	case AuthAuto, AuthEnvironment:
	}
	return nil, fmt.Errorf("%w (or AZURE_CLIENT_CERTIFICATE_PATH)", o.need("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"))
}

// options are those of every credential that talks to Entra itself: over the network that was handed in, to the chosen
// cloud's authority and to these further hosts.
func (o Options) options(hosts ...string) azcore.ClientOptions {
	hosts = append(hosts, o.Cloud.SignInHosts()...)
	if region := o.Getenv("AZURE_REGIONAL_AUTHORITY_NAME"); regionName.MatchString(region) { // azidentity goes there by itself
		hosts = append(hosts, region+"."+o.Cloud.RegionalHost())
	}
	return azcore.ClientOptions{
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: o.Cloud.Authority},
		Transport: sender{network: o.Network, secrets: o.secrets, hosts: hosts, ofEntra: true},
	}
}

// appOptions are options of an application, with which the first request can be that for the token: where tokens of a tenant are
// given in a known cloud needs no asking.
func (o Options) appOptions(tenant string, hosts ...string) azcore.ClientOptions {
	options := o.options(hosts...)
	if id, err := consent.ParseGUID(tenant); err == nil && o.isFixed() {
		s, _ := options.Transport.(sender)
		s.known = o.Cloud.OpenIDConfiguration(id)
		options.Transport = s
	}
	return options
}

// isFixed reports whether the authority is one of the table's: azidentity asks for none in front of which a region stands.
func (o Options) isFixed() bool {
	return o.Cloud.IsKnown() && o.Getenv("AZURE_REGIONAL_AUTHORITY_NAME") == ""
}

// regionName is the name of an Azure region, such as westeurope.
var regionName = regexp.MustCompile(`^[a-z][a-z0-9]{1,40}$`)

func (o Options) certificate() (azcore.TokenCredential, error) {
	if err := o.need("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_CERTIFICATE_PATH"); err != nil {
		return nil, err
	}
	read := o.readKeys
	if o.keys != nil {
		read = o.keys
	}
	keys, err := read()
	if err != nil {
		return nil, err
	}
	return azidentity.NewClientCertificateCredential(o.value("AZURE_TENANT_ID"), o.value("AZURE_CLIENT_ID"), keys.certificates, keys.private,
		&azidentity.ClientCertificateCredentialOptions{
			ClientOptions: o.appOptions(o.value("AZURE_TENANT_ID")), DisableInstanceDiscovery: o.isFixed(),
			SendCertificateChain: slices.Contains([]string{"1", "true"}, strings.ToLower(o.Getenv("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN"))),
		})
}

// keyPair is what a certificate's file holds.
type keyPair struct {
	certificates []*x509.Certificate
	private      crypto.PrivateKey
}

func (o Options) readKeys() (keys keyPair, err error) {
	name := o.Getenv("AZURE_CLIENT_CERTIFICATE_PATH")
	keys.certificates, keys.private, err = readCertificate(name, o.Getenv("AZURE_CLIENT_CERTIFICATE_PASSWORD"))
	if err != nil {
		err = fmt.Errorf("read the certificate %s: %w", disk.Quote(name), err)
	}
	return keys, err
}

// managedIdentity is the identity of the machine. It knows its own tenant only.
func (o Options) managedIdentity() (azcore.TokenCredential, error) {
	hosts := o.identityHosts()
	options := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: azcore.ClientOptions{Transport: sender{network: o.Network, secrets: o.secrets, hosts: hosts, plain: true}}}
	if client := o.value("AZURE_CLIENT_ID"); client != "" {
		options.ID = azidentity.ClientID(client)
	}
	return azidentity.NewManagedIdentityCredential(options)
}

// identityHosts are where a machine on Azure finds its identity: the metadata service, Azure Arc's agent, or what App
// Service and its like put into the environment.
func (o Options) identityHosts() []string {
	hosts := []string{"169.254.169.254", "127.0.0.1:40342", "localhost:40342"}
	for _, name := range []string{"IDENTITY_ENDPOINT", "MSI_ENDPOINT", "IMDS_ENDPOINT"} {
		if u, err := url.Parse(o.Getenv(name)); err == nil && u.Host != "" {
			hosts = append(hosts, u.Host)
		}
	}
	return hosts
}

// federated returns what makes a credential out of a token of another identity provider: in a file, as Kubernetes has it,
// from GitHub Actions, or from Azure Pipelines; nil if none of them is configured.
func (o Options) federated() func() (azcore.TokenCredential, error) {
	switch {
	case o.has("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"):
		return o.tokenFile
	case o.has("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"):
		return o.gitHubActions
	case o.has("SYSTEM_OIDCREQUESTURI", "SYSTEM_ACCESSTOKEN", "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"):
		return o.azurePipelines
	}
	return nil
}

// maxTokenFile is the size of a token file that is read, in bytes.
const maxTokenFile = 1 << 20

// tokenFile signs in with a token in a file, which is read anew each time. It refuses what is no file, such as a pipe, on which
// azidentity's own reader would wait for ever.
func (o Options) tokenFile() (azcore.TokenCredential, error) {
	read := func() (string, error) {
		name := o.Getenv("AZURE_FEDERATED_TOKEN_FILE")
		data, err := disk.ReadRegular(name, maxTokenFile, os.Stat)
		if err != nil {
			return "", fmt.Errorf("read the token %s of AZURE_FEDERATED_TOKEN_FILE: %w", disk.Quote(name), err)
		}
		return strings.TrimSpace(string(disk.Text(data))), nil
	}
	if _, err := read(); err != nil {
		return nil, err
	}
	assertion := func(context.Context) (string, error) { return read() }
	return azidentity.NewClientAssertionCredential(o.value("AZURE_TENANT_ID"), o.value("AZURE_CLIENT_ID"), assertion,
		&azidentity.ClientAssertionCredentialOptions{ClientOptions: o.appOptions(o.value("AZURE_TENANT_ID")), DisableInstanceDiscovery: o.isFixed()})
}

// gitHubActions signs in with the token that a workflow with the permission id-token: write can get
// (docs.github.com/actions/reference/security/oidc).
func (o Options) gitHubActions() (azcore.TokenCredential, error) {
	at, err := url.Parse(o.Getenv("ACTIONS_ID_TOKEN_REQUEST_URL"))
	if err != nil || at.Scheme != "https" || at.Host == "" {
		return nil, errors.New("ACTIONS_ID_TOKEN_REQUEST_URL is not an https URL")
	}
	query := at.Query()
	query.Set("audience", "api://AzureADTokenExchange")
	at.RawQuery = query.Encode()
	source := sender{network: o.Network, secrets: o.secrets, hosts: []string{at.Host}}
	assertion := func(ctx context.Context) (string, error) {
		return o.assertions.keep(func() (string, error) {
			return workflowToken(ctx, source, at.String(), o.Getenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN"))
		})
	}
	return azidentity.NewClientAssertionCredential(o.value("AZURE_TENANT_ID"), o.value("AZURE_CLIENT_ID"), assertion,
		&azidentity.ClientAssertionCredentialOptions{ClientOptions: o.appOptions(o.value("AZURE_TENANT_ID")), DisableInstanceDiscovery: o.isFixed()})
}

// workflowToken asks GitHub for a token of the running workflow.
func workflowToken(ctx context.Context, source sender, at, bearer string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, http.NoBody)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+bearer)
	var body struct {
		Value string `json:"value"`
	}
	_, sent := source.send(req) //nolint:bodyclose // it is in memory
	err = sent.read(source.secrets, &body)
	if err == nil && body.Value == "" {
		err = errors.New("the answer holds none")
	}
	if err != nil {
		err = fmt.Errorf("get the workflow's token from GitHub: %w", err)
		trailIn(ctx).Store(&outcome{err: err}) // or else MSAL would lose it
		return "", err
	}
	return body.Value, nil
}

// azurePipelines signs in as the service connection of a pipeline's task.
func (o Options) azurePipelines() (azcore.TokenCredential, error) {
	at, err := url.Parse(o.Getenv("SYSTEM_OIDCREQUESTURI"))
	if err != nil || at.Scheme != "https" || at.Host == "" {
		return nil, errors.New("SYSTEM_OIDCREQUESTURI is not an https URL")
	}
	tenant := cmp.Or(o.value("AZURE_TENANT_ID"), o.Getenv("AZURESUBSCRIPTION_TENANT_ID"))
	return azidentity.NewAzurePipelinesCredential(
		tenant,
		cmp.Or(o.value("AZURE_CLIENT_ID"), o.Getenv("AZURESUBSCRIPTION_CLIENT_ID")),
		o.Getenv("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"), o.Getenv("SYSTEM_ACCESSTOKEN"),
		&azidentity.AzurePipelinesCredentialOptions{ClientOptions: o.appOptions(tenant, at.Host), DisableInstanceDiscovery: o.isFixed()})
}
