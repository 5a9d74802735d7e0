//go:build linux

package e2e_test

import (
	"slices"
	"strings"
	"testing"

	"appleconsent/internal/testbed"
)

// The Entra roles that these tests speak of, by template id (learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference).
const (
	globalReader                  = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
	cloudApplicationAdministrator = "158c047a-c907-4556-b7ef-446551a6b5f7"
	defaultUser                   = "b79fbf4d-3ef9-4689-8143-76b194e85509"
)

// A token that may only read is enough to look. What it lacks is said before the change is tried, and again by the refusal,
// with the Entra role that would do; nothing changes, and the one write that was refused is the only one.
func TestSignIn_readOnlyToken(t *testing.T) {
	t.Parallel()
	const grants, applications, role = "DelegatedPermissionGrant.ReadWrite.All", "Application.ReadWrite.All", "Cloud Application Administrator"
	for name, test := range map[string]struct {
		scenario string
		prepare  func(m *microsoft)
		auth     string
		warned   []string // before the change; nil: the token seems to be enough
		refused  []string // by Graph; nil: it is enough
	}{
		"an application that may read": {
			"partial", func(m *microsoft) { m.Tenant.SetAppRoles(readOnly) }, "client-secret",
			[]string{"warning: the application that signed in seems to lack the Microsoft Graph permission " + grants, role},
			[]string{grants, role},
		},
		"it would also need a service principal": {
			"fresh", func(m *microsoft) { m.Tenant.SetAppRoles(readOnly) }, "client-secret",
			[]string{grants + " and " + applications},
			[]string{grants, applications, role},
		},
		"an application that may write grants": {
			"partial", func(m *microsoft) { m.Tenant.SetAppRoles(readOnly, grants) }, "client-secret", nil, nil,
		},
		"it may write the whole directory, but service principals": {
			"fresh", func(m *microsoft) { m.Tenant.SetAppRoles(readOnly, "Directory.ReadWrite.All") }, "client-secret",
			[]string{"permission " + applications + ";"},
			[]string{applications, role},
		},
		"a person with a role that reads": {
			"partial", func(m *microsoft) { m.Tenant.SetAdminRoles(globalReader, defaultUser) }, "device-code",
			[]string{"warning: the account that signed in seems to lack an Entra role that allows this; the role " + role},
			[]string{grants, role},
		},
		"a person without any known role": { // which says nothing: the claim may be left out
			"partial", func(m *microsoft) { m.Tenant.SetAdminRoles() }, "device-code", nil, []string{grants, role},
		},
		"a person with the role": {
			"partial", func(m *microsoft) { m.Tenant.SetAdminRoles(defaultUser, cloudApplicationAdministrator) }, "device-code", nil, nil,
		},
		"the Azure CLI of a reader": {
			"partial", func(m *microsoft) { m.Tenant.SetAdminRoles(globalReader); m.azureCLI(`[{}]`) }, "azure-cli",
			[]string{"the account that signed in seems to lack an Entra role", role},
			[]string{grants, role},
		},
		"the Azure CLI of an administrator": {"fresh", func(m *microsoft) { m.azureCLI(`[{}]`) }, "azure-cli", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t, test.scenario)
			test.prepare(m)
			env := m.app("AZURE_CLIENT_SECRET=" + appSecret)
			m.with(env, "status", "--auth", test.auth).Must(t, 2, nil)
			m.with(env, "apply", "--dry-run", "--auth", test.auth).Must(t, 0, nil)
			before := testbed.Stands(m.Tenant)
			m.Tenant.ResetLog()
			got := m.with(env, "apply", "--yes", "--auth", test.auth)
			warning, rest, warned := strings.Cut(got.Stderr, "; trying anyway")
			if warned != (test.warned != nil) {
				t.Errorf("warned: %v, want %v\n%s", warned, !warned, got.Stderr)
			}
			for _, words := range test.warned {
				if !strings.Contains(warning, words) {
					t.Errorf("the warning lacks %q:\n%s", words, warning)
				}
			}
			if test.refused == nil {
				got.Must(t, 0, nil)
				return
			}
			got.Must(t, 1, nil)
			if !warned {
				rest = got.Stderr
			}
			for _, words := range append(test.refused, "403 Authorization_RequestDenied", "nothing was changed") {
				if !strings.Contains(rest, words) {
					t.Errorf("the refusal lacks %q:\n%s", words, rest)
				}
			}
			tries := 2 // the second one with a fresh token, which az does not give
			if test.auth == "azure-cli" {
				tries = 1
			}
			if after, sent := testbed.Stands(m.Tenant), testbed.Writes(m.Tenant); after != before || len(sent) != tries || sent[0].Path != sent[tries-1].Path {
				t.Errorf("sent %v, and there stands\n%s", sent, after)
			}
		})
	}
}

// What has to be granted where the service principal stands needs the permission to write grants and one to read, and no
// other is asked for.
func TestSignIn_asksForNothingMore(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "partial")
	m.with(nil, "apply", "--yes", "--auth", "device-code", "--tenant", m.Tenant.TenantID()).Must(t, 0, nil)
	allowed := []string{readOnly, "DelegatedPermissionGrant.ReadWrite.All"}
	for _, asked := range m.asked() {
		_, scopes, _ := strings.Cut(asked, ": ")
		for _, scope := range strings.Fields(scopes) {
			if !slices.Contains(allowed, scope) {
				t.Errorf("asked for %s: %s", scope, asked)
			}
		}
	}
	if sent := testbed.Writes(m.Tenant); len(sent) != 2 {
		t.Errorf("sent %v, want two writes", sent)
	}
}
