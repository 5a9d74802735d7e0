package plan_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/plan"

	"github.com/google/go-cmp/cmp"
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

// alsoFor is the default requirement, as a command line has it that asks for more.
func alsoFor(scopes ...consent.Scope) consent.Choices {
	var c consent.Choices
	for _, s := range scopes {
		c.Also = append(c.Also, consent.Also{Resource: consent.MicrosoftGraph, Scope: s})
	}
	return c
}

// alsoRig is a tenant in which a change granted something that was asked for beyond what is needed.
func alsoRig(t *testing.T) (*rig, plan.Change) {
	t.Helper()
	r := newRig(t, newTenant())
	r.required = consent.AppleMail().Require(alsoFor("Mail.ReadWrite", "Group.Read.All"))
	r.required.Checked = true
	return r, r.mustApply()
}

// read is the record as it is read from its file: without what the command line asked for.
func read(t *testing.T, c plan.Change) plan.Change {
	t.Helper()
	data, err := plan.Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	fromFile, err := plan.DecodeChange(data)
	if err != nil {
		t.Fatal(err)
	}
	return fromFile
}

// What was asked for is in the plan and the record, and goes away again without a word; to bring it back needs the words.
func TestTrust_also(t *testing.T) {
	t.Parallel()
	r, c := alsoRig(t)
	before := r.planApply()
	if diff := cmp.Diff([]string{"graph:Group.Read.All", "graph:Mail.ReadWrite"}, read(t, c).Requirement.Also); diff != "" || len(before.Actions) > 0 {
		t.Errorf("a second apply would do %v; the record (-want +got):\n%s", before.Actions, diff)
	}
	if err := c.Trust(); err != nil {
		t.Errorf("as it was made: %v", err)
	}
	if err := read(t, c).Trust(); !isWider(err, "Group.Read.All", "Mail.ReadWrite") {
		t.Errorf("to do it again from a file: %v", err)
	}
	if _, err := plan.NewUndo(read(t, c), nil, r.tenant.state, consent.Choices{}); err != nil {
		t.Errorf("to take it back: %v", err)
	}
	back, err := r.rollback(c)
	if err != nil || len(r.tenant.state.Grants) > 0 {
		t.Fatalf("there stands %v: %v", r.tenant.state.Grants, err)
	}
	for name, test := range map[string]struct {
		asked consent.Choices
		wider []consent.Scope
	}{
		"without words": {consent.Choices{}, []consent.Scope{"Group.Read.All", "Mail.ReadWrite"}},
		"one of two":    {alsoFor("mail.readwrite"), []consent.Scope{"Group.Read.All"}},
		"on another resource": {consent.Choices{Also: []consent.Also{
			{Resource: consent.ExchangeOnline, Scope: "Mail.ReadWrite"}, {Resource: consent.ExchangeOnline, Scope: "Group.Read.All"},
		}}, []consent.Scope{"Group.Read.All", "Mail.ReadWrite"}},
		"both": {alsoFor("Mail.ReadWrite", "group.read.all"), nil},
	} {
		_, err := plan.NewUndo(read(t, back), nil, r.tenant.state, test.asked)
		if len(test.wider) == 0 && err != nil || len(test.wider) > 0 && !isWider(err, test.wider...) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// isWider reports whether an error asks for exactly these words, and is a refusal.
func isWider(err error, scopes ...consent.Scope) bool {
	wider, ok := errors.AsType[*plan.WiderError](err)
	return ok && errors.Is(err, plan.ErrRefused) && cmp.Equal(alsoFor(scopes...).Also, wider.Needs.Also)
}

// A record that was edited cannot bring about anything by what it says of itself.
func TestTrust_doctoredAlso(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	back, err := r.rollback(r.mustApply())
	if err != nil {
		t.Fatal(err)
	}
	first := slices.IndexFunc(back.Actions, func(a plan.RecordedAction) bool { return a.ResourceAppID == consent.MicrosoftGraph })
	for name, doctor := range map[string]func(*plan.Change){
		"a scope, and says so": func(c *plan.Change) {
			c.Requirement.Also = []string{"graph:Mail.ReadWrite"}
			result := *c.Actions[first].Result
			result.Before = result.Before.With("Mail.ReadWrite")
			c.Actions[first].Result = &result
		},
		"a scope, and does not": func(c *plan.Change) {
			result := *c.Actions[first].Result
			result.Before = result.Before.With("Mail.ReadWrite")
			c.Actions[first].Result = &result
		},
		"enables the app": func(c *plan.Change) {
			a := &c.Actions[first]
			a.Kind, a.AppID, a.Target, a.Result = consent.DisableServicePrincipal, consent.AppleInternetAccounts, string(clientID), &plan.Result{Target: string(clientID)}
			a.ResourceAppID, a.ResourceID, a.ClientID, a.Before, a.After = "", "", "", nil, nil
		},
		"opens user consent": func(c *plan.Change) {
			c.Requirement.Route = consent.UserConsent
			for i := range c.Actions {
				c.Actions[i].Status = plan.StatusUnchanged
			}
			c.Actions[0].Action.Action = consent.Action{
				Kind: consent.SetUserConsentPolicy, Before: consent.Scopes("ManagePermissionGrantsForSelf.microsoft-user-default-legacy"), After: consent.ScopeSet{},
			}
			c.Actions[0].Status, c.Actions[0].Result = plan.StatusDone, &plan.Result{Before: c.Actions[0].Before, After: consent.ScopeSet{}}
		},
	} {
		c := back
		c.Actions = slices.Clone(back.Actions)
		doctor(&c)
		state := r.tenant.state
		state.ServicePrincipals = []consent.ServicePrincipal{
			{ID: clientID, AppID: consent.AppleInternetAccounts, AccountEnabled: new(false)}, {ID: graphID, AppID: consent.MicrosoftGraph},
		}
		if _, err := plan.NewUndo(c, nil, state, consent.Choices{}); !errors.Is(err, plan.ErrRefused) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// After the end of EWS, a record that holds it is still taken back; to grant it again needs the words.
func TestNewUndo_afterEWS(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	c := r.mustApply()
	after := consent.Choices{}.On(consent.EWSEnd, "global")
	if _, err := plan.NewUndo(c, nil, r.tenant.state, after); err != nil {
		t.Errorf("to take it back: %v", err)
	}
	back, err := r.rollback(c)
	if err != nil {
		t.Fatal(err)
	}
	ews := []consent.Also{{Resource: consent.ExchangeOnline, Scope: consent.EWS}}
	_, err = plan.NewUndo(back, nil, r.tenant.state, after)
	if wider, ok := errors.AsType[*plan.WiderError](err); !ok || !cmp.Equal(ews, wider.Needs.Also) {
		t.Errorf("to grant it again: %v", err)
	}
	after.Also = ews
	if _, err := plan.NewUndo(back, nil, r.tenant.state, after); err != nil {
		t.Errorf("with the words: %v", err)
	}
}

// A saved plan permits nothing either: what is asked for is not in its file.
func TestTrust_savedAlso(t *testing.T) {
	t.Parallel()
	required := consent.AppleMail().Require(alsoFor("Mail.ReadWrite"))
	doc := plan.New(plan.KindPlan, testTool, newRig(t, newTenant()).clock.Now(), required, newTenant().state)
	if err := doc.Trust(); err != nil {
		t.Errorf("as it was made: %v", err)
	}
	saved, err := plan.Decode([]byte(encode(t, doc)))
	if err != nil {
		t.Fatal(err)
	}
	if err := saved.Trust(); !isWider(err, "Mail.ReadWrite") {
		t.Errorf("from a file: %v", err)
	}
	saved.Asked = required.Also
	if err := saved.Trust(); err != nil || len(plan.Stale(saved, doc)) > 0 {
		t.Errorf("with the words: %v, %v", err, plan.Stale(saved, doc))
	}
	saved.Requirement.Also = []string{}
	if err := saved.Trust(); !errors.Is(err, plan.ErrRefused) || len(plan.Stale(saved, doc)) == 0 {
		t.Errorf("that does not say what it was made for: %v", err)
	}
}

// What a requirement may say of itself.
func TestDecode_also(t *testing.T) {
	t.Parallel()
	required := consent.AppleMail().Require(alsoFor("Mail.ReadWrite"))
	text := encode(t, plan.New(plan.KindPlan, testTool, newRig(t, newTenant()).clock.Now(), required, newTenant().state))
	for also, valid := range map[string]bool{
		`"graph:Mail.ReadWrite"`: true, `"exchange:EWS.AccessAsUser.All", "5b0f5c2e-7d0a-4c55-9a3e-2f1d6a8c9e10:x"`: true,
		`"Mail.ReadWrite"`: false, `"consented"`: false, `"graph:a", "graph:a"`: false, `"graph:a b"`: false, `"outlook:a"`: false,
		`"00000003-0000-0000-c000-000000000000:a"`: false, `"Graph:a"`: false, `7`: false, `null`: false,
	} {
		_, err := plan.Decode([]byte(strings.Replace(text, `"graph:Mail.ReadWrite"`, also, 1)))
		if (err == nil) != valid {
			t.Errorf("%s: got %v", also, err)
		}
	}
}
