package wire_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"appleconsent/graph/wire"
	"appleconsent/graph/wire/wiretest"

	"github.com/google/go-cmp/cmp"
)

// What the application is throttled for holds back the other tenants of the run; what a tenant is throttled for holds back none.
func TestGate(t *testing.T) {
	t.Parallel()
	const other = "Tenant_Application/Read/f8d98a96-0999-43f5-8af3-69971c7bb423/7e000000-0000-4000-8000-000000000000"
	for name, test := range map[string]struct {
		headers []string
		want    []string // what the other tenant waits for
	}{
		"the application": {
			[]string{"Retry-After", "40", "X-Ms-Throttle-Scope", "Application/ReadWrite/f8d98a96-0999-43f5-8af3-69971c7bb423"},
			[]string{"40s: Microsoft's limit for the application, in all tenants"},
		},
		"without a time":                {[]string{"X-Ms-Throttle-Scope", "Application/Read/x"}, []string{"1s: Microsoft's limit for the application, in all tenants"}},
		"the application in the tenant": {[]string{"Retry-After", "40", "X-Ms-Throttle-Scope", other}, nil},
		"the tenant":                    {[]string{"Retry-After", "40", "X-Ms-Throttle-Scope", "Tenant/Read/x/y"}, nil},
		"nobody in particular":          {[]string{"Retry-After", "40"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			throttled := newLine(t, wiretest.Refusal(429, "TooManyRequests", "y", test.headers...), wiretest.JSON(200, `{"value":[]}`))
			healthy := newLine(t, wiretest.JSON(200, `{"value":[]}`)) // whose clock stands still while the other one waits
			healthy.transport.Network = throttled.transport.Network
			var waits []string
			healthy.transport.OnWait = func(what string, d time.Duration) { waits = append(waits, d.Round(second).String()+": "+what) }
			for _, l := range []*line{throttled, healthy} {
				if _, err := l.read(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(test.want, waits); diff != "" {
				t.Errorf("what the other tenant waited for (-want +got):\n%s", diff)
			}
		})
	}
}

// A request that would be held back for longer than there is time is not sent, and says so.
func TestGate_noTime(t *testing.T) {
	t.Parallel()
	l := newLine(t, wiretest.JSON(201, thing))
	l.transport.Network.Hold(l.Clock.Now(), time.Hour)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err := l.write(ctx)
	e, _ := errors.AsType[*wire.Error](err)
	if e == nil || !errors.As(err, new(*wire.HeldError)) || e.Unanswered() || e.Status != 429 || len(l.Requests()) != 0 {
		t.Errorf("got %d requests and error %v, want none and a throttled application", len(l.Requests()), err)
	}
}
