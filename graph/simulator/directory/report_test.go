package directory_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/simtest"
)

const usageReport = "/reports/getEmailAppUsageAppsUserCounts(period='D30')"

// The report lies on another host, where anybody may read it who has its address, for a while and without a token.
func TestUsageReport(t *testing.T) {
	now := simtest.NewClock()
	c := simtest.NewClient(t, simulator.Options{Scenario: "renamed", Now: now.Now}).As("Reports.Read.All")
	location := c.Get(usageReport).Must(t, http.StatusFound).Header.Get("Location")
	if address, err := url.Parse(location); err != nil || address.Scheme != "https" || address.Host != "reportsncu.office.com" {
		t.Fatalf("got %s, %v", location, err)
	}
	fetch := func(status int, header ...string) string {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, location, http.NoBody)
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		recorder := httptest.NewRecorder()
		c.Server.ServeHTTP(recorder, r)
		if recorder.Code != status {
			t.Errorf("%q: got status %d, want %d", header, recorder.Code, status)
		}
		return recorder.Body.String()
	}
	text, row := fetch(http.StatusOK), "\r\n2026-11-21,3,6,148,97,17,230,0,3,2,30\r\n"
	if !strings.HasPrefix(text, "\ufeffReport Refresh Date,Mail For Mac,") || !strings.HasSuffix(text, row) {
		t.Errorf("got %q", text)
	}
	fetch(http.StatusBadRequest, "Authorization", "Bearer x")
	fetch(http.StatusBadRequest, "Cookie", "x=y")
	now.Time = now.Add(3 * time.Minute)
	fetch(http.StatusForbidden)
}

func TestUsageReport_refused(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	c.Get(usageReport).Must(t, http.StatusForbidden)
	c.As("Reports.Read.All").Get("/reports/getEmailAppUsageAppsUserCounts(period='D31')").Must(t, http.StatusBadRequest)
}

// On this machine the file has another name of the machine for its host; behind the names of a national cloud, one of that cloud.
func TestUsageReport_host(t *testing.T) {
	c := simtest.NewTenant(t, "fresh").As("Reports.Read.All")
	for graph, files := range map[string]string{
		"http://127.0.0.1:8080": "http://localhost:8080", "http://[::1]:8080": "http://localhost:8080",
		"http://localhost:8080": "http://127.0.0.1:8080", "https://graph.microsoft.us": "https://reports.office365.us",
		"https://dod-graph.microsoft.us": "https://reports.office365.us", "https://microsoftgraph.chinacloudapi.cn": "https://reports.partner.office365.cn",
	} {
		got := c.Get(graph+"/v1.0"+usageReport).Must(t, http.StatusFound).Header.Get("Location")
		if !strings.HasPrefix(got, files+"/data/v1.0/download?token=") {
			t.Errorf("%s leads to %s", graph, got)
		}
	}
}
