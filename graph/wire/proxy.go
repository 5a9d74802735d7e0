package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"

	"golang.org/x/net/http/httpproxy"
)

// The proxies of the environment.
//
// Which request goes through which proxy, net/http's own rules say (golang.org/x/net/http/httpproxy): HTTPS_PROXY or https_proxy
// for TLS, HTTP_PROXY or http_proxy for what goes without, NO_PROXY for what goes past them, and never this machine itself. These
// rules pass in silence over a value that is no URL, connect directly then or look up a host named "http", so that values are read
// here: one that cannot be used refuses each request that would go by it, before anything is sent, and no other.

// proxies are those of the environment, as it was when they were made.
type proxies struct {
	chosen func(*url.URL) (*url.URL, error) // by net/http's rules; of two values that can always be used
	secure setting                          // for TLS
	plain  setting
}

// setting is a variable that names a proxy, with its value. It is never shown: it may hold a password.
type setting struct{ name, value string }

// environmentProxies reads the environment.
func environmentProxies() proxies {
	p := proxies{secure: settingOf("HTTPS_PROXY", "https_proxy"), plain: settingOf("HTTP_PROXY", "http_proxy")}
	rules := httpproxy.FromEnvironment()
	for _, value := range []*string{&rules.HTTPSProxy, &rules.HTTPProxy} {
		if *value != "" {
			*value = "http://proxy.invalid"
		}
	}
	p.chosen = rules.ProxyFunc()
	return p
}

func settingOf(names ...string) setting {
	for _, name := range names {
		if value := os.Getenv(name); value != "" {
			return setting{name, value}
		}
	}
	return setting{}
}

// of returns the proxy of a request; nil if it goes directly, as addresses do that are never behind one: Azure's metadata service
// answers only who asks it directly (learn.microsoft.com/azure/virtual-machines/instance-metadata-service). Errors:
// *ProxySettingError.
func (p proxies) of(req *http.Request) (*url.URL, error) {
	if ip := net.ParseIP(req.URL.Hostname()); ip != nil && ip.IsLinkLocalUnicast() {
		return nil, nil // as net/http wants it
	}
	if through, err := p.chosen(req.URL); through == nil || err != nil {
		return nil, err
	}
	if req.URL.Scheme == "https" {
		return p.secure.url()
	}
	return p.plain.url()
}

// ProxySettingError is a variable of the environment that should name a proxy and does not. It holds nothing of the value.
type ProxySettingError struct {
	Variable string
	Reason   string // what is wrong with it
}

func (e *ProxySettingError) Error() string {
	return e.Variable + " is not the address of a proxy: " + e.Reason
}

// url reads the value. Without a scheme it is that of an HTTP proxy.
func (s setting) url() (*url.URL, error) {
	address := s.value
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	u, err := url.Parse(address)
	reason := ""
	switch {
	case strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		reason = "it holds white space or a control character"
	case strings.Trim(s.value, `"'`) != s.value:
		reason = "it is in quotation marks"
	case slashless.MatchString(s.value), colonless.MatchString(s.value), err == nil && isProxyScheme(strings.ToLower(u.Hostname())):
		reason = "it must begin with http://, https:// or socks5://"
	case err != nil && errors.As(err, new(url.EscapeError)):
		reason = "it holds a % without two hexadecimal digits after it"
	case err != nil:
		reason = "it holds a character that must be percent-encoded, or a port that is no number"
	case !isProxyScheme(u.Scheme):
		reason = "it must begin with http://, https:// or socks5://"
	case strings.Contains(u.Path+u.RawQuery+u.Fragment, "@"):
		reason = "it holds a / ? or # that must be percent-encoded"
	case u.Hostname() == "":
		reason = "it names no host"
	case !isPort(u.Port()) || strings.HasSuffix(u.Host, ":"):
		reason = "its port is not one of 1 to 65535"
	default:
		return u, nil
	}
	return nil, &ProxySettingError{s.name, reason}
}

// slashless is a scheme without both of its slashes.
var slashless = regexp.MustCompile(`(?i)^(https?|socks5h?):/?[^/]*[^/0-9]`)

// colonless is a scheme without its colon, or with something else in its place. Of a host, two slashes are not a part.
var colonless = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*[;,|]?//`)

func isProxyScheme(scheme string) bool {
	return scheme == "http" || scheme == "https" || scheme == "socks5" || scheme == "socks5h"
}

// isPort reports whether a port can be dialled; none is the scheme's own.
func isPort(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return port == "" || err == nil && n > 0
}

// HideProxies hides the names and passwords that the environment holds for proxies, as they are written there and decoded.
func (s *Secrets) HideProxies() {
	p := environmentProxies()
	for _, setting := range []setting{p.secure, p.plain} {
		_, rest, schemed := strings.Cut(setting.value, "://")
		if !schemed {
			rest = setting.value
		}
		user := rest[:max(strings.LastIndex(rest, "@"), 0)]
		name, password, _ := strings.Cut(user, ":")
		for _, part := range []string{user, name, password} {
			decoded, _ := url.PathUnescape(part) // empty, and so nothing, if it cannot be
			s.Hide(part, decoded)
		}
	}
}

// proxyError is a failure of the proxy itself.
type proxyError struct {
	status int // of its answer; 0 if it was none
	text   string
	cause  Cause
}

func (e *proxyError) Error() string { return e.text }

type tunnelKey struct{}

// tunnel is whether the proxy of a request has opened a way, or is no longer asked for one. Until then, what fails is the proxy's.
type tunnel struct {
	proxy *url.URL // nil: there is none
	open  atomic.Bool
}

// watched returns the request with what sees how far its proxy lets it.
func (t *tunnel) watched(req *http.Request) *http.Request {
	ctx := httptrace.WithClientTrace(context.WithValue(req.Context(), tunnelKey{}, t), &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { t.open.Store(true) },
		TLSHandshakeStart: func() {
			if t.proxy.Scheme != "https" { // or else it is the handshake with the proxy
				t.open.Store(true)
			}
		},
	})
	return req.WithContext(ctx)
}

// failed says of an error of a request to the host whether it is the proxy's, and in what words. It may be, too, where the host has
// no answer in time: whose silence that is, nobody says.
func (t *tunnel) failed(err error, host string) error {
	_, told := errors.AsType[*proxyError](err)
	if t.proxy == nil || told || errors.Is(err, context.Canceled) {
		return err
	}
	operation, isOperation := errors.AsType[*net.OpError](err)
	switch {
	case t.open.Load() && (isTimeout(err) || errors.Is(err, context.DeadlineExceeded)):
		return &proxyError{0, fmt.Sprintf("%s gave no answer in time by way of the proxy %s", host, t.proxy.Host), CauseProxySilent}
	case t.open.Load():
		return err
	case isOperation && operation.Op == "proxyconnect":
		why := inWords(operation.Err, t.proxy.Host)
		return &proxyError{0, fmt.Sprintf("the proxy %s cannot be reached: %v", t.proxy.Host, why), CauseProxyUnreachable}
	case errors.Is(err, context.DeadlineExceeded):
		return &proxyError{0, fmt.Sprintf("the proxy %s gave no answer in time", t.proxy.Host), CauseProxySilent}
	case isHangUp(err):
		return &proxyError{0, fmt.Sprintf("the proxy %s closed the connection without an answer", t.proxy.Host), CauseProxyBroken}
	case strings.HasPrefix(t.proxy.Scheme, "socks"):
		return &proxyError{0, fmt.Sprintf("the proxy %s opens no tunnel", t.proxy.Host), CauseProxyRefuses}
	}
	return &proxyError{0, fmt.Sprintf("what answers at %s is no HTTP proxy", t.proxy.Host), CauseProxyBroken}
}

// opened is called with the answer of a proxy that was asked for a way.
func opened(ctx context.Context, proxy *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		if t, ok := ctx.Value(tunnelKey{}).(*tunnel); ok {
			t.open.Store(true)
		}
		return nil
	}
	cause := CauseProxyRefuses
	if answer.StatusCode == http.StatusProxyAuthRequired {
		cause = CauseProxySignIn
	}
	said := strings.TrimSpace(fmt.Sprintf("%d %s", answer.StatusCode, http.StatusText(answer.StatusCode))) // its own words may be anything
	return &proxyError{answer.StatusCode, fmt.Sprintf("the proxy %s answered %s", proxy.Host, said), cause}
}
