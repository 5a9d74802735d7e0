package graph_test

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

	"github.com/google/go-cmp/cmp"

	"appleconsent/consent"
	"appleconsent/graph"
	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/simtest"
)

// What --auth auto takes, in the order of the design, and what the others need. Nothing is sent.
func TestSignIn_choose(t *testing.T) {
	app := map[string]string{"AZURE_TENANT_ID": tenantID, "AZURE_CLIENT_ID": string(clientID)}
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
	if err := os.WriteFile(filepath.Join(azureFolder, "azureProfile.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	withAz := t.TempDir()
	if err := os.WriteFile(filepath.Join(withAz, "az"), []byte("#!/bin/sh\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		auth     graph.Auth
		env      map[string]string
		path     string
		terminal bool
		want     graph.Auth
		err      string
	}{
		"auto: secret":                     {graph.AuthAuto, with("AZURE_CLIENT_SECRET", "s", "AZURE_FEDERATED_TOKEN_FILE", "f"), withAz, true, graph.AuthClientSecret, ""},
		"auto: workload identity":          {graph.AuthAuto, with("AZURE_FEDERATED_TOKEN_FILE", filepath.Join(azureFolder, "azureProfile.json"), "AZURE_CONFIG_DIR", azureFolder), withAz, true, graph.AuthWorkloadIdentity, ""},
		"auto: Azure CLI":                  {graph.AuthAuto, map[string]string{"AZURE_CONFIG_DIR": azureFolder}, withAz, true, graph.AuthAzureCLI, ""},
		"auto: Azure CLI, not signed in":   {graph.AuthAuto, map[string]string{"AZURE_CONFIG_DIR": t.TempDir()}, withAz, true, graph.AuthBrowser, ""},
		"auto: signed in, az is gone":      {graph.AuthAuto, map[string]string{"AZURE_CONFIG_DIR": azureFolder}, "", true, graph.AuthBrowser, ""},
		"auto: browser on a terminal":      {graph.AuthAuto, map[string]string{"AZURE_CONFIG_DIR": t.TempDir()}, "", true, graph.AuthBrowser, ""},
		"auto: nothing":                    {graph.AuthAuto, map[string]string{"AZURE_CONFIG_DIR": t.TempDir()}, "", false, "", "nothing to sign in with"},
		"auto: half an app is none":        {graph.AuthAuto, map[string]string{"AZURE_CLIENT_SECRET": "s", "AZURE_CONFIG_DIR": t.TempDir()}, "", false, "", "nothing to sign in with"},
		"environment: certificate missing": {graph.AuthEnvironment, with("AZURE_CLIENT_CERTIFICATE_PATH", "/nowhere.pem"), "", false, "", "read the certificate"},
		"environment: nothing":             {graph.AuthEnvironment, app, "", false, "", "AZURE_CLIENT_SECRET must be set"},
		"secret: no secret":                {graph.AuthClientSecret, app, "", false, "", "the environment variables AZURE_CLIENT_SECRET must be set"},
		"secret: nothing":                  {graph.AuthClientSecret, nil, "", false, "", "AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET must be set"},
		"certificate: no path":             {graph.AuthCertificate, app, "", false, "", "AZURE_CLIENT_CERTIFICATE_PATH must be set"},
		"device code":                      {graph.AuthDeviceCode, nil, "", false, graph.AuthDeviceCode, ""},
		"managed identity":                 {graph.AuthManagedIdentity, nil, "", false, graph.AuthManagedIdentity, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("PATH", test.path)
			cloud, err := graph.CloudNamed("", "")
			if err != nil {
				t.Fatal(err)
			}
			got, err := graph.SignIn{
				Auth: test.auth, Cloud: cloud, Network: graph.NewNetwork(nil, func(graph.Exchange) {}), Terminal: test.terminal, Getenv: func(name string) string { return test.env[name] }, OnPrompt: func(string) {},
				OnDebug: func(string) {},
			}.Choose()
			switch {
			case test.err == "" && (err != nil || got.Auth != test.want):
				t.Errorf("got %q, %v; want %q", got.Auth, err, test.want)
			case test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)):
				t.Errorf("got error %v, want one that says %q", err, test.err)
			case test.want == "" && test.auth == graph.AuthAuto && !errors.Is(err, graph.ErrNotSignedIn):
				t.Errorf("got error %v, want ErrNotSignedIn", err)
			}
		})
	}
}

// A flag stands for its environment variable.
func TestSignIn_flagsStandForVariables(t *testing.T) {
	t.Parallel()
	cloud, err := graph.CloudNamed("china", "")
	if err != nil {
		t.Fatal(err)
	}
	got, err := graph.SignIn{
		Auth: graph.AuthAuto, Tenant: "contoso.onmicrosoft.com", ClientID: string(clientID), Cloud: cloud, Network: graph.NewNetwork(nil, func(graph.Exchange) {}),
		Getenv: func(name string) string { return map[string]string{"AZURE_CLIENT_SECRET": "s"}[name] },
	}.Choose()
	if err != nil || got.Auth != graph.AuthClientSecret {
		t.Errorf("got %q, %v", got.Auth, err)
	}
}

func TestCloudNamed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ cloud, authority, want, err string }{
		"default":                       {"", "", "https://graph.microsoft.com", ""},
		"global":                        {"global", "", "https://graph.microsoft.com", ""},
		"usgov":                         {"usgov", "", "https://graph.microsoft.us", ""},
		"usgovdod":                      {"usgovdod", "https://login.microsoftonline.us", "https://dod-graph.microsoft.us", ""},
		"china":                         {"china", "", "https://microsoftgraph.chinacloudapi.cn", ""},
		"by its sign-in host":           {"", "https://login.chinacloudapi.cn/", "https://microsoftgraph.chinacloudapi.cn", ""},
		"unknown":                       {"mars", "", "", `"mars" is not a cloud`},
		"unknown sign-in host":          {"", "https://login.example.com", "", "no known cloud"},
		"the sign-in host of another":   {"global", "https://login.chinacloudapi.cn", "", "not the sign-in host of the cloud global"},
		"a sign-in host without scheme": {"", "login.microsoftonline.com", "", "no known cloud"},
	} {
		got, err := graph.CloudNamed(test.cloud, test.authority)
		if test.err == "" && (err != nil || got.Graph != test.want) || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"http://127.0.0.1:8080", "http://localhost:1/", "http://[::1]:8080/x"} {
		if c, err := graph.Loopback(good); err != nil || strings.Count(c.Graph, "/") != 2 {
			t.Errorf("Loopback(%q) = %+v, %v", good, c, err)
		}
	}
	for _, bad := range []string{"", "127.0.0.1:8080", "http://", "ftp://127.0.0.1", "http://192.0.2.1", "http://localhost.example.com", "http://127.0.0.1@example.com/"} {
		if c, err := graph.Loopback(bad); err == nil {
			t.Errorf("Loopback(%q) = %+v", bad, c)
		}
	}
}

// Reading asks for read permissions; writing for what its actions need and no more. A token is asked for once.
func TestStepUp(t *testing.T) {
	t.Parallel()
	const read, grants = "Directory.Read.All", "Directory.Read.All DelegatedPermissionGrant.ReadWrite.All"
	for name, test := range map[string]struct {
		kinds []consent.ActionKind
		want  []string
	}{
		"reading":             {nil, []string{read}},
		"grants":              {[]consent.ActionKind{consent.CreateGrant, consent.UpdateGrant, consent.DeleteGrant}, []string{read, grants}},
		"a service principal": {[]consent.ActionKind{consent.CreateServicePrincipal, consent.CreateGrant}, []string{read, grants + " Application.ReadWrite.All"}},
		"and taking one away": {[]consent.ActionKind{consent.DeleteGrant, consent.DeleteServicePrincipal}, []string{read, grants + " Application.ReadWrite.All"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWire(t, jsonAnswer(200, `{"value":[]}`))
			client := w.client()
			for range 2 {
				if _, err := client.Read(t.Context(), allDevices); err != nil {
					t.Fatal(err)
				}
			}
			if test.kinds != nil {
				client.StepUp(test.kinds)
			}
			for range 2 {
				if _, err := client.Read(t.Context(), allDevices); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(test.want, w.asked); diff != "" {
				t.Errorf("scopes that were asked for (-want +got):\n%s", diff)
			}
		})
	}
}

// A virtual machine finds its identity at the metadata service, by its address, which is never behind a proxy.
func TestSignIn_metadataService(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	tenant, err := simtest.New(simulator.Options{Scenario: "granted"})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(tenant.ManagedIdentity())
	t.Cleanup(server.Close)
	var dialled []string
	network := graph.NewNetwork(func(ctx context.Context, kind, address string) (net.Conn, error) {
		dialled = append(dialled, address)
		return new(net.Dialer).DialContext(ctx, kind, server.Listener.Addr().String())
	}, func(graph.Exchange) {})
	t.Cleanup(network.Close)
	credential, err := graph.SignIn{
		Auth: graph.AuthManagedIdentity, Cloud: graph.Clouds()[0], Network: network, Getenv: func(string) string { return "" },
	}.Choose()
	if err != nil {
		t.Fatal(err)
	}
	client, err := graph.New(graph.Options{
		Network: network, Cloud: graph.Clouds()[0], Credential: credential, Clock: &clock{now: time.Now()}, OnWait: func(string, time.Duration) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	if who, err := client.SignIn(t.Context()); err != nil || who.TenantID != tenant.TenantID() {
		t.Errorf("signed in as %+v, %v", who, err)
	}
	if want := []string{"169.254.169.254:80"}; !slices.Equal(dialled, want) {
		t.Errorf("dialled %v, want %v", dialled, want)
	}
}
