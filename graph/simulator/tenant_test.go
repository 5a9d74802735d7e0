package simulator_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"
	"appleconsent/internal/disk"

	"github.com/google/go-cmp/cmp"
)

func TestFile_twoServersSeeOneDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state", "fresh.json")
	one, two := simtest.NewClient(t, simulator.Options{Scenario: "fresh", File: file}), simtest.NewClient(t, simulator.Options{Scenario: "fresh", File: file})
	created := one.Do("POST", "/servicePrincipals", `{"appId":"`+identity.AppleAppID+`"}`).Must(t, http.StatusCreated)
	path := "/servicePrincipals/" + created.Body["id"].(string)
	two.Get(path).Must(t, http.StatusOK)
	two.Do("DELETE", path, "").Must(t, http.StatusNoContent)
	one.Get(path).Must(t, http.StatusNotFound)

	third := simtest.NewClient(t, simulator.Options{Scenario: "fresh", File: file})
	if diff := cmp.Diff(one.Server.Directory(), third.Server.Directory()); diff != "" {
		t.Errorf("a new process sees another directory:\n%s", diff)
	}
}

func TestFile_concurrentWritesAreAllKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "partial.json")
	var wait sync.WaitGroup
	for _, name := range []string{"adele", "alex", "megan", "admin"} {
		c := simtest.NewClient(t, simulator.Options{Scenario: "partial", File: file})
		body := fmt.Sprintf(`{"clientId":%q,"consentType":"Principal","principalId":%q,"resourceId":%q,"scope":"User.Read"}`,
			c.IDOf(identity.AppleAppID), identity.UserID(c.Server.TenantID(), name), c.IDOf(identity.GraphAppID))
		wait.Go(func() { c.Do("POST", "/oauth2PermissionGrants", body) })
	}
	wait.Wait()
	c := simtest.NewClient(t, simulator.Options{Scenario: "partial", File: file})
	got := c.Get("/oauth2PermissionGrants?$filter=consentType eq 'Principal'").Must(t, http.StatusOK)
	if n := len(got.Values("id")); n != 4 {
		t.Errorf("got %d grants of four writers", n)
	}
}

func TestFile_isPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such permission bits")
	}
	file := filepath.Join(t.TempDir(), "state", "fresh.json")
	c := simtest.NewClient(t, simulator.Options{Scenario: "fresh", File: file})
	if _, err := os.Stat(file); err == nil {
		t.Error("the file exists before anything was written")
	}
	c.Do("POST", "/servicePrincipals", `{"appId":"`+identity.AppleAppID+`"}`).Must(t, http.StatusCreated)
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
	if err := simulator.Reset(file); err != nil {
		t.Errorf("reset of nothing: %v", err)
	}
	c := simtest.NewClient(t, simulator.Options{Scenario: "granted", File: file})
	c.Do("DELETE", "/servicePrincipals(appId='"+identity.AppleAppID+"')", "").Must(t, http.StatusNoContent)
	if err := simulator.Reset(file); err != nil {
		t.Fatal(err)
	}
	c.Get("/servicePrincipals(appId='"+identity.AppleAppID+"')").Must(t, http.StatusOK)
}

// What a process left that was killed while it wrote goes with the next write, and with a reset.
func TestFile_leftOver(t *testing.T) {
	file := filepath.Join(t.TempDir(), "fresh.json")
	c := simtest.NewClient(t, simulator.Options{Scenario: "fresh", File: file})
	for name, do := range map[string]func(){
		"write": func() {
			c.Do("POST", "/servicePrincipals", `{"appId":"`+identity.AppleAppID+`"}`).Must(t, http.StatusCreated)
		},
		"reset": func() {
			if err := simulator.Reset(file); err != nil {
				t.Fatal(err)
			}
		},
	} {
		left := ""
		err := disk.ReplaceAlone(file, nil, func() {
			found, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".appleconsent-*"))
			left = found[0]
		})
		if err := errors.Join(err, os.Remove(file), os.WriteFile(left, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		do()
		if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: what was left is there still: %v", name, err)
		}
	}
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
			_, err := simtest.New(simulator.Options{Scenario: "fresh", File: file})
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
	c := simtest.NewClient(t, simulator.Options{Scenario: "fresh", File: file})
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := c.Get("/servicePrincipals").Must(t, http.StatusInternalServerError)
	if !strings.Contains(got.Message(), file) {
		t.Errorf("got message %q, want it to name %s", got.Message(), file)
	}
}

// A directory that was kept before there were policies gets those that its scenario
// begins with; what it holds otherwise stays.
func TestFile_ofAnOlderVersion(t *testing.T) {
	for _, scenario := range []string{"consent-blocked", "unlicensed", "deleted", "granted"} {
		file := filepath.Join(t.TempDir(), scenario+".json")
		now := func() time.Time { return noon }
		begun := simtest.NewClient(t, simulator.Options{Scenario: scenario, Now: now}).Server.Directory()
		changed := begun.Clone()
		changed.DisplayName = "kept"
		if err := os.WriteFile(file, withoutPolicies(t, changed), 0o600); err != nil {
			t.Fatal(err)
		}
		c := simtest.NewClient(t, simulator.Options{Scenario: scenario, File: file, Now: now})
		if diff := cmp.Diff(changed, c.Server.Directory()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", scenario, diff)
		}
		c.AsRole(identity.PrivilegedRoleAdministrator, "Policy.ReadWrite.Authorization").Do("PATCH", "/policies/authorizationPolicy", `{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["x"]}}`).Must(t, http.StatusNoContent)
		again := simtest.NewClient(t, simulator.Options{Scenario: scenario, File: file, Now: now}).Server.Directory()
		if diff := cmp.Diff(c.Server.Directory(), again); diff != "" || again.DisplayName != "kept" {
			t.Errorf("%s, kept by this version (-want +got):\n%s", scenario, diff)
		}
	}
}

// withoutPolicies is what an older version would have kept.
func withoutPolicies(t *testing.T, d directory.Directory) []byte {
	t.Helper()
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(text, &members); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"authorizationPolicy", "adminConsentRequestPolicy", "delegatedPermissionClassifications", "conditionalAccessPolicies",
		"signIns", "domains", "deviceConfigurations", "premium", "intune",
	} {
		if _, found := members[name]; !found {
			t.Errorf("%s is not kept", name)
		}
		delete(members, name)
	}
	if text, err = json.Marshal(members); err != nil {
		t.Fatal(err)
	}
	return text
}
