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
// not followed, so that neither a token nor a secret goes where nobody meant it to go; report.go has the one exception, which
// carries neither.
type Network struct {
	pool    *http.Transport
	proxies proxies
	gate    gate
	places  places
	Log     func(Exchange) // reports an exchange to whoever keeps the log
	// OnHold hears when all requests wait for longer than a moment, and that it became longer; nil: nobody does.
	OnHold func(time.Duration)
}

// Exchange is one attempt of a request, for logs. It holds no header and no body.
type Exchange struct {
	Method    string
	Path      string // to Graph with the query, as sent; of a sign-in with the host and without the query; of a report's file the host
	Status    int    // 0 if there was no answer
	RequestID string
	Duration  time.Duration
}

// NewNetwork returns a network that opens its connections with dial. Proxies are those of the environment. OnExchange hears
// of each request, of sign-ins and to Graph, from many goroutines.
func NewNetwork(dial Dial, onExchange func(Exchange)) *Network {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	environment := environmentProxies()
	return &Network{Log: onExchange, proxies: environment, places: places{large: make(chan struct{}, largeAtOnce)}, pool: &http.Transport{
		DialContext: dial, Proxy: environment.of, Protocols: protocols,
		TLSHandshakeTimeout: 10 * time.Second, ExpectContinueTimeout: time.Second, IdleConnTimeout: 90 * time.Second,
		MaxResponseHeaderBytes: maxHeader, OnProxyConnectResponse: opened, MaxIdleConnsPerHost: sideBySide,
	}}
}

// maxHeader is the largest header of an answer that is read, in bytes.
const maxHeader = 256 << 10

// RoundTrip sends a request. Its errors are in words for people, see inWords.
func (n *Network) RoundTrip(req *http.Request) (*http.Response, error) {
	way := new(tunnel)
	var err error
	if way.proxy, err = n.proxies.of(req); err != nil {
		return nil, err
	}
	out := req
	if req.Context().Err() != nil {
		way.proxy = nil // it is not asked any more
	}
	if way.proxy != nil {
		out = way.watched(req)
	}
	response, err := n.pool.RoundTrip(out)
	if err != nil {
		return nil, inWords(way.failed(err, req.URL.Host), req.URL.Host)
	}
	response.Body = &wordedBody{response.Body, way, req.URL.Host}
	return response, nil
}

// CheckProxy says early whether requests to an address would go by a proxy that is set to what is none. Errors: *ProxySettingError.
func (n *Network) CheckProxy(address string) error {
	target, err := url.Parse(address)
	if err != nil {
		return err
	}
	_, err = n.proxies.of(&http.Request{URL: target})
	return err
}

// Client sends requests and follows no redirect.
func (n *Network) Client() *http.Client { return Client(n) }

// Close closes the connections that nothing is using.
func (n *Network) Close() { n.pool.CloseIdleConnections() }

// Client sends requests by way of a transport and follows no redirect.
func Client(t http.RoundTripper) *http.Client {
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
