package graph_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/graph/wire"
	"appleconsent/graph/wire/wiretest"

	"github.com/google/go-cmp/cmp"
)

// publishing serves a tenant whose resources publish this, and in which users have granted that.
func publishing(t *testing.T, published string, perUser ...string) *tenant {
	t.Helper()
	var w *tenant
	w = newTenant(t, func(rw http.ResponseWriter, r *http.Request) {
		n := 0
		_, _ = fmt.Sscan(r.URL.Query().Get("page"), &n)
		switch {
		case strings.HasSuffix(r.URL.Path, "/servicePrincipals"):
			wiretest.JSON(200, servicePrincipals)(rw, r)
		case strings.Contains(r.URL.Path, "/servicePrincipals/"):
			wiretest.JSON(200, published)(rw, r)
		case !strings.Contains(r.URL.Query().Get("$filter"), "'Principal'") || n >= len(perUser):
			wiretest.JSON(200, `{"value":[]}`)(rw, r)
		case n+1 < len(perUser):
			wiretest.JSON(200, fmt.Sprintf(`{"value":%s,"@odata.nextLink":"%s%s?page=%d&$filter='Principal'"}`, perUser[n], w.URL, r.URL.Path, n+1))(rw, r)
		default:
			wiretest.JSON(200, fmt.Sprintf(`{"value":%s}`, perUser[n]))(rw, r)
		}
	})
	return w
}

func (s *tenant) askedFor(what string) (n int) {
	for _, r := range s.Requests() {
		if strings.Contains(r.Path+"?"+r.Query, what) {
			n++
		}
	}
	return n
}

const someScopes = `{"oauth2PermissionScopes":[
 {"id":"1","value":"Mail.Read","type":"User","isEnabled":true,"adminConsentDisplayName":"Read mail"},
 {"id":"2","value":"Group.Read.All","type":"Admin","isEnabled":true,"adminConsentDisplayName":null},
 {"id":"3","value":"Old.Read","type":"User","isEnabled":false},
 {"id":"4","value":"New.Read","type":"somethingNew","isEnabled":true},
 {"id":"5","value":"Odd Name","type":"User","isEnabled":true},
 {"id":"6","value":"Untold.Read","type":"User"}]}`

// What is published is read for the resources that are named, each once, and for nobody who did not ask.
func TestRead_published(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		also []string
		want int
	}{
		"nothing named": {nil, 0}, "two on one": {[]string{"Mail.Read", "graph:Group.Read.All"}, 1}, "on both": {[]string{"Mail.Read", "exchange:x"}, 2},
		"one that the tenant has not": {[]string{"5b0f5c2e-7d0a-4c55-9a3e-2f1d6a8c9e10:x"}, 0},
	} {
		var c consent.Choices
		for _, text := range test.also {
			a, err := consent.ParseAlso(text)
			if err != nil {
				t.Fatal(err)
			}
			c.Also = append(c.Also, a)
		}
		w := publishing(t, someScopes)
		required := consent.AppleMail().Require(c)
		state, err := w.client().Read(t.Context(), required)
		if got := w.askedFor("?%24select=oauth2PermissionScopes"); err != nil || got != test.want || len(w.Requests()) != 2+test.want {
			t.Errorf("%s: %d of %d requests, %v", name, got, len(w.Requests()), err)
		}
		want := []consent.Published{
			{Scope: "Mail.Read", DisplayName: "Read mail"},
			{Scope: "Group.Read.All", Admin: true},
			{Scope: "Old.Read", Disabled: true},
			{Scope: "New.Read", Admin: true},
			{Scope: "Odd Name", Disabled: true},
			{Scope: "Untold.Read", Disabled: true},
		}
		if diff := cmp.Diff(want, state.Published[consent.MicrosoftGraph]); name == "two on one" && diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		required.Checked = true
		if _, err := w.client().Read(t.Context(), required); err != nil || w.askedFor("oauth2PermissionScopes") != test.want {
			t.Errorf("%s: it is read again: %v", name, err)
		}
	}
}

// An answer that is none is not taken for a resource that publishes nothing.
func TestRead_publishedOddly(t *testing.T) {
	t.Parallel()
	required := consent.AppleMail().Require(consent.Choices{Also: []consent.Also{{Resource: consent.MicrosoftGraph, Scope: "Mail.Read"}}})
	for _, odd := range []string{`{}`, `{"oauth2PermissionScopes":null}`, `{"oauth2PermissionScopes":{}}`, `{"oauth2PermissionScopes":[7]}`} {
		_, err := publishing(t, odd).client().Read(t.Context(), required)
		if _, ok := errors.AsType[*wire.Error](err); !ok {
			t.Errorf("%s: got %v", odd, err)
		}
	}
}

// What users have granted is counted by resource and name, whatever its case, up to a limit that is told.
func TestConsented(t *testing.T) {
	t.Parallel()
	grants := func(from int, scope string) string {
		return rows(2, func(i int) string {
			return strings.Replace(grantRow(fmt.Sprint("g", from+i), clientID, graphID, "Principal", scope), "null", fmt.Sprintf(`"u%d"`, i), 1)
		})
	}
	w := publishing(t, someScopes, grants(0, "Mail.Read  openid"), grants(2, "mail.read Odd;Name"), rows(1, func(int) string {
		return grantRow("x", graphID, graphID, "Principal", "Files.Read")
	}))
	state, users, err := w.client().Consented(t.Context(), allDevices)
	want := []consent.UserScope{{ResourceID: graphID, Scope: "Mail.Read", Users: 2}, {ResourceID: graphID, Scope: "openid", Users: 2}}
	if diff := cmp.Diff(want, users.Scopes); err != nil || diff != "" || users.Grants != 4 || users.Capped {
		t.Errorf("got %+v, %v (-want +got):\n%s", users, err, diff)
	}
	if len(state.Published) != 2 || w.askedFor("oauth2PermissionScopes") != 2 {
		t.Errorf("published on %d resources", len(state.Published))
	}
	var many []string
	for i := range 12 {
		many = append(many, grants(2*i, "Mail.Read"))
	}
	w = publishing(t, someScopes, many...)
	_, users, err = w.client().Consented(t.Context(), allDevices)
	if err != nil || !users.Capped || users.Grants != 20 || w.askedFor("oauth2PermissionGrants") != 10 {
		t.Errorf("got %+v after %d pages, %v", users, w.askedFor("oauth2PermissionGrants"), err)
	}
}
