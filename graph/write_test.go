package graph_test

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/graph"
	"appleconsent/graph/wire"
	"appleconsent/graph/wire/wiretest"

	"github.com/google/go-cmp/cmp"
)

// What is sent: method, path and body, and nothing beyond. The SDK would add a type to a service principal.
func TestWrites(t *testing.T) {
	t.Parallel()
	empty := wiretest.Raw(204, "", "")
	created := wiretest.JSON(201, `{"id":"C1000000-0000-4000-8000-000000000001","appId":"f8d98a96-0999-43f5-8af3-69971c7bb423","displayName":"Apple Internet Accounts"}`)
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		do     func(context.Context, *graph.Client) error
		want   string
	}{
		"create a service principal": {created, func(ctx context.Context, c *graph.Client) error {
			sp, err := c.CreateServicePrincipal(ctx, consent.AppleInternetAccounts)
			if sp.ID != clientID {
				return errors.New("wrong id " + string(sp.ID))
			}
			return err
		}, `POST /v1.0/servicePrincipals {"appId":"f8d98a96-0999-43f5-8af3-69971c7bb423"}`},
		"delete a service principal": {empty, func(ctx context.Context, c *graph.Client) error {
			return c.DeleteServicePrincipal(ctx, clientID)
		}, "DELETE /v1.0/servicePrincipals/c1000000-0000-4000-8000-000000000001 "},
		"update a grant, whose 204 has no body": {empty, func(ctx context.Context, c *graph.Client) error {
			return c.UpdateGrant(ctx, "-a_1", consent.Scopes("EAS.AccessAsUser.All", "EWS.AccessAsUser.All"))
		}, `PATCH /v1.0/oauth2PermissionGrants/-a_1 {"scope":"EAS.AccessAsUser.All EWS.AccessAsUser.All"}`},
		"update a grant, answered with 200": {
			wiretest.JSON(200, grantRow("-a_1", clientID, graphID, "AllPrincipals", "x")), func(ctx context.Context, c *graph.Client) error {
				return c.UpdateGrant(ctx, "-a_1", consent.Scopes("x"))
			}, `PATCH /v1.0/oauth2PermissionGrants/-a_1 {"scope":"x"}`,
		},
		"delete a grant": {empty, func(ctx context.Context, c *graph.Client) error {
			return c.DeleteGrant(ctx, "-a_1")
		}, "DELETE /v1.0/oauth2PermissionGrants/-a_1 "},
		"enable a service principal": {empty, func(ctx context.Context, c *graph.Client) error {
			return c.SetAccountEnabled(ctx, clientID, true)
		}, `PATCH /v1.0/servicePrincipals/c1000000-0000-4000-8000-000000000001 {"accountEnabled":true}`},
		"disable a service principal": {empty, func(ctx context.Context, c *graph.Client) error {
			return c.SetAccountEnabled(ctx, clientID, false)
		}, `PATCH /v1.0/servicePrincipals/c1000000-0000-4000-8000-000000000001 {"accountEnabled":false}`},
		"classify a permission": {
			wiretest.JSON(201, `{"id":"iSVtJrUgkU-aA4kkfRvo2gE","permissionId":"266d2589-20b5-4f91-9a03-89247d1be8da","classification":"low"}`),
			func(ctx context.Context, c *graph.Client) error {
				id, err := c.ClassifyPermission(ctx, graphID, consent.EAS, "266d2589-20b5-4f91-9a03-89247d1be8da")
				if id != "iSVtJrUgkU-aA4kkfRvo2gE" {
					return errors.New("wrong id " + id)
				}
				return err
			},
			`POST /v1.0/servicePrincipals/` + string(graphID) + `/delegatedPermissionClassifications ` +
				`{"classification":"low","permissionId":"266d2589-20b5-4f91-9a03-89247d1be8da","permissionName":"EAS.AccessAsUser.All"}`,
		},
		"declassify a permission": {empty, func(ctx context.Context, c *graph.Client) error {
			return c.DeclassifyPermission(ctx, graphID, "iSVtJrUgkU-aA4kkfRvo2gE")
		}, `DELETE /v1.0/servicePrincipals/` + string(graphID) + `/delegatedPermissionClassifications/iSVtJrUgkU-aA4kkfRvo2gE `},
		"set the user-consent policy, and nothing else of the authorization policy": {empty, func(ctx context.Context, c *graph.Client) error {
			return c.SetConsentPolicies(ctx, consent.Scopes("ManagePermissionGrantsForSelf.x", "Other.y"))
		}, `PATCH /v1.0/policies/authorizationPolicy {"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":["ManagePermissionGrantsForSelf.x","Other.y"]}}`},
		"an empty policy is sent as one": {empty, func(ctx context.Context, c *graph.Client) error {
			return c.SetConsentPolicies(ctx, consent.ScopeSet{})
		}, `PATCH /v1.0/policies/authorizationPolicy {"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":[]}}`},
		"an id cannot leave its place": {empty, func(ctx context.Context, c *graph.Client) error {
			return c.DeleteGrant(ctx, "../servicePrincipals/x?y#z")
		}, "DELETE /v1.0/oauth2PermissionGrants/../servicePrincipals/x?y#z "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTenant(t, test.answer)
			if err := test.do(t.Context(), w.client()); err != nil {
				t.Fatal(err)
			}
			r := w.Requests()[0]
			if diff := cmp.Diff(test.want, r.Method+" "+r.Path+" "+r.Body); diff != "" {
				t.Errorf("request (-want +got):\n%s", diff)
			}
		})
	}
}

// What package plan learns from the answer to a write.
func TestError_writes(t *testing.T) {
	t.Parallel()
	type class struct{ Unanswered, Exists, Absent, Conflicts bool }
	lost, exists, absent, refused := class{Unanswered: true}, class{Exists: true}, class{Absent: true}, class{}
	const gone = "Resource 'x' does not exist or one of its queried reference-property objects are not present."
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   class
	}{
		"409":                             {wiretest.Refusal(409, "Request_MultipleObjectsWithSameKeyValue", "Permission entry already exists."), exists},
		"the same as 400":                 {wiretest.Refusal(400, "Request_BadRequest", "Permission entry already exists."), exists},
		"the same as 400 by its code":     {wiretest.Refusal(400, "Request_MultipleObjectsWithSameKeyValue", "x"), exists},
		"409 that says no more":           {wiretest.Refusal(409, "Conflict", "y"), class{Conflicts: true}},
		"404":                             {wiretest.Refusal(404, "Request_ResourceNotFound", gone), absent},
		"404 although it was written":     {wiretest.Refusal(404, "Directory_ObjectNotFound", "Unable to read the company information from the directory"), absent},
		"the same as 400, not replicated": {wiretest.Refusal(400, "Request_BadRequest", gone), absent},
		"another 400":                     {wiretest.Refusal(400, "Request_BadRequest", "Invalid value"), refused},
		"401":                             {wiretest.Refusal(401, "InvalidAuthenticationToken", "expired"), refused},
		"403":                             {wiretest.Refusal(403, "Authorization_RequestDenied", "Insufficient privileges"), refused},
		"407 of a proxy":                  {wiretest.Raw(407, "text/html", "<h1>Who are you?</h1>"), refused},
		"a redirect":                      {wiretest.Raw(307, "", "", "Location", "https://example.com/"), refused},
		"408":                             {wiretest.Refusal(408, "x", "y"), lost},
		"500":                             {wiretest.Refusal(500, "x", "y"), lost},
		"502 of a proxy":                  {wiretest.Raw(502, "text/html", "<h1>Bad Gateway</h1>"), lost},
		"503":                             {wiretest.Refusal(503, "x", "y", "Retry-After", "9"), lost},
		"504":                             {wiretest.Refusal(504, "x", "y"), lost},
		"no answer":                       {wiretest.HangUp, lost},
		"cut":                             {wiretest.Cut, lost},
		"403 of a web filter":             {wiretest.Raw(403, "text/html", "<h1>Blocked</h1>"), lost},
		"HTML with status 200":            {wiretest.Raw(200, "text/html", "<h1>Hotel</h1>"), lost},
		"201 without an id":               {wiretest.JSON(201, `{}`), lost},
		"201 that is null":                {wiretest.JSON(201, `null`), lost},
		"201 that is a list":              {wiretest.JSON(201, `[1]`), lost},
		"204 instead of 201":              {wiretest.Raw(204, "", ""), lost},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTenant(t, test.answer)
			_, err := w.client().CreateGrant(t.Context(), userRead())
			answered, ok := errors.AsType[*wire.Error](err)
			if !ok {
				t.Fatalf("got error %v, want a *wire.Error", err)
			}
			if got := (class{answered.Unanswered(), answered.Exists(), answered.Absent(), answered.Conflicts()}); got != test.want {
				t.Errorf("got %+v, want %+v: %v", got, test.want, err)
			}
			if n := len(w.Requests()); n != 1 {
				t.Errorf("the write was sent %d times", n)
			}
			if name == "503" && answered.RetryAfter() != 9*time.Second {
				t.Errorf("RetryAfter: got %s, want 9s", answered.RetryAfter())
			}
		})
	}
}

// A write of which nothing was ever sent did not happen, and may be tried again.
func TestWrite_neverSent(t *testing.T) {
	t.Parallel()
	w := newTenant(t, wiretest.JSON(200, `{"value":[]}`))
	client := w.client()
	if _, err := client.SignIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Close()
	_, err := client.CreateGrant(t.Context(), userRead())
	answered, ok := errors.AsType[*wire.Error](err)
	if !ok || answered.Unanswered() {
		t.Errorf("got error %v, unanswered %v; want one that says that nothing was written", err, ok && answered.Unanswered())
	}
	if len(w.Clock.Slept()) != 4 {
		t.Errorf("slept %v; want five attempts", w.Clock.Slept())
	}
}

// Errors name the operation, Graph's words and the request id; and know what permission and role it takes. Neither holds a token.
func TestError_words(t *testing.T) {
	t.Parallel()
	w := newTenant(t, wiretest.Refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."))
	_, err := w.client().CreateGrant(t.Context(), userRead())
	const want = "create the delegated permission grant: Graph answered 403 Authorization_RequestDenied: Insufficient privileges to complete the " +
		"operation. (request-id 11111111-2222-4333-8444-555555555555)"
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
	answered, _ := errors.AsType[*wire.Error](err)
	for _, word := range []string{"DelegatedPermissionGrant.ReadWrite.All", "Cloud Application Administrator"} {
		if !strings.Contains(answered.Need, word) {
			t.Errorf("%q does not name %s", answered.Need, word)
		}
	}
	long := newTenant(t, wiretest.Refusal(400, "x", strings.Repeat("é", 5000)))
	if _, err := long.client().CreateGrant(t.Context(), userRead()); len(err.Error()) > 500 {
		t.Errorf("an error has %d bytes", len(err.Error()))
	}
	if strings.Contains(err.Error()+answered.Need, "e30.") {
		t.Error("a token is in the error")
	}
}

// A redirect is no answer, whatever its body says.
func TestRedirect_withABody(t *testing.T) {
	t.Parallel()
	for _, status := range []int{300, 302, 307} {
		read := newTenant(t, wiretest.JSON(status, `{"value":[]}`, "Location", "http://127.0.0.1:1/"))
		_, err := read.client().Read(t.Context(), allDevices)
		if answered, ok := errors.AsType[*wire.Error](err); !ok || answered.Status != status {
			t.Errorf("%d to a read: got error %v", status, err)
		}
		write := newTenant(t, wiretest.JSON(status, grantRow("a", clientID, graphID, "AllPrincipals", "User.Read"), "Location", "http://127.0.0.1:1/"))
		g, err := write.client().CreateGrant(t.Context(), userRead())
		if answered, ok := errors.AsType[*wire.Error](err); !ok || answered.Status != status {
			t.Errorf("%d to a write: got %+v, %v", status, g, err)
		}
	}
}

// A service principal without an id is a lost answer.
func TestCreateServicePrincipal_withoutID(t *testing.T) {
	t.Parallel()
	w := newTenant(t, wiretest.JSON(201, `{"appId":"f8d98a96-0999-43f5-8af3-69971c7bb423"}`))
	sp, err := w.client().CreateServicePrincipal(t.Context(), consent.AppleInternetAccounts)
	if answered, ok := errors.AsType[*wire.Error](err); !ok || !answered.Unanswered() {
		t.Errorf("got %+v, %v; want a lost answer", sp, err)
	}
}

// 401 knows the permission too.
func TestError_unauthorized(t *testing.T) {
	t.Parallel()
	w := newTenant(t, wiretest.Refusal(401, "InvalidAuthenticationToken", "expired"))
	_, err := w.client().CreateGrant(t.Context(), userRead())
	answered, ok := errors.AsType[*wire.Error](err)
	if !ok || answered.Op.Permission != "DelegatedPermissionGrant.ReadWrite.All" {
		t.Errorf("got error %v", err)
	}
}

// A cancelled context ends a write before it is sent.
func TestWrite_cancelled(t *testing.T) {
	t.Parallel()
	w := newTenant(t, wiretest.JSON(201, grantRow("a", clientID, graphID, "AllPrincipals", "User.Read")))
	client := w.client()
	if _, err := client.SignIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.CreateGrant(ctx, userRead()); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
	if n := len(w.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// What keeps a service principal from being created: a deleted one of the application, or another one with its name.
func TestNameHolder(t *testing.T) {
	t.Parallel()
	none := wiretest.JSON(200, `{"value":[]}`)
	const id = `"id":"C1000000-0000-4000-8000-000000000009"`
	deleted := wiretest.JSON(200, `{"value":[{`+id+`,"appId":"`+string(consent.AppleInternetAccounts)+`","deletedDateTime":"2026-11-20T08:00:00Z"}]}`)
	other := wiretest.JSON(200, `{"value":[{`+id+`,"appId":"11111111-2222-4333-8444-555555555555","displayName":"Copy"}]}`)
	itself := wiretest.JSON(200, `{"value":[{`+id+`,"appId":"`+string(consent.AppleInternetAccounts)+`"}]}`)
	const holder = consent.ObjectID("c1000000-0000-4000-8000-000000000009")
	for name, test := range map[string]struct {
		answers []http.HandlerFunc
		want    consent.NameHolder
	}{
		"a deleted one":                 {[]http.HandlerFunc{deleted}, consent.NameHolder{ID: holder, Deleted: true}},
		"another one":                   {[]http.HandlerFunc{none, other}, consent.NameHolder{ID: holder, DisplayName: "Copy"}},
		"its own, which shows late":     {[]http.HandlerFunc{none, itself}, consent.NameHolder{}},
		"nobody":                        {[]http.HandlerFunc{none, none}, consent.NameHolder{}},
		"a deleted one, of another app": {[]http.HandlerFunc{other, none}, consent.NameHolder{}},
	} {
		w := newTenant(t, test.answers...)
		if got, err := w.client().NameHolder(t.Context(), consent.AppleInternetAccounts); err != nil || got != test.want {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}

// A write that replaces or deletes something is sent once: whether it may be sent again, and how often, is told to who looks first.
func TestWrites_sentOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		pause  time.Duration
		times  int
	}{
		"throttled":             {wiretest.Refusal(429, "x", "y"), time.Second, 4},
		"throttled for a while": {wiretest.Refusal(429, "x", "y", "Retry-After", "7"), 7 * time.Second, math.MaxInt},
		"another operation":     {wiretest.Refusal(409, "Directory_ConcurrencyViolation", "y"), time.Second, math.MaxInt},
		"the same, inside":      {wiretest.JSON(409, `{"error":{"code":"x","message":"y","innerError":{"code":"Directory_ConcurrencyViolation"}}}`), time.Second, math.MaxInt},
		"too many connections":  {wiretest.Refusal(400, "x", "The concurrent connection limit was reached."), 0, 0},
		"no answer":             {wiretest.HangUp, 0, 0},
		"refused":               {wiretest.Refusal(403, "x", "y"), 0, 0},
	} {
		for _, write := range []func(*graph.Client) error{
			func(c *graph.Client) error { return c.UpdateGrant(t.Context(), "a", consent.Scopes("User.Read")) },
			func(c *graph.Client) error { return c.DeleteGrant(t.Context(), "a") },
			func(c *graph.Client) error { return c.DeleteServicePrincipal(t.Context(), clientID) },
			func(c *graph.Client) error { return c.SetConsentPolicies(t.Context(), consent.Scopes("A.b")) },
		} {
			w := newTenant(t, test.answer)
			err := write(w.client())
			answered, _ := errors.AsType[*wire.Error](err)
			if pause, times := answered.Again(); pause != test.pause || times != test.times || len(w.Requests()) != 1 {
				t.Errorf("%s: %d requests, again after %s and %d times", name, len(w.Requests()), pause, times)
			}
		}
	}
}
