package wire_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"appleconsent/graph/wire"
	"appleconsent/graph/wire/wiretest"

	"github.com/google/go-cmp/cmp"
)

var opReport = wire.Operation{Name: "read the report", Permission: "Report.Read"}

// signature is what must not be seen of the address of a report.
const signature = "eyJzaWduZWQiOiJhZGRyZXNzIn0.c2lnbmF0dXJl.secret"

// hosts is Graph at 127.0.0.1 and the host of files at localhost: the same server, which notes who was asked and what came along.
type hosts struct {
	*line
	mu     sync.Mutex
	seen   []string
	dialed []string
	logged []string
}

// newHosts answers for Graph with a redirect to a location, and for any other host with file. {files} in the location is the host of files.
func newHosts(t *testing.T, location string, file http.HandlerFunc) *hosts {
	t.Helper()
	h := &hosts{}
	h.line = newLine(t, func(w http.ResponseWriter, r *http.Request) {
		name, _, _ := net.SplitHostPort(r.Host)
		h.note(&h.seen, fmt.Sprintf("%s %s token=%v cookie=%v", r.Method, name, r.Header.Get("Authorization") != "", r.Header.Get("Cookie") != ""))
		if name != "127.0.0.1" {
			file(w, r)
			return
		}
		files := strings.Replace(h.URL, "127.0.0.1", "localhost", 1)
		w.Header().Set("Set-Cookie", "session=1; Domain=localhost")
		wiretest.Raw(http.StatusFound, "", "", "Location", strings.Replace(location, "{files}", files, 1))(w, r)
	})
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		name, port, _ := net.SplitHostPort(address)
		h.note(&h.dialed, name)
		return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
	}
	h.transport.Network = wire.NewNetwork(dial, func(e wire.Exchange) { h.note(&h.logged, fmt.Sprint(e)) })
	t.Cleanup(h.transport.Network.Close)
	return h
}

func (h *hosts) note(list *[]string, text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	*list = append(*list, text)
}

func (h *hosts) report(ctx context.Context) (string, error) {
	text, err := h.transport.Report(ctx, opReport, h.URL+"/v1.0/reports/x")
	return string(text), h.transport.Secrets.CleanError(err)
}

// The token goes to Graph and never along with the redirect, which is followed once, to the host of reports alone. What comes of
// it is a file or one sentence, and the address is nowhere.
func TestTransport_report(t *testing.T) {
	t.Parallel()
	const (
		atGraph = "GET 127.0.0.1 token=true cookie=false"
		atFiles = "GET localhost token=false cookie=false"
		good    = "{files}/data/v1.0/download?token=" + signature
	)
	csv := wiretest.Raw(http.StatusOK, "application/octet-stream", "a,b\r\n1,2\r\n")
	both := []string{atGraph, atFiles}
	for name, test := range map[string]struct {
		location string
		file     http.HandlerFunc
		want     []string // requests
		err      string   // empty: there is a file
	}{
		"a file":                    {good, csv, both, ""},
		"in the path":               {"{files}/data/download/" + signature, csv, both, ""},
		"an expired address":        {good, wiretest.Raw(http.StatusForbidden, "text/plain", signature), both, "answered 403 Forbidden"},
		"no file":                   {good, wiretest.Raw(http.StatusNotFound, "text/plain", ""), both, "answered 404 Not Found"},
		"a server out of order":     {good, wiretest.Raw(http.StatusServiceUnavailable, "", ""), both, "answered 503 Service Unavailable"},
		"a page":                    {good, wiretest.Raw(http.StatusOK, "text/html", "<html>"), both, "a page instead of a report"},
		"it leads on":               {good, wiretest.Raw(http.StatusFound, "", "", "Location", "https://evil.example/"+signature), both, "leads on to another place"},
		"it leads back to Graph":    {good, wiretest.Raw(http.StatusTemporaryRedirect, "", "", "Location", "/"), both, "leads on to another place"},
		"a large file":              {good, wiretest.Raw(http.StatusOK, "", strings.Repeat("x", 1<<17)), both, "larger than 65536 bytes"},
		"half a file":               {good, wiretest.Cut, both, "was cut off"},
		"no answer":                 {good, wiretest.HangUp, both, "closed the connection"},
		"what is not HTTP":          {good, notHTTP, both, "does not speak valid HTTP"},
		"a foreign host":            {"https://evil.example/" + signature, nil, both[:1], "leads to evil.example, which is no host for reports"},
		"a foreign host, no TLS":    {"http://evil.example/" + signature, nil, both[:1], "leads to evil.example without TLS"},
		"Microsoft's real host":     {"https://reports.office.com/" + signature, nil, both[:1], "leads to reports.office.com, which is no host for reports"},
		"another cloud's host":      {"https://reports.office365.us/" + signature, nil, both[:1], "leads to reports.office365.us"},
		"a place below Graph":       {"/v1.0/" + signature, nil, both[:1], "address is none"},
		"what is no address":        {"https://[" + signature, nil, both[:1], "address is none"},
		"an address with a user":    {"http://a:b@localhost/" + signature, nil, both[:1], "holds a user name"},
		"the machine's own service": {"http://169.254.169.254/" + signature, nil, both[:1], "without TLS"},
		"nowhere":                   {"", nil, both[:1], "302"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHosts(t, test.location, test.file)
			text, err := h.report(t.Context())
			switch {
			case test.err == "" && (err != nil || text != "a,b\r\n1,2\r\n"):
				t.Errorf("got %q, %v", text, err)
			case test.err != "" && (err == nil || text != "" || !strings.Contains(err.Error(), test.err)):
				t.Errorf("got %q, %v, want the error %q", text, err, test.err)
			}
			if diff := cmp.Diff(test.want, h.seen); diff != "" {
				t.Errorf("requests, -want +got:\n%s", diff)
			}
			for _, address := range h.dialed {
				if address != "127.0.0.1" && address != "localhost" {
					t.Errorf("a connection to %s was opened", address)
				}
			}
			for _, part := range strings.Split(signature, ".") {
				if said := fmt.Sprint(err, h.logged, h.waits); strings.Contains(said, part) {
					t.Errorf("the address is told: %s", said)
				}
			}
		})
	}
}

func notHTTP(w http.ResponseWriter, _ *http.Request) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_, _ = conn.Write([]byte("malformed " + signature + "\r\n\r\n"))
		_ = conn.Close()
	}
}

// A file that does not come is given up when the caller's time is up, in one attempt.
func TestTransport_reportSlow(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	h := newHosts(t, "{files}/x", func(_ http.ResponseWriter, r *http.Request) {
		cancel(wire.ErrLate)
		<-r.Context().Done()
	})
	if _, err := h.report(ctx); err == nil || !strings.Contains(err.Error(), "no answer in time") {
		t.Errorf("got error %v", err)
	}
	if len(h.seen) != 2 || len(h.Clock.Slept()) > 0 {
		t.Errorf("requests %v, pauses %v", h.seen, h.Clock.Slept())
	}
}

// What Graph answers in place of a redirect is no report, and is not asked for again; a throttled request is.
func TestTransport_reportWithoutRedirect(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		err    string
		pauses int
	}{
		"a file at once":  {wiretest.Raw(http.StatusOK, "text/csv", "a,b"), "leads to no file", 0},
		"JSON":            {wiretest.JSON(http.StatusOK, `{"value":[]}`), "leads to no file", 0},
		"a page":          {wiretest.Raw(http.StatusOK, "text/html", "<html>"), "leads to no file", 0},
		"nothing":         {wiretest.Raw(http.StatusNoContent, "", ""), "leads to no file", 0},
		"refused":         {wiretest.Refusal(http.StatusForbidden, "S2SUnauthorized", "Invalid permission."), "403 S2SUnauthorized", 0},
		"other redirects": {wiretest.Raw(http.StatusMovedPermanently, "", "", "Location", "http://localhost/"), "301", 0},
		"out of order":    {wiretest.Refusal(http.StatusServiceUnavailable, "x", "x"), "503", 4},
	} {
		l := newLine(t, test.answer)
		_, err := l.transport.Report(t.Context(), opReport, l.URL+"/v1.0/reports/x")
		if err == nil || !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: got error %v", name, err)
		}
		if got := len(l.Clock.Slept()); got != test.pauses || len(l.Requests()) != test.pauses+1 {
			t.Errorf("%s: %d pauses, %d requests", name, got, len(l.Requests()))
		}
	}
}
