package directory

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/reply"
)

// Usage is how many people read mail with which kind of app, as the tenant's reports count them.
type Usage struct {
	OnMacs   int `json:"onMacs"`   // Apple Mail on Macs
	OnPhones int `json:"onPhones"` // anything but Outlook on phones
}

// How long the address of a report is good, and how late a report is (learn.microsoft.com/graph/api/resources/report).
const (
	ticketLifetime = 2 * time.Minute
	reportLag      = 48 * time.Hour
)

// ticket is what opens a report's file to anybody who knows its address.
type ticket struct {
	TenantID string `json:"tid"`
	Expires  int64  `json:"exp"`
}

// reportPath is where files lie on the hosts of reports.
const reportPath = "/data/v1.0/download"

// redirectToReport answers with the address of the file, on another host.
func redirectToReport(c *call) (answer, error) {
	if c.key.id != "(period='D30')" {
		return answer{}, badRequest("Invalid period value specified.")
	}
	opens := ticket{c.graph.Directory.TenantID, c.graph.now().Add(ticketLifetime).Unix()}
	address := reportOrigin(c.base) + reportPath + "?token=" + url.QueryEscape(identity.UnsignedJWT(opens))
	return answer{status: http.StatusFound, location: address}, nil
}

// reportOrigin is the host of files of a Graph: Microsoft's own behind its host names, and on this machine another name of it.
// The names in the national clouds are made up.
func reportOrigin(graph string) string {
	u, err := url.Parse(graph)
	if err != nil {
		return ""
	}
	name := u.Hostname()
	if ip := net.ParseIP(name); name != "localhost" && (ip == nil || !ip.IsLoopback()) {
		known := map[string]string{
			"graph.microsoft.us": "reports.office365.us", "dod-graph.microsoft.us": "reports.office365.us",
			"microsoftgraph.chinacloudapi.cn": "reports.partner.office365.cn",
		}
		return "https://" + cmp.Or(known[strings.ToLower(name)], "reportsncu.office.com")
	}
	other := "localhost"
	if name == other {
		other = "127.0.0.1"
	}
	if u.Port() != "" {
		other += ":" + u.Port()
	}
	return u.Scheme + "://" + other
}

// ServesReport reports whether a path is that of a report's file.
func ServesReport(path string) bool { return path == reportPath }

// Report answers with a report's file. Whoever sends a token along is told off.
func (g *Graph) Report(r *http.Request) reply.Reply {
	var shown ticket
	opens := identity.DecodeJWT(r.URL.Query().Get("token"), &shown) && shown.TenantID == g.Directory.TenantID && g.now().Unix() < shown.Expires
	switch {
	case r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "":
		return plainText(http.StatusBadRequest, "text/plain", "A token or a cookie does not belong here.")
	case r.Method != http.MethodGet || !opens:
		return plainText(http.StatusForbidden, "text/plain", "The address is not valid any more.")
	}
	return plainText(http.StatusOK, "application/octet-stream", g.usageReport())
}

func plainText(status int, contentType, text string) reply.Reply {
	return reply.Reply{Status: status, Header: http.Header{"Content-Type": {contentType}}, Body: []byte(text)}
}

// usageReport is a table with a heading and one row, or none in a tenant without mailboxes.
func (g *Graph) usageReport() string {
	const heading = "\ufeffReport Refresh Date,Mail For Mac,Outlook For Mac,Outlook For Windows,Outlook For Mobile,Other For Mobile," +
		"Outlook For Web,POP3 App,IMAP4 App,SMTP App,Report Period\r\n"
	usage := g.Directory.Usage
	if usage == nil {
		return heading
	}
	day := g.now().UTC().Add(-reportLag).Format(time.DateOnly)
	return heading + fmt.Sprintf("%s,%d,6,148,97,%d,230,0,3,2,30\r\n", day, usage.OnMacs, usage.OnPhones)
}
