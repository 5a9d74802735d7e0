package render_test

import (
	"strings"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/plan/render"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const (
	otherID  = consent.ObjectID("c1000000-0000-4000-8000-000000000009")
	linkURL  = "https://login.microsoftonline.com/contoso.onmicrosoft.com/adminconsent?client_id=f8d98a96-0999-43f5-8af3-69971c7bb423"
	allMail  = "EAS.AccessAsUser.All EWS.AccessAsUser.All"
	someMail = "EAS.AccessAsUser.All IMAP.AccessAsUser.All"
)

func newLink() render.Link {
	at := time.Date(2026, time.November, 23, 21, 0, 0, 1, time.FixedZone("", 3600))
	return render.NewLink(testTool, at, consent.AppleInternetAccounts, "global", linkURL)
}

// checkedLink is the link after the tenant went from one state to the other.
func checkedLink(before, after consent.State) render.Link {
	link := newLink()
	arrival := render.Arrived(allDevices, before, after)
	link.Check = &arrival
	return link
}

// exchange is what became of the scopes on Exchange Online.
func exchange(came, lost, missing, extra string) render.ArrivedResource {
	return render.ArrivedResource{
		ResourceID: exchangeID, DisplayName: "Office 365 Exchange Online", Came: consent.ParseScopes(came), Lost: consent.ParseScopes(lost),
		Missing: consent.ParseScopes(missing), Extra: consent.ParseScopes(extra),
	}
}

func TestArrived(t *testing.T) {
	t.Parallel()
	graph := grant(graphID, "User.Read")
	for name, test := range map[string]struct {
		before, after      consent.State
		exchange           render.ArrivedResource
		changed, satisfied bool
	}{
		"all came": {
			newTenant(), newTenant(graph, grant(exchangeID, allMail)), exchange(allMail, "", "", ""), true, true,
		},
		"one came, one is missing": {
			newTenant(graph), newTenant(graph, grant(exchangeID, "EAS.AccessAsUser.All")),
			exchange("EAS.AccessAsUser.All", "", "EWS.AccessAsUser.All", ""), true, false,
		},
		"one was overwritten": {
			newTenant(graph, grant(exchangeID, someMail)), newTenant(graph, grant(exchangeID, allMail)),
			exchange("EWS.AccessAsUser.All", "IMAP.AccessAsUser.All", "", ""), true, true,
		},
		"more came than required": {
			newTenant(graph), newTenant(graph, grant(exchangeID, allMail+" IMAP.AccessAsUser.All")),
			exchange(allMail+" IMAP.AccessAsUser.All", "", "", "IMAP.AccessAsUser.All"), true, true,
		},
		"all went": {
			newTenant(graph, grant(exchangeID, allMail)), newTenant(graph), exchange("", allMail, allMail, ""), true, false,
		},
		"nothing came": {
			newTenant(graph), newTenant(graph), exchange("", "", allMail, ""), false, false,
		},
		"as it was": {
			newTenant(graph, grant(exchangeID, allMail)), newTenant(graph, grant(exchangeID, allMail)), exchange("", "", "", ""), false, true,
		},
		"only the spelling is another": {
			newTenant(graph, grant(exchangeID, strings.ToLower(allMail))), newTenant(graph, grant(exchangeID, allMail)),
			exchange("", "", "", ""), false, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := render.Arrived(allDevices, test.before, test.after)
			if len(a.Resources) != 2 || a.Resources[0].ResourceID != graphID {
				t.Fatalf("got %+v, want the two required resources in their order", a.Resources)
			}
			if diff := cmp.Diff(test.exchange, a.Resources[1], cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("on Exchange Online (-want +got):\n%s", diff)
			}
			if a.Changed != test.changed || a.Satisfied != test.satisfied {
				t.Errorf("changed %v, satisfied %v; want %v, %v", a.Changed, a.Satisfied, test.changed, test.satisfied)
			}
		})
	}
}

// Grants of one user and of other applications are not what the link gave.
func TestArrived_tenantWideOnly(t *testing.T) {
	t.Parallel()
	single, foreign := grant(exchangeID, allMail), grant(exchangeID, allMail)
	single.ConsentType, foreign.ClientID = consent.Principal, otherID
	if a := render.Arrived(allDevices, newTenant(), newTenant(single, foreign)); a.Changed || a.Satisfied {
		t.Errorf("got %+v", a)
	}
}

// What came or went on resources that are not required is shown behind them, by name where that was read.
func TestArrived_otherResources(t *testing.T) {
	t.Parallel()
	const unnamedID = consent.ObjectID("c1000000-0000-4000-8000-000000000008")
	before := newTenant(grant(otherID, "Files.Read"), grant(exchangeID, allMail))
	after := newTenant(grant(unnamedID, "Sites.Read.All"), grant(exchangeID, allMail))
	after.ServicePrincipals = append(after.ServicePrincipals, consent.ServicePrincipal{ID: otherID, AppID: consent.AzureADGraph, DisplayName: "Azure AD Graph"})
	a := render.Arrived(allDevices, before, after)
	want := []render.ArrivedResource{
		{ResourceID: unnamedID, DisplayName: string(unnamedID), Came: consent.Scopes("Sites.Read.All"), Extra: consent.Scopes("Sites.Read.All")},
		{ResourceID: otherID, DisplayName: "Azure AD Graph", Lost: consent.Scopes("Files.Read")},
	}
	if diff := cmp.Diff(want, a.Resources[2:], cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if a.Satisfied || !a.Changed {
		t.Errorf("changed %v, satisfied %v", a.Changed, a.Satisfied)
	}
}

func TestArrival_Equal(t *testing.T) {
	t.Parallel()
	none, all := newTenant(), newTenant(grant(graphID, "User.Read"), grant(exchangeID, allMail))
	one := render.Arrived(allDevices, none, all)
	if !one.Equal(render.Arrived(allDevices, none, all)) {
		t.Error("an arrival is not equal to itself")
	}
	for name, other := range map[string]render.Arrival{
		"nothing yet":        render.Arrived(allDevices, none, none),
		"as it was":          render.Arrived(allDevices, all, all),
		"one scope less":     render.Arrived(allDevices, none, newTenant(grant(graphID, "User.Read"), grant(exchangeID, someMail))),
		"one more resource":  render.Arrived(allDevices, none, newTenant(grant(graphID, "User.Read"), grant(exchangeID, allMail), grant(otherID, "Files.Read"))),
		"one resource fewer": {Resources: one.Resources[:1]},
	} {
		if one.Equal(other) || other.Equal(one) {
			t.Errorf("%s is taken for the same", name)
		}
	}
}

// links are one of each sort.
func links() map[string]render.Link {
	graph := grant(graphID, "User.Read")
	return map[string]render.Link{
		"unchecked": newLink(),
		"came":      checkedLink(newTenant(), newTenant(graph, grant(exchangeID, allMail))),
		"overwritten": checkedLink(
			newTenant(grant(exchangeID, someMail+" EWS.AccessAsUser.All"), grant(otherID, "Files.Read")),
			newTenant(grant(exchangeID, "EAS.AccessAsUser.All Mail.Send"), grant(otherID, "Files.Read")),
		),
		"nothing":     checkedLink(newTenant(), newTenant()),
		"as-it-was":   checkedLink(newTenant(graph, grant(exchangeID, allMail)), newTenant(graph, grant(exchangeID, allMail))),
		"no-exchange": checkedLink(withoutExchange(), withoutExchange()),
	}
}

func TestLink_json(t *testing.T) {
	t.Parallel()
	validator := schema(t, "link")
	for name, link := range links() {
		doc := encode(t, link)
		if err := valid(t, validator, doc); err != nil {
			t.Errorf("the schema refuses it: %v\n%s", err, doc)
		}
		if !strings.Contains(doc, `"createdAt": "2026-11-23T20:00:00Z"`) || strings.Contains(doc, `"check": null`) != (name == "unchecked") {
			t.Errorf("%s:\n%s", name, doc)
		}
	}
}

// What is said at the narrowest width: a line per scope, and what it comes to.
func TestLinkText(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"came": {
			"Microsoft Graph\n  + User.Read  newly granted\n", "\n  + EWS.AccessAsUser.All  newly granted\n",
			"In place: 3 scopes newly granted, 0 overwritten. All\n          required scopes granted for all users of Contoso.\n",
		},
		"overwritten": {
			"Microsoft Graph\n  ✗ User.Read  missing\n", "  + Mail.Send              newly granted\n  - IMAP.AccessAsUser.All  granted before, overwritten\n",
			"  - EWS.AccessAsUser.All   granted before, overwritten\n  ✗ EWS.AccessAsUser.All   missing\n",
			string(otherID) + "\n  · Files.Read  not required, kept\n", "Not in place: 1 scope newly granted, 2 overwritten. 2\n",
		},
		"nothing":     {"✗ EAS.AccessAsUser.All  missing\n", "Nothing granted: 3 required scopes missing in Contoso.\n"},
		"as-it-was":   {"Microsoft Graph\n  ✓ as required, not changed\n", "In place: All required scopes granted for all users of"},
		"no-exchange": {"Office 365 Exchange Online\n  ✗ EAS.AccessAsUser.All  missing\n", "Nothing granted: 3 required"},
	} {
		text := textOf(t, render.OfLink(links()[name]), render.PlainStyle(60))
		checkWidth(t, text, 60)
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("%s: %q is not in\n%s", name, part, text)
			}
		}
	}
}

// The address alone can be handed on, whole.
func TestLinkText_unchecked(t *testing.T) {
	t.Parallel()
	if got := textOf(t, render.OfLink(newLink()), render.PlainStyle(60)); got != linkURL+"\n" {
		t.Errorf("got %q", got)
	}
}

func TestLink_schemaRefuses(t *testing.T) {
	t.Parallel()
	validator := schema(t, "link")
	good := encode(t, links()["came"])
	for what, replace := range map[string][2]string{
		"another kind":           {`"kind": "link"`, `"kind": "plan"`},
		"no check":               {`"check"`, `"arrival"`},
		"a null list":            {`"lost": []`, `"lost": null`},
		"an address of a script": {`"url": "https:`, `"url": "javascript:`},
		"an unknown cloud":       {`"cloud": "global"`, `"cloud": "mars"`},
		"a resource by name":     {`"resourceId": "c1`, `"resourceId": "x1`},
		"an unknown field":       {`"came"`, `"granted": [], "came"`},
	} {
		doctored := strings.Replace(good, replace[0], replace[1], 1)
		if doctored == good || valid(t, validator, doctored) == nil {
			t.Errorf("%s is accepted:\n%s", what, doctored)
		}
	}
}

// Whatever a tenant calls itself, its resources and its scopes, the text stays within its lines.
func TestLinkText_hostile(t *testing.T) {
	t.Parallel()
	before, after := newTenant(grant(exchangeID, allMail)), newTenant(grant(exchangeID, "\x1b[31mEvil\u202e.Scope "+strings.Repeat("x", 10000)), grant(otherID, "\u009b31m"))
	after.Tenant.DisplayName = hostile
	for i := range after.ServicePrincipals {
		after.ServicePrincipals[i].DisplayName = hostile + strings.Repeat("long ", 2000)
	}
	text := textOf(t, render.OfLink(checkedLink(before, after)), render.PlainStyle(80))
	checkPage(t, text, 80)
	if data := encode(t, checkedLink(before, after)); strings.ContainsAny(data, "\x1b\r\x07\u202e\u2028\u0085\u009b") {
		t.Errorf("the document holds control characters: %q", data)
	}
}
