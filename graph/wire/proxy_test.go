package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// withoutProxies takes all variables of proxies out of the environment.
func withoutProxies(t *testing.T) {
	t.Helper()
	for _, name := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "REQUEST_METHOD"} {
		t.Setenv(name, "")
	}
}

// ask sends a request that no network answers, and returns why.
func ask(t *testing.T, network *Network, address string) error {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := network.Client().Do(req)
	if err == nil {
		_ = response.Body.Close()
		t.Fatalf("%s answered", address)
	}
	return err
}

// A value that is no URL refuses what would go by it, names the variable, and shows nothing of the password, however it is written.
func TestProxies_malformed(t *testing.T) {
	const encode = "percent-encoded"
	for value, reason := range map[string]string{
		"http://user:pa%wx1234@proxy.example:8080":    "without two hexadecimal digits",
		"http://user:pa%@proxy.example:8080":          "without two hexadecimal digits",
		"http://user:pa#s-secret@proxy.example:8080":  encode,
		"http://user:123#s-secret@proxy.example:8080": encode,
		"http://user:pa/s-secret@proxy.example:8080":  encode,
		"http://user:123/s-secret@proxy.example:8080": encode,
		"http://us/er:s-secret@proxy.example:8080":    encode,
		"http://user:pa?s-secret@proxy.example:8080":  encode,
		"http://user:123?s-secret@proxy.example:8080": encode,
		"http://user:pa s-secret@proxy.example:8080":  "white space",
		"http://user:s-secret@proxy.example:8080\n":   "white space",
		"http://user:s-\x01secret@proxy.example:8080": "control character",
		"http://user:s-\x7fsecret@proxy.example:8080": "control character",
		"http://user:s-secret^@proxy.example:8080":    encode,
		"http://user:s-secret[@proxy.example:8080":    encode,
		"user:s-secret%zz@proxy.example:8080":         "without two hexadecimal digits",
		"user:s-secret/x@proxy.example:8080":          encode,
		"http://user:s-secret@:8080":                  "names no host",
		"http://":                                     "names no host",
		"http//proxy.example:3128":                    "must begin with",
		"HTTPS//user:s-secret@proxy.example:3128":     "must begin with",
		"htp//proxy.example:3128":                     "must begin with",
		"http;//proxy.example:3128":                   "must begin with",
		"http.//proxy.example:3128":                   "must begin with",
		"socks5//proxy.example:1080":                  "must begin with",
		"http":                                        "must begin with",
		"HTTPS:3128":                                  "must begin with",
		"http/proxy.example:3128":                     "must begin with",
		"http://http://proxy.example:3128":            "must begin with",
		"http://https//user:s-secret@proxy.example":   "must begin with",
		"socks4://user:s-secret@proxy.example:1080":   "must begin with",
		"ftp://user:s-secret@proxy.example:21":        "must begin with",
		"http://user:s-secret@proxy.example:99999":    "its port",
		"http://user:s-secret@proxy.example:0":        "its port",
		"http://user:s-secret@proxy.example:":         "its port",
		"http://user:s-secret@proxy.example:80x":      encode,
		"://user:s-secret@proxy.example":              encode,
		" ":                                           "white space",
		"http:/user:s-secret@proxy.example:8080":      "must begin with",
		"http:user:s-secret@proxy.example:8080":       "must begin with",
		`"http://user:s-secret@proxy.example:8080"`:   "quotation marks",
		"'http://proxy.example:8080'":                 "quotation marks",
	} {
		for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
			withoutProxies(t)
			t.Setenv(name, value)
			err := ask(t, NewNetwork(forbidden(t), func(Exchange) {}), "https://graph.microsoft.com/")
			wrong, ok := errors.AsType[*ProxySettingError](err)
			if !ok || wrong.Variable != name || !strings.Contains(wrong.Reason, reason) || CauseOf(err) != CauseProxySetting || !Permanent(err) {
				t.Errorf("%s=%q: got %v, want %q", name, value, err, reason)
			}
			for _, secret := range []string{"secret", "user", "wx1234", "proxy.example"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%s=%q: the error shows %q: %v", name, value, secret, err)
				}
			}
		}
	}
}

// A variable stops only the requests that would go by it.
func TestProxies_used(t *testing.T) {
	const bad = "http://user:pa%w@proxy.example:8080"
	for name, test := range map[string]struct {
		set     map[string]string
		address string
		want    string // the variable that stops it; empty: it goes on
	}{
		"TLS":                            {map[string]string{"HTTPS_PROXY": bad}, "https://graph.microsoft.com/", "HTTPS_PROXY"},
		"the upper case goes first":      {map[string]string{"HTTPS_PROXY": bad, "https_proxy": "http://127.0.0.1:1"}, "https://graph.microsoft.com/", "HTTPS_PROXY"},
		"without TLS":                    {map[string]string{"HTTP_PROXY": bad}, "http://identity.example/", "HTTP_PROXY"},
		"without TLS, in lower case":     {map[string]string{"http_proxy": bad}, "http://identity.example/", "http_proxy"},
		"of another kind of request":     {map[string]string{"HTTP_PROXY": bad}, "https://graph.microsoft.com/", ""},
		"of another kind, the other way": {map[string]string{"HTTPS_PROXY": bad}, "http://identity.example/", ""},
		"past the proxy":                 {map[string]string{"HTTPS_PROXY": bad, "NO_PROXY": "microsoft.com"}, "https://graph.microsoft.com/", ""},
		"past the proxy, in lower case":  {map[string]string{"HTTPS_PROXY": bad, "no_proxy": "*"}, "https://graph.microsoft.com/", ""},
		"this machine":                   {map[string]string{"HTTPS_PROXY": bad, "HTTP_PROXY": bad}, "http://127.0.0.1:1/", ""},
		"the metadata service":           {map[string]string{"HTTP_PROXY": bad}, "http://169.254.169.254/", ""},
		"which Go does not know":         {map[string]string{"ALL_PROXY": bad, "all_proxy": bad}, "https://graph.microsoft.com/", ""},
		"good ones":                      {map[string]string{"HTTPS_PROXY": "http://user:p%40ss%23@127.0.0.1:1/"}, "https://graph.microsoft.com/", ""},
		"good ones, without a scheme":    {map[string]string{"HTTPS_PROXY": "user:p@ss@127.0.0.1:1"}, "https://graph.microsoft.com/", ""},
		"good ones, another scheme":      {map[string]string{"HTTPS_PROXY": "socks5://127.0.0.1:1"}, "https://graph.microsoft.com/", ""},
	} {
		withoutProxies(t)
		for variable, value := range test.set {
			t.Setenv(variable, value)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, test.address, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		_, err = NewNetwork(nil, func(Exchange) {}).proxies.of(req)
		wrong, stopped := errors.AsType[*ProxySettingError](err)
		if stopped != (test.want != "") || stopped && wrong.Variable != test.want || !stopped && err != nil {
			t.Errorf("%s: got %v, want that %q stops it", name, err, test.want)
		}
	}
}

// What fails before a proxy has opened a way is the proxy's failure and names it, without user and password.
func TestProxies_broken(t *testing.T) {
	say := func(text string) func(net.Conn) {
		return func(c net.Conn) {
			_, _ = c.Read(make([]byte, 1024))
			_, _ = io.WriteString(c, text)
		}
	}
	for name, test := range map[string]struct {
		scheme string
		answer func(net.Conn)
		want   string
		cause  Cause
	}{
		"hangs up":            {"http", say(""), "closed the connection without an answer", CauseProxyBroken},
		"hangs up in between": {"http", say("HTTP/1.1 200"), "closed the connection without an answer", CauseProxyBroken},
		"speaks SMTP":         {"http", say("220 mail.example ESMTP\r\n"), "is no HTTP proxy", CauseProxyBroken},
		"speaks TLS":          {"http", say("\x15\x03\x01\x00\x02\x02\x46"), "is no HTTP proxy", CauseProxyBroken},
		"does not speak TLS":  {"https", say("HTTP/1.1 400 Bad Request\r\n\r\n"), "does not speak TLS", CauseProxyUnreachable},
		"says no":             {"http", say("HTTP/1.1 403 s-secret\r\n\r\n"), "answered 403 Forbidden", CauseProxyRefuses},
		"wants a sign-in":     {"http", say("HTTP/1.1 407 s-secret\r\n\r\n"), "answered 407 Proxy Authentication Required", CauseProxySignIn},
		"is no SOCKS proxy":   {"socks5", say("HTTP/1.1 400 Bad Request\r\n\r\n"), "opens no tunnel", CauseProxyRefuses},
		"lets through, and the host hangs up": {"http", func(c net.Conn) {
			say("HTTP/1.1 200 OK\r\n\r\n")(c)
			_, _ = c.Read(make([]byte, 4096))
		}, "graph.microsoft.com closed the connection without an answer", CauseCut},
		"lets through to what is no TLS": {"http", func(c net.Conn) {
			say("HTTP/1.1 200 OK\r\n\r\n")(c)
			say("HTTP/1.1 200 OK\r\n\r\nhello")(c)
		}, "what answers for graph.microsoft.com does not speak TLS", CauseNoTLS},
	} {
		t.Run(name, func(t *testing.T) {
			listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = listener.Close() })
			go func() {
				for {
					c, err := listener.Accept()
					if err != nil {
						return
					}
					test.answer(c)
					_ = c.Close()
				}
			}()
			withoutProxies(t)
			t.Setenv("HTTPS_PROXY", test.scheme+"://user:s-secret@"+listener.Addr().String())
			network := NewNetwork(new(net.Dialer).DialContext, func(Exchange) {})
			t.Cleanup(network.Close)
			err = ask(t, network, "https://graph.microsoft.com/")
			named := strings.Contains(err.Error(), "the proxy "+listener.Addr().String()) || strings.Contains(err.Error(), "answers at "+listener.Addr().String())
			if ours := strings.HasPrefix(name, "lets through"); CauseOf(err) != test.cause || !strings.Contains(err.Error(), test.want) || named == ours {
				t.Errorf("got %v (cause %q), want %q (%q)", err, CauseOf(err), test.want, test.cause)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}

// Whatever goes by a proxy and has no answer when the time is up names the proxy, whether the time is that of one attempt or of the
// whole command, and says which time it was. Without a proxy nothing is said of one.
func TestProxies_silent(t *testing.T) {
	up := errors.New("3m are over")
	for name, test := range map[string]struct {
		scheme string
		opens  bool
		method string
		whole  bool // the time of the command is up
		want   string
	}{
		"a way":                          {"http", false, http.MethodGet, false, "the proxy %s gave no answer in time"},
		"a way, to the end":              {"http", false, http.MethodGet, true, "3m are over: the proxy %s gave no answer in time"},
		"a way, for a write, to the end": {"http", false, http.MethodPost, true, "3m are over: the proxy %s gave no answer in time"},
		"a way by SOCKS":                 {"socks5", false, http.MethodGet, true, "3m are over: the proxy %s gave no answer in time"},
		"a handshake":                    {"http", true, http.MethodGet, false, "graph.microsoft.com gave no answer in time by way of the proxy %s"},
		"a handshake, to the end":        {"http", true, http.MethodGet, true, "3m are over: graph.microsoft.com gave no answer in time by way of the proxy %s"},
	} {
		proxy := silent(t, test.opens)
		withoutProxies(t)
		t.Setenv("HTTPS_PROXY", test.scheme+"://user:s-secret@"+proxy)
		network := NewNetwork(new(net.Dialer).DialContext, func(Exchange) {})
		t.Cleanup(network.Close)
		attempt, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, timeUp{up})
		defer cancel()
		req, err := http.NewRequestWithContext(attempt, test.method, "https://graph.microsoft.com/", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		_, err = network.RoundTrip(req) //nolint:bodyclose // there is none
		command := req
		if !test.whole {
			command = req.WithContext(t.Context())
		}
		err = ended(command, err)
		if want := strings.ReplaceAll(test.want, "%s", proxy); err == nil || err.Error() != want || CauseOf(err) != CauseProxySilent || errors.Is(err, up) != test.whole {
			t.Errorf("%s: got %v (cause %q), want %q", name, err, CauseOf(err), want)
		}
	}
}

// timeUp is a cause of a context whose time is up.
type timeUp struct{ error }

func (e timeUp) Unwrap() error      { return e.error }
func (timeUp) Is(target error) bool { return target == context.DeadlineExceeded }

// silent listens like a proxy that opens a way, or not even that, and says nothing more.
func silent(t *testing.T, opens bool) (address string) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = c.Close() })
			if opens {
				_, _ = c.Read(make([]byte, 1024))
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
			}
		}
	}()
	return listener.Addr().String()
}

// The names and passwords of proxies are hidden, as they are written and decoded.
func TestSecrets_hideProxies(t *testing.T) {
	withoutProxies(t)
	t.Setenv("HTTPS_PROXY", "http://somebody:pass%40word@proxy.example:8080")
	t.Setenv("http_proxy", "CONTOSO%5Csomebody:one/%zz/two@proxy.example:8080")
	var s Secrets
	s.HideProxies()
	for _, text := range []string{"somebody", "pass%40word", "pass@word", `CONTOSO\somebody`, "one/%zz/two", url.QueryEscape("pass@word")} {
		if got := s.Without("a " + text + " b"); strings.Contains(got, text) {
			t.Errorf("got %q", got)
		}
	}
}
