package wire_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/wire"
	"appleconsent/graph/wire/wiretest"
)

// line is a transport to a server that plays Graph.
type line struct {
	*wiretest.Server
	t         *testing.T
	transport *wire.Transport
	waits     []string
}

func newLine(t *testing.T, answers ...http.HandlerFunc) *line {
	t.Helper()
	s := wiretest.New(t, answers...)
	secrets := new(wire.Secrets)
	secrets.HideToken(string(someToken))
	l := &line{Server: s, t: t}
	l.transport = &wire.Transport{
		Network: wiretest.Network(t), Cloud: s.Cloud(t), Tokens: someToken, Secrets: secrets, Clock: s.Clock, UserAgent: "appleconsent/test", OnWait: l.onWait,
	}
	return l
}

// onWait keeps what is waited for.
func (l *line) onWait(what string, d time.Duration) {
	l.waits = append(l.waits, fmt.Sprintf("%s: %s", d, what))
}

// fixed is a token that never expires.
type fixed string

func (f fixed) Token(context.Context) (string, error) { return string(f), nil }

// Renew has none but this.
func (fixed) Renew(context.Context, string, string) (bool, error) { return false, nil }

var someToken = fixed(wiretest.Token(map[string]any{"tid": wiretest.TenantID, "upn": "admin@contoso.example"}))

var (
	opRead  = wire.Operation{Name: "read things", Permission: "Thing.Read", Lists: true}
	opWrite = wire.Operation{Name: "create the thing", Permission: "Thing.ReadWrite", Writes: true}
)

const thing = `{"scope":"User.Read"}`

// read gets a list, write creates something.
func (l *line) read(ctx context.Context) (string, error) {
	return l.do(ctx, opRead, http.MethodGet, "")
}

func (l *line) write(ctx context.Context) (string, error) {
	return l.do(ctx, opWrite, http.MethodPost, thing)
}

func (l *line) do(ctx context.Context, op wire.Operation, method, body string) (string, error) {
	l.t.Helper()
	req, err := http.NewRequestWithContext(wire.WithOperation(ctx, op), method, l.URL+"/v1.0/things", strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	response, err := l.transport.RoundTrip(req)
	if err != nil {
		return "", l.transport.Secrets.CleanError(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return string(text), err
}
