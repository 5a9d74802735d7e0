package doctor

import (
	"slices"
	"strings"

	"appleconsent/consent"
)

// conditionalAccess names the policies that could block the client. It does not judge them: users, groups, locations and
// the like are not read. Conditions: learn.microsoft.com/graph/api/resources/conditionalaccessconditionset.
func (e examination) conditionalAccess(c *Check) {
	enabled := 0
	for _, policy := range e.facts.ConditionalAccess.Value {
		blocking, fits := e.couldBlock(policy)
		if !fits {
			continue
		}
		if !blocking.ReportOnly {
			enabled++
		}
		c.Items = append(c.Items, blocking)
	}
	if len(c.Items) == 0 {
		c.found(OK, Finding{Code: "noPolicyBlocks"})
		return
	}
	c.found(Warning, Finding{Code: "policiesCouldBlock", Count: enabled, Of: len(c.Items)}, Fix{Code: "checkPolicies"})
}

// couldBlock returns which of a policy's conditions fit the client, and whether it is in force or in report-only mode and all
// of them do.
func (e examination) couldBlock(p ConditionalAccessPolicy) (BlockingPolicy, bool) {
	reportOnly := strings.EqualFold(p.State, "enabledForReportingButNotEnforced")
	if !reportOnly && !strings.EqualFold(p.State, "enabled") {
		return BlockingPolicy{}, false
	}
	clients, clientsFit := clientsThatFit(p)
	b := BlockingPolicy{
		Name: p.Name, ReportOnly: reportOnly, Controls: held(p.Controls, "block", "approvedApplication", "compliantApplication"),
		Apps: e.appsThatFit(p), ClientApps: clients, Platforms: e.platformsThatFit(p),
	}
	return b, len(b.Controls) > 0 && len(b.Apps) > 0 && clientsFit && len(b.Platforms) > 0
}

// appsThatFit looks for the resources that the client signs in to, and for its own application. Policies are about resources, so
// that one which leaves out Apple's application alone is named all the same.
func (e examination) appsThatFit(p ConditionalAccessPolicy) []string {
	exchange, client := string(consent.ExchangeOnline), string(e.required.App.ID)
	if len(held(p.ExcludedApps, "All", "Office365", exchange)) > 0 {
		return nil
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
	return found
}

// clientsThatFit leaves out policies for browsers and for legacy authentication (other), neither of which Apple Mail is.
func clientsThatFit(p ConditionalAccessPolicy) (clients []string, fit bool) {
	if len(p.ClientAppTypes) == 0 {
		return nil, true
	}
	found := held(p.ClientAppTypes, "all", "exchangeActiveSync", "easSupported", "mobileAppsAndDesktopClients")
	return found, len(found) > 0
}

// platformsThatFit looks for the platforms of the required permissions.
func (e examination) platformsThatFit(p ConditionalAccessPolicy) []string {
	var platforms []string
	for _, r := range e.required.App.Resources {
		for _, permission := range r.Permissions {
			if permission.Platform != "" && e.asksFor(permission.Scope) {
				platforms = append(platforms, permission.Platform)
			}
		}
	}
	return slices.DeleteFunc(platforms, func(platform string) bool {
		included := len(p.IncludedPlatforms) == 0 || len(held(p.IncludedPlatforms, "all", platform)) > 0
		return !included || len(held(p.ExcludedPlatforms, "all", platform)) > 0
	})
}

// held returns those of the words that a list of Graph's holds, in the order and spelling of the words.
func held(values []string, words ...string) []string {
	return slices.DeleteFunc(words, func(word string) bool {
		return !slices.ContainsFunc(values, func(value string) bool { return strings.EqualFold(value, word) })
	})
}
