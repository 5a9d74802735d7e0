package cli_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"

	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/internal/testbed"
)

// Everything that comes from a tenant, or from what plays one, may be meant ill. Each case ends in a clear result or one
// clear error within the time of --timeout, and no token goes anywhere else.

// unprintable are characters that no output may hold as they are: they move the cursor, colour what follows, turn its
// direction or end a line.
func unprintable(s string) string {
	for _, r := range s {
		if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) {
			return fmt.Sprintf("%U", r)
		}
	}
	return ""
}

var hostileNames = map[string]string{
	"escape sequences": "Con\x1b[2J\x1b]0;owned\x07toso \u009b31m",
	"lines":            "Contoso\nerror: all is lost\r\nhint:  format\tthe disk",
	"directions":       "Contoso \u202e\u2066gro\u200b.evil\u2028\u2029",
	"10,000 letters":   strings.Repeat("Contoso ", 1250),
	"nothing visible":  "\u200b\u200d\ufeff",
}

func TestHostile_names(t *testing.T) {
	t.Parallel()
	for name, text := range hostileNames {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, "extra", func(b *bubble) {
				b.Tenant.Edit(func(d *directory.Directory) {
					d.DisplayName = text
					for i := range d.ServicePrincipals {
						d.ServicePrincipals[i].DisplayName = text
						d.ServicePrincipals[i].VerifiedPublisher.DisplayName = &text
					}
				})
				for _, format := range []string{"text", "json"} {
					for _, args := range [][]string{
						{"status"}, {"plan"}, {"apply", "--dry-run"}, {"apply", "--yes"}, {"history"}, {"rollback", "--dry-run"}, {"rollback", "--yes"}, {"history"},
					} {
						b.isClear(b.Run(append(args, "-o", format)...), args, format)
					}
				}
				for _, id := range testbed.RecordIDs(b.T, b.State) {
					b.isClear(b.Must(0, "history", "show", id), []string{"history", "show"}, "text")
				}
			})
		})
	}
}

// isClear wants output that a terminal shows as it is meant, and JSON that is complete.
func (b *bubble) isClear(a testbed.Answer, args []string, format string) {
	b.T.Helper()
	if a.Code != 0 && a.Code != 2 {
		b.T.Errorf("%v: exit code %d\n%s", args, a.Code, a.Stderr)
	}
	if odd := unprintable(a.Stdout + a.Stderr); odd != "" {
		b.T.Errorf("%v -o %s prints %s as it is", args, format, odd)
	}
	if strings.Contains(a.Stderr, "\nerror: all is lost") || strings.Contains(a.Stdout, "\nerror: all is lost") {
		b.T.Errorf("%v -o %s prints a line of the tenant's", args, format)
	}
	if format == "json" && !json.Valid([]byte(a.Stdout)) {
		b.T.Errorf("%v prints no JSON: %.200s", args, a.Stdout)
	}
	for line := range strings.Lines(a.Stderr) {
		if len([]rune(line)) > 1000 {
			b.T.Errorf("%v prints a line of %d characters", args, len([]rune(line)))
		}
	}
}

// Scopes as odd as a directory may hold them are merged and kept; what does not fit in a grant is refused before a write.
func TestHostile_scopes(t *testing.T) {
	t.Parallel()
	many := make([]string, 4000)
	for i := range many {
		many[i] = fmt.Sprintf("Scope.%04d", i)
	}
	for name, test := range map[string]struct {
		before string
		code   int
		after  string
	}{
		"tabs and doubled spaces":  {"\tEAS.AccessAsUser.All  IMAP.AccessAsUser.All\t \n", 0, "EAS.AccessAsUser.All IMAP.AccessAsUser.All EWS.AccessAsUser.All"},
		"twice and in other case":  {"eas.accessasuser.ALL EAS.AccessAsUser.All x", 0, "eas.accessasuser.ALL x EWS.AccessAsUser.All"},
		"escape sequences":         {"EAS.AccessAsUser.All \x1b[31mred \u202egnol", 0, "EAS.AccessAsUser.All \x1b[31mred \u202egnol EWS.AccessAsUser.All"},
		"4,000 of them":            {strings.Join(many, " "), 1, ""},
		"4,000, and nothing lacks": {strings.Join(many, " ") + " EAS.AccessAsUser.All EWS.AccessAsUser.All", 0, ""},
		"one of 100,000 letters":   {strings.Repeat("x", 100000), 1, ""},
		"none":                     {"", 0, "EAS.AccessAsUser.All EWS.AccessAsUser.All"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, "extra", func(b *bubble) {
				b.setExchange(test.before)
				b.isClear(b.Run("status"), []string{"status"}, "text")
				a := b.Must(test.code, "apply", "--yes")
				if test.code != 0 && (!strings.Contains(a.Stderr, "nothing was changed") || len(testbed.Writes(b.Tenant)) > 0) {
					t.Errorf("it wrote %v and says\n%s", testbed.Writes(b.Tenant), a.Stderr)
				}
				want := test.after
				if want == "" {
					want = test.before
				}
				if got := b.exchange(); got != want {
					t.Errorf("the grant holds %.200q, want %.200q", got, want)
				}
			})
		})
	}
}

func (b *bubble) setExchange(scope string) {
	b.Tenant.Edit(func(d *directory.Directory) {
		d.PermissionGrants[testbed.GrantOf(d, identity.ExchangeAppID)].Scope = scope
	})
}

func (b *bubble) exchange() string {
	d := b.Tenant.Directory()
	return d.PermissionGrants[testbed.GrantOf(&d, identity.ExchangeAppID)].Scope
}

// Answers that mislead, never end, or are not what they seem.
func TestHostile_answers(t *testing.T) {
	t.Parallel()
	const grants = "/v1.0/oauth2PermissionGrants"
	row := `{"id":"g%d","clientId":"c","consentType":"AllPrincipals","principalId":null,"resourceId":"r","scope":"x"}`
	elsewhere := "https://graph.example.com/v1.0/oauth2PermissionGrants?$skiptoken=x"
	page := 0
	list := func(w http.ResponseWriter, next, rows string) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"value":[%s],"@odata.nextLink":%q}`, rows, next)
	}
	for name, test := range map[string]struct {
		path   string
		answer http.HandlerFunc
		says   string
	}{
		"a list that goes on with itself": {grants, func(w http.ResponseWriter, r *http.Request) { list(w, testbed.TenantURL+r.URL.RequestURI(), "") }, "leads back to itself"},
		"a list that never ends": {grants, func(w http.ResponseWriter, _ *http.Request) {
			page++
			list(w, fmt.Sprintf("%s%s?$skiptoken=%d", testbed.TenantURL, grants, page), "")
		}, "pages"},
		"a list of too many rows": {grants, func(w http.ResponseWriter, _ *http.Request) {
			list(w, "", strings.Repeat(fmt.Sprintf(row, 1)+",", 40000)+fmt.Sprintf(row, 2))
		}, "rows"},
		"a list that goes on elsewhere":       {grants, func(w http.ResponseWriter, _ *http.Request) { list(w, elsewhere, "") }, "graph.example.com"},
		"a list that goes on at a word":       {grants, func(w http.ResponseWriter, _ *http.Request) { list(w, "next", "") }, "leads away"},
		"a redirect elsewhere":                {grants, redirect(302, elsewhere), "redirects"},
		"a redirect of the sign-in elsewhere": {"/organizations/oauth2/v2.0/token", redirect(307, "https://login.example.com/"), "sign in"},
		"Retry-After of a year":               {grants, tooSoon(365 * 24 * 60 * 60), "throttling"},
		"a gzip bomb":                         {grants, bomb, "larger than"},
		"a gzip bomb at the sign-in":          {"/organizations/oauth2/v2.0/token", bomb, "sign in"},
		"gzip that is none":                   {grants, notGzip, "Graph"},
		"a header that never ends":            {grants, longHeader, "header"},
		"a byte now and then":                 {grants, trickle, "--timeout"},
		"nothing at all":                      {grants, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "--timeout"},
		"nesting without end":                 {grants, nested, "JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, "granted", func(b *bubble) {
				begin := time.Now()
				b.Front = func(w http.ResponseWriter, r *http.Request) bool {
					if r.URL.Path != test.path {
						return false
					}
					test.answer(w, r)
					return true
				}
				dial := b.Dial
				b.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
					if !strings.HasSuffix(testbed.TenantURL, "/"+address) {
						t.Errorf("a connection goes to %s", address)
					}
					return dial(ctx, network, address)
				}
				a := b.Must(1, "status", "--timeout", "2m")
				if !strings.Contains(a.Stderr, test.says) || strings.Count(a.Stderr, "error: ") != 1 || a.Stdout != "" {
					t.Errorf("it says\n%s%s\nwant one error that says %q", a.Stdout, a.Stderr, test.says)
				}
				if took := time.Since(begin); took > 2*time.Minute+5*time.Second {
					t.Errorf("it took %s", took)
				}
			})
		})
	}
}

func redirect(status int, to string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(status)
	}
}

func tooSoon(seconds int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", fmt.Sprint(seconds))
		w.WriteHeader(http.StatusTooManyRequests)
	}
}

// bomb is 1 GiB of JSON in about 1 MB.
func bomb(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Encoding", "gzip")
	packed := gzip.NewWriter(w)
	_, _ = io.WriteString(packed, `{"value":[],"x":"`)
	for range 1 << 10 {
		if _, err := packed.Write(make([]byte, 1<<20)); err != nil {
			return
		}
	}
}

func notGzip(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Encoding", "gzip")
	_, _ = io.WriteString(w, `{"value":[]}`)
}

func longHeader(w http.ResponseWriter, _ *http.Request) {
	for i := range 1 << 10 {
		w.Header().Set(fmt.Sprintf("X-%d", i), strings.Repeat("x", 1<<10))
	}
	w.WriteHeader(http.StatusOK)
}

func trickle(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	for r.Context().Err() == nil {
		_, _ = io.WriteString(w, " ")
		_ = http.NewResponseController(w).Flush()
		time.Sleep(7 * time.Second)
	}
}

func nested(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"value":[`+strings.Repeat("[", 1<<20))
}
