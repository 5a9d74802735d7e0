package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"appleconsent/internal/testbed"
)

// What a partner's tenant lists is a file for --tenants, whose columns say what the relationships allow.
func TestTenants(t *testing.T) {
	t.Parallel()
	testbed.InBubble(t, "partner", func(b *testbed.Bubble) {
		b.Tenant.SetDelegatedScopes("Directory.Read.All", "DelegatedAdminRelationship.Read.All")
		file := filepath.Join(b.State, "customers.csv")
		a := b.Must(0, "tenants", "--gdap", "--out", file)
		text, err := os.ReadFile(file)
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		if err != nil || len(lines) != 101 || lines[0] != "tenant,name,domain,contract,gdap,gdap_ends,gdap_roles" || a.Stdout != "" ||
			!strings.Contains(a.Stderr, "Wrote 100 customers to ") || !strings.Contains(a.Stderr, "appleconsent status --tenants "+file) {
			t.Errorf("got %d lines, %v\n%s%s", len(lines), err, a.Stdout, a.Stderr)
		}
		for _, want := range []string{",sufficient,", ",insufficient,", ",none,,"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("no row has %q:\n%s", want, text)
			}
		}
		shown := b.Must(0, "tenants", "--gdap").Stdout
		if !strings.HasSuffix(shown, "100 customers: 75 with a role that can grant consent, 9 without, 16 without an active relationship.\n") {
			t.Errorf("got:\n%s", shown)
		}
	})
}

// As JSON the list follows its schema, with relationships and without.
func TestTenants_json(t *testing.T) {
	t.Parallel()
	testbed.InBubble(t, "partner", func(b *testbed.Bubble) {
		for _, args := range [][]string{{"tenants", "-o", "json"}, {"tenants", "--gdap", "-o", "json"}} {
			a := b.Must(0, args...)
			if err := testbed.FollowsSchema("tenants", a.Stdout); err != nil {
				t.Error(err)
			}
			var doc struct {
				Customers []struct{ Relationship *struct{} }
			}
			if err := json.Unmarshal([]byte(a.Stdout), &doc); err != nil || len(doc.Customers) != 100 || (doc.Customers[0].Relationship != nil) != (len(args) == 4) {
				t.Errorf("%v: %v\n%s", args, err, a.Stdout)
			}
		}
	})
}

// A tenant that is no partner's has no customers, and one whose relationships cannot be read says what that needs.
func TestTenants_none(t *testing.T) {
	t.Parallel()
	testbed.InBubble(t, "granted", func(b *testbed.Bubble) {
		if got := b.Must(0, "tenants").Stdout; !strings.HasPrefix(got, "No customers: ") {
			t.Errorf("got %q", got)
		}
		b.Tenant.SetDelegatedScopes("Directory.Read.All")
		b.Must(1, "tenants", "--gdap").CheckError(t, "DelegatedAdminRelationship.Read.All")
	})
}

// The tenants of the simulated fleet are a file for --tenants; a mix says what they are.
func TestSimulate_fleet(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "tenants.csv")
	offline(t, nil, "simulate", "fleet", "--out", file, "--size", "4", "--mix", "granted=3,53003=1").Must(t, 0, nil)
	text, err := os.ReadFile(file)
	if err != nil || strings.Count(string(text), "\n") != 5 || strings.Count(string(text), ",granted\n") != 3 || strings.Count(string(text), ",AADSTS53003\n") != 1 {
		t.Errorf("%v:\n%s", err, text)
	}
	if a := offline(t, nil, "simulate", "fleet", "--out", "-", "--size", "1"); !strings.HasPrefix(a.Stdout, "tenant,name,kind\nf1ee7000-") {
		t.Errorf("got %q", a.Stdout)
	}
	for words, want := range map[string]string{
		"simulate fresh --out x":              "--out writes tenants of the fleet",
		"simulate fleet --size 3":             "simulate needs one of",
		"simulate fleet --list --mix fresh=1": "--size and --mix go with --out",
		"simulate fleet --out - --size 0":     "--size must be from 1 to 20000",
		"simulate fleet --out - --mix fresh":  "",
		"simulate fleet --out - --mix none=1": "--mix: unknown scenario",
		"simulate fleet --out - --mix 12=1":   "--mix: unknown AADSTS number 12",
	} {
		a := offline(t, map[string]string{"APPLECONSENT_STATE_DIR": t.TempDir()}, strings.Fields(words)...)
		if want == "" && a.Code == 0 {
			continue
		}
		a.Must(t, 1, nil).CheckError(t, want)
	}
}
