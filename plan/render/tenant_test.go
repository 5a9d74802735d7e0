package render_test

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"appleconsent/consent"
	"appleconsent/plan"

	"github.com/charmbracelet/x/ansi"
)

// Object ids of the tenant in these tests.
const (
	tenantID   = "7e000000-0000-4000-8000-000000000000"
	clientID   = consent.ObjectID("c1000000-0000-4000-8000-000000000001")
	graphID    = consent.ObjectID("c1000000-0000-4000-8000-000000000002")
	exchangeID = consent.ObjectID("c1000000-0000-4000-8000-000000000003")
)

var (
	allDevices = consent.AppleMail().Require(consent.Choices{})
	testTool   = plan.Tool{Name: "appleconsent", Version: "test"}
	testTime   = time.Date(2026, time.November, 23, 20, 0, 0, 0, time.UTC)
)

// newTenant returns a tenant with both resources, and with a client if grants are given.
func newTenant(grants ...consent.PermissionGrant) consent.State {
	s := consent.State{
		Tenant: consent.Tenant{ID: tenantID, DisplayName: "Contoso", Cloud: "global"},
		ServicePrincipals: []consent.ServicePrincipal{
			{ID: graphID, AppID: consent.MicrosoftGraph, DisplayName: "Microsoft Graph"},
			{ID: exchangeID, AppID: consent.ExchangeOnline, DisplayName: "Office 365 Exchange Online"},
		},
		Grants: grants,
	}
	if len(grants) > 0 {
		s.ServicePrincipals = append(s.ServicePrincipals, consent.ServicePrincipal{
			ID: clientID, AppID: consent.AppleInternetAccounts, DisplayName: "Apple Internet Accounts", AccountEnabled: new(true),
		})
	}
	return s
}

// grant returns a tenant-wide grant of the client.
func grant(resource consent.ObjectID, scope string) consent.PermissionGrant {
	return consent.PermissionGrant{
		ID: consent.GrantID("1-" + resource[len(resource)-1:]), ClientID: clientID, ResourceID: resource,
		ConsentType: consent.AllPrincipals, Scopes: consent.ParseScopes(scope),
	}
}

// partialTenant lacks EWS and User.Read, and holds a scope more than required.
func partialTenant() consent.State {
	return newTenant(grant(exchangeID, "EAS.AccessAsUser.All IMAP.AccessAsUser.All"))
}

func withoutExchange() consent.State {
	s := newTenant()
	s.ServicePrincipals = s.ServicePrincipals[:1]
	return s
}

func encode(t *testing.T, v any) string {
	t.Helper()
	data, err := plan.Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// hostile is text that would take over a terminal, or lines that are not its own: escape sequences as 7-bit and 8-bit
// controls, line ends of all kinds, and changes of direction.
const hostile = "\x1b[2J\x1b]0;owned\x07\r\nTenant  Fabrikam\u202e\u2066\u200f\u2028\u2029\u0085\u009b31m\x00\x7f\u200b\ufeff\x9b31m"

// checkPage fails if a text holds anything but what is seen, has a line that a hostile name made, or is wider than its page.
func checkPage(t *testing.T, text string, width int) {
	t.Helper()
	i := strings.IndexFunc(text, func(r rune) bool {
		return r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Cs, unicode.Zl, unicode.Zp))
	})
	if i >= 0 {
		t.Errorf("%q is left in %q", text[i:min(i+4, len(text))], text)
	}
	if strings.Contains(text, "\nTenant  Fabrikam") {
		t.Errorf("a name has made a line of its own:\n%s", text)
	}
	checkWidth(t, text, width)
}

func checkWidth(t *testing.T, text string, width int) {
	t.Helper()
	for line := range strings.SplitSeq(text, "\n") {
		if n := ansi.StringWidth(line); n > width {
			t.Errorf("a line has %d columns instead of at most %d: %q", n, width, line)
		}
	}
}
