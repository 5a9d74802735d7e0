package cli_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/internal/testbed"
)

// The link is printed without a sign-in, alone on stdout, for the tenant and cloud that were asked for.
func TestLink(t *testing.T) {
	t.Parallel()
	const app = "/adminconsent?client_id=f8d98a96-0999-43f5-8af3-69971c7bb423\n"
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"no tenant":    {nil, "https://login.microsoftonline.com/organizations" + app},
		"a domain":     {[]string{"--tenant", "Contoso.onmicrosoft.com"}, "https://login.microsoftonline.com/contoso.onmicrosoft.com" + app},
		"usgov":        {[]string{"--cloud", "usgov"}, "https://login.microsoftonline.us/organizations" + app},
		"china":        {[]string{"--cloud", "china", "-q"}, "https://login.chinacloudapi.cn/organizations" + app},
		"served here":  {[]string{"--simulate", "http://127.0.0.1:1/"}, "http://127.0.0.1:1/organizations" + app},
		"for iPhones":  {[]string{"--devices", "ios"}, "https://login.microsoftonline.com/organizations" + app},
		"with --debug": {[]string{"--debug"}, "https://login.microsoftonline.com/organizations" + app},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := link(t, test.args...).Must(t, 0, nil)
			if got.Stdout != test.want || strings.Contains(got.Stderr, "GET ") {
				t.Errorf("got %q, want %q\n%s", got.Stdout, test.want, got.Stderr)
			}
		})
	}
	got := link(t, "-o", "json").Must(t, 0, nil)
	if err := testbed.FollowsSchema("link", got.Stdout); err != nil {
		t.Error(err)
	}
	for name, args := range map[string][]string{
		"has the page only while it is served": {"--simulate", "fresh"},
		"is not a tenant":                      {"--tenant", "a/b?c"},
		"use one of them":                      {"--tenant", "contoso.com", "--simulate", "http://127.0.0.1:1/"},
		"unknown devices":                      {"--devices", "tv"},
		"unexpected argument":                  {"now"},
		"leave out # and what follows it":      {"#", "for", "an", "admin"},
	} {
		if got := link(t, args...).Must(t, 1, nil); !strings.Contains(got.Stderr, name) || got.Stdout != "" {
			t.Errorf("%q: got %s%s", args, got.Stdout, got.Stderr)
		}
	}
}

// link runs the command without a network.
func link(t *testing.T, args ...string) testbed.Answer {
	t.Helper()
	return offline(t, nil, append([]string{"link"}, args...)...)
}

// arrivals makes changes of other people when the grants are looked at so often.
func (b *bubble) arrivals(changes map[int]func(*directory.Directory)) {
	looks := 0
	b.Front = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/v1.0/servicePrincipals" {
			looks++
			if change, due := changes[looks]; due {
				b.Tenant.Edit(change)
			}
		}
		return false
	}
}

// linkDocument is what these tests read of link --check.
type linkDocument struct {
	URL   string
	Check *struct {
		Changed, Satisfied bool
		Resources          []struct{ Came, Lost, Missing, Extra []string }
	}
}

func (b *bubble) checkLink(code int, args ...string) linkDocument {
	b.T.Helper()
	a := b.Must(code, append([]string{"link", "--check", "-o", "json"}, args...)...)
	if err := testbed.FollowsSchema("link", a.Stdout); err != nil {
		b.T.Errorf("%v\n%s", err, a.Stdout)
	}
	var d linkDocument
	if err := json.Unmarshal([]byte(a.Stdout), &d); err != nil || d.Check == nil {
		b.T.Fatalf("%v\n%s", err, a.Stdout)
	}
	if sent := testbed.Writes(b.Tenant); len(sent) > 0 {
		b.T.Errorf("it wrote: %v", sent)
	}
	return d
}

const graphScopes, exchangeScopes = "openid profile User.Read", "EAS.AccessAsUser.All EWS.AccessAsUser.All"

// granted is a tenant-wide grant on a resource with exactly these scopes.
func granted(resource, scope string) func(*directory.Directory) {
	return func(d *directory.Directory) {
		directory.Edit{Do: "grant", Resource: resource, Scope: scope}.Apply(d)
		d.PermissionGrants[testbed.GrantOf(d, resource)].Scope = scope
	}
}

// firstConsent is what makes the client known to the tenant.
func firstConsent(d *directory.Directory) { directory.Edit{Do: "createServicePrincipal"}.Apply(d) }

// What comes is waited for until it changes no more, however it comes, and compared with what stood.
func TestLink_check(t *testing.T) {
	t.Parallel()
	t.Run("one after the other", func(t *testing.T) {
		t.Parallel()
		inBubble(t, "extra", func(b *bubble) {
			b.arrivals(map[int]func(*directory.Directory){4: granted(identity.GraphAppID, graphScopes), 5: granted(identity.ExchangeAppID, exchangeScopes)})
			d := b.checkLink(0)
			r := d.Check.Resources
			if !d.Check.Satisfied || len(r) != 2 || !slices.Equal(r[0].Lost, []string{"offline_access"}) || len(r[0].Came) > 0 ||
				!slices.Equal(r[1].Came, []string{"EWS.AccessAsUser.All"}) || !slices.Equal(r[1].Lost, []string{"IMAP.AccessAsUser.All"}) {
				t.Errorf("got %+v", d.Check)
			}
			if want := testbed.TenantURL + "/" + b.Tenant.TenantID() + "/adminconsent?client_id=" + identity.AppleAppID; d.URL != want {
				t.Errorf("got %s, want %s", d.URL, want)
			}
		})
	})
	t.Run("minutes apart", func(t *testing.T) {
		t.Parallel()
		inBubble(t, "fresh", func(b *bubble) {
			both := func(d *directory.Directory) { firstConsent(d); granted(identity.GraphAppID, graphScopes)(d) }
			b.arrivals(map[int]func(*directory.Directory){2: both, 7: granted(identity.ExchangeAppID, exchangeScopes)})
			begin := time.Now()
			if d := b.checkLink(0); !d.Check.Satisfied || time.Since(begin) < time.Minute {
				t.Errorf("after %s: %+v", time.Since(begin), d.Check)
			}
		})
	})
	t.Run("less than is required", func(t *testing.T) {
		t.Parallel()
		inBubble(t, "fresh", func(b *bubble) {
			b.arrivals(map[int]func(*directory.Directory){2: firstConsent, 3: granted(identity.GraphAppID, graphScopes)})
			begin := time.Now()
			d := b.checkLink(2)
			if took := time.Since(begin); took < 2*time.Minute || took > 4*time.Minute {
				t.Errorf("it waited %s", took)
			}
			if d.Check.Satisfied || !d.Check.Changed || len(d.Check.Resources[1].Missing) != 2 || len(d.Check.Resources[0].Came) != 3 {
				t.Errorf("got %+v", d.Check)
			}
			if text := b.Must(2, "link", "--check", "--timeout", "10s").Stdout; !strings.Contains(text, "\nNothing granted: 2 required scopes missing in Contoso (simulated).") {
				t.Errorf("got %s", text)
			}
		})
	})
	t.Run("nothing", func(t *testing.T) {
		t.Parallel()
		inBubble(t, "fresh", func(b *bubble) {
			begin := time.Now()
			a := b.Must(2, "link", "--check")
			if took := time.Since(begin); took < 14*time.Minute || took > 15*time.Minute+time.Second {
				t.Errorf("it waited %s", took)
			}
			if n := len(b.Tenant.Requests()); n > 120 {
				t.Errorf("%d requests", n)
			}
			if !strings.Contains(a.Stderr, "imed out after") || !strings.Contains(a.Stderr, "To grant what is missing, and nothing else: appleconsent apply") {
				t.Errorf("got %s", a.Stderr)
			}
		})
	})
	t.Run("in place already", func(t *testing.T) {
		t.Parallel()
		inBubble(t, "granted", func(b *bubble) {
			if d := b.checkLink(0); d.Check.Changed || !d.Check.Satisfied {
				t.Errorf("got %+v", d.Check)
			}
		})
	})
	for name, test := range map[string]struct {
		scenario string
		edits    []directory.Edit
		text     string // of the result
		hint     string
	}{
		"disabled here": {
			"granted",
			[]directory.Edit{{Do: "disable"}},
			"Not in place: All required scopes are granted, but sign-in is disabled.", "To enable the app: appleconsent apply --enable-app\n",
		},
		"disabled here, and nothing granted": {
			"disabled", nil, "Nothing granted: 3 required scopes missing", "To grant what is missing and enable the app, and nothing else: appleconsent apply --enable-app\n",
		},
		"disabled by its owner": {
			"disabled-by-owner", nil, "Not in place: All required scopes are granted, but sign-in is disabled by Apple,", "To see why: appleconsent doctor\n",
		},
		"disabled by both": {
			"disabled-by-owner",
			[]directory.Edit{{Do: "disable"}},
			"Not in place: All required scopes are granted, but sign-in is disabled by Apple,", "To see why: appleconsent doctor\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, test.scenario, func(b *bubble) {
				for _, edit := range test.edits {
					b.Tenant.Edit(edit.Apply)
				}
				a := b.Must(2, "link", "--check", "--timeout", "10s")
				if !strings.Contains(a.Stdout, "\n"+test.text) || !strings.Contains(a.Stderr, test.hint) || strings.Contains(a.Stderr, "in place") {
					t.Errorf("got %s\n%s", a.Stdout, a.Stderr)
				}
				if test.scenario != "disabled" && !b.checkLink(2).Check.Satisfied {
					t.Error("the grants are not told")
				}
			})
		})
	}
	t.Run("while it is disabled", func(t *testing.T) {
		t.Parallel()
		inBubble(t, "disabled", func(b *bubble) {
			b.arrivals(map[int]func(*directory.Directory){3: granted(identity.GraphAppID, graphScopes), 4: granted(identity.ExchangeAppID, exchangeScopes)})
			if d := b.checkLink(2); !d.Check.Satisfied || !d.Check.Changed {
				t.Errorf("got %+v", d.Check)
			}
			b.Tenant.Edit(directory.Edit{Do: "enable"}.Apply)
			b.checkLink(0)
		})
	})
	t.Run("for iPhones", func(t *testing.T) {
		t.Parallel()
		inBubble(t, "partial", func(b *bubble) {
			if a := b.Must(2, "link", "--check", "--devices", "ios", "--timeout", "10s"); !strings.Contains(a.Stderr, ": appleconsent apply --devices ios\n") {
				t.Errorf("it advises what is too much:\n%s", a.Stderr)
			}
			b.arrivals(map[int]func(*directory.Directory){3: granted(identity.GraphAppID, "User.Read")})
			b.checkLink(0, "--devices", "ios")
		})
	})
}

// An answer that fails meanwhile ends nothing but the time; a permission that is taken away does.
func TestLink_checkFails(t *testing.T) {
	t.Parallel()
	list := "/v1.0/servicePrincipals"
	t.Run("for a while", func(t *testing.T) {
		t.Parallel()
		inBubble(t, "partial", func(b *bubble) {
			b.arrivals(map[int]func(*directory.Directory){25: granted(identity.GraphAppID, graphScopes), 26: granted(identity.ExchangeAppID, exchangeScopes)})
			if err := b.Tenant.SetRules(simulator.Rule{Path: list, Trouble: simulator.TroubleStatus, Status: 503, Match: 3, Times: 15}); err != nil {
				t.Fatal(err)
			}
			b.checkLink(0)
		})
	})
	t.Run("forbidden", func(t *testing.T) {
		t.Parallel()
		inBubble(t, "partial", func(b *bubble) {
			if err := b.Tenant.SetRules(simulator.Rule{Path: list, Trouble: simulator.TroubleStatus, Status: 403, Match: 3, Times: -1}); err != nil {
				t.Fatal(err)
			}
			if a := b.Must(1, "link", "--check"); !strings.Contains(a.Stderr, "Directory.Read.All") {
				t.Errorf("got %s", a.Stderr)
			}
		})
	})
	t.Run("interrupted", func(t *testing.T) {
		t.Parallel()
		inBubble(t, "partial", func(b *bubble) {
			ctx, cancel := context.WithCancel(b.T.Context())
			time.AfterFunc(time.Minute, cancel)
			b.RunIn(ctx, b.State, "link", "--check").Must(t, 130, nil)
		})
	})
}
