//go:build unix

package e2e_test

import (
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/identity"
	"appleconsent/internal/testbed"
)

// opener is the command that opens a page in a browser. Tests put their own in its place, so that none opens the developer's.
func opener() string {
	if runtime.GOOS == "darwin" {
		return "open"
	}
	return "xdg-open"
}

// A browser gets the link, or the person does who has none.
func TestLink_open(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	script := "#!/bin/sh\nprintf %s \"$1\" >" + filepath.Join(folder, "opened") + "\n"
	if err := os.WriteFile(filepath.Join(folder, opener()), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	got := testbed.RunIn(t, []string{"HOME=" + folder, "PATH=" + folder + ":/bin:/usr/bin"}, "link", "--open").Must(t, 0, nil)
	if opened, err := os.ReadFile(filepath.Join(folder, "opened")); err != nil || string(opened)+"\n" != got.Stdout {
		t.Errorf("opened %q (%v), and printed %q", opened, err, got.Stdout)
	}
	got = testbed.RunIn(t, []string{"HOME=" + folder, "PATH=" + t.TempDir()}, "link", "--open").Must(t, 1, nil)
	if !strings.Contains(got.Stderr, "hint:  open it by hand: https://login.microsoftonline.com/") {
		t.Errorf("got %s", got.Stderr)
	}
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
	if code := s.end(); code != 0 || !strings.Contains(s.text(), "EWS.AccessAsUser.All newly granted") {
		t.Errorf("exit code %d:\n%s", code, s.text())
	}
}

// tenantPage finds the link on a terminal.
func tenantPage(text string) string {
	end := strings.Index(text, identity.AppleAppID) + len(identity.AppleAppID)
	begin := strings.LastIndex(text[:end], "http://")
	return text[max(begin, 0):end]
}
