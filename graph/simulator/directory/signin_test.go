package directory_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

const signInsPath = "/auditLogs/signIns"

// newSignIns starts a scenario at noon, and lets somebody read its sign-ins.
func newSignIns(t *testing.T, scenario string) *simtest.Client {
	t.Helper()
	c := simtest.NewClient(t, simulator.Options{Scenario: scenario, Now: func() time.Time { return noon }})
	return c.With(identity.Claims{Scope: "AuditLog.Read.All"})
}

const day = 24 * time.Hour

func TestSignIns(t *testing.T) {
	c := newSignIns(t, "assignment-required")
	got := c.Get(signInsPath+"?$top=1").Must(t, http.StatusOK)
	row := got.Body["value"].([]any)[0]
	adele := identity.UserID(c.Server.TenantID(), "adele")
	want := map[string]any{
		"createdDateTime": "2026-11-24T11:00:00Z", "userId": adele, "userDisplayName": "adele", "userPrincipalName": "adele@contoso.example",
		"appId": identity.AppleAppID, "appDisplayName": "Apple Internet Accounts", "clientAppUsed": "Mobile Apps and Desktop clients",
		"isInteractive": true, "resourceId": identity.ExchangeAppID, "resourceDisplayName": "Office 365 Exchange Online",
		"conditionalAccessStatus": "notApplied",
	}
	if diff := cmp.Diff(any(want), simtest.Only(row, want)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	status := row.(map[string]any)["status"].(map[string]any)
	if status["errorCode"] != 50105.0 || !strings.Contains(status["failureReason"].(string), "'assigned'") || status["additionalDetails"] != nil {
		t.Errorf("got status %v", status)
	}
	if got.Body["@odata.context"] != "https://graph.microsoft.com/v1.0/$metadata#auditLogs/signIns" {
		t.Errorf("got context %v", got.Body["@odata.context"])
	}
}

func TestSignIns_newestFirstOnPages(t *testing.T) {
	c := newSignIns(t, "consent-blocked")
	sizes, ids := pages(c, signInsPath+"?$top=20&$orderby=createdDateTime desc")
	if diff := cmp.Diff([]int{20, 20, 12}, sizes); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if distinct := len(slices.Compact(slices.Sorted(slices.Values(ids)))); distinct != 52 {
		t.Errorf("got %d distinct sign-ins, want 52", distinct)
	}
	times := c.Get(signInsPath+"?$select=createdDateTime").Must(t, http.StatusOK).Values("createdDateTime")
	if len(times) != 52 || !slices.IsSortedFunc(times, func(a, b string) int { return strings.Compare(b, a) }) {
		t.Errorf("got %d times %v", len(times), times)
	}
}

func TestSignIns_pageOfAThousand(t *testing.T) {
	c := newSignIns(t, "fresh")
	c.Server.Edit(func(d *directory.Directory) {
		for i := range 1100 {
			d.SignIns = append(d.SignIns, directory.SignIn{
				ID: fmt.Sprint(i), AppID: identity.AppleAppID, ErrorCode: 65001, Age: time.Duration(i/7) * time.Minute,
			})
		}
	})
	sizes, ids := pages(c, signInsPath+"?$filter=appId eq '"+identity.AppleAppID+"'")
	if diff := cmp.Diff([]int{1000, 100}, sizes); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if distinct := len(slices.Compact(slices.Sorted(slices.Values(ids)))); distinct != 1100 {
		t.Errorf("got %d distinct sign-ins", distinct)
	}
}

func TestSignIns_filtered(t *testing.T) {
	const week = "createdDateTime ge 2026-11-17T12:00:00Z"
	cases := map[string]struct {
		filter string
		want   int
	}{
		"of the app":            {"appId eq '" + strings.ToUpper(identity.AppleAppID) + "'", 52},
		"of another app":        {"appId eq '" + identity.ExpensesAppID + "'", 0},
		"that succeeded":        {"status/errorCode eq 0", 4},
		"of a week":             {week, 47},
		"before that":           {"createdDateTime le 2026-11-17T12:00:00Z", 5},
		"between two times":     {week + " and createdDateTime le 2026-11-18T11:00:00.5Z", 2},
		"one number":            {"status/errorCode eq 50126 and " + week, 3},
		"about consent, a week": {"appId eq '" + identity.AppleAppID + "' and " + week + " and (status/errorCode eq 65001 or status/errorCode eq 90094)", 40},
		"about consent, ever":   {"(status/errorCode eq 65001 or status/errorCode eq 90094 or status/errorCode eq 90095)", 45},
		"in parentheses":        {"(status/errorCode eq 0)", 4},
		"one app or another":    {"(appId eq 'x' or appId eq '" + identity.AppleAppID + "') and status/errorCode eq 0", 4},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			got := newSignIns(t, "consent-blocked").Get(signInsPath+"?$filter="+want.filter).Must(t, http.StatusOK)
			if n := len(got.Values("id")); n != want.want {
				t.Errorf("got %d sign-ins, want %d", n, want.want)
			}
		})
	}
}

func TestSignIns_refused(t *testing.T) {
	const unsupported, malformed = "Request_UnsupportedQuery", "BadRequest"
	for query, code := range map[string]string{
		"$filter=":                                        unsupported,
		"$filter=userPrincipalName eq 'x'":                unsupported,
		"$filter=status/errorCode ne 0":                   unsupported,
		"$filter=status/errorCode gt 0":                   unsupported,
		"$filter=status/errorCode in (1,2)":               unsupported,
		"$filter=appId in ('a')":                          unsupported,
		"$filter=appId eq 'a' or appId eq 'b'":            unsupported,
		"$filter=appId eq":                                unsupported,
		"$filter=appId eq 'a' and":                        unsupported,
		"$filter=(appId eq 'a'":                           unsupported,
		"$filter=((appId eq 'a'))":                        unsupported,
		"$filter=(appId eq 'a' and appId eq 'b')":         unsupported,
		"$filter=(appId eq 'a' or status/errorCode eq 1)": unsupported,
		"$filter=(createdDateTime ge 2026-11-17T00:00:00Z or createdDateTime le 2026-11-17T00:00:00Z)": unsupported,
		"$filter=createdDateTime eq 2026-11-17T00:00:00Z":                                              unsupported,
		"$filter=createdDateTime ge '2026-11-17T00:00:00Z'":                                            malformed,
		"$filter=createdDateTime ge 2026-11-17":                                                        malformed,
		"$filter=status/errorCode eq '65001'":                                                          malformed,
		"$filter=status/errorCode eq 99999999999":                                                      malformed,
		"$filter=appId eq f8d98a96-0999-43f5-8af3-69971c7bb423":                                        malformed,
		"$filter=appId eq 'a":                                                                          malformed,
		"$top=1001":                                                                                    unsupported,
		"$top=0":                                                                                       unsupported,
		"$orderby=createdDateTime":                                                                     unsupported,
		"$orderby=userPrincipalName desc":                                                              unsupported,
		"$count=true":                                                                                  unsupported,
		"$skiptoken=x":                                                                                 malformed,
		"$select=colour":                                                                               malformed,
	} {
		t.Run(query, func(t *testing.T) {
			got := newSignIns(t, "consent-blocked").Get(signInsPath+"?"+query).Must(t, http.StatusBadRequest)
			if got.Code() != code {
				t.Errorf("got code %q, want %q: %s", got.Code(), code, got.Message())
			}
		})
	}
}

func TestSignIns_withoutLicence(t *testing.T) {
	got := newSignIns(t, "unlicensed").Get(signInsPath).Must(t, http.StatusForbidden)
	if got.Code() != "Authentication_RequestFromNonPremiumTenantOrB2CTenant" ||
		got.Message() != "Neither tenant is B2C or tenant doesn't have premium license" {
		t.Errorf("got %s: %s", got.Code(), got.Message())
	}
}

// A tenant that was kept for a year has news still.
func TestSignIns_neverGetStale(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kept.json")
	now := noon.AddDate(-1, 0, 0)
	kept := simtest.NewClient(t, simulator.Options{Scenario: "consent-blocked", File: file, Now: func() time.Time { return now }})
	kept.Do("DELETE", "/servicePrincipals/"+kept.IDOf(identity.AppleAppID), "").Must(t, http.StatusNoContent) // so that it is kept
	c := simtest.NewClient(t, simulator.Options{Scenario: "consent-blocked", File: file, Now: func() time.Time { return noon }}).With(identity.Claims{Scope: "AuditLog.Read.All"})
	got := c.Get(signInsPath+"?$filter=createdDateTime ge 2026-11-17T12:00:00Z").Must(t, http.StatusOK)
	if n := len(got.Values("id")); n != 47 {
		t.Errorf("got %d sign-ins of the last week, want 47", n)
	}
}

// More people fail from day to day, and twelve in all.
func TestSignIns_consentBlocked(t *testing.T) {
	d := simtest.NewTenant(t, "consent-blocked").Server.Directory()
	users, days, codes := map[string]bool{}, [7]int{}, map[int]int{}
	for _, s := range d.SignIns {
		if consent := s.ErrorCode == 65001 || s.ErrorCode == 90094; consent && s.Age < 7*day {
			users[s.UserID] = true
			days[s.Age/day]++
			codes[s.ErrorCode]++
		}
	}
	if want := [7]int{10, 8, 7, 5, 4, 4, 2}; days != want || len(users) != 12 || codes[65001] == 0 || codes[90094] <= codes[65001] {
		t.Errorf("got %v on the days, of %d users, %v", days, len(users), codes)
	}
}

func TestSignIns_ofScenarios(t *testing.T) {
	want := map[string]string{
		"fresh": "", "deleted": "", "no-exchange": "",
		"granted":             "0 of 3",
		"disabled":            "0 of 3, 7000112 of 3",
		"low-impact":          "0 of 3, 90095 of 4",
		"assignment-required": "0 of 3, 50105 of 2",
	}
	for scenario, want := range want {
		users := map[int]map[string]bool{}
		for _, s := range simtest.NewTenant(t, scenario).Server.Directory().SignIns {
			if users[s.ErrorCode] == nil {
				users[s.ErrorCode] = map[string]bool{}
			}
			users[s.ErrorCode][s.UserID] = true
		}
		var got []string
		for _, code := range []int{0, 7000112, 90095, 50105} {
			if n := len(users[code]); n > 0 {
				got = append(got, fmt.Sprintf("%d of %d", code, n))
			}
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("%s: got %q, want %q", scenario, text, want)
		}
	}
}
