//go:build linux

package e2e_test

import (
	"os"
	"strings"
	"testing"
)

// A job signs in with its own OIDC token, and Directory.Read.All is enough to preview. No secret shows.
func TestAction_signIn(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "partial")
	m.pipelines()
	m.Tenant.SetAppRoles(readOnly)
	r := newRunner(t, append(m.environ(
		"ACTIONS_ID_TOKEN_REQUEST_URL=https://token.actions.example/run/1?api-version=2.0", "ACTIONS_ID_TOKEN_REQUEST_TOKEN="+bearerOfJob,
	), "PATH="+os.Getenv("PATH"))...)
	code, said, outputs, summary := r.action(map[string]string{"tenant": m.Tenant.TenantID(), "client-id": appID})
	if code != 0 || outputs["state"] != "changesDue" || outputs["changes-due"] != "2" || !strings.Contains(summary, "2 scopes to grant") {
		t.Errorf("exit code %d, outputs %q\n%s\nsummary:\n%s", code, outputs, said, summary)
	}
	onlyReads(t, m.Tenant)
	for _, text := range []string{said, summary} {
		if strings.Contains(text, bearerOfJob) || strings.Contains(text, "eyJhbGciOi") {
			t.Errorf("it shows a token:\n%s", text)
		}
	}
	m.Tenant.SetAppRoles()
	if code, _, outputs, summary = r.action(map[string]string{"tenant": m.Tenant.TenantID(), "client-id": appID}); code != 1 || outputs["state"] != "failed" ||
		!strings.Contains(summary, readOnly) {
		t.Errorf("without the permission: exit code %d, outputs %q, summary:\n%s", code, outputs, summary)
	}
}
