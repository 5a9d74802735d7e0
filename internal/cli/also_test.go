package cli_test

import (
	"strings"
	"testing"
	"time"

	"appleconsent/internal/testbed"
)

// From 1 April 2027 on, EWS is not required by default; what was granted before goes away by its record all the same.
func TestEWS_ends(t *testing.T) {
	t.Parallel()
	inNovember(t, "partial", func(b *bubble) {
		before := testbed.Stands(b.Tenant)
		if plan := b.Must(0, "plan", "--devices", "mac").Stdout; !strings.Contains(plan, "EWS.AccessAsUser.All  missing") {
			t.Errorf("before the end:\n%s", plan)
		}
		b.Must(0, "apply", "--yes")
		time.Sleep(time.Until(time.Date(2027, time.March, 31, 23, 59, 59, 0, time.UTC)))
		if status := b.Must(0, "status").Stdout; !strings.Contains(status, "EWS.AccessAsUser.All  granted for all users") || !strings.Contains(status, "EWS ends on 1 April 2027") {
			t.Errorf("on the last day:\n%s", status)
		}
		time.Sleep(time.Second)
		status := b.Must(0, "status").Stdout
		if !strings.Contains(status, "EWS.AccessAsUser.All  not required, kept") || strings.Contains(status, "warning") || strings.Contains(status, "EWS ends") {
			t.Errorf("after the end:\n%s", status)
		}
		if text := b.Must(0, "doctor").Stdout; !strings.Contains(text, "EWS in Exchange Online ended on 1 April 2027") {
			t.Errorf("after the end:\n%s", text)
		}
		b.Must(0, "rollback", "--yes")
		if got := testbed.Stands(b.Tenant); got != before {
			t.Errorf("after the rollback there stands\n%s\ninstead of\n%s", got, before)
		}
		b.Tenant.ResetLog()
		if text := b.Must(0, "apply", "--dry-run", "--devices", "mac").Stdout; strings.Contains(text, "EWS") {
			t.Errorf("for Macs after the end:\n%s", text)
		}
		asked := b.Must(0, "apply", "--yes", "--also", "exchange:ews.accessasuser.all")
		if !strings.Contains(asked.Stderr, "EWS in Exchange Online ended") || !strings.Contains(testbed.Stands(b.Tenant), "EWS.AccessAsUser.All") {
			t.Errorf("asked for by name:\n%s", asked.Stderr)
		}
	})
}

// Until Macs are granted what they ask for, doctor has the command for it; run as printed, it makes them well.
func TestDoctor_macs(t *testing.T) {
	t.Parallel()
	inNovember(t, "mac-on-graph", func(b *bubble) {
		before := testbed.Stands(b.Tenant)
		command := ""
		for _, c := range b.diagnose(2).Checks {
			if c.ID == "macsOnGraph" && c.Fix != nil && c.Fix.Command != nil {
				command = *c.Fix.Command
			}
		}
		if !strings.Contains(command, "--also Group.Read.All") {
			t.Fatalf("the command is %q", command)
		}
		b.Must(0, append(strings.Fields(command)[1:], "--yes")...)
		for _, c := range b.diagnose(0).Checks {
			if c.ID == "macsOnGraph" && (c.Status != "ok" || c.Fix != nil || !strings.Contains(c.Found, "before the last grant")) { // the refused sign-ins are still in the log
				t.Errorf("after it: %+v", c)
			}
		}
		b.Must(0, "status", "--also", "consented")
		b.Must(0, "rollback", "--yes")
		if got := testbed.Stands(b.Tenant); got != before {
			t.Errorf("after the rollback there stands\n%s\ninstead of\n%s", got, before)
		}
	})
}
