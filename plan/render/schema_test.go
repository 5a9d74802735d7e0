package render_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schema compiles one of the published schemas.
func schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "docs", "schema", name+".schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func valid(t *testing.T, s *jsonschema.Schema, document string) error {
	t.Helper()
	parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(parsed)
}

// What is rendered here are documents as they are published.
func TestSchemas(t *testing.T) {
	t.Parallel()
	plans, changes := schema(t, "plan"), schema(t, "change")
	for _, name := range documents(t) {
		s := plans
		if strings.HasPrefix(name, "change") {
			s = changes
		}
		if err := valid(t, s, mustRead(t, name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What the program makes of any state on either route is what the schema says.
func TestSchemas_routes(t *testing.T) {
	t.Parallel()
	plans, changes := schema(t, "plan"), schema(t, "change")
	disabled := false
	state := consent.State{
		Tenant: consent.Tenant{ID: "7e000000-0000-4000-8000-000000000000", Cloud: "global"},
		ServicePrincipals: []consent.ServicePrincipal{
			{ID: "c1000000-0000-4000-8000-000000000001", AppID: consent.AppleInternetAccounts, AccountEnabled: &disabled},
			{ID: "c1000000-0000-4000-8000-000000000002", AppID: consent.MicrosoftGraph},
			{ID: "c1000000-0000-4000-8000-000000000003", AppID: consent.ExchangeOnline},
		},
		ConsentPolicies: consent.ScopeSet{},
	}
	states := map[string]consent.State{"all": state, "none": {Tenant: state.Tenant, ConsentPolicies: consent.ScopeSet{}}}
	at := time.Date(2026, time.November, 24, 13, 58, 18, 0, time.UTC)
	for _, route := range consent.RouteChoices() {
		for name, state := range states {
			for _, kind := range []plan.Kind{plan.KindStatus, plan.KindPlan} {
				required := consent.AppleMail().Require(consent.Choices{Route: route, EnableApp: true})
				doc := plan.New(kind, plan.Tool{Name: "appleconsent", Version: "v1.2.0"}, at, required, state)
				encoded, err := render.Write(render.OfPlan(doc), render.JSON, render.PlainStyle(80))
				if err != nil {
					t.Fatal(err)
				}
				if err := valid(t, plans, string(encoded)); err != nil {
					t.Errorf("%s of %s by %s: %v\n%s", kind, name, route, err, encoded)
				}
				change := plan.Begin(doc, plan.Beginning{ID: plan.NewChangeID(at, [3]byte{}), Operation: plan.OperationApply, At: at})
				encoded, _ = plan.Encode(change)
				if err := valid(t, changes, string(encoded)); err != nil {
					t.Errorf("change of %s by %s: %v\n%s", name, route, err, encoded)
				}
			}
		}
	}
}

func TestSchemas_refuse(t *testing.T) {
	t.Parallel()
	const classifying, declassifying, policy, enabling = `"kind": "classifyPermission"`, `"kind": "declassifyPermission"`, `"kind": "setUserConsentPolicy"`, `"kind": "enableServicePrincipal"`
	const back, done = "plan-user-consent-rollback", "change-user-consent"
	for what, test := range map[string]struct{ name, old, new string }{
		"another route":                      {"plan-user-consent", `"route": "user-consent"`, `"route": "admin-consent"`},
		"policies without a route":           {"plan-user-consent", `"route": "user-consent",`, ``},
		"a route without policies":           {"plan-fresh", `"satisfied"`, `"route": "user-consent", "satisfied"`},
		"a resource without classifications": {"plan-user-consent", `"classified": []`, `"extra": []`},
		"classifications without a route":    {"plan-fresh", `"extra": []`, `"extra": [], "classified": []`},
		"a client of a permission":           {"plan-user-consent", classifying, classifying + `, "clientId": null`},
		"a classification without an id":     {back, `"classificationId"`, `"grantId"`},
		"an id of what is not classified":    {"plan-user-consent", classifying, classifying + `, "classificationId": "x"`},
		"another classification":             {"plan-user-consent", `"classification": "low"`, `"classification": "high"`},
		"no GUID of a permission":            {"plan-user-consent", `"permissionId": "2`, `"permissionId": "x`},
		"a grant of a policy":                {"plan-user-consent", policy, policy + `, "grantId": "x"`},
		"a policy with a permission":         {back, declassifying, policy},
		"a policy without what is to be":     {"plan-user-consent", `"after"`, `"later"`},
		"white space in a policy":            {"plan-user-consent", `user-default-low"`, `user-default-low x"`},
		"a switch without its object":        {"plan-enable", enabling, `"kind": "createServicePrincipal"`},
		"an unknown field of a result":       {done, `"result": {`, `"result": {"permissionId": "x",`},
		"a result without an id":             {done, `"classificationId": "i`, `"classificationId": "", "x": "i`},
	} {
		good, s := mustRead(t, test.name), schema(t, "plan")
		if test.name == done {
			s = schema(t, "change")
		}
		doctored := strings.Replace(good, test.old, test.new, 1)
		if doctored == good || valid(t, s, doctored) == nil {
			t.Errorf("%s is accepted:\n%s", what, doctored)
		}
	}
}

func mustRead(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
