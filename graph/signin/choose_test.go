package signin_test

import (
	"context"
	"errors"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/signin"
	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/simtest"
	"appleconsent/graph/wire"
	"appleconsent/graph/wire/wiretest"
)

// someApp is the application that signs in.
const someApp = "c1000000-0000-4000-8000-000000000001"

// What AuthAuto takes, in the order of docs/signing-in.md, and what the others need. Nothing is sent.
func TestSignIn_choose(t *testing.T) {
	app := map[string]string{"AZURE_TENANT_ID": wiretest.TenantID, "AZURE_CLIENT_ID": someApp}
	with := func(more ...string) map[string]string {
		env := map[string]string{}
		for name, value := range app {
			env[name] = value
		}
		for i := 0; i < len(more); i += 2 {
			env[more[i]] = more[i+1]
		}
		return env
	}
	azureFolder := t.TempDir()
	if err := os.WriteFile(filepath.Join(azureFolder, "azureProfile.json"), []byte(`{"subscriptions":[{}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	profile := func(content string) string {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, "azureProfile.json"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return folder
	}
	withAz := t.TempDir()
	if err := os.WriteFile(filepath.Join(withAz, "az"), []byte("#!/bin/sh\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		auth     signin.Auth
		env      map[string]string
		path     string
		terminal bool
		want     signin.Auth
		err      string
	}{
		"auto: secret":                     {signin.AuthAuto, with("AZURE_CLIENT_SECRET", "s", "AZURE_FEDERATED_TOKEN_FILE", "f"), withAz, true, signin.AuthClientSecret, ""},
		"auto: workload identity":          {signin.AuthAuto, with("AZURE_FEDERATED_TOKEN_FILE", filepath.Join(azureFolder, "azureProfile.json"), "AZURE_CONFIG_DIR", azureFolder), withAz, true, signin.AuthWorkloadIdentity, ""},
		"auto: Azure CLI":                  {signin.AuthAuto, map[string]string{"AZURE_CONFIG_DIR": azureFolder}, withAz, true, signin.AuthAzureCLI, ""},
		"auto: Azure CLI, without the key": {signin.AuthAuto, map[string]string{"AZURE_CONFIG_DIR": profile(`{"installationId":"x"}`)}, withAz, true, signin.AuthBrowser, ""},
		"auto: Azure CLI, an empty list":   {signin.AuthAuto, map[string]string{"AZURE_CONFIG_DIR": profile("\xef\xbb\xbf" + `{"subscriptions":[]}`)}, withAz, true, signin.AuthBrowser, ""},
		"auto: Azure CLI, no list":         {signin.AuthAuto, map[string]string{"AZURE_CONFIG_DIR": profile(`{"subscriptions":null}`)}, withAz, true, signin.AuthBrowser, ""},
		"auto: Azure CLI, no JSON":         {signin.AuthAuto, map[string]string{"AZURE_CONFIG_DIR": profile(``)}, withAz, true, signin.AuthBrowser, ""},
		"auto: Azure CLI, a tenant alone":  {signin.AuthAuto, map[string]string{"AZURE_CONFIG_DIR": profile("\xef\xbb\xbf" + `{"subscriptions":[{"id":"t","name":"N/A(tenant level account)"}]}`)}, withAz, true, signin.AuthAzureCLI, ""},
		"secret: with a line break":        {signin.AuthClientSecret, with("AZURE_CLIENT_SECRET", "s\n"), "", false, "", "AZURE_CLIENT_SECRET ends in a line break"},
		"secret: with a break of Windows":  {signin.AuthClientSecret, with("AZURE_CLIENT_SECRET", "s\r\n"), "", false, "", "AZURE_CLIENT_SECRET ends in a line break"},
		"secret: with a space":             {signin.AuthClientSecret, with("AZURE_CLIENT_SECRET", " s"), "", false, "", "AZURE_CLIENT_SECRET has white space"},
		"an id with a line break":          {signin.AuthClientSecret, with("AZURE_CLIENT_SECRET", "s", "AZURE_CLIENT_ID", someApp+"\n"), "", false, "", "AZURE_CLIENT_ID ends in a line break"},
		"a path with a line break":         {signin.AuthCertificate, with("AZURE_CLIENT_CERTIFICATE_PATH", "c.pem\n"), "", false, "", "AZURE_CLIENT_CERTIFICATE_PATH ends in a line break"},
		"auto: Azure CLI, not signed in":   {signin.AuthAuto, map[string]string{"AZURE_CONFIG_DIR": t.TempDir()}, withAz, true, signin.AuthBrowser, ""},
		"auto: signed in, az is gone":      {signin.AuthAuto, map[string]string{"AZURE_CONFIG_DIR": azureFolder}, "", true, signin.AuthBrowser, ""},
		"auto: browser on a terminal":      {signin.AuthAuto, map[string]string{"AZURE_CONFIG_DIR": t.TempDir()}, "", true, signin.AuthBrowser, ""},
		"auto: nothing":                    {signin.AuthAuto, map[string]string{"AZURE_CONFIG_DIR": t.TempDir()}, "", false, "", "no sign-in method is configured"},
		"auto: half an app is none":        {signin.AuthAuto, map[string]string{"AZURE_CLIENT_SECRET": "s", "AZURE_CONFIG_DIR": t.TempDir()}, "", false, "", "no sign-in method is configured"},
		"environment: certificate missing": {signin.AuthEnvironment, with("AZURE_CLIENT_CERTIFICATE_PATH", "/nowhere.pem"), "", false, "", "read the certificate"},
		"environment: nothing":             {signin.AuthEnvironment, app, "", false, "", "AZURE_CLIENT_SECRET must be set"},
		"secret: no secret":                {signin.AuthClientSecret, app, "", false, "", "the environment variables AZURE_CLIENT_SECRET must be set"},
		"secret: nothing":                  {signin.AuthClientSecret, nil, "", false, "", "AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET must be set"},
		"certificate: no path":             {signin.AuthCertificate, app, "", false, "", "AZURE_CLIENT_CERTIFICATE_PATH must be set"},
		"device code":                      {signin.AuthDeviceCode, nil, "", false, signin.AuthDeviceCode, ""},
		"managed identity":                 {signin.AuthManagedIdentity, nil, "", false, signin.AuthManagedIdentity, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("PATH", test.path)
			cloud, err := wire.CloudNamed("", "")
			if err != nil {
				t.Fatal(err)
			}
			got, err := signin.Options{
				Auth: test.auth, Cloud: cloud, Network: wire.NewNetwork(nil, func(wire.Exchange) {}), Terminal: test.terminal, Getenv: func(name string) string { return test.env[name] }, OnPrompt: func(string) {},
				OnDebug: func(string) {},
			}.Choose()
			switch {
			case test.err == "" && (err != nil || got.Auth != test.want):
				t.Errorf("got %q, %v; want %q", got.Auth, err, test.want)
			case test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)):
				t.Errorf("got error %v, want one that says %q", err, test.err)
			case test.want == "" && test.auth == signin.AuthAuto && !errors.Is(err, signin.ErrNotSignedIn):
				t.Errorf("got error %v, want ErrNotSignedIn", err)
			}
		})
	}
}

// A flag stands for its environment variable.
func TestSignIn_flagsStandForVariables(t *testing.T) {
	t.Parallel()
	cloud, err := wire.CloudNamed("china", "")
	if err != nil {
		t.Fatal(err)
	}
	got, err := signin.Options{
		Auth: signin.AuthAuto, Tenant: "contoso.onmicrosoft.com", ClientID: someApp, Cloud: cloud, Network: wire.NewNetwork(nil, func(wire.Exchange) {}),
		Getenv: func(name string) string { return map[string]string{"AZURE_CLIENT_SECRET": "s"}[name] },
	}.Choose()
	if err != nil || got.Auth != signin.AuthClientSecret {
		t.Errorf("got %q, %v", got.Auth, err)
	}
}

// A virtual machine finds its identity at the metadata service, by its address, which is never behind a proxy.
func TestSignIn_metadataService(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	tenant, err := simtest.New(simulator.Options{Scenario: "granted"})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(imds(tenant))
	t.Cleanup(server.Close)
	var dialled []string
	network := wire.NewNetwork(func(ctx context.Context, kind, address string) (net.Conn, error) {
		dialled = append(dialled, address)
		return new(net.Dialer).DialContext(ctx, kind, server.Listener.Addr().String())
	}, func(wire.Exchange) {})
	t.Cleanup(network.Close)
	credential, err := signin.Options{
		Auth: signin.AuthManagedIdentity, Cloud: wire.Clouds()[0], Network: network, Getenv: func(string) string { return "" },
	}.Choose()
	if err != nil {
		t.Fatal(err)
	}
	tokens := credential.Tokens(new(wiretest.Clock), func(string, time.Duration) {})
	tokens.Ask([]string{"https://graph.microsoft.com/.default"})
	if who, err := tokens.SignIn(t.Context()); err != nil || who.TenantID != tenant.TenantID() {
		t.Errorf("signed in as %+v, %v", who, err)
	}
	if want := []string{"169.254.169.254:80"}; !slices.Equal(dialled, want) {
		t.Errorf("dialled %v, want %v", dialled, want)
	}
}
