package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// credential makes azidentity's credential for one way to sign in.
func (s SignIn) credential(auth Auth) (azcore.TokenCredential, error) {
	switch auth {
	case AuthClientSecret:
		if err := s.need("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"); err != nil {
			return nil, err
		}
		return azidentity.NewClientSecretCredential(s.value("AZURE_TENANT_ID"), s.value("AZURE_CLIENT_ID"), s.Getenv("AZURE_CLIENT_SECRET"),
			&azidentity.ClientSecretCredentialOptions{ClientOptions: s.options()})
	case AuthCertificate:
		return s.certificate()
	case AuthWorkloadIdentity:
		if federated := s.federated(); federated != nil {
			return federated()
		}
		if err := s.need("AZURE_TENANT_ID", "AZURE_CLIENT_ID"); err != nil || s.Getenv("GITHUB_ACTIONS") == "" {
			return nil, s.need("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE")
		}
		return nil, errors.New("the job has no token to ask for: it needs permissions: id-token: write")
	case AuthManagedIdentity:
		return s.managedIdentity()
	case AuthAzureCLI:
		return azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: s.Tenant})
	case AuthBrowser, AuthDeviceCode:
		return s.person(auth)
	case AuthAuto, AuthEnvironment:
	}
	return nil, fmt.Errorf("%w (or AZURE_CLIENT_CERTIFICATE_PATH)", s.need("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"))
}

// options are those of every credential that talks to Entra itself: over the network that was handed in, to the chosen
// cloud's authority and to these further hosts.
func (s SignIn) options(hosts ...string) azcore.ClientOptions {
	hosts = append(hosts, s.Cloud.signInHosts()...)
	if region := s.Getenv("AZURE_REGIONAL_AUTHORITY_NAME"); regionName.MatchString(region) { // azidentity goes there by itself
		hosts = append(hosts, region+"."+s.Cloud.regionalHost())
	}
	return azcore.ClientOptions{
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: s.Cloud.Authority},
		Transport: reach{s.Network, hosts, nil},
	}
}

// regionName is the name of an Azure region, such as westeurope.
var regionName = regexp.MustCompile(`^[a-z][a-z0-9]{1,40}$`)

func (s SignIn) certificate() (azcore.TokenCredential, error) {
	if err := s.need("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_CERTIFICATE_PATH"); err != nil {
		return nil, err
	}
	certificates, key, err := readCertificate(s.Getenv("AZURE_CLIENT_CERTIFICATE_PATH"), s.Getenv("AZURE_CLIENT_CERTIFICATE_PASSWORD"))
	if err != nil {
		return nil, fmt.Errorf("read the certificate %q: %w", s.Getenv("AZURE_CLIENT_CERTIFICATE_PATH"), err)
	}
	return azidentity.NewClientCertificateCredential(s.value("AZURE_TENANT_ID"), s.value("AZURE_CLIENT_ID"), certificates, key,
		&azidentity.ClientCertificateCredentialOptions{
			ClientOptions:        s.options(),
			SendCertificateChain: slices.Contains([]string{"1", "true"}, strings.ToLower(s.Getenv("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN"))),
		})
}

// managedIdentity is the identity of the machine. It knows its own tenant only.
func (s SignIn) managedIdentity() (azcore.TokenCredential, error) {
	hosts := s.identityHosts()
	o := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: azcore.ClientOptions{Transport: reach{s.Network, hosts, hosts}}}
	if client := s.value("AZURE_CLIENT_ID"); client != "" {
		o.ID = azidentity.ClientID(client)
	}
	return azidentity.NewManagedIdentityCredential(o)
}

// identityHosts are where a machine on Azure finds its identity: the metadata service, Azure Arc's agent, or what App
// Service and its like put into the environment.
func (s SignIn) identityHosts() []string {
	hosts := []string{"169.254.169.254", "127.0.0.1:40342", "localhost:40342"}
	for _, name := range []string{"IDENTITY_ENDPOINT", "MSI_ENDPOINT", "IMDS_ENDPOINT"} {
		if u, err := url.Parse(s.Getenv(name)); err == nil && u.Host != "" {
			hosts = append(hosts, u.Host)
		}
	}
	return hosts
}

// federated returns what makes a credential out of a token of another identity provider: in a file, as Kubernetes has it,
// from GitHub Actions, or from Azure Pipelines; nil if none of them is configured.
func (s SignIn) federated() func() (azcore.TokenCredential, error) {
	switch {
	case s.has("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"):
		return func() (azcore.TokenCredential, error) {
			if err := checkTokenFile(s.Getenv("AZURE_FEDERATED_TOKEN_FILE")); err != nil {
				return nil, err
			}
			return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
				ClientOptions: s.options(), TenantID: s.value("AZURE_TENANT_ID"), ClientID: s.value("AZURE_CLIENT_ID"),
				TokenFilePath: s.Getenv("AZURE_FEDERATED_TOKEN_FILE"),
			})
		}
	case s.has("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"):
		return s.gitHubActions
	case s.has("SYSTEM_OIDCREQUESTURI", "SYSTEM_ACCESSTOKEN", "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"):
		return s.azurePipelines
	}
	return nil
}

// checkTokenFile refuses what is no file, such as a pipe, on which azidentity would wait for ever.
func checkTokenFile(name string) error {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return fmt.Errorf("read the token in AZURE_FEDERATED_TOKEN_FILE: %w", err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("read the token in AZURE_FEDERATED_TOKEN_FILE: %s is not a regular file", name)
	}
	return nil
}

// gitHubActions signs in with the token that a workflow with the permission id-token: write can get
// (docs.github.com/actions/reference/security/oidc).
func (s SignIn) gitHubActions() (azcore.TokenCredential, error) {
	at, err := url.Parse(s.Getenv("ACTIONS_ID_TOKEN_REQUEST_URL"))
	if err != nil || at.Scheme != "https" || at.Host == "" {
		return nil, errors.New("ACTIONS_ID_TOKEN_REQUEST_URL is not an https URL")
	}
	query := at.Query()
	query.Set("audience", "api://AzureADTokenExchange")
	at.RawQuery = query.Encode()
	source := reach{s.Network, []string{at.Host}, nil}
	assertion := func(ctx context.Context) (string, error) {
		return workflowToken(ctx, source, at.String(), s.Getenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN"))
	}
	return azidentity.NewClientAssertionCredential(s.value("AZURE_TENANT_ID"), s.value("AZURE_CLIENT_ID"), assertion,
		&azidentity.ClientAssertionCredentialOptions{ClientOptions: s.options()})
}

// workflowToken asks GitHub for a token of the running workflow.
func workflowToken(ctx context.Context, source reach, at, bearer string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, http.NoBody)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+bearer)
	var body struct {
		Value string `json:"value"`
	}
	err = source.json(req, &body)
	if err == nil && body.Value == "" {
		err = errors.New("the answer holds none")
	}
	if refused, ok := errors.AsType[*SignInError](err); ok {
		err = errors.New(refused.Message)
	}
	if err != nil {
		return "", source.network.note(outcome{err: fmt.Errorf("get the workflow's token from GitHub: %w", err)}) // or else MSAL would lose it
	}
	return body.Value, nil
}

// azurePipelines signs in as the service connection of a pipeline's task.
func (s SignIn) azurePipelines() (azcore.TokenCredential, error) {
	at, err := url.Parse(s.Getenv("SYSTEM_OIDCREQUESTURI"))
	if err != nil || at.Scheme != "https" || at.Host == "" {
		return nil, errors.New("SYSTEM_OIDCREQUESTURI is not an https URL")
	}
	return azidentity.NewAzurePipelinesCredential(
		cmp.Or(s.value("AZURE_TENANT_ID"), s.Getenv("AZURESUBSCRIPTION_TENANT_ID")),
		cmp.Or(s.value("AZURE_CLIENT_ID"), s.Getenv("AZURESUBSCRIPTION_CLIENT_ID")),
		s.Getenv("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"), s.Getenv("SYSTEM_ACCESSTOKEN"),
		&azidentity.AzurePipelinesCredentialOptions{ClientOptions: s.options(at.Host)})
}
