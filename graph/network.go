package graph

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// Dial opens a connection to an address, as net.Dialer does.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// slowAfter is how long an answer may take before somebody is told that it is waited for.
const slowAfter = 3 * time.Second

// Network is how this package reaches the outside, Graph and Entra alike. It speaks HTTP/1.1 only: Go's HTTP/2 client may
// send a request without a body a second time by itself, a deletion too. Redirects are not followed, so that neither a
// token nor a secret goes where nobody meant it to go.
type Network struct {
	base       *http.Transport
	secrets    secrets
	onExchange func(Exchange)

	last atomic.Pointer[outcome] // of the last request of a sign-in; nil before
}

// NewNetwork returns a network that opens its connections with dial. Proxies are those of the environment. OnExchange hears
// of each request, of sign-ins and to Graph.
func NewNetwork(dial Dial, onExchange func(Exchange)) *Network {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &Network{onExchange: onExchange, base: &http.Transport{
		DialContext: dial, Proxy: proxy, Protocols: protocols,
		TLSHandshakeTimeout: 10 * time.Second, ExpectContinueTimeout: time.Second, IdleConnTimeout: 90 * time.Second,
		MaxResponseHeaderBytes: maxHeader, OnProxyConnectResponse: checkProxy,
	}}
}

// proxyError is a refusal of the proxy's own.
type proxyError struct {
	status int
	text   string
}

func (e *proxyError) Error() string { return "the proxy answered " + e.text }

func checkProxy(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	return &proxyError{answer.StatusCode, answer.Status}
}

// permanent tells whether trying again would change nothing: a name that does not exist, a certificate that is not trusted, a
// proxy that refuses, a host that is out of reach.
func permanent(err error) bool {
	dns, isDNS := errors.AsType[*net.DNSError](err)
	_, isCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, isProxy := errors.AsType[*proxyError](err)
	operation, isOperation := errors.AsType[*net.OpError](err)
	noProxy := isOperation && operation.Op == "proxyconnect"
	return isDNS && dns.IsNotFound || isCertificate || isProxy || noProxy
}

// client sends requests and follows no redirect.
func (n *Network) client() *http.Client {
	return &http.Client{Transport: n.base, CheckRedirect: noRedirect}
}

// noRedirect is a policy for http.Client.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Close closes the connections that nothing is using.
func (n *Network) Close() { n.base.CloseIdleConnections() }

// maxHeader is the largest header of an answer that is read, in bytes.
const maxHeader = 256 << 10

// proxy is the one of the environment, but for addresses that are never behind one: Azure's metadata service answers only
// who asks it directly (learn.microsoft.com/azure/virtual-machines/instance-metadata-service).
func proxy(req *http.Request) (*url.URL, error) {
	if ip := net.ParseIP(req.URL.Hostname()); ip != nil && ip.IsLinkLocalUnicast() {
		return nil, nil //nolint:nilnil // as net/http wants it
	}
	return http.ProxyFromEnvironment(req)
}

// announce tells with onWait that something is waited for, once it takes long; stop ends that.
func announce(onWait func(what string, d time.Duration), what string) (stop func()) {
	timer := time.AfterFunc(slowAfter, func() { onWait(what, 0) })
	return func() { timer.Stop() }
}
