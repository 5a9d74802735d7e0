package graph_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/graph/wire/wiretest"

	"github.com/google/go-cmp/cmp"
)

const usageHeading = "Report Refresh Date,Mail For Mac,Outlook For Mac,Outlook For Windows,Outlook For Mobile,Other For Mobile,Outlook For Web," +
	"POP3 App,IMAP4 App,SMTP App,Report Period\r\n"

// reported answers first with a redirect to a file of the same server, and then with that file.
func reported(t *testing.T, file http.HandlerFunc) *tenant {
	t.Helper()
	var s *tenant
	s = newTenant(t, func(w http.ResponseWriter, r *http.Request) {
		wiretest.Raw(http.StatusFound, "", "", "Location", s.URL+"/data/v1.0/download?token=x")(w, r)
	}, file)
	return s
}

// The report has a heading and one row. What it does not tell is not told, and what is odd is no number.
func TestClient_Usage(t *testing.T) {
	t.Parallel()
	const day = "2026-11-24"
	const row = "2026-11-24,41,1,2,3,212,4,5,6,7,30\r\n"
	for name, test := range map[string]struct {
		text string
		want consent.Usage
	}{
		"as documented":           {usageHeading + row, consent.Usage{ReportedOn: day, MailOnMacs: new(41), OnPhones: new(212)}},
		"with a BOM":              {"\xef\xbb\xbf" + usageHeading + row, consent.Usage{ReportedOn: day, MailOnMacs: new(41), OnPhones: new(212)}},
		"without carriage return": {strings.ReplaceAll(usageHeading+row, "\r", ""), consent.Usage{ReportedOn: day, MailOnMacs: new(41), OnPhones: new(212)}},
		"another order, new columns": {
			"New,Other For Mobile,Report Period, mail for mac ,Report Refresh Date\n,0,\"30\",\"7\",2026-11-24\n\n",
			consent.Usage{ReportedOn: day, MailOnMacs: new(7), OnPhones: new(0)},
		},
		"without a column":         {"Report Refresh Date,Other For Mobile\n2026-11-24,3\n", consent.Usage{ReportedOn: day, OnPhones: new(3)}},
		"an empty number":          {usageHeading + "2026-11-24,41,1,2,3,,4,5,6,7,30\n", consent.Usage{ReportedOn: day, MailOnMacs: new(41)}},
		"without a date":           {"Mail For Mac\n5\n", consent.Usage{MailOnMacs: new(5)}},
		"a date in other form":     {"Report Refresh Date,Mail For Mac\n24.11.2026,5\n", consent.Usage{MailOnMacs: new(5)}},
		"without numbers":          {usageHeading + "2026-11-24,,,,,,,,,,30\n", consent.Usage{Failed: "the report has no numbers"}},
		"nothing":                  {"", consent.Usage{Failed: "the report is empty"}},
		"a BOM":                    {"\xef\xbb\xbf", consent.Usage{Failed: "the report is empty"}},
		"a heading alone":          {usageHeading, consent.Usage{Failed: "the report is empty"}},
		"two rows":                 {usageHeading + row + row, consent.Usage{Failed: "the report has 2 rows instead of one"}},
		"a row that is too long":   {usageHeading + "1," + row, consent.Usage{Failed: "the report is no table"}},
		"a page":                   {"<!DOCTYPE html>\n<title>Sign in</title>\n", consent.Usage{Failed: "the report has no numbers"}},
		"a quote that never ends":  {"\"" + usageHeading + row, consent.Usage{Failed: "the report is no table"}},
		"UTF-16":                   {"\xff\xfeM\x00a\x00", consent.Usage{Failed: "the report is empty"}},
		"a negative number":        {"Mail For Mac\n-1\n", consent.Usage{Failed: "the report has something else than numbers of people"}},
		"a fraction":               {"Mail For Mac\n4.5\n", consent.Usage{Failed: "the report has something else than numbers of people"}},
		"a number that is too big": {"Mail For Mac\n99999999999999999999\n", consent.Usage{Failed: "the report has something else than numbers of people"}},
		"a concealed name":         {"Mail For Mac\n0A1B2C\n", consent.Usage{Failed: "the report has something else than numbers of people"}},
		"over a week":              {"Mail For Mac,Report Period\n5,7\n", consent.Usage{Failed: "the report is over another time"}},
		"a column twice":           {"Mail For Mac,Mail For Mac\n5,6\n", consent.Usage{Failed: "the report has a column twice"}},
	} {
		got := reported(t, wiretest.Raw(http.StatusOK, "application/octet-stream", test.text)).client().Usage(t.Context())
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

// Whatever goes wrong is told in a few words and is no error.
func TestClient_usageUnread(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		tenant *tenant
		want   consent.Usage
	}{
		"refused": {
			newTenant(t, wiretest.Refusal(http.StatusForbidden, "S2SUnauthorized", "Invalid permission.")), consent.Usage{Lacks: "Reports.Read.All"},
		},
		"not signed in": {
			newTenant(t, wiretest.Refusal(http.StatusUnauthorized, "InvalidAuthenticationToken", "x")),
			consent.Usage{Failed: "Graph did not accept the sign-in for it"},
		},
		"blocked": {
			newTenant(t, wiretest.Refusal(http.StatusForbidden, "AccessDenied", "Access has been blocked by Conditional Access policies.")),
			consent.Usage{Failed: "Conditional Access blocks it"},
		},
		"expired": {
			reported(t, wiretest.Raw(http.StatusForbidden, "", "")),
			consent.Usage{Failed: "FILES answered 403 Forbidden"},
		},
	} {
		got := test.tenant.client().Usage(t.Context())
		got.Failed = strings.ReplaceAll(got.Failed, strings.TrimPrefix(test.tenant.URL, "http://"), "FILES")
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}

// A report that does not come is waited for no longer than half of the time that is left, in one attempt.
func TestClient_usageSlow(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	s := reported(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	if got := s.client().Usage(ctx); got.Failed != "no answer in time" || ctx.Err() != nil {
		t.Errorf("got %+v, %v", got, ctx.Err())
	}
	if got := s.Requests(); len(got) != 2 {
		t.Errorf("got %d requests", len(got))
	}
}

// The permission for the report is asked for with AskForUsage only, and stays beside what a change needs.
func TestClient_AskForUsage(t *testing.T) {
	t.Parallel()
	s := newTenant(t, wiretest.JSON(http.StatusOK, `{"value":[]}`))
	c := s.client()
	signIn := func() {
		t.Helper()
		if _, err := c.SignIn(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	signIn()
	c.AskForUsage()
	signIn()
	c.AskForSettings()
	signIn()
	c.StepUp([]consent.ActionKind{consent.CreateGrant})
	signIn()
	want := []string{
		"Directory.Read.All", "Directory.Read.All Reports.Read.All", "Directory.Read.All Policy.Read.All Reports.Read.All",
		"Directory.Read.All Policy.Read.All DelegatedPermissionGrant.ReadWrite.All Reports.Read.All",
	}
	var got []string
	for _, asked := range s.Asked() {
		got = append(got, strings.TrimSpace(strings.ReplaceAll(fmt.Sprint(asked), " openid offline_access profile", "")))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
