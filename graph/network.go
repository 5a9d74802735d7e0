package graph

import (
	"context"
	"io"
	"net"
	"net/http"
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
	base    *http.Transport
	secrets secrets
}

// NewNetwork returns a network that opens its connections with dial. Proxies are those of the environment.
func NewNetwork(dial Dial) *Network {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &Network{base: &http.Transport{
		DialContext: dial, Proxy: http.ProxyFromEnvironment, Protocols: protocols,
		TLSHandshakeTimeout: 10 * time.Second, ExpectContinueTimeout: time.Second, IdleConnTimeout: 90 * time.Second,
		MaxResponseHeaderBytes: maxHeader,
	}}
}

// Close closes the connections that nothing is using.
func (n *Network) Close() { n.base.CloseIdleConnections() }

// maxHeader is the largest header of an answer that is read, in bytes.
const maxHeader = 256 << 10

// Do sends a request of a sign-in. It is what azidentity takes for the network.
func (n *Network) Do(req *http.Request) (*http.Response, error) {
	client := &http.Client{
		Transport:     n.base,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(req) //nolint:gosec // azidentity builds it, for the authority of the chosen cloud
	if err == nil {
		response.Body = boundedBody{io.LimitReader(response.Body, maxAnswer), response.Body}
	}
	return response, err
}

// boundedBody ends early rather than being larger than maxAnswer.
type boundedBody struct {
	io.Reader
	io.Closer
}

// announce tells with onWait that something is waited for, once it takes long; stop ends that.
func announce(onWait func(what string, d time.Duration), what string) (stop func()) {
	timer := time.AfterFunc(slowAfter, func() { onWait(what, 0) })
	return func() { timer.Stop() }
}
