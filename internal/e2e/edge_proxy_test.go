package e2e_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"appleconsent/graph/simulator"
)

// edgeHosts are the names that are answered behind the proxy, and no others: the
// sign-in and the Graph of each cloud, and one that gives out identities to workloads.
func edgeHosts() []string {
	return []string{
		"login.microsoftonline.com", "login.microsoftonline.us", "login.chinacloudapi.cn", "login.partner.microsoftonline.cn",
		"graph.microsoft.com", "graph.microsoft.us", "dod-graph.microsoft.us", "microsoftgraph.chinacloudapi.cn",
		"reportsncu.office.com", "reports.office365.us", "reports.partner.office365.cn",
		"token.actions.example",
	}
}

// edge is a proxy behind which Microsoft's host names are simulated. A program that is started with HTTPS_PROXY
// set to proxyURL, and SSL_CERT_FILE set to a file with ca, meets the simulation under the real names.
type edge struct {
	proxyURL string
	ca       []byte // the certificate, in PEM, that vouches for all names

	proxy *proxy
}

// hosts returns the hosts that the proxy was asked for, those included that it refused,
// sorted and each once. A port other than 443 stands with its host.
func (m edge) hosts() []string {
	m.proxy.mu.Lock()
	defer m.proxy.mu.Unlock()
	return slices.Sorted(maps.Keys(m.proxy.asked))
}

// tunnels returns how often the proxy was asked for a host: how many connections were opened to it.
func (m edge) tunnels(host string) int {
	m.proxy.mu.Lock()
	defer m.proxy.mu.Unlock()
	return m.proxy.asked[host]
}

// listenAsMicrosoft answers Microsoft's host names with h, over TLS, behind a proxy on a loopback address, until the
// context ends or stop is called. The proxy refuses every other host. The handler sees the host that was asked for. The
// certificates are good for a day, and the key that signed them is gone. stop is that of [simulator.Serve].
func listenAsMicrosoft(ctx context.Context, h http.Handler) (m edge, stop func() error, err error) {
	certificate, ca, err := throwawayCertificate(edgeHosts())
	if err != nil {
		return edge{}, nil, fmt.Errorf("serve simulated Microsoft: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return edge{}, nil, fmt.Errorf("serve simulated Microsoft: %w", err)
	}
	p := &proxy{addr: listener.Addr(), conns: make(chan net.Conn), closed: make(chan struct{}), asked: map[string]int{}}
	secured := tls.NewListener(p, &tls.Config{
		Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
	})
	stopHosts := simulator.ServeListener(ctx, underItsName(h), secured)
	stopProxy := simulator.ServeListener(ctx, p, listener)
	stop = func() error { return errors.Join(stopProxy(), stopHosts()) }
	return edge{"http://" + listener.Addr().String(), ca, p}, stop, nil
}

// newEdge is listenAsMicrosoft until the end of the test.
func newEdge(t *testing.T, h http.Handler) edge {
	t.Helper()
	m, stop, err := listenAsMicrosoft(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return m
}

// underItsName refuses requests to another host than the one whose certificate was shown, as Microsoft does.
func underItsName(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.EqualFold(strings.TrimSuffix(r.Host, ":443"), r.TLS.ServerName) {
			http.Error(w, "misdirected", http.StatusMisdirectedRequest)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// proxy lets clients through to the simulated hosts. It is the listener of these: what it accepts are tunnels.
type proxy struct {
	addr   net.Addr
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once

	mu    sync.Mutex
	asked map[string]int // how often, by host
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host := strings.ToLower(strings.TrimSuffix(r.Host, ":443"))
	p.mu.Lock()
	p.asked[host]++
	p.mu.Unlock()
	if r.Method != http.MethodConnect || !slices.Contains(edgeHosts(), host) {
		http.Error(w, fmt.Sprintf("simulated Microsoft: there is no way to %s", host), http.StatusForbidden)
		return
	}
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_ = conn.SetDeadline(time.Time{}) // the deadlines were for the request to the proxy
	if _, err := conn.Write([]byte("HTTP/1.1 200 Connection established\r\n\r\n")); err != nil {
		_ = conn.Close() // the client has gone
		return
	}
	select {
	case p.conns <- tunnel{conn, buffered.Reader}:
	case <-p.closed:
		_ = conn.Close() // nobody is there any more
	}
}

// tunnel is the connection that a client has through the proxy, with what was read of it already.
type tunnel struct {
	net.Conn
	read *bufio.Reader
}

func (t tunnel) Read(b []byte) (int, error) { return t.read.Read(b) }

func (p *proxy) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *proxy) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *proxy) Addr() net.Addr { return p.addr }

// throwawayCertificate makes a certificate for all the hosts that vouches for itself, and for nothing else.
func throwawayCertificate(hosts []string) (certificate tls.Certificate, ca []byte, err error) {
	now := time.Now() // TLS checks certificates by the system's clock
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "appleconsent simulated Microsoft"}, DNSNames: hosts,
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(23 * time.Hour), // a clock may be a little off
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	ca = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, ca, nil
}
