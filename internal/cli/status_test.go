package cli_test

import (
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/simtest"
	"appleconsent/internal/testbed"
)

// A look costs the same however many users have consented one by one: requests and bytes.
func TestStatus_cost(t *testing.T) {
	t.Parallel()
	const maxBytes = 4000
	for name, test := range map[string]struct {
		options simulator.Options
		want    int
	}{
		"no service principal": {simulator.Options{Scenario: "fresh"}, 3}, // which was deleted, in place of the grants
		"granted":              {simulator.Options{Scenario: "granted"}, 3},
		"5,000 users":          {simulator.Options{Scenario: "user-consents", PerUserGrants: 5000}, 3},
		"100,000 users":        {simulator.Options{Scenario: "user-consents", PerUserGrants: 100000}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.options.PerUserGrants > 10_000 && !testbed.Full() {
				t.Skip("many users")
			}
			inBubble(t, test.options.Scenario, func(b *bubble) {
				tenant, err := simtest.New(test.options)
				if err != nil {
					t.Fatal(err)
				}
				b.Tenant = tenant
				for _, command := range []string{"status", "plan"} {
					b.Tenant.ResetLog()
					b.Run(command)
					sent, bytes := testbed.GraphRequests(b.Tenant), 0
					for _, r := range sent {
						bytes += r.ResponseBytes
					}
					if len(sent) != test.want || bytes > maxBytes {
						t.Errorf("%s: %d requests and %d bytes; want %d requests and at most %d bytes", command, len(sent), bytes, test.want, maxBytes)
					}
				}
			})
		})
	}
}

// All is granted, and Graph does not tell whether users can sign in: that is not in place, here and where a link is waited for.
func TestStatus_signInUnknown(t *testing.T) {
	t.Parallel()
	const want = "Not in place: All required scopes are granted, but it is unknown whether sign-in is enabled."
	inBubble(t, "granted", func(b *bubble) {
		b.Tenant.Edit(func(d *directory.Directory) {
			for i := range d.ServicePrincipals {
				d.ServicePrincipals[i].AccountEnabled = nil
			}
		})
		for _, args := range [][]string{{"status"}, {"link", "--check"}} {
			got := b.Must(2, args...).Stdout
			if text := strings.Join(strings.Fields(got), " "); !strings.Contains(text, want) {
				t.Errorf("%v: got %s", args, got)
			}
		}
		if got := b.Must(2, "status", "-o", "json").Stdout; !strings.Contains(got, `"signIn": null`) || testbed.FollowsSchema("plan", got) != nil {
			t.Errorf("got %s", got)
		}
	})
}
