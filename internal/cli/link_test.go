package cli_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/simulator"
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
		"served here":  {[]string{"--simulate", "http://127.0.0.1:1/", "--tenant", "contoso.com"}, "http://127.0.0.1:1/contoso.com" + app},
		"for iPhones":  {[]string{"--devices", "ios"}, "https://login.microsoftonline.com/organizations" + app},
		"with --debug": {[]string{"--debug"}, "https://login.microsoftonline.com/organizations" + app},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := runIn(t, []string{"HOME=" + t.TempDir(), "HTTPS_PROXY=http://127.0.0.1:9"}, append([]string{"link"}, test.args...)...).must(t, 0, nil)
			if got.stdout != test.want || strings.Contains(got.stderr, "GET ") {
				t.Errorf("got %q, want %q\n%s", got.stdout, test.want, got.stderr)
			}
		})
	}
	got := runIn(t, []string{"HOME=" + t.TempDir()}, "link", "-o", "json").must(t, 0, nil)
	if err := followsSchema(filepath.Join("..", "..", "docs", "schema"), "link", got.stdout); err != nil {
		t.Error(err)
	}
	for name, args := range map[string][]string{
		"has the page only while it is served": {"link", "--simulate", "fresh"},
		"is not a tenant":                      {"link", "--tenant", "a/b?c"},
		"unknown devices":                      {"link", "--devices", "tv"},
		"unexpected argument":                  {"link", "now"},
	} {
		if got := runIn(t, []string{"HOME=" + t.TempDir()}, args...).must(t, 1, nil); !strings.Contains(got.stderr, name) || got.stdout != "" {
			t.Errorf("%q: got %s%s", args, got.stdout, got.stderr)
		}
	}
}

// A browser gets the link, or the person does who has none.
func TestLink_open(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	script := "#!/bin/sh\nprintf %s \"$1\" >" + filepath.Join(folder, "opened") + "\n"
	if err := os.WriteFile(filepath.Join(folder, "xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	got := runIn(t, []string{"HOME=" + folder, "PATH=" + folder + ":/bin:/usr/bin"}, "link", "--open").must(t, 0, nil)
	if opened, err := os.ReadFile(filepath.Join(folder, "opened")); err != nil || string(opened)+"\n" != got.stdout {
		t.Errorf("opened %q (%v), and printed %q", opened, err, got.stdout)
	}
	got = runIn(t, []string{"HOME=" + folder, "PATH=" + t.TempDir()}, "link", "--open").must(t, 1, nil)
	if !strings.Contains(got.stderr, "hint:  open it by hand: https://login.microsoftonline.com/") {
		t.Errorf("got %s", got.stderr)
	}
}

// arrivals makes changes of other people when the grants are looked at so often.
func (b *bubble) arrivals(changes map[int]func(*simulator.Directory)) {
	looks := 0
	b.front = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/v1.0/servicePrincipals" {
			looks++
			if change, due := changes[looks]; due {
				b.tenant.Edit(change)
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
	b.t.Helper()
	a := b.must(code, append([]string{"link", "--check", "-o", "json"}, args...)...)
	if err := followsSchema(filepath.Join("..", "..", "docs", "schema"), "link", a.stdout); err != nil {
		b.t.Errorf("%v\n%s", err, a.stdout)
	}
	var d linkDocument
	if err := json.Unmarshal([]byte(a.stdout), &d); err != nil || d.Check == nil {
		b.t.Fatalf("%v\n%s", err, a.stdout)
	}
	if sent := writes(b.tenant); len(sent) > 0 {
		b.t.Errorf("it wrote: %v", sent)
	}
	return d
}

const graphScopes, exchangeScopes = "openid profile User.Read", "EAS.AccessAsUser.All EWS.AccessAsUser.All"

// granted is a tenant-wide grant on a resource, as scripts call it, with exactly these scopes.
func granted(resource, scope string) func(*simulator.Directory) {
	return func(d *simulator.Directory) {
		simulator.Edit{Do: "grant", Resource: resources[resource], Scope: scope}.Apply(d)
		d.PermissionGrants[grantOf(d, resource)].Scope = scope
	}
}

// firstConsent is what makes the client known to the tenant.
func firstConsent(d *simulator.Directory) { simulator.Edit{Do: "createServicePrincipal"}.Apply(d) }

// What comes is waited for until it changes no more, however it comes, and compared with what stood.
func TestLink_check(t *testing.T) {
	t.Parallel()
	t.Run("one after the other", func(t *testing.T) {
		t.Parallel()
		inBubble(t, "extra", func(b *bubble) {
			b.arrivals(map[int]func(*simulator.Directory){4: granted("graph", graphScopes), 5: granted("exchange", exchangeScopes)})
			d := b.checkLink(0)
			r := d.Check.Resources
			if !d.Check.Satisfied || len(r) != 2 || !slices.Equal(r[0].Lost, []string{"offline_access"}) || len(r[0].Came) > 0 ||
				!slices.Equal(r[1].Came, []string{"EWS.AccessAsUser.All"}) || !slices.Equal(r[1].Lost, []string{"IMAP.AccessAsUser.All"}) {
				t.Errorf("got %+v", d.Check)
			}
			if want := tenantURL + "/" + b.tenant.TenantID() + "/adminconsent?client_id=" + appleMail; d.URL != want {
				t.Errorf("got %s, want %s", d.URL, want)
			}
		})
	})
	t.Run("minutes apart", func(t *testing.T) {
		t.Parallel()
		inBubble(t, "fresh", func(b *bubble) {
			b.arrivals(map[int]func(*simulator.Directory){2: func(d *simulator.Directory) { firstConsent(d); granted("graph", graphScopes)(d) }, 7: granted("exchange", exchangeScopes)})
			begin := time.Now()
			if d := b.checkLink(0); !d.Check.Satisfied || time.Since(begin) < time.Minute {
				t.Errorf("after %s: %+v", time.Since(begin), d.Check)
			}
		})
	})
	t.Run("less than is required", func(t *testing.T) {
		t.Parallel()
		inBubble(t, "fresh", func(b *bubble) {
			b.arrivals(map[int]func(*simulator.Directory){2: firstConsent, 3: granted("graph", graphScopes)})
			begin := time.Now()
			d := b.checkLink(2)
			if took := time.Since(begin); took < 2*time.Minute || took > 4*time.Minute {
				t.Errorf("it waited %s", took)
			}
			if d.Check.Satisfied || !d.Check.Changed || len(d.Check.Resources[1].Missing) != 2 || len(d.Check.Resources[0].Came) != 3 {
				t.Errorf("got %+v", d.Check)
			}
			if text := b.must(2, "link", "--check", "--timeout", "10s").stdout; !strings.Contains(text, "\nNothing came: 2 required scopes missing in Contoso (simulated).") {
				t.Errorf("got %s", text)
			}
		})
	})
	t.Run("nothing", func(t *testing.T) {
		t.Parallel()
		inBubble(t, "fresh", func(b *bubble) {
			begin := time.Now()
			a := b.must(2, "link", "--check")
			if took := time.Since(begin); took < 14*time.Minute || took > 15*time.Minute+time.Second {
				t.Errorf("it waited %s", took)
			}
			if n := len(b.tenant.Requests()); n > 120 {
				t.Errorf("%d requests", n)
			}
			if !strings.Contains(a.stderr, "imed out after") || !strings.Contains(a.stderr, "grant what is missing, and nothing else, with: appleconsent apply") {
				t.Errorf("got %s", a.stderr)
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
	t.Run("for iPhones", func(t *testing.T) {
		t.Parallel()
		inBubble(t, "partial", func(b *bubble) {
			if a := b.must(2, "link", "--check", "--devices", "ios", "--timeout", "10s"); !strings.Contains(a.stderr, "with: appleconsent apply --devices ios\n") {
				t.Errorf("it advises what is too much:\n%s", a.stderr)
			}
			b.arrivals(map[int]func(*simulator.Directory){3: granted("graph", "User.Read")})
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
			b.arrivals(map[int]func(*simulator.Directory){25: granted("graph", graphScopes), 26: granted("exchange", exchangeScopes)})
			if err := b.tenant.SetRules(simulator.Rule{Path: list, Trouble: simulator.TroubleStatus, Status: 503, Match: 3, Times: 15}); err != nil {
				t.Fatal(err)
			}
			b.checkLink(0)
		})
	})
	t.Run("forbidden", func(t *testing.T) {
		t.Parallel()
		inBubble(t, "partial", func(b *bubble) {
			if err := b.tenant.SetRules(simulator.Rule{Path: list, Trouble: simulator.TroubleStatus, Status: 403, Match: 3, Times: -1}); err != nil {
				t.Fatal(err)
			}
			if a := b.must(1, "link", "--check"); !strings.Contains(a.stderr, "Directory.Read.All") {
				t.Errorf("got %s", a.stderr)
			}
		})
	})
	t.Run("interrupted", func(t *testing.T) {
		t.Parallel()
		inBubble(t, "partial", func(b *bubble) {
			ctx, cancel := context.WithCancel(b.t.Context())
			time.AfterFunc(time.Minute, cancel)
			b.runIn(ctx, b.state, "link", "--check").must(t, 130, nil)
		})
	})
}

// The page that the simulated tenant serves is what the link leads to, also that of a tenant inside the program.
func TestLink_checkThePage(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "fresh"})
	s := b.onTerminal(nil, "link", "--check", "--timeout", "1m")
	s.await("adminconsent?client_id=")
	page := tenantPage(s.text())
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, page, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if code := s.end(); code != 0 || !strings.Contains(s.text(), "EWS.AccessAsUser.All came") {
		t.Errorf("exit code %d:\n%s", code, s.text())
	}
}

// tenantPage finds the link on a terminal.
func tenantPage(text string) string {
	end := strings.Index(text, appleMail) + len(appleMail)
	begin := strings.LastIndex(text[:end], "http://")
	return text[max(begin, 0):end]
}
