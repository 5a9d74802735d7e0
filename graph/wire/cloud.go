package wire

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// Cloud is a Microsoft cloud: where people sign in and where Graph answers
// (learn.microsoft.com/graph/deployments).
type Cloud struct {
	Name      string // global, usgov, usgovdod or china
	Authority string // Entra's host
	Graph     string // Graph's root, without a path
	Simulated bool   // no real cloud: a simulated tenant on this machine
}

// Clouds returns the clouds by the names that people choose, the default first.
func Clouds() []Cloud {
	return []Cloud{
		{Name: "global", Authority: "https://login.microsoftonline.com/", Graph: "https://graph.microsoft.com"},
		{Name: "usgov", Authority: "https://login.microsoftonline.us/", Graph: "https://graph.microsoft.us"},
		{Name: "usgovdod", Authority: "https://login.microsoftonline.us/", Graph: "https://dod-graph.microsoft.us"},
		{Name: "china", Authority: "https://login.chinacloudapi.cn/", Graph: "https://microsoftgraph.chinacloudapi.cn"},
	}
}

// CloudNamed returns the cloud of that name. For an empty name it is the one that the authority host (the environment
// variable AZURE_AUTHORITY_HOST) names, or the global cloud if that is empty too. An authority host that belongs to
// none of the clouds, or not to the named one, is refused: tokens go nowhere else.
func CloudNamed(name, authorityHost string) (Cloud, error) {
	host, err := authorityNamed(authorityHost)
	clouds := Clouds()
	word := strings.Trim(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(authorityHost)), "https://"), "/")
	called := slices.IndexFunc(clouds, func(c Cloud) bool { return c.Name == otherNames[word] })
	i := slices.IndexFunc(clouds, func(c Cloud) bool {
		return (name == "" || c.Name == name) && (host == "" || slices.Contains(c.authorityNames(), host))
	})
	switch {
	case !slices.ContainsFunc(clouds, func(c Cloud) bool { return name == "" || c.Name == name }):
		return Cloud{}, fmt.Errorf("%q is not a cloud: use global, usgov, usgovdod or china", name)
	case called >= 0:
		return Cloud{}, fmt.Errorf("AZURE_AUTHORITY_HOST is %q, the name of a cloud and not the address of its sign-in host: write it as %s, "+
			"or leave it out and use --cloud %s", authorityHost, strings.TrimRight(clouds[called].Authority, "/"), clouds[called].Name)
	case err != nil:
		return Cloud{}, fmt.Errorf("AZURE_AUTHORITY_HOST %w: write it as %s", err, strings.TrimRight(clouds[0].Authority, "/"))
	case i >= 0:
		return clouds[i], nil
	case name == "":
		return Cloud{}, fmt.Errorf("AZURE_AUTHORITY_HOST is %q, which is the sign-in host of no known cloud", authorityHost)
	}
	return Cloud{}, fmt.Errorf("AZURE_AUTHORITY_HOST is %q, which is not the sign-in host of the cloud %s", authorityHost, name)
}

// otherNames are, in lower case, what the clouds are called elsewhere: by Azure CLI (az cloud list), by Azure PowerShell
// (Get-AzEnvironment), by Microsoft Graph PowerShell (Get-MgEnvironment) and by Azure's libraries.
var otherNames = map[string]string{
	"azurecloud": "global", "azurepubliccloud": "global", "azurepublic": "global", "global": "global", "public": "global",
	"azureusgovernment": "usgov", "azureusgovernmentcloud": "usgov", "azuregovernment": "usgov", "usgov": "usgov", "usgovernment": "usgov",
	"usgovdod": "usgovdod", "azurechinacloud": "china", "azurechina": "china", "china": "china",
}

// authorityNamed is the host that an authority is written with, in lower case; empty for an empty one. The scheme, the port of TLS,
// the slash and the dot of the root may stand there or not. An error says what else does; it never quotes a user or password.
func authorityNamed(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", nil
	}
	if !strings.Contains(text, "://") {
		text = "https://" + strings.TrimLeft(text, "/")
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "", errors.New("is no address of a host")
	case !strings.EqualFold(u.Scheme, "https"):
		return "", fmt.Errorf("begins with %s://, and tokens go over https only", u.Scheme)
	case u.User != nil:
		return "", errors.New("holds a user name, which does not belong there")
	case u.Hostname() == "":
		return "", errors.New("names no host")
	case u.Port() != "" && u.Port() != "443":
		return "", fmt.Errorf("names the port %s, and sign-in hosts have 443", u.Port())
	case strings.Trim(u.Path, "/") != "":
		return "", fmt.Errorf("holds the path %q, and a tenant is named with --tenant", u.Path)
	case u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("holds more than a host")
	}
	return strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), nil
}

// authorityNames are all names by which Entra's host of the cloud is known: those of its instance discovery
// (login.microsoftonline.com/common/discovery/instance). What is sent goes to SignInHosts alone.
func (c Cloud) authorityNames() []string {
	more := map[string][]string{
		"global": {"login.windows.net", "login.microsoft.com", "sts.windows.net"},
		"usgov":  {"login.usgovcloudapi.net"}, "usgovdod": {"login.usgovcloudapi.net"},
	}
	return append(c.SignInHosts(), more[c.Name]...)
}

// Loopback returns the cloud that a simulated tenant on this machine plays: the global one, with Graph and Entra at a
// URL whose host must be a loopback address.
func Loopback(base string) (Cloud, error) {
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return Cloud{}, fmt.Errorf("%q is not an http URL", base)
	case !isLoopback(u.Hostname()):
		return Cloud{}, fmt.Errorf("%q is not on this machine: a simulated tenant has a loopback address such as 127.0.0.1", base)
	}
	root := u.Scheme + "://" + u.Host
	return Cloud{Name: "global", Authority: root, Graph: root, Simulated: true}, nil
}

// SignInHosts are the hosts that a sign-in in this cloud may lead to.
func (c Cloud) SignInHosts() []string {
	hosts := []string{hostOf(c.Authority)}
	if c.Name == "china" {
		hosts = append(hosts, "login.partner.microsoftonline.cn") // the newer name of the same
	}
	return hosts
}

// reportDomains are the domains of the cloud's Microsoft 365 in which the files of its reports lie
// (learn.microsoft.com/microsoft-365/enterprise/microsoft-365-endpoints). Their hosts have been seen in the global cloud only, such as
// reportsweu.office.com (github.com/centreon/centreon-plugins, issue 3323).
func (c Cloud) reportDomains() []string {
	return map[string][]string{
		"global":   {"office.com", "office365.com"},
		"usgov":    {"office365.us"},
		"usgovdod": {"office365.us", "apps.mil"},
		"china":    {"partner.office365.cn", "partner.outlook.cn"},
	}[c.Name]
}

// RegionalHost is the host in front of which the name of a region stands, for who asks for a regional authority.
func (c Cloud) RegionalHost() string {
	if c.Name == "global" {
		return "login.microsoft.com"
	}
	return c.SignInHosts()[0]
}

// AdminConsentLink returns the page on which an administrator consents to everything that an application asks for
// (learn.microsoft.com/entra/identity/enterprise-apps/grant-admin-consent).
func (c Cloud) AdminConsentLink(tenant, appID string) string {
	return c.SignInPage(tenant, "adminconsent") + "?client_id=" + url.QueryEscape(appID)
}

// SignInPage is the address of something that the authority has for a tenant.
func (c Cloud) SignInPage(tenant, path string) string {
	return strings.TrimRight(c.Authority, "/") + "/" + url.PathEscape(tenant) + "/" + path
}

// CheckTarget refuses every request that does not go to the cloud's Graph over TLS, or to a loopback address, before it
// gets a token.
func (c Cloud) CheckTarget(target *url.URL) error {
	root, err := url.Parse(c.Graph)
	if err != nil {
		return err
	}
	switch {
	case target.Scheme != root.Scheme || !strings.EqualFold(target.Host, root.Host):
		return fmt.Errorf("refused to send a request to %s://%s: only %s is Graph here", target.Scheme, target.Host, c.Graph)
	case target.Scheme != "https" && !isLoopback(target.Hostname()):
		return errors.New("refused to send a token without TLS")
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// hostOf is the host of an address, in lower case; empty if there is none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}
