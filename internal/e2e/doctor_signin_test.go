//go:build linux

package e2e_test

import (
	"slices"
	"strings"
	"testing"
)

// Who may not consent to all that doctor would like to read is asked once more, for what is enough for the rest.
func TestDoctor_withoutConsent(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "partial")
	m.Tenant.SetConsented(readOnly)
	m.Tenant.SetAdminRoles(globalReader)
	got := m.with(nil, "doctor", "--auth", "device-code").Must(t, 2, nil)
	if !strings.Contains(got.Stdout, "skipped (needs Policy.Read.All)") || !strings.Contains(got.Stdout, "✗ problem  Tenant-wide grants") {
		t.Errorf("got\n%s", got.Stdout)
	}
	prompts := slices.DeleteFunc(m.asked(), func(asked string) bool { return !strings.HasPrefix(asked, "devicecode: ") })
	want := []string{
		"devicecode: " + readOnly + " Policy.Read.All AuditLog.Read.All DeviceManagementConfiguration.Read.All", "devicecode: " + readOnly,
	}
	if !slices.Equal(prompts, want) {
		t.Errorf("asked for %q, want %q", prompts, want)
	}
}

// An application has what an admin gave it, and is asked for nothing.
func TestDoctor_application(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "consent-blocked")
	m.Tenant.SetAppRoles(readOnly, "Policy.Read.All", "AuditLog.Read.All")
	got := m.with(m.app("AZURE_CLIENT_SECRET="+appSecret), "doctor", "--auth", "client-secret").Must(t, 2, nil)
	if !strings.Contains(got.Stdout, " sign-ins of 12 users failed") || strings.Count(got.Stdout, "skipped (needs") != 1 {
		t.Errorf("got\n%s", got.Stdout)
	}
}
