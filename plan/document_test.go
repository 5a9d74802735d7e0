package plan_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// checkGolden compares with a file below testdata, or rewrites it.
func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// schema compiles one of the published schemas, each of which stands alone.
func schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "docs", "schema", name+".schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Each schema stands alone, so that people can use one file; what they share must not drift apart.
func TestSchemas_shareDefinitions(t *testing.T) {
	t.Parallel()
	definitions := func(name string) (d struct {
		Defs map[string]any `json:"$defs"`
	},
	) {
		data, err := os.ReadFile(filepath.Join("..", "docs", "schema", name+".schema.json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &d); err != nil {
			t.Fatal(err)
		}
		return d
	}
	if diff := cmp.Diff(definitions("plan").Defs, definitions("change").Defs); diff != "" {
		t.Errorf("$defs (-plan +change):\n%s", diff)
	}
}

// The schemas refuse what the program would not write.
func TestSchemas_refuse(t *testing.T) {
	t.Parallel()
	r := newRig(t, partialTenant())
	planned, begun := encode(t, r.planApply()), encode(t, r.begin(r.planApply(), plan.OperationApply))
	for name, test := range map[string]struct{ schema, doc, old, new string }{
		"a null list":              {"plan", planned, `"granted": []`, `"granted": null`},
		"an unknown field":         {"plan", planned, `"satisfied"`, `"force": true, "satisfied"`},
		"a field of another kind":  {"plan", planned, `"kind": "createGrant"`, `"kind": "createGrant", "grantId": "x"`},
		"a status with actions":    {"plan", planned, `"kind": "plan"`, `"kind": "status"`},
		"an unknown action":        {"plan", planned, `"createGrant"`, `"grantEverything"`},
		"white space in a scope":   {"plan", planned, `"IMAP.AccessAsUser.All"`, `"IMAP.AccessAsUser.All Mail.Send"`},
		"done without a result":    {"change", begun, `"pending"`, `"done"`},
		"an unknown outcome":       {"change", begun, `"running"`, `"maybe"`},
		"a change without a start": {"change", begun, `"startedAt"`, `"begunAt"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doctored := strings.Replace(test.doc, test.old, test.new, 1)
			parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(doctored))
			if err != nil {
				t.Fatal(err)
			}
			if doctored == test.doc || schema(t, test.schema).Validate(parsed) == nil {
				t.Errorf("it is accepted:\n%s", doctored)
			}
		})
	}
}

func encode(t *testing.T, v any) string {
	t.Helper()
	data, err := plan.Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// written is a result in one form.
func written(t *testing.T, r render.Result, f render.Format) string {
	t.Helper()
	data, err := render.Write(r, f, render.PlainStyle(80))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// rendered is the JSON form that people get, with the sentences of the notices.
func rendered(t *testing.T, doc plan.Document) string {
	t.Helper()
	return written(t, render.OfPlan(doc), render.JSON)
}

func validate(t *testing.T, s *jsonschema.Schema, document string) {
	t.Helper()
	parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(parsed); err != nil {
		t.Errorf("the schema refuses it: %v\n%s", err, document)
	}
}

// partialTenant lacks EWS and User.Read, and holds a scope more than required.
func partialTenant() *fakeTenant {
	return newTenant(grant(exchangeID, "EAS.AccessAsUser.All IMAP.AccessAsUser.All"))
}

func TestDocument_json(t *testing.T) {
	t.Parallel()
	validator := schema(t, "plan")
	for name, tenant := range map[string]*fakeTenant{
		"fresh": newTenant(), "partial": partialTenant(),
		"granted":     newTenant(grant(graphID, "User.Read"), grant(exchangeID, "EAS.AccessAsUser.All EWS.AccessAsUser.All")),
		"no-exchange": withoutExchange(),
	} {
		r := newRig(t, tenant)
		for _, kind := range []plan.Kind{plan.KindStatus, plan.KindPlan} {
			doc := rendered(t, plan.New(kind, testTool, r.clock.Now(), allDevices, tenant.state))
			validate(t, validator, doc)
			if name == "partial" || name == "fresh" && kind == plan.KindPlan {
				checkGolden(t, string(kind)+"-"+name+".json", doc)
			}
			if strings.Contains(doc, "null,\n      \"required\": null") || strings.Contains(doc, `"actions": null`) {
				t.Errorf("%s: a list is null:\n%s", name, doc)
			}
		}
	}
}

func withoutExchange() *fakeTenant {
	f := newTenant()
	f.state.ServicePrincipals = f.state.ServicePrincipals[:1]
	return f
}

func TestChange_json(t *testing.T) {
	t.Parallel()
	validator := schema(t, "change")
	r := newRig(t, newTenant())
	check := func(name string, c plan.Change) {
		doc := encode(t, c)
		validate(t, validator, doc)
		checkGolden(t, name+".json", doc)
	}
	check("change-begun", r.begin(r.planApply(), plan.OperationApply))
	first := r.mustApply()
	check("change-applied", first)
	r.tenant.faults = []*fault{{call: "DeleteGrant", skip: 1, err: errDenied}}
	back, err := r.rollback(first)
	if err == nil {
		t.Fatal("the rollback should have stopped halfway")
	}
	check("change-stopped", back)
}

// No pipe can spoil a document, and nothing in it acts on a terminal.
func TestEncode_ascii(t *testing.T) {
	t.Parallel()
	name := "Jörg & Ω 😀 \x1b[31m \u009b \u202e \x7f \"\\"
	got, err := plan.Encode(map[string]string{"name": name})
	if err != nil {
		t.Fatal(err)
	}
	if i := bytes.IndexFunc(got, func(r rune) bool { return r != '\n' && (r < ' ' || r > '~') }); i >= 0 {
		t.Errorf("byte %d of %q is no printable ASCII", i, got)
	}
	var back map[string]string
	if err := json.Unmarshal(got, &back); err != nil || back["name"] != name {
		t.Errorf("got back %q, %v", back["name"], err)
	}
	if want := `J\u00f6rg & \u03a9 \ud83d\ude00 \u001b[31m`; !strings.Contains(string(got), want) {
		t.Errorf("got %s, want in it %s", got, want)
	}
}

// The same state gives the same plan, byte for byte but for createdAt.
// The same state gives the same plan, byte for byte but for createdAt.
func TestNew_isDeterministic(t *testing.T) {
	t.Parallel()
	r := newRig(t, partialTenant())
	first := r.planApply()
	r.clock.now = r.clock.now.AddDate(0, 0, 1)
	second := r.planApply()
	if first.CreatedAt.Equal(second.CreatedAt) {
		t.Error("createdAt is the same")
	}
	second.CreatedAt = first.CreatedAt
	if diff := cmp.Diff(encode(t, first), encode(t, second)); diff != "" {
		t.Errorf("(-first +second):\n%s", diff)
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	r := newRig(t, partialTenant())
	good := encode(t, r.planApply())
	decoded, err := plan.Decode([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(good, encode(t, decoded)); diff != "" {
		t.Errorf("decoded and encoded again (-want +got):\n%s", diff)
	}
	for name, text := range map[string]string{
		"a byte order mark":                "\xef\xbb\xbf" + good,
		"UTF-16, as of Windows PowerShell": "\xff\xfe" + strings.Join(strings.Split(strings.ReplaceAll(good, "\n", "\r\n"), ""), "\x00") + "\x00",
	} {
		if _, err := plan.Decode([]byte(text)); err != nil {
			t.Errorf("with %s: %v", name, err)
		}
	}
	for name, test := range map[string]struct{ doc, want string }{
		"empty":                         {"", "not an appleconsent document"},
		"not JSON":                      {"<html>", "not an appleconsent document"},
		"a list":                        {"[]", "the document is a JSON array"},
		"a list in UTF-16":              {"\xff\xfe[\x00]\x00", "the document is a JSON array"},
		"null":                          {"null", "no schemaVersion"},
		"newer":                         {strings.Replace(good, `"schemaVersion": 1`, `"schemaVersion": 2`, 1), "use a newer appleconsent"},
		"older than the first":          {strings.Replace(good, `"schemaVersion": 1`, `"schemaVersion": 0`, 1), "never existed"},
		"a status":                      {strings.Replace(good, `"kind": "plan"`, `"kind": "status"`, 1), "not a plan"},
		"an unknown field":              {strings.Replace(good, `"satisfied"`, `"force": true, "satisfied"`, 1), "unknown field"},
		"a repeated field":              {strings.Replace(good, `"satisfied"`, `"satisfied": true, "satisfied"`, 1), "twice"},
		"a field in another spelling":   {strings.Replace(good, `"satisfied"`, `"Satisfied": true, "satisfied"`, 1), "unknown field"},
		"one alone in another spelling": {strings.Replace(good, `"satisfied"`, `"Satisfied"`, 1), "unknown field"},
		"a repeated field deep down":    {strings.Replace(good, `"appId"`, `"appId": "x", "appId"`, 1), "twice"},
		"something behind it":           {good + "{}", "not an appleconsent document"},
		"cut":                           {good[:len(good)/2], "not an appleconsent document"},
		"a local time":                  {strings.Replace(good, `T20:00:00Z`, `T20:00:00+01:00`, 1), "UTC"},
		"a scope that is a number":      {strings.Replace(good, `"EWS.AccessAsUser.All"`, `5`, 1), "is a JSON number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := plan.Decode([]byte(test.doc)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want one that says %q", err, test.want)
			}
		})
	}
}

func TestReadFile_refused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	large := filepath.Join(dir, "large.json")
	if err := os.WriteFile(large, bytes.Repeat([]byte(" "), plan.MaxFileSize+1), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		dir: "not a regular file", large: "larger than", filepath.Join(dir, "missing.json"): "no such file", os.DevNull: "not a regular file",
	} {
		if _, err := plan.ReadFile(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ReadFile(%q): got error %v, want one that says %q", file, err, want)
		}
	}
}

func TestStale_carriedOut(t *testing.T) {
	t.Parallel()
	for _, tenant := range []*fakeTenant{newTenant(), partialTenant()} {
		r := newRig(t, tenant)
		saved := r.planApply()
		r.mustApply()
		if reasons := plan.Stale(saved, r.planApply()); len(reasons) != 1 || !strings.Contains(reasons[0], "carried out already") {
			t.Errorf("got reasons %q", reasons)
		}
	}
}

func TestStale(t *testing.T) {
	t.Parallel()
	fresh := newRig(t, partialTenant()).planApply()
	if reasons := plan.Stale(fresh, newRig(t, partialTenant()).planApply()); len(reasons) > 0 {
		t.Errorf("the same plan is stale: %v", reasons)
	}
	for name, test := range map[string]struct {
		doctor func(*plan.Document)
		want   string
	}{
		"another tenant": {func(d *plan.Document) {
			d.Tenant.ID, d.Tenant.DisplayName, d.Client.ServicePrincipalID = "7e000000-0000-4000-8000-000000000001", new("Fabrikam"), nil
		}, "this plan is for Fabrikam; you are signed in to Contoso"},
		"another tenant of the same name": {
			func(d *plan.Document) { d.Tenant.ID = "7e000000-0000-4000-8000-000000000001" },
			"this plan is for Contoso (7e000000-0000-4000-8000-000000000001); you are signed in to Contoso (" + tenantID + ")",
		},
		"a real tenant for a simulated one": {
			func(d *plan.Document) {
				d.Tenant.ID, d.Tenant.Simulated = "7e000000-0000-4000-8000-000000000001", !d.Tenant.Simulated
			},
			"; you are signed in to a ",
		},
		"another cloud":         {func(d *plan.Document) { d.Tenant.Cloud = "china" }, "cloud"},
		"another client":        {func(d *plan.Document) { d.Client.AppID = consent.MicrosoftGraph }, "client application"},
		"another client object": {func(d *plan.Document) { d.Client.ServicePrincipalID = nil }, "Contoso has changed since this was planned: the service principal was created"},
		"a scope more":          {func(d *plan.Document) { d.Actions[1].After = d.Actions[1].After.With("Mail.ReadWrite") }, "Mail.ReadWrite"},
		"a scope less":          {func(d *plan.Document) { d.Actions[1].After = consent.Scopes(consent.EWS) }, "action 2"},
		"another order": {func(d *plan.Document) {
			d.Actions[1].After = consent.Scopes("IMAP.AccessAsUser.All", consent.EAS, consent.EWS)
		}, "action 2"},
		"another spelling":     {func(d *plan.Document) { d.Actions[0].After = consent.Scopes("user.read") }, "action 1"},
		"another resource":     {func(d *plan.Document) { d.Actions[0].ResourceID = exchangeID }, "action 1"},
		"another grant":        {func(d *plan.Document) { d.Actions[1].Target = "other" }, "action 2"},
		"another client of it": {func(d *plan.Document) { d.Actions[0].ClientID = d.Actions[1].ClientID; d.Actions[0].ID = "7" }, "action 1"},
		"an action less":       {func(d *plan.Document) { d.Actions = d.Actions[:1] }, "this plan is not what Contoso needs: it does not update the grant on Office 365 Exchange Online: + EWS.AccessAsUser.All"},
		"an action more":       {func(d *plan.Document) { d.Actions = append(d.Actions, d.Actions[0]) }, "it would create the grant on Microsoft Graph: + User.Read"},
		"a scope that others granted": {func(d *plan.Document) {
			d.Resources[1].Granted, d.Actions[1].Before = consent.ScopeSet{}, consent.ScopeSet{}
		}, "Contoso has changed since this was planned: EAS.AccessAsUser.All on Office 365 Exchange Online was granted"},
		"two scopes in one name": {func(d *plan.Document) {
			d.Actions[1].After = consent.ScopeSet{"EAS.AccessAsUser.All IMAP.AccessAsUser.All EWS.AccessAsUser.All"}
		}, "action 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			saved := newRig(t, partialTenant()).planApply()
			test.doctor(&saved)
			if reasons := strings.Join(plan.Stale(saved, fresh), "\n"); !strings.Contains(reasons, test.want) {
				t.Errorf("got reasons %q, want one that names %q", reasons, test.want)
			}
		})
	}
}

// A document says what it was made for, and a file that says anything else than this program writes is refused.
func TestDocument_requirement(t *testing.T) {
	t.Parallel()
	want := plan.RequirementInfo{Devices: consent.IOSDevices, Also: []string{}, Route: consent.UserConsent, EnableApp: true}
	doc := plan.New(plan.KindPlan, testTool, newRig(t, partialTenant()).clock.Now(), consent.AppleMail().Require(want.Choices()), partialTenant().state)
	if diff := cmp.Diff(want, doc.Requirement); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, spoil := range map[string]func(*plan.Document){
		"devices": func(d *plan.Document) { d.Requirement.Devices = "windows" },
		"route":   func(d *plan.Document) { d.Requirement.Route = "" },
		"also":    func(d *plan.Document) { d.Requirement.Also = []string{"Mail.Send"} },
	} {
		spoilt := doc
		spoil(&spoilt)
		if _, err := plan.Decode([]byte(encode(t, spoilt))); err == nil || !strings.Contains(err.Error(), "requirement") {
			t.Errorf("%s: got error %v", name, err)
		}
	}
	older := strings.Replace(encode(t, doc), `"requirement"`, `"route": "user-consent", "demand"`, 1)
	if _, err := plan.Decode([]byte(older)); err == nil || !strings.Contains(err.Error(), "early build") {
		t.Errorf("an older form: got error %v", err)
	}
}

// Users are served if all that is required is there and they can sign in. What is not told counts as no, but for the service principal
// that the first user's consent is yet to create.
func TestDocument_InPlace(t *testing.T) {
	t.Parallel()
	enabled, disabled := new(true), new(false)
	sp := func(edit func(*consent.ServicePrincipal)) *consent.ServicePrincipal {
		out := consent.ServicePrincipal{ID: "c1", AppID: consent.AppleInternetAccounts, AccountEnabled: enabled}
		edit(&out)
		return &out
	}
	for name, test := range map[string]struct {
		client *consent.ServicePrincipal
		want   bool
	}{
		"enabled":                {sp(func(*consent.ServicePrincipal) {}), true},
		"assignment is required": {sp(func(s *consent.ServicePrincipal) { s.AssignmentRequired = true }), true},
		"disabled":               {sp(func(s *consent.ServicePrincipal) { s.AccountEnabled = disabled }), false},
		"disabled by its owner":  {sp(func(s *consent.ServicePrincipal) { s.DisabledByOwner = true }), false},
		"disabled by Microsoft":  {sp(func(s *consent.ServicePrincipal) { s.DisabledByMicrosoft = "DisabledDueToViolationOfServicesAgreement" }), false},
		"not told":               {sp(func(s *consent.ServicePrincipal) { s.AccountEnabled = nil }), false},
		"not there yet":          {nil, true}, // by the route user-consent; by the other one nothing is granted then
	} {
		doc := plan.Document{Kind: plan.KindStatus, Satisfied: true, Client: plan.ClientOf(consent.AppleInternetAccounts, test.client)}
		if doc.InPlace() != test.want {
			t.Errorf("%s: in place is %v", name, !test.want)
		}
		doc.Satisfied = false
		if doc.InPlace() {
			t.Errorf("%s: in place although something is missing", name)
		}
	}
}
