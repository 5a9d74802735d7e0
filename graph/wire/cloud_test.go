package wire_test

import (
	"strings"
	"testing"

	"appleconsent/graph/wire"
)

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
		"without a scheme":              {"", "login.microsoftonline.us", "https://graph.microsoft.us", ""},
		"without a scheme, with a port": {"", "login.microsoftonline.us:443", "https://graph.microsoft.us", ""},
		"with the port":                 {"", "https://login.microsoftonline.us:443/", "https://graph.microsoft.us", ""},
		"in capitals, with white space": {"", " HTTPS://Login.MicrosoftOnline.US// \n", "https://graph.microsoft.us", ""},
		"with the dot of the root":      {"", "https://login.microsoftonline.us.", "https://graph.microsoft.us", ""},
		"only slashes before it":        {"", "//login.microsoftonline.us", "https://graph.microsoft.us", ""},
		"the second host of China":      {"", "https://login.partner.microsoftonline.cn/", "https://microsoftgraph.chinacloudapi.cn", ""},
		"an older name":                 {"", "https://login.windows.net", "https://graph.microsoft.com", ""},
		"both of one host":              {"usgovdod", "login.usgovcloudapi.net", "https://dod-graph.microsoft.us", ""},
		"white space":                   {"", " ", "https://graph.microsoft.com", ""},
		"without TLS":                   {"", "http://login.microsoftonline.us", "", "tokens go over https only"},
		"another port":                  {"", "https://login.microsoftonline.us:8443", "", "names the port 8443"},
		"a tenant":                      {"", "https://login.microsoftonline.us/contoso.example", "", `the path "/contoso.example"`},
		"a query":                       {"", "https://login.microsoftonline.us?x=1", "", "more than a host"},
		"a user":                        {"", "https://secret:secret@login.microsoftonline.us", "", "holds a user name"},
		"no host":                       {"", "https://", "", "names no host"},
		"no address":                    {"", "https://login microsoftonline.us", "", "no address of a host"},
		"a cloud of az's":               {"", "AzureUSGovernment", "", "write it as https://login.microsoftonline.us, or leave it out and use --cloud usgov"},
		"a cloud of az's, in capitals":  {"usgov", " AZUREUSGOVERNMENT\n", "", "use --cloud usgov"},
		"a cloud of az's, the default":  {"", "AzureCloud", "", "write it as https://login.microsoftonline.com, or leave it out and use --cloud global"},
		"a cloud of PowerShell's":       {"", "AzureChinaCloud", "", "use --cloud china"},
		"a cloud of the libraries":      {"", "AzurePublicCloud", "", "use --cloud global"},
		"a cloud as an address":         {"", "https://AzureUSGovernment/", "", "use --cloud usgov"},
		"a host that looks like it":     {"", "https://login.microsoftonline.us.evil.example", "", "no known cloud"},
	} {
		got, err := wire.CloudNamed(test.cloud, test.authority)
		if test.err == "" && (err != nil || got.Graph != test.want) || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error shows a secret: %v", name, err)
		}
	}
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"http://127.0.0.1:8080", "http://localhost:1/", "http://[::1]:8080/x"} {
		if c, err := wire.Loopback(good); err != nil || strings.Count(c.Graph, "/") != 2 {
			t.Errorf("Loopback(%q) = %+v, %v", good, c, err)
		}
	}
	for _, bad := range []string{"", "127.0.0.1:8080", "http://", "ftp://127.0.0.1", "http://192.0.2.1", "http://localhost.example.com", "http://127.0.0.1@example.com/"} {
		if c, err := wire.Loopback(bad); err == nil {
			t.Errorf("Loopback(%q) = %+v", bad, c)
		}
	}
}
