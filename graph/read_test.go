package graph_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/graph"
	"appleconsent/graph/wire"
	"appleconsent/graph/wire/wiretest"

	"github.com/google/go-cmp/cmp"
)

func TestRead(t *testing.T) {
	t.Parallel()
	w := newTenant(t, wiretest.JSON(200, servicePrincipals), wiretest.JSON(200, `{"value":[`+strings.Join([]string{
		grantRow("-a_1", clientID, graphID, "AllPrincipals", " User.Read  openid "),
		grantRow("b", clientID, exchangeID, "allprincipals", "EAS.AccessAsUser.All"),
		grantRow("c", clientID, exchangeID, "Principal", "EWS.AccessAsUser.All"),
		grantRow("d", graphID, exchangeID, "AllPrincipals", "EWS.AccessAsUser.All"),
	}, ",")+`]}`))
	state, err := w.client().Read(t.Context(), allDevices)
	if err != nil {
		t.Fatal(err)
	}
	disabled := false
	want := consent.State{
		Tenant: consent.Tenant{ID: wiretest.TenantID, DisplayName: "Contoso", Cloud: "global", Simulated: true},
		ServicePrincipals: []consent.ServicePrincipal{
			{ID: exchangeID, AppID: consent.ExchangeOnline, DisplayName: "Office 365 Exchange Online"},
			{ID: graphID, AppID: consent.MicrosoftGraph, DisplayName: "Microsoft Graph"},
			{
				ID: clientID, AppID: consent.AppleInternetAccounts, DisplayName: "iOS Accounts", AccountEnabled: &disabled, AssignmentRequired: true,
				OwnerOrganizationID: "e0fad04c-a04c-41ab-b35e-dc523af755a1", VerifiedPublisher: "Apple Inc.",
			},
		},
		Grants: []consent.PermissionGrant{
			{ID: "-a_1", ClientID: clientID, ResourceID: graphID, ConsentType: consent.AllPrincipals, Scopes: consent.Scopes("User.Read", "openid")},
			{ID: "b", ClientID: clientID, ResourceID: exchangeID, ConsentType: consent.AllPrincipals, Scopes: consent.Scopes(consent.EAS)},
		},
	}
	if diff := cmp.Diff(want, state); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
	var queries []string
	for _, r := range w.Requests() {
		queries = append(queries, r.Method+" "+r.Path+" "+r.Query)
	}
	wantQueries := []string{
		"GET /v1.0/servicePrincipals %24filter=appId+in+%28%27f8d98a96-0999-43f5-8af3-69971c7bb423%27%2C%2700000003-0000-0000-c000-000000000000%27%2C" +
			"%2700000002-0000-0ff1-ce00-000000000000%27%2C%2700000002-0000-0000-c000-000000000000%27%29&" +
			"%24select=id%2CappId%2CdisplayName%2CaccountEnabled%2CappRoleAssignmentRequired%2CappOwnerOrganizationId%2CverifiedPublisher%2CdisabledByMicrosoftStatus%2CisDisabled",
		"GET /v1.0/oauth2PermissionGrants %24filter=clientId+eq+%27c1000000-0000-4000-8000-000000000001%27+and+consentType+eq+%27AllPrincipals%27",
	}
	if diff := cmp.Diff(wantQueries, queries); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// A cloud that does not know the youngest property yet is asked without it, and not again with it.
func TestRead_olderSchema(t *testing.T) {
	t.Parallel()
	refusal := `{"error":{"code":"BadRequest","message":"Could not find a property named 'isDisabled' on type 'microsoft.graph.servicePrincipal'."}}`
	w := newTenant(t, wiretest.JSON(400, refusal), wiretest.JSON(200, `{"value":[]}`), wiretest.JSON(200, `{"value":[]}`))
	client := w.client()
	for range 2 {
		if _, err := client.Read(t.Context(), allDevices); err != nil {
			t.Fatal(err)
		}
	}
	asked := w.Requests()
	if len(asked) != 3 || strings.Contains(asked[1].Query+asked[2].Query, "isDisabled") {
		t.Errorf("got %+v", asked)
	}
	other := newTenant(t, wiretest.JSON(400, `{"error":{"code":"BadRequest","message":"Another property is odd."}}`))
	if _, err := other.client().Read(t.Context(), allDevices); err == nil || len(other.Requests()) != 1 {
		t.Errorf("another refusal: %v after %d requests", err, len(other.Requests()))
	}
}

// Who reads that the owner has disabled the application knows it.
func TestRead_disabledByOwner(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{"true": true, "false": false, "null": false} {
		row := fmt.Sprintf(`{"value":[{"id":%q,"appId":%q,"accountEnabled":true,"isDisabled":%s}]}`, clientID, consent.AppleInternetAccounts, value)
		w := newTenant(t, wiretest.JSON(200, row), wiretest.JSON(200, `{"value":[]}`))
		state, err := w.client().Read(t.Context(), allDevices)
		if err != nil || state.ServicePrincipals[0].DisabledByOwner != want {
			t.Errorf("%s: %v, %+v", value, err, state.ServicePrincipals)
		}
	}
}

// Without a client there are no grants to ask for.
func TestRead_noClient(t *testing.T) {
	t.Parallel()
	w := newTenant(t, wiretest.JSON(200, `{"value":[]}`))
	if _, err := w.client().Read(t.Context(), allDevices); err != nil {
		t.Fatal(err)
	}
	if n := len(w.Requests()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

// Pages are followed by their links, also over empty ones, and rows that moved between pages count once.
func TestRead_pages(t *testing.T) {
	t.Parallel()
	var w *tenant
	page := func(next string, rows ...string) http.HandlerFunc {
		return func(rw http.ResponseWriter, r *http.Request) {
			link := ""
			if next != "" {
				link = fmt.Sprintf(`"@odata.nextLink":%q,`, w.URL+"/v1.0/oauth2PermissionGrants?$skiptoken="+next)
			}
			wiretest.JSON(200, `{`+link+`"value":[`+strings.Join(rows, ",")+`]}`)(rw, r)
		}
	}
	w = newTenant(t, wiretest.JSON(200, servicePrincipals),
		page("two", grantRow("a", clientID, graphID, "AllPrincipals", "User.Read")),
		page("three"),
		page("", grantRow("a", clientID, graphID, "AllPrincipals", "User.Read openid"), grantRow("b", clientID, exchangeID, "AllPrincipals", "EAS.AccessAsUser.All")))
	state, err := w.client().Read(t.Context(), allDevices)
	if err != nil {
		t.Fatal(err)
	}
	if len(state.Grants) != 2 || state.Grants[0].Scopes.String() != "User.Read openid" {
		t.Errorf("got grants %+v; want a as it was read last, and b", state.Grants)
	}
	if got := w.Requests(); got[2].Query != "%24skiptoken=two" || got[3].Query != "%24skiptoken=three" {
		t.Errorf("the links were not followed as they are: %+v", got)
	}
}

// Lists that never end, or that lead away with the token, are refused.
func TestRead_links(t *testing.T) {
	t.Parallel()
	stranger := newTenant(t, wiretest.JSON(200, `{"value":[]}`))
	for name, test := range map[string]struct{ link, want string }{
		"to itself":          {"SELF/v1.0/oauth2PermissionGrants?$skiptoken=1", "leads back to itself"},
		"to another host":    {stranger.URL + "/v1.0/oauth2PermissionGrants", "leads away"},
		"to another scheme":  {"https://HOST/v1.0/oauth2PermissionGrants", "leads away"},
		"to nowhere":         {"::", "leads away"},
		"relative":           {"/v1.0/oauth2PermissionGrants?$skiptoken=1", "leads away"},
		"to ever more pages": {"SELF/v1.0/oauth2PermissionGrants?$skiptoken=N", "more than 200 pages"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var w *tenant
			n := 0
			w = newTenant(t, wiretest.JSON(200, servicePrincipals), func(rw http.ResponseWriter, r *http.Request) {
				n++
				link := strings.NewReplacer("SELF", w.URL, "HOST", strings.TrimPrefix(w.URL, "http://"), "=N", fmt.Sprintf("=%d", n)).Replace(test.link)
				wiretest.JSON(200, fmt.Sprintf(`{"@odata.nextLink":%q,"value":[]}`, link))(rw, r)
			})
			if _, err := w.client().Read(t.Context(), allDevices); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want one that says %q", err, test.want)
			}
		})
	}
	t.Cleanup(func() {
		if got := stranger.Requests(); len(got) > 0 {
			t.Errorf("the other host got %+v", got)
		}
	})
}

// Redirects are not followed, so that no token goes astray.
func TestRead_redirect(t *testing.T) {
	t.Parallel()
	stranger := newTenant(t, wiretest.JSON(200, `{"value":[]}`))
	for _, status := range []int{301, 302, 303, 307, 308} {
		w := newTenant(t, wiretest.Raw(status, "", "", "Location", stranger.URL+"/v1.0/servicePrincipals"))
		_, err := w.client().Read(t.Context(), allDevices)
		if answered, ok := errors.AsType[*wire.Error](err); !ok || answered.Status != status {
			t.Errorf("%d: got error %v", status, err)
		}
	}
	if got := stranger.Requests(); len(got) > 0 {
		t.Errorf("the other host got %+v", got)
	}
}

// Odd answers are errors that keep the status, and never panics: the SDK's own error type panics on some of them
// (Error of odataerrors.ODataError, where the answer has no message).
func TestRead_oddAnswers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"an error without a body":            {wiretest.JSON(403, ""), "Graph answered 403"},
		"an error that is an empty object":   {wiretest.JSON(403, "{}"), "Graph answered 403"},
		"an error without a message":         {wiretest.JSON(403, `{"error":{}}`), "Graph answered 403"},
		"an error with nulls":                {wiretest.JSON(403, `{"error":{"code":null,"message":null}}`), "Graph answered 403"},
		"an error that is null":              {wiretest.JSON(403, `{"error":null}`), "Graph answered 403"},
		"an error that is text":              {wiretest.JSON(403, `{"error":"no"}`), "Graph answered 403"},
		"an error that is a list":            {wiretest.JSON(403, `[]`), "Graph answered 403"},
		"an error that is HTML":              {wiretest.Raw(403, "text/html", "<h1>Blocked</h1>"), "Graph answered 403: the answer is not Graph's"},
		"HTML with status 200":               {wiretest.Raw(200, "text/html", "<h1>Sign in to the proxy</h1>"), `the answer is "text/html" instead of JSON`},
		"JSON without a content type":        {wiretest.Raw(200, "", `{"value":[]}`), "instead of JSON"},
		"cut":                                {wiretest.Cut, "was cut off"},
		"incomplete JSON":                    {wiretest.JSON(200, `{"value":[`), "not complete JSON"},
		"nothing":                            {wiretest.JSON(200, ""), "not complete JSON"},
		"204":                                {wiretest.Raw(204, "", ""), "the status 204, which says nothing certain"},
		"a list instead of an object":        {wiretest.JSON(200, `[]`), "not a list of objects"},
		"null":                               {wiretest.JSON(200, `null`), "not a list of objects"},
		"an object without a list":           {wiretest.JSON(200, `{}`), "not a list of objects"},
		"null as the list":                   {wiretest.JSON(200, `{"value":null}`), "not a list of objects"},
		"a list in other letters":            {wiretest.JSON(200, `{"Value":[]}`), "not a list of objects"},
		"a list twice":                       {wiretest.JSON(200, `{"value":[{"id":"x"}],"value":[]}`), "not a list of objects"},
		"a list twice, in other letters":     {wiretest.JSON(200, `{"value":[],"VALUE":[]}`), "not a list of objects"},
		"an id that is no GUID":              {wiretest.JSON(200, `{"value":[{"id":"x' or '1","appId":"f8d98a96-0999-43f5-8af3-69971c7bb423"}]}`), "is not a GUID"},
		"a status that says nothing certain": {wiretest.JSON(206, `{"value":[]}`), "the status 206"},
		"a number as the list":               {wiretest.JSON(200, `{"value":5}`), "not a list of objects"},
		"a text as a row":                    {wiretest.JSON(200, `{"value":["x"]}`), "not a list of objects"},
		"null as a row":                      {wiretest.JSON(200, `{"value":[{"id":"x","appId":"y"}, null]}`), "not a list of objects"},
		"a row without an id":                {wiretest.JSON(200, `{"value":[{"appId":"f8d98a96-0999-43f5-8af3-69971c7bb423"}]}`), "the id of a row is not a GUID, or its appId is missing"},
		"a row without an appId":             {wiretest.JSON(200, `{"value":[{"id":"c1000000-0000-4000-8000-000000000001"}]}`), "the id of a row is not a GUID, or its appId is missing"},
		"a number as an id":                  {wiretest.JSON(200, `{"value":[{"id":5,"appId":true}]}`), ""},
		"an object as a name":                {wiretest.JSON(200, `{"value":[{"displayName":{},"verifiedPublisher":[]}]}`), ""},
		"an owner that is no GUID":           {wiretest.JSON(200, `{"value":[{"appOwnerOrganizationId":"Apple"}]}`), ""},
		"a link that is a number":            {wiretest.JSON(200, `{"@odata.nextLink":5,"value":[]}`), ""},
		"an odata type that is not expected": {wiretest.JSON(200, `{"value":[{"@odata.type":"#microsoft.graph.user"}]}`), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTenant(t, test.answer)
			_, err := w.client().Read(t.Context(), allDevices)
			if test.want == "" {
				return // an error or not: what counts is that it does not panic
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want one that says %q", err, test.want)
			}
		})
	}
}

// From a list of grants that says nothing follows nothing: above all not that there are none.
func TestRead_oddGrants(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `null`, `[]`, `{"value":null}`, `{"value":[null]}`} {
		w := newTenant(t, wiretest.JSON(200, servicePrincipals), wiretest.JSON(200, body))
		if state, err := w.client().Read(t.Context(), allDevices); err == nil {
			t.Errorf("%s is taken for the grants %+v", body, state.Grants)
		}
	}
}

// A row that cannot be understood is named, with the resource that it is about, and does not keep the others from being read. A
// scope that is null grants nothing.
func TestRead_oddRows(t *testing.T) {
	t.Parallel()
	const client = `"clientId":"c1000000-0000-4000-8000-000000000001",`
	const onGraph = `"resourceId":"c1000000-0000-4000-8000-000000000002",`
	for row, want := range map[string]consent.OddGrant{
		`{}`:                             {Member: "id"},
		`{"id":"a","scope":"User.Read"}`: {ID: "a", Member: "clientId"},
		`{"id":"a",` + client + `"consentType":"AllPrincipals","resourceId":"x","scope":""}`: {ID: "a", Member: "resourceId"},
		`{"id":"a/b",` + client + onGraph + `"consentType":"AllPrincipals","scope":""}`:      {ID: "a/b", ResourceID: graphID, Member: "id"},
		`{"id":"a",` + client + onGraph + `"scope":""}`:                                      {ID: "a", ResourceID: graphID, Member: "consentType"},
		`{"id":"a",` + client + onGraph + `"consentType":"AllPrincipals"}`:                   {ID: "a", ResourceID: graphID, Member: "scope"},
		`{"id":"a",` + client + onGraph + `"consentType":"AllPrincipals","scope":["x"]}`:     {ID: "a", ResourceID: graphID, Member: "scope"},
		`{"id":"a",` + client + onGraph + `"consentType":"AllPrincipals","scope":null}`:      {},
		`{"id":"a",` + client + onGraph + `"consentType":"Principal"}`:                       {},
		`{"id":"a","clientId":"c1000000-0000-4000-8000-000000000002"}`:                       {},
	} {
		t.Run(row, func(t *testing.T) {
			t.Parallel()
			good := grantRow("b", clientID, exchangeID, "AllPrincipals", "EAS.AccessAsUser.All")
			w := newTenant(t, wiretest.JSON(200, servicePrincipals), wiretest.JSON(200, `{"value":[`+row+`,`+good+`]}`))
			state, err := w.client().Read(t.Context(), allDevices)
			if err != nil {
				t.Fatal(err)
			}
			var odd []consent.OddGrant
			if want != (consent.OddGrant{}) {
				odd = append(odd, want)
			}
			if diff := cmp.Diff(odd, state.OddGrants); diff != "" {
				t.Errorf("odd grants (-want +got):\n%s", diff)
			}
			if last := len(state.Grants) - 1; last < 0 || state.Grants[last].ID != "b" {
				t.Errorf("got the grants %+v", state.Grants)
			}
		})
	}
}

// In doubt something is left: a service principal that is deleted by mistake takes the users' own grants with it.
func TestLeftovers_oddAnswers(t *testing.T) {
	t.Parallel()
	none := wiretest.JSON(200, `{"value":[]}`)
	for n := range 3 {
		for _, body := range []string{`{}`, `null`, `[]`, `{"value":null}`, `{"value":[null]}`, `{"value":[1]}`, `{"value":[{}]}`} {
			answers := []http.HandlerFunc{none, none, none}
			answers[n] = wiretest.JSON(200, body)
			for range 4 { // as often as it is asked again
				answers = slices.Insert(answers, n, answers[n])
			}
			w := newTenant(t, answers...)
			if left, err := w.client().Leftovers(t.Context(), clientID, nil); err == nil && left.None() {
				t.Errorf("list %d: %s is taken for nothing", n+1, body)
			}
		}
	}
}

// The name is not waited for: one slow or failing request decides nothing.
func TestRead_slowName(t *testing.T) {
	t.Parallel()
	w := newTenant(t, wiretest.JSON(200, `{"value":[]}`))
	client := w.client()
	asked := make(chan struct{}, 100)
	w.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/organization") {
			asked <- struct{}{}
			<-r.Context().Done()
			return
		}
		w.ServeHTTP(rw, r)
	})
	for range 2 {
		state, err := client.Read(t.Context(), allDevices)
		if err != nil || state.Tenant.DisplayName != "" {
			t.Errorf("got %+v, %v", state.Tenant, err)
		}
	}
	if n := len(asked); n != 1 {
		t.Errorf("the name was asked for %d times", n)
	}
}

// An answer without end is not read without end, also if it is small on the wire.
func TestRead_bomb(t *testing.T) {
	t.Parallel()
	w := newTenant(t, func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		chunk := []byte(strings.Repeat(" ", 1<<20))
		for range 64 {
			if _, err := rw.Write(chunk); err != nil {
				return
			}
		}
	})
	if _, err := w.client().Read(t.Context(), allDevices); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("got error %v", err)
	}
	if n := len(w.Requests()); n != 1 {
		t.Errorf("it was asked for %d times", n)
	}
}

// The name of the organization is decoration: without it there is a state all the same.
func TestRead_noName(t *testing.T) {
	t.Parallel()
	w := newTenant(t, wiretest.JSON(200, `{"value":[]}`))
	client := w.client()
	w.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/organization") {
			wiretest.Refusal(403, "Authorization_RequestDenied", "Insufficient privileges")(rw, r)
			return
		}
		w.ServeHTTP(rw, r)
	})
	state, err := client.Read(t.Context(), allDevices)
	if err != nil || state.Tenant.DisplayName != "" || state.Tenant.ID != wiretest.TenantID {
		t.Errorf("got %+v, %v", state.Tenant, err)
	}
}

func TestGrant(t *testing.T) {
	t.Parallel()
	w := newTenant(t,
		wiretest.JSON(200, grantRow("-a_1", clientID, graphID, "AllPrincipals", "User.Read")),
		wiretest.Refusal(404, "Request_ResourceNotFound", "Resource '-a_1' does not exist"),
		wiretest.JSON(200, `{}`),
		wiretest.Refusal(403, "Authorization_RequestDenied", "Insufficient privileges"))
	client := w.client()
	if g, found, err := client.Grant(t.Context(), "-a_1"); err != nil || !found || g.Scopes.String() != "User.Read" {
		t.Errorf("got %+v, %v, %v", g, found, err)
	}
	if _, found, err := client.Grant(t.Context(), "-a_1"); err != nil || found {
		t.Errorf("404: got %v, %v; want no grant and no error", found, err)
	}
	if _, _, err := client.Grant(t.Context(), "-a_1"); err == nil {
		t.Error("an answer without a grant is taken for one")
	}
	if _, _, err := client.Grant(t.Context(), "-a_1"); err == nil {
		t.Error("403 is no error")
	}
	if got := w.Requests()[0].Path; got != "/v1.0/oauth2PermissionGrants/-a_1" {
		t.Errorf("asked for %s", got)
	}
}

func TestLeftovers(t *testing.T) {
	t.Parallel()
	none := wiretest.JSON(200, `{"value":[]}`)
	rows := func(list string) http.HandlerFunc { return wiretest.JSON(200, `{"value":[`+list+`]}`) }
	own := grantRow("own", clientID, graphID, "AllPrincipals", "User.Read")
	grown := grantRow("own", clientID, graphID, "AllPrincipals", "User.Read Mail.Send")
	strangers := grantRow("other", graphID, graphID, "AllPrincipals", "User.Read")
	own1 := []string{"own"}
	user := grantRow("user", clientID, graphID, "Principal", "User.Read")
	assignment := wiretest.JSON(200, `{"value":[{"id":"assignment"}]}`)
	for name, test := range map[string]struct {
		answers  []http.HandlerFunc
		want     consent.Leftovers
		requests int
	}{
		"nothing":                {[]http.HandlerFunc{none, none, none}, consent.Leftovers{}, 3},
		"only what is excepted":  {[]http.HandlerFunc{none, none, rows(own)}, consent.Leftovers{Excepted: own1}, 3},
		"an assignment too":      {[]http.HandlerFunc{none, rows(`{"id":"own"}`), none}, consent.Leftovers{Excepted: own1}, 3},
		"it has grown since":     {[]http.HandlerFunc{none, none, rows(grown)}, consent.Leftovers{TenantWideGrants: true}, 3},
		"a user's grant":         {[]http.HandlerFunc{none, none, rows(own + "," + user)}, consent.Leftovers{PerUserGrants: true, Excepted: own1}, 3},
		"another client's grant": {[]http.HandlerFunc{none, none, rows(strangers)}, consent.Leftovers{}, 3},
		"somebody is assigned":   {[]http.HandlerFunc{assignment, none}, consent.Leftovers{AppRoleAssignments: true}, 2},
		"it is assigned somehow": {[]http.HandlerFunc{none, assignment, none}, consent.Leftovers{AppRoleAssignments: true}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTenant(t, test.answers...)
			got, err := w.client().Leftovers(t.Context(), clientID, []consent.Action{{Kind: consent.DeleteGrant, Target: "own", Before: consent.Scopes("User.Read")}})
			if err != nil || !cmp.Equal(got, test.want) {
				t.Errorf("got %+v, %v; want %+v", got, err, test.want)
			}
			if n := len(w.Requests()); n != test.requests {
				t.Errorf("%d requests, want %d", n, test.requests)
			}
		})
	}
	w := newTenant(t, none, none, rows(own))
	if got, err := w.client().Leftovers(t.Context(), clientID, nil); err != nil || !got.TenantWideGrants {
		t.Errorf("a grant that is not excepted: got %+v, %v", got, err)
	}
}

// A cancelled context ends a read without a request.
func TestRead_cancelled(t *testing.T) {
	t.Parallel()
	w := newTenant(t, wiretest.JSON(200, `{"value":[]}`))
	client := w.client()
	if _, err := client.SignIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.Read(ctx, allDevices); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
	if n := len(w.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// What was not asked for is nobody's business.
func TestRead_strangers(t *testing.T) {
	t.Parallel()
	w := newTenant(t, wiretest.JSON(200, `{"value":[
	 {"id":"c1000000-0000-4000-8000-000000000009","appId":"00000009-0000-0000-c000-000000000000","displayName":"Power BI"}]}`))
	state, err := w.client().Read(t.Context(), allDevices)
	if err != nil || len(state.ServicePrincipals) != 0 {
		t.Errorf("got %+v, %v; want none", state.ServicePrincipals, err)
	}
}

// What cannot be read is never "nothing is left".
func TestLeftovers_unreadable(t *testing.T) {
	t.Parallel()
	none, denied := wiretest.JSON(200, `{"value":[]}`), wiretest.Refusal(403, "Authorization_RequestDenied", "Insufficient privileges")
	for i := range 3 {
		answers := []http.HandlerFunc{none, none, none, none}
		answers[i] = denied
		w := newTenant(t, answers...)
		if got, err := w.client().Leftovers(t.Context(), clientID, nil); err == nil {
			t.Errorf("request %d is refused: got %+v and no error", i+1, got)
		}
	}
}

// Many tenants are read at the same time over one network, and none gets what is another's.
func TestRead_manyTenants(t *testing.T) {
	t.Parallel()
	network := wiretest.Network(t)
	var reads sync.WaitGroup
	for n := range 20 {
		scope := fmt.Sprintf("Scope.Of.%d", n)
		tenant := newTenant(t, wiretest.JSON(200, servicePrincipals), wiretest.JSON(200, `{"value":[`+grantRow("a", clientID, graphID, "AllPrincipals", scope)+`]}`))
		if n%4 == 0 {
			tenant = newTenant(t, wiretest.Refusal(403, "Authorization_RequestDenied", scope))
		}
		client := tenant.clientOver(network)
		reads.Go(func() {
			state, err := client.Read(t.Context(), allDevices)
			switch refused, ok := errors.AsType[*wire.Error](err); {
			case n%4 == 0 && (!ok || refused.Message != scope):
				t.Errorf("got error %v, want one that says %s", err, scope)
			case n%4 != 0 && (err != nil || len(state.Grants) != 1 || state.Grants[0].Scopes.String() != scope):
				t.Errorf("got %+v, %v; want %s", state.Grants, err, scope)
			}
		})
	}
	reads.Wait()
}

// What is known to be there and is not found has not been replicated yet: each such read is asked again, with ever longer pauses,
// for half a minute, or as long as there is time if this client made what it is about. In no other case.
func TestRead_notReplicated(t *testing.T) {
	t.Parallel()
	notYet := wiretest.Refusal(404, "Request_ResourceNotFound", "Resource 'x' does not exist or one of its queried reference-property objects are not present.")
	inOtherWords := wiretest.Refusal(400, "Request_BadRequest", "Resource 'x' does not exist or one of its queried reference-property objects are not present.")
	none := wiretest.JSON(200, `{"value":[]}`)
	policy := wiretest.JSON(200, `{"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":[]}}`)
	row := `{"value":[` + grantRow("b", clientID, exchangeID, "AllPrincipals", "EAS.AccessAsUser.All") + `]`
	var w *tenant
	firstPage := func(rw http.ResponseWriter, r *http.Request) {
		wiretest.JSON(200, fmt.Sprintf(`%s,"@odata.nextLink":%q}`, row, w.URL+"/v1.0/oauth2PermissionGrants?$skiptoken=2"))(rw, r)
	}
	reading := func(ctx context.Context, c *graph.Client) error { _, err := c.Read(ctx, allDevices); return err }
	for _, test := range []struct {
		name    string
		answers []http.HandlerFunc
		do      func(context.Context, *graph.Client) error
		slept   time.Duration
		fails   bool
	}{
		{"the list of grants", []http.HandlerFunc{wiretest.JSON(200, servicePrincipals), notYet, inOtherWords, none}, reading, 1500 * time.Millisecond, false},
		{"a later page of it", []http.HandlerFunc{wiretest.JSON(200, servicePrincipals), firstPage, notYet, none}, reading, 500 * time.Millisecond, false},
		{"the list of service principals", []http.HandlerFunc{notYet, none}, reading, 500 * time.Millisecond, false},
		{"for ever", []http.HandlerFunc{wiretest.JSON(200, servicePrincipals), notYet}, reading, 30 * time.Second, true},
		{"classifications", []http.HandlerFunc{notYet, none}, func(ctx context.Context, c *graph.Client) error {
			_, err := c.Classifications(ctx, graphID)
			return err
		}, 500 * time.Millisecond, false},
		{"the authorization policy", []http.HandlerFunc{notYet, policy}, func(ctx context.Context, c *graph.Client) error {
			_, err := c.ConsentPolicies(ctx)
			return err
		}, 500 * time.Millisecond, false},
		{"what is left on a service principal", []http.HandlerFunc{none, notYet, none, notYet, none}, func(ctx context.Context, c *graph.Client) error {
			_, err := c.Leftovers(ctx, clientID, nil)
			return err
		}, 1000 * time.Millisecond, false},
		{"a grant by its id, which may be gone", []http.HandlerFunc{notYet}, func(ctx context.Context, c *graph.Client) error {
			_, _, err := c.Grant(ctx, "a")
			return err
		}, 0, false},
	} {
		w = newTenant(t, test.answers...)
		err := test.do(t.Context(), w.client())
		var slept time.Duration
		for _, pause := range w.Clock.Slept() {
			slept += pause
		}
		if slept != test.slept || (err != nil) != test.fails {
			t.Errorf("%s: waited %s, got error %v", test.name, slept, err)
		}
	}
}

// What this client created may take longer than anything else.
func TestRead_notReplicatedOwn(t *testing.T) {
	t.Parallel()
	notYet := wiretest.Refusal(404, "Request_ResourceNotFound", "x")
	answers := []http.HandlerFunc{wiretest.JSON(201, `{"id":"`+string(clientID)+`","appId":"`+string(consent.AppleInternetAccounts)+`"}`)}
	for range 20 {
		answers = append(answers, notYet)
	}
	w := newTenant(t, append(answers, wiretest.JSON(200, `{"value":[]}`))...)
	client := w.client()
	if _, err := client.CreateServicePrincipal(t.Context(), consent.AppleInternetAccounts); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Reread(t.Context(), allDevices, consent.Look{Client: clientID, GrantsOnly: true}); err != nil {
		t.Error(err)
	}
}
