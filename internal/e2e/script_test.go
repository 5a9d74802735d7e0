package e2e_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"
	"appleconsent/internal/testbed"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs the stories in testdata/script: the program against simulated tenants. Beside testscript's own
// commands they know the ones in scriptCommands.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                scriptCommands,
		Setup: func(env *testscript.Env) error {
			env.Setenv("BINARY", testbed.Program(t, "appleconsent"))
			env.Setenv("APPLECONSENT_STATE_DIR", filepath.Join(env.WorkDir, "state"))
			env.Setenv("TERM", "xterm")
			env.Values[tenantKey{}] = new(*simtest.Server)
			return nil
		},
	})
}

type tenantKey struct{}

func tenantOf(ts *testscript.TestScript) *simtest.Server {
	server := *ts.Value(tenantKey{}).(**simtest.Server)
	if server == nil {
		ts.Fatalf("no tenant is served: use serve SCENARIO first")
	}
	return server
}

var scriptCommands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"exits":     exits,
	"serve":     serve,
	"writes":    countWrites,
	"requests":  countRequests,
	"edit":      edit,
	"scopes":    scopesAre,
	"allow":     allow,
	"validates": validates,
	"replace":   replaceInFile,
	"keep":      keep,
	"as":        asKept,
}

// exits CODE COMMAND... runs a command that must end with that exit code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	code := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

// serve SCENARIO starts a simulated tenant in this process, to which all further commands go.
func serve(ts *testscript.TestScript, _ bool, args []string) {
	server, err := simtest.New(simulator.Options{Scenario: args[0]})
	ts.Check(err)
	url, stop, err := simulator.Serve(context.Background(), "127.0.0.1:0", server)
	ts.Check(err)
	ts.Defer(func() { _ = stop() })
	ts.Setenv("APPLECONSENT_SIMULATE", url)
	*ts.Value(tenantKey{}).(**simtest.Server) = server
}

// writes N wants that many requests since the last count that would change something.
func countWrites(ts *testscript.TestScript, _ bool, args []string) {
	sent := testbed.Writes(tenantOf(ts))
	if want, err := strconv.Atoi(args[0]); err != nil || len(sent) != want {
		ts.Fatalf("%d writes were sent, want %s: %v", len(sent), args[0], sent)
	}
	tenantOf(ts).ResetLog()
}

// requests N wants that many requests of any kind since the last count, those for tokens included.
func countRequests(ts *testscript.TestScript, _ bool, args []string) {
	sent := tenantOf(ts).Requests()
	if want, err := strconv.Atoi(args[0]); err != nil || len(sent) != want {
		ts.Fatalf("%d requests were sent, want %s: %v", len(sent), args[0], sent)
	}
	tenantOf(ts).ResetLog()
}

// The two resources, as scripts call them.
var resources = map[string]string{
	"graph": identity.GraphAppID, "exchange": identity.ExchangeAppID,
}

// edit grant|user|assign|enable makes another admin's change:
//
//	edit grant graph|exchange SCOPES   replace the tenant-wide grant, or create it
//	edit user                          one user consents to User.Read
//	edit assign                        one user is assigned to the app
//	edit remove                        the client's service principal and its grants are deleted
//	edit disable                       the client is disabled for sign-in
//	edit policies ENTRY...             the entries of the authorization policy are these
//	edit classify [LEVEL]              EAS is classified, or nothing is
func edit(ts *testscript.TestScript, _ bool, args []string) {
	tenantOf(ts).Edit(func(d *directory.Directory) {
		client, _ := d.ServicePrincipalOf(identity.AppleAppID)
		switch args[0] {
		case "grant":
			i := testbed.GrantOf(d, resources[args[1]])
			if i < 0 {
				api, _ := d.ServicePrincipalOf(resources[args[1]])
				d.PermissionGrants = append(d.PermissionGrants, directory.PermissionGrant{
					ID: directory.GrantID(client.ID, api.ID, ""), ClientID: client.ID, ResourceID: api.ID, ConsentType: "AllPrincipals",
				})
				i = len(d.PermissionGrants) - 1
			}
			d.PermissionGrants[i].Scope = args[2]
		case "user":
			api, _ := d.ServicePrincipalOf(resources["graph"])
			user := d.Users[0].ID
			d.PermissionGrants = append(d.PermissionGrants, directory.PermissionGrant{
				ID: directory.GrantID(client.ID, api.ID, user), ClientID: client.ID, ResourceID: api.ID, ConsentType: "Principal",
				PrincipalID: &user, Scope: "User.Read",
			})
		case "assign":
			d.AppRoleAssignments = append(d.AppRoleAssignments, directory.AppRoleAssignment{
				ID: "assignment", PrincipalID: d.Users[0].ID, PrincipalType: "User", ResourceID: client.ID,
			})
		case "disable":
			directory.Edit{Do: "disable"}.Apply(d)
		case "policies":
			directory.Edit{Do: "setConsentPolicies", Policies: args[1:]}.Apply(d)
		case "classify":
			d.PermissionClassifications = nil
			if len(args) > 1 {
				directory.Edit{Do: "classify", Scope: "EAS.AccessAsUser.All", Classification: args[1]}.Apply(d)
			}
		case "remove":
			d.ServicePrincipals = slices.DeleteFunc(d.ServicePrincipals, func(sp directory.ServicePrincipal) bool { return sp.ID == client.ID })
			d.PermissionGrants = slices.DeleteFunc(d.PermissionGrants, func(g directory.PermissionGrant) bool { return g.ClientID == client.ID })
		default:
			ts.Fatalf("edit does not know %q", args[0])
		}
	})
}

// scopes graph|exchange [SCOPES] wants the tenant-wide grant to hold exactly that string; without one, to be absent.
func scopesAre(ts *testscript.TestScript, _ bool, args []string) {
	d := tenantOf(ts).Directory()
	i := testbed.GrantOf(&d, resources[args[0]])
	switch {
	case len(args) == 1 && i >= 0:
		ts.Fatalf("there is a grant: %q", d.PermissionGrants[i].Scope)
	case len(args) == 2 && i < 0:
		ts.Fatalf("there is no grant")
	case len(args) == 2 && d.PermissionGrants[i].Scope != args[1]:
		ts.Fatalf("the grant holds %q, want %q", d.PermissionGrants[i].Scope, args[1])
	}
}

// allow PERMISSION... restricts what the admin can get.
func allow(ts *testscript.TestScript, _ bool, args []string) {
	tenantOf(ts).SetDelegatedScopes(args...)
}

// validates SCHEMA FILE wants a file to follow a published schema.
func validates(ts *testscript.TestScript, neg bool, args []string) {
	if err := testbed.FollowsSchema(args[0], ts.ReadFile(args[1])); (err == nil) == neg {
		ts.Fatalf("validation: %v", err)
	}
}

// replace FILE OLD NEW edits a file by hand; OLD must be there. \n stands for a new line.
func replaceInFile(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	args[1] = strings.ReplaceAll(args[1], `\n`, "\n")
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not contain %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o600))
}

// keep NAME remembers what stands in the tenant; as NAME wants it to be the same again.
func keep(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs("kept-"+args[0]), []byte(testbed.Stands(tenantOf(ts))), 0o600))
}

func asKept(ts *testscript.TestScript, neg bool, args []string) {
	if was, is := ts.ReadFile("kept-"+args[0]), testbed.Stands(tenantOf(ts)); (was == is) == neg {
		ts.Fatalf("there stood\n%s\nand now there stands\n%s", was, is)
	}
}
