package simulator

import (
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFile_twoServersSeeOneDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state", "fresh.json")
	one, two := newClient(t, Options{Scenario: "fresh", File: file}), newClient(t, Options{Scenario: "fresh", File: file})
	created := one.do("POST", "/servicePrincipals", `{"appId":"`+appleAppID+`"}`).must(t, http.StatusCreated)
	path := "/servicePrincipals/" + created.body["id"].(string)
	two.get(path).must(t, http.StatusOK)
	two.do("DELETE", path, "").must(t, http.StatusNoContent)
	one.get(path).must(t, http.StatusNotFound)

	third := newClient(t, Options{Scenario: "fresh", File: file})
	if diff := cmp.Diff(one.server.Directory(), third.server.Directory()); diff != "" {
		t.Errorf("a new process sees another directory:\n%s", diff)
	}
}

func TestFile_concurrentWritesAreAllKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "partial.json")
	var wait sync.WaitGroup
	for _, name := range []string{"adele", "alex", "megan", "admin"} {
		c := newClient(t, Options{Scenario: "partial", File: file})
		body := strings.NewReplacer("USER", userID(c.server.TenantID(), name)).Replace(c.placeholders().Replace(
			`{"clientId":"CLIENT","consentType":"Principal","principalId":"USER","resourceId":"GRAPH","scope":"User.Read"}`))
		wait.Go(func() { c.do("POST", "/oauth2PermissionGrants", body) })
	}
	wait.Wait()
	c := newClient(t, Options{Scenario: "partial", File: file})
	got := c.get("/oauth2PermissionGrants?$filter=consentType eq 'Principal'").must(t, http.StatusOK)
	if n := len(got.values("id")); n != 4 {
		t.Errorf("got %d grants of four writers", n)
	}
}

func TestFile_isPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such permission bits")
	}
	file := filepath.Join(t.TempDir(), "state", "fresh.json")
	c := newClient(t, Options{Scenario: "fresh", File: file})
	if _, err := os.Stat(file); err == nil {
		t.Error("the file exists before anything was written")
	}
	c.do("POST", "/servicePrincipals", `{"appId":"`+appleAppID+`"}`).must(t, http.StatusCreated)
	for path, want := range map[string]os.FileMode{file: 0o600, filepath.Dir(file): 0o700} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
	}
}

func TestReset(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state", "granted.json")
	if err := Reset(file); err != nil {
		t.Errorf("reset of nothing: %v", err)
	}
	c := newClient(t, Options{Scenario: "granted", File: file})
	c.do("DELETE", "/servicePrincipals(appId='"+appleAppID+"')", "").must(t, http.StatusNoContent)
	if err := Reset(file); err != nil {
		t.Fatal(err)
	}
	c.get("/servicePrincipals(appId='"+appleAppID+"')").must(t, http.StatusOK)
}

func TestNew_unusableFile(t *testing.T) {
	cases := map[string]struct{ text, want string }{
		"no JSON":          {"{", "unexpected end of JSON input"},
		"an empty object":  {"{}", `it holds scenario "", not "fresh"`},
		"another scenario": {`{"scenario":"granted"}`, `it holds scenario "granted", not "fresh"`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "kept.json")
			if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := New(Options{Scenario: "fresh", File: file})
			for _, want := range []string{file, "appleconsent simulate --reset", c.want} {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got error %v, want it to say %q", err, want)
				}
			}
		})
	}
}

func TestFile_damagedMeanwhile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kept.json")
	c := newClient(t, Options{Scenario: "fresh", File: file})
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := c.get("/servicePrincipals").must(t, http.StatusInternalServerError)
	if !strings.Contains(got.message(), file) {
		t.Errorf("got message %q, want it to name %s", got.message(), file)
	}
}
