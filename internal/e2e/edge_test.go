package e2e_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"appleconsent/graph/simulator/reply"
	"appleconsent/graph/simulator/simtest"
)

// throughProxy is a program's HTTP client with HTTPS_PROXY and SSL_CERT_FILE set.
func throughProxy(t *testing.T, m edge, config *tls.Config) *http.Client {
	t.Helper()
	address, err := url.Parse(m.proxyURL)
	if err != nil {
		t.Fatal(err)
	}
	if config.RootCAs == nil {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(m.ca) {
			t.Fatal("the CA is no certificate")
		}
	}
	transport := &http.Transport{Proxy: http.ProxyURL(address), TLSClientConfig: config, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// fetch gets an address; an error is returned as the text.
func fetch(t *testing.T, c *http.Client, address string, header ...string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
	}
	answer, err := c.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close() //nolint:errcheck // it is read here
	read, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(read)
}

func TestEdge(t *testing.T) {
	m := newEdge(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, reply.Origin(r)+r.URL.Path)
	}))
	c := throughProxy(t, m, &tls.Config{MinVersion: tls.VersionTLS12})
	for _, host := range edgeHosts() {
		for _, address := range []string{"https://" + host + "/path", "https://" + strings.ToUpper(host) + ":443/path"} {
			status, body := fetch(t, c, address)
			if status != http.StatusOK || !strings.EqualFold(strings.Replace(body, ":443", "", 1), "https://"+host+"/path") {
				t.Errorf("%s: got status %d: %s", address, status, body)
			}
		}
	}
	want := slices.Sorted(slices.Values(edgeHosts()))
	if got := m.hosts(); !slices.Equal(got, want) {
		t.Errorf("it was asked for %q, want %q", got, want)
	}
}

func TestEdge_refused(t *testing.T) {
	m := newEdge(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was let through") }))
	c := throughProxy(t, m, &tls.Config{MinVersion: tls.VersionTLS12})
	for _, address := range []string{
		"https://example.com/", "https://evil.login.microsoftonline.com/", "https://graph.microsoft.com:8443/",
		"https://login.microsoftonline.com.evil.example/", "https://127.0.0.1/",
	} {
		if status, text := fetch(t, c, address); status != 0 || !strings.Contains(text, "Forbidden") {
			t.Errorf("%s: got status %d, %s", address, status, text)
		}
	}
	if status, _ := fetch(t, c, "http://graph.microsoft.us/"); status != http.StatusForbidden {
		t.Errorf("without TLS: got status %d", status)
	}
	want := []string{
		"127.0.0.1", "evil.login.microsoftonline.com", "example.com", "graph.microsoft.com:8443", "graph.microsoft.us",
		"login.microsoftonline.com.evil.example",
	}
	if got := m.hosts(); !slices.Equal(got, want) {
		t.Errorf("it was asked for %q, want %q", got, want)
	}
}

func TestEdge_tls(t *testing.T) {
	m := newEdge(t, http.NotFoundHandler())
	other := newEdge(t, http.NotFoundHandler())
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(other.ca)
	cases := map[string]struct {
		config *tls.Config
		want   string
	}{
		"another authority": {&tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}, "certificate"},
		"TLS 1.1":           {&tls.Config{MinVersion: tls.VersionTLS11, MaxVersion: tls.VersionTLS11}, "protocol version"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			status, text := fetch(t, throughProxy(t, m, want.config), "https://graph.microsoft.com/")
			if status != 0 || !strings.Contains(text, want.want) {
				t.Errorf("got status %d: %s", status, text)
			}
		})
	}
}

func TestEdge_anotherHostInside(t *testing.T) {
	m := newEdge(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was let through") }))
	c := throughProxy(t, m, &tls.Config{MinVersion: tls.VersionTLS12})
	status, _ := fetch(t, c, "https://graph.microsoft.com/", "Host", "login.microsoftonline.com")
	if status != http.StatusMisdirectedRequest {
		t.Errorf("got status %d, want %d", status, http.StatusMisdirectedRequest)
	}
}

func TestEdge_stops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	m, stop, err := listenAsMicrosoft(ctx, http.NotFoundHandler())
	if err != nil {
		t.Fatal(err)
	}
	c := throughProxy(t, m, &tls.Config{MinVersion: tls.VersionTLS12})
	if status, text := fetch(t, c, "https://graph.microsoft.com/"); status != http.StatusNotFound {
		t.Fatalf("got status %d: %s", status, text)
	}
	cancel()
	for range 2 {
		if err := stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	}
	if status, _ := fetch(t, c, "https://graph.microsoft.com/"); status != 0 {
		t.Errorf("it still answers, with status %d", status)
	}
}

// The authorities are right for each cloud.
func TestEdge_discovery(t *testing.T) {
	server := simtest.NewTenant(t, "fresh").Server
	m := newEdge(t, server)
	c := throughProxy(t, m, &tls.Config{MinVersion: tls.VersionTLS12})
	for _, host := range edgeHosts()[:4] {
		authority := "https://" + host + "/" + server.TenantID()
		asked := url.Values{"api-version": {"1.1"}, "authorization_endpoint": {authority + "/oauth2/v2.0/authorize"}}
		var found struct {
			Endpoint string                       `json:"tenant_discovery_endpoint"`
			Metadata []struct{ Aliases []string } `json:"metadata"`
		}
		get(t, c, "https://"+host+"/common/discovery/instance?"+asked.Encode(), &found)
		if found.Endpoint != authority+"/v2.0/.well-known/openid-configuration" {
			t.Fatalf("%s: got endpoint %q", host, found.Endpoint)
		}
		if !slices.ContainsFunc(found.Metadata, func(i struct{ Aliases []string }) bool { return slices.Contains(i.Aliases, host) }) {
			t.Errorf("%s: it is not among the instances: %v", host, found.Metadata)
		}
		var configuration struct {
			Issuer        string `json:"issuer"`
			TokenEndpoint string `json:"token_endpoint"`
		}
		get(t, c, found.Endpoint, &configuration)
		if configuration.Issuer != authority+"/v2.0" || configuration.TokenEndpoint != authority+"/oauth2/v2.0/token" {
			t.Errorf("%s: got %+v", host, configuration)
		}
	}
	elsewhere := url.Values{"authorization_endpoint": {"https://evil.example/common/oauth2/v2.0/authorize"}}
	status, body := fetch(t, c, "https://login.microsoftonline.com/common/discovery/instance?"+elsewhere.Encode())
	if status != http.StatusBadRequest || !strings.Contains(body, `"error":"invalid_instance"`) {
		t.Errorf("got status %d: %s", status, body)
	}
}

func get(t *testing.T, c *http.Client, address string, v any) {
	t.Helper()
	status, body := fetch(t, c, address)
	if err := json.Unmarshal([]byte(body), v); status != http.StatusOK || err != nil {
		t.Fatalf("%s: got status %d: %s", address, status, body)
	}
}
