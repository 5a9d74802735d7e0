package signin

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
	"testing"

	"appleconsent/graph/wire"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// The command line that az gives is shown whole, with what is known besides; nothing else of what it says is taken for one.
func TestAzureCLICommand(t *testing.T) {
	t.Parallel()
	const (
		claims = "eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlcyI6WyJwMSJdfX19"
		token  = "eyJhbGciOiJub25lIn0.eyJ0aWQiOiJ4In0.x"
	)
	secrets := new(wire.Secrets)
	secrets.Hide("s3cret-value")
	for name, test := range map[string]struct {
		words, tenant string
		cause         wire.Cause
		want          string
	}{
		"no line":                 {"ERROR: odd", "", CauseAzureCLI, "az login --tenant TENANT --allow-no-subscriptions"},
		"no line, a tenant":       {"ERROR: odd", "contoso.example", CauseExpired, "az login --tenant contoso.example --allow-no-subscriptions"},
		"no line, of no use":      {"ERROR: AADSTS53003: No.", "", wire.CauseBlocked, ""},
		"in a sentence":           {"ERROR: Please run 'az login' to setup account.", "", CauseAzureCLI, "az login --tenant TENANT --allow-no-subscriptions"},
		"a scope":                 {"Please run:\naz login --scope https://graph.microsoft.com//.default\n", "contoso.example", wire.CauseBlocked, "az login --scope https://graph.microsoft.com//.default --tenant contoso.example --allow-no-subscriptions"},
		"all of it":               {"Please run:\naz logout\naz login --tenant \"t-1\" --scope \"https://graph.microsoft.com//.default\" --claims-challenge \"" + claims + "\"\nStatus_InteractionRequired", "other", CauseMoreProof, "az login --tenant \"t-1\" --scope \"https://graph.microsoft.com//.default\" --claims-challenge \"" + claims + "\" --allow-no-subscriptions"},
		"of azidentity":           {"Run this command then retry the operation: az login --tenant t-1 --claims-challenge " + claims, "t-1", CauseMoreProof, "az login --tenant t-1 --claims-challenge " + claims + " --allow-no-subscriptions"},
		"the longest":             {"az login\naz login --scope https://graph.microsoft.com//.default", "t-1", CauseMoreProof, "az login --scope https://graph.microsoft.com//.default --tenant t-1 --allow-no-subscriptions"},
		"a flag":                  {"az login --use-device-code --allow-no-subscriptions", "t-1", CauseAzureCLI, "az login --use-device-code --allow-no-subscriptions --tenant t-1"},
		"a token in its place":    {"az login --claims-challenge " + token, "t-1", CauseMoreProof, "az login --tenant t-1 --allow-no-subscriptions"},
		"a secret":                {"az login --username s3cret-value", "t-1", CauseMoreProof, "az login --tenant t-1 --allow-no-subscriptions"},
		"values after =":          {"Run: az login --scope=https://graph.microsoft.com/.default --tenant=t-1", "t-1", CauseMoreProof, "az login --scope=https://graph.microsoft.com/.default --tenant=t-1 --allow-no-subscriptions"},
		"values after =, quoted":  {"az login --claims-challenge=\"" + claims + "\" --scope='https://graph.microsoft.com/.default'", "t-1", CauseMoreProof, "az login --claims-challenge=\"" + claims + "\" --scope=\"https://graph.microsoft.com/.default\" --tenant t-1 --allow-no-subscriptions"},
		"single quotes":           {"az login --tenant 't-1' --scope 'https://graph.microsoft.com/.default' --claims-challenge '" + claims + "'", "t-1", CauseMoreProof, "az login --tenant \"t-1\" --scope \"https://graph.microsoft.com/.default\" --claims-challenge \"" + claims + "\" --allow-no-subscriptions"},
		"two scopes":              {"az login --scope https://a.example/x https://b.example/y again", "t-1", CauseMoreProof, "az login --scope https://a.example/x https://b.example/y --tenant t-1 --allow-no-subscriptions"},
		"CRLF":                    {"Run:\r\naz login --tenant \"t-1\"\r\n", "t-1", CauseMoreProof, "az login --tenant \"t-1\" --allow-no-subscriptions"},
		"a password":              {"az login --service-principal --username x --password hunterX --tenant t-2", "t-1", CauseSecretExpired, "az login --tenant t-1 --allow-no-subscriptions"},
		"a password, more proof":  {"az login --username x -p hunterX --tenant t-2", "t-1", CauseMoreProof, "az login --tenant t-1 --allow-no-subscriptions"},
		"a password after =":      {"az login --tenant t-2 --password=hunterX", "t-1", CauseMoreProof, "az login --tenant t-1 --allow-no-subscriptions"},
		"a value that is odd":     {"az login --username x --tenant $TENANT", "t-1", CauseMoreProof, "az login --tenant t-1 --allow-no-subscriptions"},
		"a value that goes on":    {"az login --tenant t-2$X", "t-1", CauseMoreProof, "az login --tenant t-1 --allow-no-subscriptions"},
		"quotes that stay open":   {"az login --tenant 't-2 --scope 'x/y'", "t-1", CauseMoreProof, "az login --tenant t-1 --allow-no-subscriptions"},
		"a token after =":         {"az login --claims-challenge='" + token + "'", "t-1", CauseMoreProof, "az login --tenant t-1 --allow-no-subscriptions"},
		"something to be careful": {"az login --tenant t-1; rm -rf x", "t-1", CauseMoreProof, "az login --tenant t-1 --allow-no-subscriptions"},
		"words after it":          {"az login again and again", "t-1", CauseMoreProof, "az login --tenant t-1 --allow-no-subscriptions"},
	} {
		if got := azureCLICommand(test.words, test.tenant, test.cause, secrets); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
	if got, want := AzureCLILogin("t-1", `{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}`), "az login --tenant t-1 --allow-no-subscriptions --claims-challenge "+claims; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What Go says of az where az says nothing itself is told in words for people; what az says stays.
func TestAzureCLI_saysNothing(t *testing.T) {
	t.Parallel()
	parser := func(text string) error {
		var token struct {
			AccessToken string `json:"accessToken"`
		}
		return json.Unmarshal([]byte(text), &token)
	}
	asked := 0
	for name, test := range map[string]struct {
		err   error
		want  string
		cause wire.Cause
	}{
		"a list":           {parser("[]"), azSaysNothing, CauseAzureCLIOdd},
		"HTML":             {parser("<html>"), azSaysNothing, CauseAzureCLIOdd},
		"nothing":          {parser(""), azSaysNothing, CauseAzureCLIOdd},
		"a number":         {parser(`{"accessToken":5}`), azSaysNothing, CauseAzureCLIOdd},
		"binary":           {parser("\xff\xfe"), azSaysNothing, CauseAzureCLIOdd},
		"cut":              {parser(`{"accessToken":"x`), azSaysNothing, CauseAzureCLIOdd},
		"words after it":   {parser(`{} words`), azSaysNothing, CauseAzureCLIOdd},
		"an object":        {errors.New(`AzureCLICredential: error parsing token expiration time "": parsing time ""`), azSaysNothing, CauseAzureCLIOdd},
		"no token":         {nil, azSaysNothing, CauseAzureCLIOdd},
		"an exit code":     {errors.New("AzureCLICredential: exit status 3"), "az ended with the exit code 3 and said nothing", CauseAzureCLIOdd},
		"an exit code.":    {errors.New("AzureCLICredential: exit status 3. To troubleshoot, visit https://aka.ms/x#y"), "az ended with the exit code 3 and said nothing", CauseAzureCLIOdd},
		"of the shell":     {errors.New("AzureCLICredential: Killed."), "az was ended (killed)", CauseAzureCLIOdd},
		"not executable":   {errors.New("AzureCLICredential: /bin/sh: 1: az: Permission denied."), "az cannot be run: Permission denied", CauseAzureCLIOdd},
		"a crash":          {errors.New("AzureCLICredential: exit status 0xc0000005"), "az ended with the exit code 0xc0000005 and said nothing", CauseAzureCLIOdd},
		"a signal":         {errors.New("AzureCLICredential: signal: killed"), "az was ended (killed)", CauseAzureCLIOdd},
		"no program":       {errors.New("AzureCLICredential: fork/exec /bin/sh: exec format error"), "az cannot be run: exec format error", CauseAzureCLIOdd},
		"words of its own": {errors.New("AzureCLICredential: ERROR: Please run 'az login' to setup account."), "Please run 'az login' to setup account.", CauseAzureCLI},
		"a trace":          {errors.New("AzureCLICredential: Traceback (most recent call last):\n  File \"x\", line 1\nImportError: no module"), "ImportError: no module", CauseAzureCLI},
	} {
		_, err := azSource{fakeAz{err: test.err, asked: &asked, empty: true}}.GetToken(t.Context(), policy.TokenRequestOptions{})
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		if got := reduced(err, nil, new(wire.Secrets)); got.Message != test.want || got.Cause != test.cause {
			t.Errorf("%s: got %q (cause %q), want %q (%q)", name, got.Message, got.Cause, test.want, test.cause)
		}
	}
}

// What is between az and Microsoft has the same causes as what is between this program and it.
func TestAzureCLI_onTheWay(t *testing.T) {
	t.Parallel()
	const pool = "AzureCLICredential: ERROR: HTTPSConnectionPool(host='login.microsoftonline.com', port=443): Max retries exceeded with url: /x (Caused by "
	for words, want := range map[string]wire.Cause{
		pool + "ProxyError('Unable to connect to proxy', OSError('Tunnel connection failed: 407 Proxy Authentication Required')))": wire.CauseProxySignIn,
		pool + "ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407 authenticationrequired')))":          wire.CauseProxySignIn,
		pool + "ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 403 Forbidden')))":                       wire.CauseProxyRefuses,
		pool + "ProxyError('Cannot connect to proxy.', NewConnectionError('Connection refused')))":                                 wire.CauseProxyUnreachable,
		pool + "NewConnectionError('Failed to establish a new connection'))":                                                       wire.CauseUnreachable,
		"AzureCLICredential: ERROR: <title>407 Proxy Authentication Required</title>":                                              wire.CauseProxySignIn,
		"AzureCLICredential: ERROR: odd number 407":                                                                                CauseAzureCLI,
	} {
		if got := toldBy(words); got.Cause != want {
			t.Errorf("%s: got the cause %q, want %q", words, got.Cause, want)
		}
	}
}

// fakeAz answers as az does, and counts.
type fakeAz struct {
	err   error
	asked *int
	empty bool // the token is
}

func (f fakeAz) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	*f.asked++
	if f.empty {
		return azcore.AccessToken{}, f.err
	}
	return azcore.AccessToken{Token: "t"}, f.err
}

// Where az takes no tenant, it is asked without, and not again with one; any other refusal stands.
func TestAzureCLI_takesNoTenant(t *testing.T) {
	t.Parallel()
	for words, without := range map[string]bool{
		"Tenant shouldn't be specified for Cloud Shell account":                             true,
		"Tenant shouldn't be specified for MSI account":                                     true,
		"Tenant shouldn't be specified for managed identity account":                        true,
		"Getting a token of another tenant isn't supported for a CloudShell account":        true,
		"WARNING: odd\nERROR: Tenant should not be specified\nfor managed identity account": true,
		"AADSTS90002: Tenant 'x' not found":                                                 false,
		"Please run 'az login' to setup account.":                                           false,
	} {
		named, unnamed := 0, 0
		c := azureCLI{fakeAz{err: errors.New("AzureCLICredential: ERROR: " + words), asked: &named}, fakeAz{asked: &unnamed}, new(atomic.Bool)}
		for range 2 {
			_, _ = c.GetToken(t.Context(), policy.TokenRequestOptions{}) // counted below
		}
		want := [2]int{2, 0}
		if without {
			want = [2]int{1, 2}
		}
		if got := [2]int{named, unnamed}; got != want {
			t.Errorf("%s: asked %v times with and without a tenant, want %v", words, got, want)
		}
	}
}
