package graph_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
	"appleconsent/graph/wire"
	"appleconsent/graph/wire/wiretest"

	"github.com/google/go-cmp/cmp"
)

// since is the beginning of the sign-in log in these tests.
var since = time.Date(2026, time.November, 18, 0, 0, 0, 0, time.UTC)

// examined serves a tenant in which all is as it should be, but for the answers that are given, by the end of the path. An answer
// may have several pages.
func examined(t *testing.T, answers map[string][]string) (doctor.Facts, *tenant, error) {
	t.Helper()
	pages := map[string][]string{
		"servicePrincipals": {fmt.Sprintf(`[{"id":%q,"appId":%q},{"id":%q,"appId":%q},{"id":%q,"appId":%q}]`,
			clientID, consent.AppleInternetAccounts, graphID, consent.MicrosoftGraph, exchangeID, consent.ExchangeOnline)},
	}
	for path, answer := range answers {
		pages[path] = answer
	}
	var w *tenant
	w = newTenant(t, func(rw http.ResponseWriter, r *http.Request) {
		path := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		if strings.Contains(r.URL.Query().Get("$filter"), "'Principal'") {
			path = "perUser"
		}
		answer, known := pages[path]
		n := 0
		_, _ = fmt.Sscan(r.URL.Query().Get("page"), &n)
		switch {
		case path == "authorizationPolicy" && !known:
			wiretest.JSON(200, `{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["A.b"]}}`)(rw, r)
		case path == "adminConsentRequestPolicy" && !known:
			wiretest.JSON(200, `{"isEnabled":true,"reviewers":[{}]}`)(rw, r)
		case !known:
			wiretest.JSON(200, `{"value":[]}`)(rw, r)
		case !strings.HasPrefix(answer[n], "["): // the answer as it is
			status := 200
			_, _ = fmt.Sscan(answer[n], &status)
			wiretest.JSON(status, strings.TrimLeft(answer[n], "0123456789 "))(rw, r)
		case n+1 < len(answer):
			next := fmt.Sprintf("%s%s?page=%d&$filter=%s", w.URL, r.URL.Path, n+1, strings.ReplaceAll(r.URL.Query().Get("$filter"), " ", "%20"))
			wiretest.JSON(200, fmt.Sprintf(`{"value":%s,"@odata.nextLink":%q}`, answer[n], next))(rw, r)
		default:
			wiretest.JSON(200, fmt.Sprintf(`{"value":%s}`, answer[n]))(rw, r)
		}
	})
	facts, err := w.client().Examine(t.Context(), allDevices, doctor.Question{SignInsSince: since})
	return facts, w, err
}

// rows makes a page of n rows, which are made from their numbers.
func rows(n int, row func(i int) string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = row(i)
	}
	return "[" + strings.Join(list, ",") + "]"
}

// What Graph calls things stays as it is, also what nobody knows yet: the SDK's models take that for block and for all.
func TestExamine_conditionalAccess(t *testing.T) {
	t.Parallel()
	odd := `[{"displayName":"Odd","state":"enabledSometimes","grantControls":{"operator":"OR","builtInControls":["riskRemediation",null]},
		"conditions":{"clientAppTypes":["brandNewType"],"applications":{"includeApplications":["All"],"excludeApplications":[]},
		"platforms":{"includePlatforms":["visionOS"],"excludePlatforms":null}}},
		{"displayName":null,"state":"enabled","grantControls":null,"conditions":{"platforms":null}}]`
	facts, _, err := examined(t, map[string][]string{"policies": {odd}})
	if err != nil {
		t.Fatal(err)
	}
	want := []doctor.ConditionalAccessPolicy{
		{
			Name: "Odd", State: "enabledSometimes", Operator: "OR", Controls: []string{"riskRemediation", ""}, ClientAppTypes: []string{"brandNewType"},
			IncludedApps: []string{"All"}, ExcludedApps: []string{}, IncludedPlatforms: []string{"visionOS"},
		},
		{State: "enabled"},
	}
	if diff := cmp.Diff(want, facts.ConditionalAccess.Value); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A row that is not understood stops nothing but what depends on it: a policy is named, and of other lists the rest is there.
func TestExamine_oddRows(t *testing.T) {
	t.Parallel()
	facts, _, err := examined(t, map[string][]string{
		"policies": {`[{"displayName":"Bad","state":"enabled","conditions":"none"}, {"displayName":"Good","state":"enabled"}, null, "x",
			{"displayName":7,"conditions":{"clientAppTypes":"all"}}]`},
		"domains": {`[null, {"id":"a.example","authenticationType":"Federated"}, {"id":"b.example","authenticationType":7}]`},
	})
	if err != nil {
		t.Fatal(err)
	}
	policies := []doctor.ConditionalAccessPolicy{
		{Name: "Bad", Odd: true, State: "enabled"}, {Name: "Good", State: "enabled"}, {Odd: true}, {Odd: true}, {Odd: true},
	}
	if diff := cmp.Diff(policies, facts.ConditionalAccess.Value); diff != "" || !facts.ConditionalAccess.Read() {
		t.Errorf("policies (-want +got):\n%s", diff)
	}
	domains := doctor.Reading[[]doctor.Domain]{
		Value:  []doctor.Domain{{Name: "a.example", Federated: true}},
		Failed: "these rows have another form than expected: without a name, b.example", Partly: true,
	}
	if diff := cmp.Diff(domains, facts.Domains); diff != "" {
		t.Errorf("domains (-want +got):\n%s", diff)
	}
}

// What decides whether a policy is about people who use Apple Mail, and what it asks of them, in all forms that Graph writes it.
func TestExamine_conditionalAccessConditions(t *testing.T) {
	t.Parallel()
	type policy = doctor.ConditionalAccessPolicy
	for json, want := range map[string]policy{
		`"grantControls":{"operator":"AND","builtInControls":["compliantDevice"],"termsOfUse":["a","b"],"customAuthenticationFactors":["x"],
		  "authenticationStrength":{"id":"1","displayName":"Phishing-resistant"}}`: {
			Operator: "AND", Controls: []string{"compliantDevice"}, TermsOfUse: 2, CustomControls: []string{"x"}, Strength: "Phishing-resistant",
		},
		`"grantControls":{"authenticationStrength":{"id":"1"}}`:                                             {Strength: "1"},
		`"grantControls":{"operator":null,"termsOfUse":null,"authenticationStrength":null}`:                 {},
		`"conditions":{"clientApplications":{"includeServicePrincipals":["ServicePrincipalsInMyTenant"]}}`:  {Workloads: true},
		`"conditions":{"clientApplications":{"includeServicePrincipals":[],"servicePrincipalFilter":null}}`: {},
		`"conditions":{"servicePrincipalRiskLevels":["high"]}`:                                              {Workloads: true},
		`"conditions":{"authenticationFlows":{"transferMethods":"deviceCodeFlow"}}`:                         {Flows: true},
		`"conditions":{"authenticationFlows":{"transferMethods":["deviceCodeFlow"]}}`:                       {Flows: true},
		`"conditions":{"authenticationFlows":{"transferMethods":"none"}}`:                                   {},
		`"conditions":{"authenticationFlows":null,"clientApplications":null}`:                               {},
		`"conditions":{"signInRiskLevels":["high"]}`:                                                        {Risks: true},
		`"conditions":{"signInRiskLevels":["none","low","medium","high"]}`:                                  {},
		`"conditions":{"signInRiskLevels":["None"]}`:                                                        {},
		`"conditions":{"signInRiskLevels":["none","high"],"userRiskLevels":["high"]}`:                       {Risks: true},
		`"conditions":{"insiderRiskLevels":"minor,none"}`:                                                   {},
		`"sessionControls":{"secureSignInSession":{"isEnabled":true}}`:                                      {TokenProtection: true},
		`"sessionControls":{"secureSignInSession":{"isEnabled":false}}`:                                     {},
		`"sessionControls":{"secureSignInSession":null}`:                                                    {},
		`"conditions":{"userRiskLevels":["high"]}`:                                                          {Risks: true},
		`"conditions":{"insiderRiskLevels":"elevated"}`:                                                     {Risks: true},
		`"conditions":{"signInRiskLevels":[],"userRiskLevels":[],"insiderRiskLevels":null}`:                 {},
		`"conditions":{"users":{"includeUsers":["All"]}}`:                                                   {Users: doctor.UsersAll},
		`"conditions":{"users":{"includeUsers":["None"]}}`:                                                  {Users: doctor.UsersNone},
		`"conditions":{"users":{"includeUsers":["None"],"includeGroups":["g"]}}`:                            {Users: doctor.UsersSome},
		`"conditions":{"users":{"includeUsers":[],"includeRoles":["r"]}}`:                                   {Users: doctor.UsersSome},
	} {
		facts, _, err := examined(t, map[string][]string{"policies": {"[{" + json + "}]"}})
		if err != nil || len(facts.ConditionalAccess.Value) != 1 {
			t.Fatalf("%s: %v, %+v", json, err, facts.ConditionalAccess)
		}
		if diff := cmp.Diff(want, facts.ConditionalAccess.Value[0]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", json, diff)
		}
	}
}

// A list is read to its end, however long, so that what is not in it is not there.
func TestExamine_longLists(t *testing.T) {
	t.Parallel()
	none := []string{"[]", "[]", "[]", "[]"}
	managed := rows(100, func(i int) string { return fmt.Sprintf(`{"id":"d%d","authenticationType":"Managed"}`, i) })
	others := rows(100, func(i int) string { return fmt.Sprintf(`{"id":"%d","appId":"%d"}`, i, i) })
	facts, _, err := examined(t, map[string][]string{
		"policies":                         append(slices.Clone(none), `[{"displayName":"Block","state":"enabled"}]`),
		"domains":                          {managed, managed, managed, managed, `[{"id":"f","authenticationType":"federated"}]`},
		"deviceConfigurations":             append(slices.Clone(none), `[{"@odata.type":"#microsoft.graph.iosEasEmailProfileConfiguration","displayName":"M","useOAuth":false}]`),
		"microsoft.graph.servicePrincipal": {others, others, others, others, fmt.Sprintf(`[{"id":%q,"appId":%q}]`, clientID, consent.AppleInternetAccounts)},
		"perUser":                          append(slices.Clone(none), userGrants(2, 0)),
	})
	if err != nil {
		t.Fatal(err)
	}
	federated := slices.ContainsFunc(facts.Domains.Value, func(d doctor.Domain) bool { return d.Federated })
	if len(facts.ConditionalAccess.Value) != 1 || !federated || len(facts.MailProfiles.Value) != 1 || len(facts.Deleted.Value) != 1 {
		t.Errorf("got %+v", facts)
	}
	want := doctor.PerUserGrants{Grants: 2, Users: 2, Scopes: []consent.UserScope{
		{ResourceID: graphID, Scope: "Contacts.ReadWrite", Users: 2}, {ResourceID: graphID, Scope: "openid", Users: 2},
	}}
	if diff := cmp.Diff(want, facts.PerUserGrants.Value); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func userGrants(n, from int) string {
	return rows(n, func(i int) string {
		return fmt.Sprintf(`{"id":"g%d","clientId":%q,"consentType":"Principal","principalId":"u%d","resourceId":%q,"scope":" openid Contacts.ReadWrite "}`,
			from+i, clientID, from+i, graphID)
	})
}

// What is only counted is counted up to three pages with something on them.
func TestExamine_capped(t *testing.T) {
	t.Parallel()
	facts, w, err := examined(t, map[string][]string{"perUser": {userGrants(10, 0), "[]", userGrants(10, 10), userGrants(10, 20), userGrants(10, 30)}})
	if got := facts.PerUserGrants.Value; err != nil || got.Grants != 30 || got.Users != 30 || !got.Capped {
		t.Errorf("got %+v, %v", got, err)
	}
	if n := len(w.Requests()); n > 18 {
		t.Errorf("%d requests", n)
	}
}

func signIn(id string, at time.Time, code any) string {
	return fmt.Sprintf(`{"id":%q,"createdDateTime":%q,"userId":"u","appId":%q,"status":{"errorCode":%v}}`, id, at.Format(time.RFC3339), consent.AppleInternetAccounts, code)
}

// One odd row of the log does not spoil the others, and none counts twice.
func TestExamine_signIns(t *testing.T) {
	t.Parallel()
	at := since.Add(30 * time.Hour)
	page := strings.Join([]string{
		signIn("a", at, 65001), signIn("b", at, 0), signIn("c", at, `"90094"`), signIn("d", at, 12345678901234),
		`{"id":"e","createdDateTime":"yesterday","appId":"` + string(consent.AppleInternetAccounts) + `","status":{"errorCode":65001}}`,
		`{"id":"f","createdDateTime":"2026-11-19T06:00:00Z","appId":"00000003-0000-0000-c000-000000000000","status":{"errorCode":65001}}`,
		signIn("g", since.Add(-time.Hour), 65001), `{}`, `{"id":"h","status":null}`, signIn("a", at, 65001),
	}, ",")
	page = strings.Replace(page, `"id":"a"`, `"resourceId":"00000002-0000-0FF1-CE00-000000000000","id":"a"`, 1)
	facts, _, err := examined(t, map[string][]string{"signIns": {"[" + page + "]", "[" + signIn("a", at, 65001) + "]", "[" + signIn("i", at.Add(time.Hour), 90094) + "]"}})
	if err != nil || !facts.SignIns.Read() {
		t.Fatalf("got %+v, %v", facts.SignIns, err)
	}
	want := doctor.SignIns{ReadBack: at, Failures: []doctor.SignInFailure{{At: at, UserID: "u", Code: 65001, Resource: consent.ExchangeOnline}, {At: at, UserID: "u", Code: 12345678901234}, {At: at.Add(time.Hour), UserID: "u", Code: 90094}}}
	if diff := cmp.Diff(want, facts.SignIns.Value); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	full := "[" + signIn("x", at, 65001) + "]"
	capped, _, _ := examined(t, map[string][]string{"signIns": {full, strings.ReplaceAll(full, `"x"`, `"y"`), strings.ReplaceAll(full, `"x"`, `"z"`), full}})
	if got := capped.SignIns.Value; !got.Capped || len(got.Failures) != 3 {
		t.Errorf("got %+v", got)
	}
}

// Why something could not be read: for want of a permission, and otherwise.
func TestExamine_unread(t *testing.T) {
	t.Parallel()
	denied, unlicensed := `403 {"error":{"code":"Authorization_RequestDenied","message":"No."}}`, `403 {"error":{"code":"Authentication_RequestFromNonPremiumTenantOrB2CTenant","message":"x"}}`
	facts, _, err := examined(t, map[string][]string{
		"authorizationPolicy": {denied}, "signIns": {unlicensed}, "domains": {`401 {"error":{"code":"InvalidAuthenticationToken","message":"x"}}`},
		"deviceConfigurations": {`400 {"error":{"code":"BadRequest","message":"Request not applicable to target tenant."}}`},
	})
	if err != nil {
		t.Fatal(err)
	}
	if facts.Policies.Lacks != "Policy.Read.All" || facts.Policies.Failed != "" {
		t.Errorf("policies: %+v", facts.Policies)
	}
	for what, failed := range map[string]string{
		"licence": facts.SignIns.Failed, "accept the sign-in": facts.Domains.Failed, "Intune": facts.MailProfiles.Failed,
	} {
		if !strings.Contains(failed, what) {
			t.Errorf("got %q, want it to say %q", failed, what)
		}
	}
	_, _, err = examined(t, map[string][]string{"servicePrincipals": {`401 {"error":{"code":"InvalidAuthenticationToken","message":"x"}}`}})
	if e, ok := errors.AsType[*wire.Error](err); !ok || e.Status != 401 {
		t.Errorf("a sign-in that Graph does not accept: got %v", err)
	}
	if facts, _, err := examined(t, map[string][]string{"servicePrincipals": {denied}}); err != nil || facts.Grants.Lacks != "Directory.Read.All" {
		t.Errorf("got %+v, %v", facts.Grants, err)
	}
}

// A list whose later page fails tells what the first pages showed; one whose first page does tells nothing.
func TestExamine_laterPageFails(t *testing.T) {
	t.Parallel()
	broken := `500 {"error":{"code":"InternalServerError","message":"x"}}`
	facts, _, err := examined(t, map[string][]string{
		"policies":                         {`[{"displayName":"Block","state":"enabled"}]`, broken},
		"domains":                          {`[{"id":"f","authenticationType":"Federated"}]`, broken},
		"deviceConfigurations":             {broken},
		"microsoft.graph.servicePrincipal": {fmt.Sprintf(`[{"id":%q,"appId":%q}]`, clientID, consent.AppleInternetAccounts), broken},
		"signIns":                          {"[" + signIn("a", since.Add(time.Hour), 65001) + "]", broken},
		"perUser":                          {userGrants(2, 0), broken},
	})
	if err != nil {
		t.Fatal(err)
	}
	if p := facts.ConditionalAccess; !p.Partly || p.Failed == "" || len(p.Value) != 1 {
		t.Errorf("policies: %+v", p)
	}
	if d := facts.Domains; !d.Partly || len(d.Value) != 1 || !d.Value[0].Federated {
		t.Errorf("domains: %+v", d)
	}
	if m := facts.MailProfiles; m.Partly || m.Failed == "" {
		t.Errorf("profiles: %+v", m)
	}
	if d := facts.Deleted; !d.Partly || len(d.Value) != 1 {
		t.Errorf("deleted: %+v", d)
	}
	if s := facts.SignIns; !s.Partly || !s.Value.Capped || len(s.Value.Failures) != 1 {
		t.Errorf("sign-ins: %+v", s)
	}
	scopes := []consent.UserScope{{ResourceID: graphID, Scope: "Contacts.ReadWrite", Users: 2}, {ResourceID: graphID, Scope: "openid", Users: 2}}
	want := doctor.PerUserGrants{Grants: 2, Users: 2, Scopes: scopes, Capped: true}
	if g := facts.PerUserGrants; !g.Partly || !cmp.Equal(g.Value, want) {
		t.Errorf("grants of users: %+v", g)
	}
}

// A tenant-wide grant that cannot be understood is named, and the others count.
func TestExamine_oddGrant(t *testing.T) {
	t.Parallel()
	odd := fmt.Sprintf(`[{"id":"odd","clientId":%q,"resourceId":%q,"consentType":"AllPrincipals"},%s]`, clientID, exchangeID,
		grantRow("g", clientID, graphID, "AllPrincipals", "User.Read"))
	facts, _, err := examined(t, map[string][]string{"oauth2PermissionGrants": {odd}})
	want := []consent.OddGrant{{ID: "odd", ResourceID: exchangeID, Member: "scope"}}
	if diff := cmp.Diff(want, facts.OddGrants); err != nil || diff != "" || len(facts.Grants.Value) != 1 || !facts.Grants.Read() {
		t.Errorf("%v, %+v (-want +got):\n%s", err, facts.Grants, diff)
	}
}
