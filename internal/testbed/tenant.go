package testbed

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"
	"appleconsent/plan"
)

// GrantOf returns the place of the tenant-wide grant on a resource; -1 if there is none.
func GrantOf(d *directory.Directory, resource string) int {
	client, _ := d.ServicePrincipalOf(identity.AppleAppID)
	api, _ := d.ServicePrincipalOf(resource)
	return slices.IndexFunc(d.PermissionGrants, func(g directory.PermissionGrant) bool {
		return g.ClientID == client.ID && g.ResourceID == api.ID && g.ConsentType == "AllPrincipals"
	})
}

// GraphRequests returns the requests to Graph, without those for tokens.
func GraphRequests(s *simtest.Server) []simtest.Request {
	return slices.DeleteFunc(s.Requests(), func(r simtest.Request) bool { return !strings.HasPrefix(r.Path, "/v1.0/") })
}

// Writes returns the requests that would change something.
func Writes(s *simtest.Server) []simtest.Request {
	return slices.DeleteFunc(GraphRequests(s), func(r simtest.Request) bool { return r.Method == "GET" })
}

// Stands renders what the program is about: the service principals and the tenant-wide grants, one a line.
func Stands(s *simtest.Server) string {
	d := s.Directory()
	var lines []string
	for _, sp := range d.ServicePrincipals {
		lines = append(lines, fmt.Sprintf("%s %s %s, enabled %v", sp.AppID, sp.ID, sp.DisplayName, sp.AccountEnabled == nil || *sp.AccountEnabled))
	}
	for _, c := range d.PermissionClassifications {
		lines = append(lines, fmt.Sprintf("%s %s is %s", c.ResourceID, c.PermissionName, c.Classification))
	}
	lines = append(lines, fmt.Sprintf("policies %q", d.AuthorizationPolicy.DefaultUserRolePermissions.PermissionGrantPoliciesAssigned))
	for _, g := range d.PermissionGrants {
		if g.ConsentType == "AllPrincipals" {
			lines = append(lines, fmt.Sprintf("%s %s %s %q", g.ID, g.ClientID, g.ResourceID, g.Scope))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// StateFolder returns an empty folder for a test, in memory where the machine has such: each record is synced, and
// thousands of them would wait for a disk.
func StateFolder(t *testing.T) string {
	t.Helper()
	top, err := os.MkdirTemp("/dev/shm", "appleconsent-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(top); err != nil && runtime.GOOS != "windows" { // Wine does not know how Go removes folders
			t.Error(err)
		}
	})
	name := filepath.Join(top, "state")
	if err := os.Mkdir(name, 0o700); err != nil {
		t.Fatal(err)
	}
	return name
}

// Records returns the files of the change records in a state folder, the oldest first. Anything else beside them, such as a
// temporary file, fails the test.
func Records(t *testing.T, state string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(filepath.Join(state, "changes"), func(name string, entry fs.DirEntry, err error) error {
		switch id, found := strings.CutSuffix(filepath.Base(name), ".json"); {
		case err != nil || entry.IsDir():
			return err
		case !found || !plan.IsChangeID(id):
			t.Errorf("%s is left among the records", name)
		default:
			files = append(files, name)
		}
		return nil
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	slices.SortFunc(files, func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) })
	return files
}

// RecordIDs returns the ids of the change records in a state folder, the oldest first.
func RecordIDs(t *testing.T, state string) []string {
	t.Helper()
	ids := Records(t, state)
	for i, file := range ids {
		ids[i] = strings.TrimSuffix(filepath.Base(file), ".json")
	}
	return ids
}
