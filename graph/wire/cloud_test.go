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
		"a sign-in host without scheme": {"", "login.microsoftonline.com", "", "no known cloud"},
	} {
		got, err := wire.CloudNamed(test.cloud, test.authority)
		if test.err == "" && (err != nil || got.Graph != test.want) || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
			t.Errorf("%s: got %+v, %v", name, got, err)
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
