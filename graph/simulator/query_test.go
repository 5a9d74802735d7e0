package simulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFilter_servicePrincipals(t *testing.T) {
	cases := map[string]struct {
		filter string
		want   []string
	}{
		"by appId":                   {"appId eq '" + graphAppID + "'", []string{"Microsoft Graph"}},
		"by appId in any case":       {"appId eq '" + strings.ToUpper(appleAppID) + "'", []string{"iOS Accounts"}},
		"by several appIds":          {"appId in ('" + graphAppID + "','" + exchangeAppID + "')", []string{"Microsoft Graph", "Office 365 Exchange Online"}},
		"by name":                    {"displayName eq 'ios accounts'", []string{"iOS Accounts"}},
		"by id":                      {"id eq 'CLIENT'", []string{"iOS Accounts"}},
		"by two properties":          {"appId eq '" + appleAppID + "' and displayName eq 'iOS Accounts'", []string{"iOS Accounts"}},
		"by two that contradict":     {"appId eq '" + appleAppID + "' and displayName eq 'Microsoft Graph'", []string{}},
		"by an appId nobody has":     {"appId eq '00000000-0000-4000-8000-000000000000'", []string{}},
		"by the appId of a relative": {"appId eq '00000002-0000-0000-c000-000000000000'", []string{"Windows Azure Active Directory"}},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := newTenant(t, "renamed")
			got := c.get("/servicePrincipals?$filter="+c.placeholders().Replace(want.filter)).must(t, http.StatusOK)
			names := got.values("displayName")
			slices.Sort(names)
			if diff := cmp.Diff(want.want, names); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestFilter_grants(t *testing.T) {
	cases := map[string]struct {
		filter string
		want   int
	}{
		"of a client":                      {"clientId eq 'CLIENT'", 6},
		"of a client, for all":             {"clientId eq 'CLIENT' and consentType eq 'AllPrincipals'", 0},
		"of a client on a resource":        {"clientId eq 'CLIENT' and resourceId eq 'EXCHANGE'", 3},
		"of a user":                        {"principalId eq 'USER'", 2},
		"for all, of any client":           {"consentType eq 'AllPrincipals'", 2},
		"without a user":                   {"principalId eq null", 2},
		"of a client that has none at all": {"clientId eq 'GRAPH'", 0},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, Options{Scenario: "user-consents", PerUserGrants: 6})
			filter := strings.ReplaceAll(c.placeholders().Replace(want.filter), "USER", userID(c.server.TenantID(), "user00001"))
			got := c.get("/oauth2PermissionGrants?$filter="+filter).must(t, http.StatusOK)
			if n := len(got.values("id")); n != want.want {
				t.Errorf("got %d grants, want %d", n, want.want)
			}
		})
	}
}

func TestQuery_refused(t *testing.T) {
	const unsupported, malformed, invalid = "Request_UnsupportedQuery", "BadRequest", "Request_BadRequest"
	cases := map[string]string{
		"/servicePrincipals?$filter=tags eq 'x'":                        unsupported,
		"/servicePrincipals?$filter=appId eq 'x'":                       invalid,
		"/servicePrincipals?$select=id,colour":                          malformed,
		"/servicePrincipals?$orderby=displayName":                       unsupported,
		"/servicePrincipals?$top=0":                                     unsupported,
		"/servicePrincipals?$top=ten":                                   malformed,
		"/servicePrincipals?$skiptoken=x":                               malformed,
		"/servicePrincipals(appId='" + graphAppID + "')?$expand=owners": unsupported,
		"/servicePrincipals/x":                                          invalid,
		"/servicePrincipals(appId='x')":                                 invalid,
		"/servicePrincipals(appId='" + graphAppID + "')?$select=colour": malformed,
		"/oauth2PermissionGrants?$filter=scope eq 'x'":                  unsupported,
		"/oauth2PermissionGrants?$filter=clientId in ('x')":             unsupported,
		"/oauth2PermissionGrants?$filter=clientId eq 'x' or id eq 'x'":  unsupported,
		"/oauth2PermissionGrants?$filter=startswith(clientId,'x')":      unsupported,
		"/users":                            malformed,
		"https://graph.microsoft.com/beta/": malformed,
	}
	for path, code := range cases {
		t.Run(path, func(t *testing.T) {
			got := newTenant(t, "granted").get(path).must(t, http.StatusBadRequest)
			if got.code() != code {
				t.Errorf("got code %q, want %q: %s", got.code(), code, got.message())
			}
		})
	}
}

func TestSelect(t *testing.T) {
	c := newTenant(t, "granted")
	got := c.get("/servicePrincipals(appId='"+appleAppID+"')?$select=appid,verifiedPublisher").must(t, http.StatusOK)
	want := map[string]any{
		"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#servicePrincipals(appid,verifiedPublisher)/$entity",
		"appId":          appleAppID,
		"verifiedPublisher": map[string]any{
			"displayName": "Apple Inc.", "verifiedPublisherId": "simulated-apple-inc", "addedDateTime": "2020-10-16T18:35:26Z",
		},
	}
	if diff := cmp.Diff(want, got.body); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSelect_savesHundredsOfKilobytes(t *testing.T) {
	c := newTenant(t, "granted")
	whole := c.get("/servicePrincipals(appId='"+graphAppID+"')").must(t, http.StatusOK)
	if len(whole.text) < 200_000 {
		t.Errorf("Microsoft Graph's whole service principal is %d bytes, want more than 200,000", len(whole.text))
	}
	short := c.get("/servicePrincipals(appId='"+graphAppID+"')?$select=id,appId").must(t, http.StatusOK)
	if len(short.text) > 1000 {
		t.Errorf("two selected properties are %d bytes", len(short.text))
	}
}

func TestPaging(t *testing.T) {
	cases := map[string]struct {
		top   int
		pages []int
	}{
		"as large as it is without $top": {0, []int{100, 100, 50}},
		"as large as asked for":          {90, []int{90, 90, 70}},
		"just full at the end":           {125, []int{125, 125}},
		"all on one page":                {999, []int{250}},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, Options{Scenario: "user-consents", PerUserGrants: 250})
			path := "/oauth2PermissionGrants?$filter=clientId eq '" + c.idOf(appleAppID) + "'"
			if want.top > 0 {
				path += "&$top=" + strconv.Itoa(want.top)
			}
			pages, ids := c.pages(path)
			if diff := cmp.Diff(want.pages, pages); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if distinct := len(slices.Compact(slices.Sorted(slices.Values(ids)))); distinct != 250 {
				t.Errorf("got %d distinct grants, want 250", distinct)
			}
		})
	}
}

// pages follows the next links, and returns the sizes of the pages and all ids.
func (c *client) pages(path string) (sizes []int, ids []string) {
	c.t.Helper()
	for path != "" {
		page := c.get(path).must(c.t, http.StatusOK)
		sizes = append(sizes, len(page.values("id")))
		ids = append(ids, page.values("id")...)
		path, _ = page.body["@odata.nextLink"].(string)
	}
	return sizes, ids
}

func TestPaging_rowsComeAndGoMeanwhile(t *testing.T) {
	c := newClient(t, Options{Scenario: "user-consents", PerUserGrants: 20})
	first := c.get("/oauth2PermissionGrants?$top=10").must(t, http.StatusOK)
	gone := first.values("id")[0]
	c.server.Edit(func(d *Directory) { permissionGrants.remove(d, gone) })
	_, rest := c.pages(first.body["@odata.nextLink"].(string))
	if n := len(rest); n != 12 {
		t.Errorf("got %d grants after the first ten of 22, want 12", n)
	}
}
