package doctor

import (
	"fmt"
	"slices"
	"strings"

	"appleconsent/consent"
)

// conditionalAccess names the policies that could block Apple Mail. It does not judge them: users, groups, locations and
// the like are not read. Conditions: learn.microsoft.com/graph/api/resources/conditionalaccessconditionset.
func (e examination) conditionalAccess() Check {
	c := Check{
		ID: "conditionalAccess", Title: "Conditional Access", Status: OK,
		Why: "A policy that blocks refuses the sign-in whatever is granted (AADSTS53003). One that asks for an approved app (AADSTS53002) or for app " +
			"protection can refuse it too: Apple Mail is no approved app.",
	}
	if unread(&c, e.facts.ConditionalAccess) {
		return c
	}
	enforced := 0
	for _, policy := range e.facts.ConditionalAccess.Value {
		state, conditions, fits := e.couldBlock(policy)
		if !fits {
			continue
		}
		if state == "enabled" {
			enforced++
		}
		c.Items = append(c.Items, Item{Name: policy.Name, Detail: state + ", " + conditions})
	}
	if len(c.Items) == 0 {
		c.Found = "No policy blocks Apple Mail by its apps, client apps and platforms."
		return c
	}
	c.Status = Warning
	c.Found = fmt.Sprintf("%s could block Apple Mail, %d enabled and %d report-only. Users, groups and other conditions are not looked at.",
		policies(len(c.Items)), enforced, len(c.Items)-enforced)
	c.Fix = Fix{Text: "Check whom they concern: Entra admin center > Conditional Access > Policies."}
	return c
}

func policies(n int) string {
	if n == 1 {
		return "1 policy"
	}
	return fmt.Sprintf("%d policies", n)
}

// couldBlock tells whether a policy is in force or in report-only mode, and which of its conditions fit Apple Mail.
func (e examination) couldBlock(p ConditionalAccessPolicy) (state, conditions string, fits bool) {
	switch {
	case strings.EqualFold(p.State, "enabled"):
		state = "enabled"
	case strings.EqualFold(p.State, "enabledForReportingButNotEnforced"):
		state = "report-only"
	default:
		return "", "", false
	}
	controls := held(p.Controls, "block", "approvedApplication", "compliantApplication")
	apps, appsFit := e.appsThatFit(p)
	clients, clientsFit := clientsThatFit(p)
	platforms, platformsFit := e.platformsThatFit(p)
	fits = len(controls) > 0 && appsFit && clientsFit && platformsFit
	return state, fmt.Sprintf("control %s; apps: %s; client apps: %s; platforms: %s", strings.Join(controls, ", "), apps, clients, platforms), fits
}

// appsThatFit looks for the resources that Apple Mail signs in to, and for its own application. Policies are about resources, so
// that one which leaves out Apple's application alone is named all the same.
func (e examination) appsThatFit(p ConditionalAccessPolicy) (names string, fits bool) {
	exchange, client := string(consent.ExchangeOnline), string(e.required.App.ID)
	if len(held(p.ExcludedApps, "All", "Office365", exchange)) > 0 {
		return "", false
	}
	found := held(p.IncludedApps, "All", "Office365", exchange, string(consent.MicrosoftGraph), client)
	known := map[string]string{
		exchange: "Exchange Online", string(consent.MicrosoftGraph): "Microsoft Graph", client: e.required.App.Name,
	}
	for i, app := range found {
		if name, ok := known[app]; ok {
			found[i] = name
		}
	}
	return strings.Join(found, ", "), len(found) > 0
}

// clientsThatFit leaves out policies for browsers and for legacy authentication (other), neither of which Apple Mail is.
func clientsThatFit(p ConditionalAccessPolicy) (names string, fits bool) {
	if len(p.ClientAppTypes) == 0 {
		return "any", true
	}
	found := held(p.ClientAppTypes, "all", "exchangeActiveSync", "easSupported", "mobileAppsAndDesktopClients")
	return strings.Join(found, ", "), len(found) > 0
}

// platformsThatFit looks for the platforms of the required protocols: ActiveSync is what iOS speaks, EWS what macOS speaks.
func (e examination) platformsThatFit(p ConditionalAccessPolicy) (names string, fits bool) {
	var found []string
	for _, platform := range []struct {
		name  string
		scope consent.Scope
	}{{"iOS", consent.EAS}, {"macOS", consent.EWS}} {
		included := len(p.IncludedDevices) == 0 || len(held(p.IncludedDevices, "all", platform.name)) > 0
		excluded := len(held(p.ExcludedDevices, "all", platform.name)) > 0
		if e.asksFor(platform.scope) && included && !excluded {
			found = append(found, platform.name)
		}
	}
	return strings.Join(found, ", "), len(found) > 0
}

// held returns those of the words that a list of Graph's holds, in the order and spelling of the words.
func held(values []string, words ...string) []string {
	return slices.DeleteFunc(words, func(word string) bool {
		return !slices.ContainsFunc(values, func(value string) bool { return strings.EqualFold(value, word) })
	})
}
