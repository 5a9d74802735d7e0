package plan_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/plan"
)

// claims is a plan or a change record as a file has it.
type claims struct {
	plan   plan.Document
	change plan.Change
}

func (c claims) trust() error {
	if c.change.ID != "" {
		return c.change.Trust()
	}
	return c.plan.Trust()
}

// claimed reads one of the documents that package render is tested with, and makes sure that it is trusted as it is.
func claimed(t *testing.T, name string) claims {
	t.Helper()
	data, err := os.ReadFile("render/testdata/" + name + ".json")
	var c claims
	switch {
	case err != nil:
	case strings.HasPrefix(name, "change"):
		c.change, err = plan.DecodeChange(data)
	default:
		c.plan, err = plan.Decode(data)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := c.trust(); err != nil {
		t.Fatalf("%s as this program wrote it: %v", name, err)
	}
	return c
}

// A file that was edited is not trusted: neither a plan, nor a record of what is said to have been done.
func TestTrust(t *testing.T) {
	t.Parallel()
	const other = "11111111-2222-3333-4444-555555555555"
	for what, doctor := range map[string]func(*claims){
		"another grant that is kept":                  func(d *claims) { d.plan.Resources[1].GrantID = new(consent.GrantID("a'; calc; '")) },
		"a change of user consent by the other route": func(d *claims) { d.plan.Actions[0].Action = consent.Action{Kind: consent.SetUserConsentPolicy} },
		"the same grant twice":                        func(d *claims) { d.plan.Actions = append(d.plan.Actions, d.plan.Actions[0]) },
		"another scope":                               func(d *claims) { d.plan.Actions[0].After = append(d.plan.Actions[0].After, "Mail.ReadWrite") },
		"a scope of another resource":                 func(d *claims) { d.plan.Actions[0].After = append(d.plan.Actions[0].After, "User.Read") },
		"a scope taken away":                          func(d *claims) { d.plan.Actions[0].After = d.plan.Actions[0].After[2:] },
		"another resource":                            func(d *claims) { d.plan.Actions[0].ResourceAppID = other },
		"another client":                              func(d *claims) { d.plan.Client.AppID = other },
		"another cloud":                               func(d *claims) { d.plan.Tenant.Cloud = "mars" },
		"no GUID":                                     func(d *claims) { d.plan.Tenant.ID = "x' -or $true" },
		"no tenant":                                   func(d *claims) { d.plan.Tenant.ID = "" },
		"no grant id":                                 func(d *claims) { d.plan.Actions[0].Target = "a'; calc; '" },
		"another service principal": func(d *claims) {
			d.plan.Actions[0].Kind, d.plan.Actions[0].AppID = consent.CreateServicePrincipal, other
		},
		"no service principal to delete": func(d *claims) {
			d.plan.Actions[0].Kind, d.plan.Actions[0].AppID = consent.DeleteServicePrincipal, consent.AppleInternetAccounts
		},
		"a grant deleted with what is in it": func(d *claims) { d.plan.Actions[0].Kind = consent.DeleteGrant },
	} {
		d := claimed(t, "plan-extra")
		doctor(&d)
		if err := d.trust(); !errors.Is(err, plan.ErrRefused) {
			t.Errorf("%s: got %v", what, err)
		}
	}
	for what, doctor := range map[string]func(*claims){
		"one grant in two actions": func(d *claims) { d.change.Actions[0].Result.Target = d.change.Actions[1].Result.Target },
		"an apply that deletes": func(d *claims) {
			d.change.Actions[0].Kind, d.change.Actions[0].Target = consent.DeleteServicePrincipal, string(other)
		},
		"an apply that revokes": func(d *claims) { r := d.change.Actions[1].Result; r.Before, r.After = r.After, r.Before },
	} {
		d := claimed(t, "change-applied")
		doctor(&d)
		if err := d.trust(); !errors.Is(err, plan.ErrRefused) {
			t.Errorf("%s: got %v", what, err)
		}
	}
	d := claimed(t, "change-applied")
	d.change.Actions[1].Result.After = append(d.change.Actions[1].Result.After, "Mail.ReadWrite")
	if err := d.trust(); !errors.Is(err, plan.ErrRefused) {
		t.Errorf("another scope, done: got %v", err)
	}
}

// The same for what concerns settings.
func TestTrust_settings(t *testing.T) {
	t.Parallel()
	const other = "11111111-2222-3333-4444-555555555555"
	policy := func(entries ...consent.Scope) func(*claims) {
		return func(d *claims) { a := &d.plan.Actions[2]; a.After = a.After.With(entries...) }
	}
	for what, test := range map[string]struct {
		name   string
		doctor func(*claims)
	}{
		"another permission": {"plan-user-consent", func(d *claims) { d.plan.Actions[0].Permission = "Mail.ReadWrite" }},
		"another permission with its id": {"plan-user-consent", func(d *claims) {
			d.plan.Actions[0].Permission, d.plan.Actions[0].PermissionID = "Mail.ReadWrite", "024d486e-b451-40bb-833d-3e66d98c5c73"
		}},
		"another id":                          {"plan-user-consent", func(d *claims) { d.plan.Actions[0].PermissionID = other }},
		"a permission of another resource":    {"plan-user-consent", func(d *claims) { d.plan.Actions[0].ResourceAppID = consent.MicrosoftGraph }},
		"another resource":                    {"plan-user-consent", func(d *claims) { d.plan.Actions[0].ResourceAppID = consent.AzureADGraph }},
		"no object id":                        {"plan-user-consent", func(d *claims) { d.plan.Actions[0].ResourceID = "x'; calc; '" }},
		"no resource":                         {"plan-user-consent", func(d *claims) { d.plan.Actions[0].ResourceID = "" }},
		"classified twice":                    {"plan-user-consent", func(d *claims) { d.plan.Actions[1] = d.plan.Actions[0] }},
		"a more generous policy":              {"plan-user-consent", policy("ManagePermissionGrantsForSelf.microsoft-user-default-legacy")},
		"a custom policy":                     {"plan-user-consent", policy("ManagePermissionGrantsForSelf.mine")},
		"a policy of owned resources":         {"plan-user-consent", policy("ManagePermissionGrantsForOwnedResource.mine")},
		"a policy with a quote":               {"plan-user-consent", policy("ManagePermissionGrantsForSelf.x'; calc; '")},
		"a policy with a typographic quote":   {"plan-user-consent", policy("ManagePermissionGrantsForSelf.x’")},
		"a policy without end":                {"plan-user-consent", policy(consent.Scope(strings.Repeat("x", 201)))},
		"an odd policy that stands":           {"plan-user-consent", func(d *claims) { d.plan.Actions[2].Before = d.plan.Actions[2].Before.With("a b"); policy("a b")(d) }},
		"user consent switched off":           {"plan-user-consent", func(d *claims) { d.plan.Actions[2].After = d.plan.Actions[2].After[1:] }},
		"set twice":                           {"plan-user-consent", func(d *claims) { d.plan.Actions = append(d.plan.Actions, d.plan.Actions[2]) }},
		"a policy of owned resources dropped": {"plan-user-consent-rollback", func(d *claims) { d.plan.Actions[0].After = d.plan.Actions[0].After[:2] }},
		"no classification id":                {"plan-user-consent-rollback", func(d *claims) { d.plan.Actions[1].Target = "" }},
		"an odd classification id":            {"plan-user-consent-rollback", func(d *claims) { d.plan.Actions[1].Target = "a/../b" }},
		"another application":                 {"plan-enable", func(d *claims) { d.plan.Actions[0].AppID = consent.MicrosoftGraph }},
		"no service principal":                {"plan-enable", func(d *claims) { d.plan.Actions[0].Target = "" }},
		"an odd service principal":            {"plan-enable", func(d *claims) { d.plan.Actions[0].Target = "' -or '" }},
		"enabled twice":                       {"plan-enable", func(d *claims) { d.plan.Actions = append(d.plan.Actions, d.plan.Actions[0]) }},
		"created and enabled": {"plan-enable", func(d *claims) {
			created := d.plan.Actions[0]
			created.Kind = consent.CreateServicePrincipal
			d.plan.Actions = append(d.plan.Actions, created)
		}},
		"another permission, done": {"change-user-consent", func(d *claims) { d.change.Actions[0].Permission = "Mail.ReadWrite" }},
		"a generous policy, done": {"change-user-consent", func(d *claims) {
			d.change.Actions[2].Result.After = consent.Scopes("ManagePermissionGrantsForSelf.microsoft-user-default-legacy")
		}},
	} {
		d := claimed(t, test.name)
		test.doctor(&d)
		if err := d.trust(); !errors.Is(err, plan.ErrRefused) {
			t.Errorf("%s: got %v", what, err)
		}
	}
}

// What a rollback may assign again, an apply may not.
func TestTrust_rollbackOfPolicies(t *testing.T) {
	t.Parallel()
	d := claimed(t, "plan-user-consent-rollback")
	d.plan.RollsBack = ""
	if err := d.plan.Trust(); !errors.Is(err, plan.ErrRefused) {
		t.Errorf("got %v", err)
	}
}

// Kinds and classifications that no document has are refused when it is read.
func TestDecode_unknownActions(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string][2]string{
		"an unknown kind":        {`"classifyPermission"`, `"dropTenant"`},
		"another classification": {`"classification": "low"`, `"classification": "high"`},
	} {
		data, err := os.ReadFile("render/testdata/plan-user-consent.json")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := plan.Decode([]byte(strings.Replace(string(data), edit[0], edit[1], 1))); err == nil || !strings.Contains(err.Error(), `action "1"`) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// A change of one cloud is not taken back in another, whose tenants may have the same id.
func TestNewUndo_otherCloud(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	state := newTenant().state
	state.Tenant.Cloud = "china"
	if _, err := plan.NewUndo(r.record(1, nil), nil, state, consent.Choices{}); !errors.Is(err, plan.ErrRefused) {
		t.Errorf("got %v", err)
	}
}
