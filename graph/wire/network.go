// Package wire carries requests to Microsoft and brings back answers that can be used, or errors that say what is known.
//
// What lives here: the pool of connections that all tenants share, the clouds and their hosts, the transport with its bounds,
// who retries what (retry.go, in one place), what an answer must be, errors and why they came about, and the secrets that no
// text may show. Nothing here belongs to one tenant but what a Transport was given.
//
// What must not: the Graph SDK, azidentity, what Graph's objects mean, the flags of a command line.
package wire

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Dial opens a connection to an address, as net.Dialer does.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Network is how the program reaches Microsoft, Graph and Entra alike: one pool of connections for all tenants. It speaks
// HTTP/1.1 only: Go's HTTP/2 client may send a request without a body a second time by itself, a deletion too. Redirects are
// not followed, so that neither a token nor a secret goes where nobody meant it to go.
type Network struct {
	pool *http.Transport
	Log  func(Exchange) // reports an exchange to whoever keeps the log
}

// Exchange is one attempt of a request, for logs. It holds no header and no body.
type Exchange struct {
	Method    string
	Path      string // to Graph with the query, as sent; of a sign-in with the host and without the query
	Status    int    // 0 if there was no answer
	RequestID string
	Duration  time.Duration
}

// NewNetwork returns a network that opens its connections with dial. Proxies are those of the environment. OnExchange hears
// of each request, of sign-ins and to Graph, from many goroutines.
func NewNetwork(dial Dial, onExchange func(Exchange)) *Network {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &Network{Log: onExchange, pool: &http.Transport{
		DialContext: dial, Proxy: proxy, Protocols: protocols,
		TLSHandshakeTimeout: 10 * time.Second, ExpectContinueTimeout: time.Second, IdleConnTimeout: 90 * time.Second,
		MaxResponseHeaderBytes: maxHeader, OnProxyConnectResponse: checkProxy,
	}}
}

// maxHeader is the largest header of an answer that is read, in bytes.
const maxHeader = 256 << 10

// Client sends requests and follows no redirect.
func (n *Network) Client() *http.Client { return Client(n.pool) }

// Close closes the connections that nothing is using.
func (n *Network) Close() { n.pool.CloseIdleConnections() }

// Client sends requests by way of a transport and follows no redirect.
func Client(t http.RoundTripper) *http.Client {
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// proxy is the one of the environment, but for addresses that are never behind one: Azure's metadata service answers only
// who asks it directly (learn.microsoft.com/azure/virtual-machines/instance-metadata-service).
func proxy(req *http.Request) (*url.URL, error) {
	if ip := net.ParseIP(req.URL.Hostname()); ip != nil && ip.IsLinkLocalUnicast() {
		return nil, nil // as net/http wants it
	}
	return http.ProxyFromEnvironment(req)
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
