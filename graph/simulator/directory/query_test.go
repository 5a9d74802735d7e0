package directory_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

func TestFilter_servicePrincipals(t *testing.T) {
	cases := map[string]struct {
		filter string
		want   []string
	}{
		"by appId":                   {"appId eq '" + identity.GraphAppID + "'", []string{"Microsoft Graph"}},
		"by appId in any case":       {"appId eq '" + strings.ToUpper(identity.AppleAppID) + "'", []string{"iOS Accounts"}},
		"by several appIds":          {"appId in ('" + identity.GraphAppID + "','" + identity.ExchangeAppID + "')", []string{"Microsoft Graph", "Office 365 Exchange Online"}},
		"by name":                    {"displayName eq 'ios accounts'", []string{"iOS Accounts"}},
		"by id":                      {"id eq 'CLIENT'", []string{"iOS Accounts"}},
		"by two properties":          {"appId eq '" + identity.AppleAppID + "' and displayName eq 'iOS Accounts'", []string{"iOS Accounts"}},
		"by two that contradict":     {"appId eq '" + identity.AppleAppID + "' and displayName eq 'Microsoft Graph'", []string{}},
		"by an appId nobody has":     {"appId eq '00000000-0000-4000-8000-000000000000'", []string{}},
		"by the appId of a relative": {"appId eq '00000002-0000-0000-c000-000000000000'", []string{"Windows Azure Active Directory"}},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := simtest.NewTenant(t, "renamed")
			got := c.Get("/servicePrincipals?$filter="+placeholders(c).Replace(want.filter)).Must(t, http.StatusOK)
			names := got.Values("displayName")
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
			c := simtest.NewClient(t, simulator.Options{Scenario: "user-consents", PerUserGrants: 6})
			filter := strings.ReplaceAll(placeholders(c).Replace(want.filter), "USER", identity.UserID(c.Server.TenantID(), "user00001"))
			got := c.Get("/oauth2PermissionGrants?$filter="+filter).Must(t, http.StatusOK)
			if n := len(got.Values("id")); n != want.want {
				t.Errorf("got %d grants, want %d", n, want.want)
			}
		})
	}
}

func TestQuery_refused(t *testing.T) {
	const unsupported, malformed, invalid = "Request_UnsupportedQuery", "BadRequest", "Request_BadRequest"
	cases := map[string]string{
		"/servicePrincipals?$filter=tags eq 'x'":                                 unsupported,
		"/servicePrincipals?$filter=appId eq 'x'":                                invalid,
		"/servicePrincipals?$filter=appId eq " + identity.AppleAppID:             malformed,
		"/servicePrincipals?$filter=appId eq null":                               invalid,
		"/servicePrincipals?$filter=displayName in ('x', y)":                     unsupported,
		"/servicePrincipals?$filter=(appId eq 'x')":                              unsupported,
		"/servicePrincipals?$filter=displayName ge 'x'":                          unsupported,
		"/servicePrincipals?$select=id,colour":                                   malformed,
		"/servicePrincipals?$orderby=displayName":                                unsupported,
		"/servicePrincipals?$top=0":                                              unsupported,
		"/servicePrincipals?$top=ten":                                            malformed,
		"/servicePrincipals?$skiptoken=x":                                        malformed,
		"/servicePrincipals(appId='" + identity.GraphAppID + "')?$expand=owners": unsupported,
		"/servicePrincipals/x":                                                   invalid,
		"/servicePrincipals(appId='x')":                                          invalid,
		"/servicePrincipals(appId='" + identity.GraphAppID + "')?$select=colour": malformed,
		"/oauth2PermissionGrants?$filter=scope eq 'x'":                           unsupported,
		"/oauth2PermissionGrants?$filter=clientId in ('x')":                      unsupported,
		"/oauth2PermissionGrants?$filter=clientId eq 'x' or id eq 'x'":           unsupported,
		"/oauth2PermissionGrants?$filter=startswith(clientId,'x')":               unsupported,
		"/users":                            malformed,
		"https://graph.microsoft.com/beta/": malformed,
	}
	for path, code := range cases {
		t.Run(path, func(t *testing.T) {
			got := simtest.NewTenant(t, "granted").Get(path).Must(t, http.StatusBadRequest)
			if got.Code() != code {
				t.Errorf("got code %q, want %q: %s", got.Code(), code, got.Message())
			}
		})
	}
}

func TestSelect(t *testing.T) {
	c := simtest.NewTenant(t, "granted")
	got := c.Get("/servicePrincipals(appId='"+identity.AppleAppID+"')?$select=appid,verifiedPublisher").Must(t, http.StatusOK)
	want := map[string]any{
		"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#servicePrincipals(appid,verifiedPublisher)/$entity",
		"appId":          identity.AppleAppID,
		"verifiedPublisher": map[string]any{
			"displayName": "Apple Inc.", "verifiedPublisherId": "simulated-apple-inc", "addedDateTime": "2020-10-16T18:35:26Z",
		},
	}
	if diff := cmp.Diff(want, got.Body); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSelect_savesHundredsOfKilobytes(t *testing.T) {
	c := simtest.NewTenant(t, "granted")
	whole := c.Get("/servicePrincipals(appId='"+identity.GraphAppID+"')").Must(t, http.StatusOK)
	if len(whole.Text) < 200_000 {
		t.Errorf("Microsoft Graph's whole service principal is %d bytes, want more than 200,000", len(whole.Text))
	}
	short := c.Get("/servicePrincipals(appId='"+identity.GraphAppID+"')?$select=id,appId").Must(t, http.StatusOK)
	if len(short.Text) > 1000 {
		t.Errorf("two selected properties are %d bytes", len(short.Text))
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
			c := simtest.NewClient(t, simulator.Options{Scenario: "user-consents", PerUserGrants: 250})
			path := "/oauth2PermissionGrants?$filter=clientId eq '" + c.IDOf(identity.AppleAppID) + "'"
			if want.top > 0 {
				path += "&$top=" + strconv.Itoa(want.top)
			}
			pages, ids := pages(c, path)
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
func pages(c *simtest.Client, path string) (sizes []int, ids []string) {
	c.T.Helper()
	for path != "" {
		page := c.Get(path).Must(c.T, http.StatusOK)
		sizes = append(sizes, len(page.Values("id")))
		ids = append(ids, page.Values("id")...)
		path, _ = page.Body["@odata.nextLink"].(string)
	}
	return sizes, ids
}

func TestPaging_rowsComeAndGoMeanwhile(t *testing.T) {
	c := simtest.NewClient(t, simulator.Options{Scenario: "user-consents", PerUserGrants: 20})
	first := c.Get("/oauth2PermissionGrants?$top=10").Must(t, http.StatusOK)
	gone := first.Values("id")[0]
	c.Server.Edit(func(d *directory.Directory) {
		d.PermissionGrants = slices.DeleteFunc(d.PermissionGrants, func(g directory.PermissionGrant) bool { return g.ID == gone })
	})
	_, rest := pages(c, first.Body["@odata.nextLink"].(string))
	if n := len(rest); n != 12 {
		t.Errorf("got %d grants after the first ten of 22, want 12", n)
	}
}
