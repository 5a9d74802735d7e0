package wire

import (
	"strings"
	"testing"
)

// A report lies on a host for reports of the cloud's own Microsoft 365, over TLS, or for a simulated tenant on this machine.
func TestCloud_checkReport(t *testing.T) {
	t.Parallel()
	clouds := map[string]Cloud{"simulated": {Name: "global", Simulated: true}}
	for _, c := range Clouds() {
		clouds[c.Name] = c
	}
	for location, follows := range map[string]string{ // the clouds that follow it
		"https://reports.office.com/data/download/SIGNED":                   "global",
		"https://reportsncu.office.com:443/data/v1.0/download?token=SIGNED": "global",
		"https://ReportsWEU.Office.com/data/v1.0/download?token=SIGNED":     "global",
		"https://reports.office365.com/x":                                   "global",
		"https://reports.office365.us/x":                                    "usgov usgovdod",
		"https://reports-dod.apps.mil/x":                                    "usgovdod",
		"https://reports.partner.office365.cn/x":                            "china",
		"http://127.0.0.1:8080/x":                                           "simulated",
		"http://localhost:8080/x":                                           "simulated",
		"https://[::1]:8080/x":                                              "simulated",

		"http://reports.office.com/x":                "",
		"https://reports.office.com:444/x":           "",
		"https://user:secret@reports.office.com/x":   "",
		"https://office.com/x":                       "",
		"https://www.office.com/x":                   "",
		"https://forms.office.com/reports":           "",
		"https://reports.office.com.evil.example/x":  "",
		"https://reports.evil-office.com/x":          "",
		"https://reportsoffice.com/x":                "",
		"https://evil.example/reports.office.com":    "",
		"https://reports.office.com./x":              "",
		"https://evil.example／.reports.office.com/x": "",
		"https://reports.blob.core.windows.net/x":    "",
		"https://graph.microsoft.com/v1.0/x":         "",
		"https://169.254.169.254/metadata/identity":  "",
		"http://169.254.169.254/metadata/identity":   "",
		"https://[fe80::1%25reports.office.com]/x":   "",
		"http://localhost.evil.example/x":            "",
		"ftp://127.0.0.1/x":                          "",
		"file:///etc/passwd":                         "",
		"//reports.office.com/x":                     "",
		"/data/download":                             "",
		"https:reports.office.com":                   "",
		"https://reports.office.com\x00/x":           "",
		"":                                           "",
	} {
		for name, cloud := range clouds {
			target, err := cloud.checkReport(location)
			if want := strings.Contains(" "+follows+" ", " "+name+" "); (err == nil) != want {
				t.Errorf("%s, %s: got %v, %v", name, location, target, err)
			}
			if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "SIGNED")) {
				t.Errorf("%s: the error shows more than a host: %v", name, err)
			}
		}
	}
}
