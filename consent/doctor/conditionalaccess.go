package doctor

import (
	"slices"
	"strings"
	"time"

	"appleconsent/consent"
)

// Effect is what a Conditional Access policy does to sign-ins of the client that it concerns.
type Effect string

// The effects, from worst to least: no such sign-in gets through; only from a managed device; only by an app that is managed, which
// the client is not; what is asked for can be met while signing in; none.
const (
	Blocks      Effect = "blocks"
	RefusesApp  Effect = "refusesApp"
	NeedsDevice Effect = "needsDevice"
	Asks        Effect = "asks"
	NoEffect    Effect = ""
)

// approvedAppEnd is when "Require approved client app" is no longer enforced, as if it were not chosen
// (learn.microsoft.com/entra/identity/conditional-access/migrate-approved-client-app).
var approvedAppEnd = time.Date(2026, time.July, 1, 0, 0, 0, 0, time.UTC)

// conditionalAccess names the policies that could keep users of the client out. Which users, locations and the like they are about is not
// judged.
func (e examination) conditionalAccess(c *Check) {
	judged := make(map[Effect][]BlockingPolicy)
	for _, policy := range e.facts.ConditionalAccess.Value {
		if p := e.judgePolicy(policy); p.Effect != NoEffect {
			judged[p.Effect] = append(judged[p.Effect], p)
		}
	}
	c.refusing(append(judged[Blocks], judged[RefusesApp]...), Finding{Code: "policiesCouldBlock"}, Fix{Code: "checkPolicies"})
	c.refusing(judged[NeedsDevice], Finding{Code: "policiesNeedDevice"}, Fix{Code: "manageDevices"})
	if len(c.Items) == 0 {
		c.found(OK, Finding{Code: "noPolicyBlocks"})
	}
	if asking := judged[Asks]; len(asking) > 0 {
		c.found(OK, Finding{Code: "policiesAsk", Count: len(asking)})
		c.list(asking)
	}
}

// refusing warns of policies that keep users out, if there are some.
func (c *Check) refusing(policies []BlockingPolicy, f Finding, fix Fix) {
	if len(policies) == 0 {
		return
	}
	f.Of = len(policies)
	for _, p := range policies {
		if !p.ReportOnly {
			f.Count++
		}
	}
	c.list(policies)
	c.found(Warning, f, fix)
}

func (c *Check) list(policies []BlockingPolicy) {
	for _, p := range policies {
		c.Items = append(c.Items, p)
	}
}

// judgePolicy returns which of a policy's conditions fit the client, and what it does then; no effect if it does not concern it.
func (e examination) judgePolicy(p ConditionalAccessPolicy) BlockingPolicy {
	concerned, concerns := e.concerned(p)
	concerned.Name, concerned.ReportOnly = p.Name, strings.EqualFold(p.State, "enabledForReportingButNotEnforced")
	concerned.Users, concerned.Operator = p.Users, strings.ToUpper(p.Operator)
	if concerns && (concerned.ReportOnly || strings.EqualFold(p.State, "enabled")) {
		concerned.Effect, concerned.Controls = e.effect(p)
	}
	return concerned
}

// effect judges the grant controls (learn.microsoft.com/graph/api/resources/conditionalaccessgrantcontrols): of several, an OR is met by
// any that the client can meet, and an AND fails by one that it cannot.
func (e examination) effect(p ConditionalAccessPolicy) (Effect, []string) {
	var controls []string
	worst, mildest := NoEffect, Blocks
	add := func(control string, effect Effect) {
		controls = append(controls, control)
		worst, mildest = worse(worst, effect), milder(mildest, effect)
	}
	for _, control := range p.Controls {
		if effect, enforced := e.controlEffect(control); enforced {
			add(control, effect)
		}
	}
	if p.Strength != "" {
		add("authentication strength "+p.Strength, Asks)
	}
	if p.TermsOfUse > 0 {
		add("terms of use", Asks)
	}
	for range p.CustomControls {
		add("custom control", Asks)
	}
	switch {
	case len(controls) == 0:
		return NoEffect, nil
	case strings.EqualFold(p.Operator, "OR"):
		return mildest, controls
	}
	return worst, controls
}

// controlEffect is what one control of Graph's does to the client, and whether it is enforced. MFA and a new password, which every mail
// app asks for alike, are nothing to tell.
func (e examination) controlEffect(control string) (effect Effect, enforced bool) {
	switch strings.ToLower(control) {
	case "block":
		return Blocks, true
	case "compliantapplication":
		return RefusesApp, true
	case "approvedapplication":
		return RefusesApp, e.facts.At.Before(approvedAppEnd)
	case "compliantdevice", "domainjoineddevice":
		return NeedsDevice, true
	case "mfa", "passwordchange":
		return NoEffect, true
	}
	return Asks, control != ""
}

// grades of effects, from least to worst.
func gradeOf(effect Effect) int {
	return slices.Index([]Effect{NoEffect, Asks, NeedsDevice, RefusesApp, Blocks}, effect)
}

func worse(a, b Effect) Effect {
	if gradeOf(a) >= gradeOf(b) {
		return a
	}
	return b
}

func milder(a, b Effect) Effect {
	if gradeOf(a) <= gradeOf(b) {
		return a
	}
	return b
}

// concerned returns which of a policy's conditions fit the client, and whether all of them do
// (learn.microsoft.com/graph/api/resources/conditionalaccessconditionset). A policy about workload identities, about special ways to
// sign in such as device codes, about risks, or about nobody concerns no usual sign-in of the client.
func (e examination) concerned(p ConditionalAccessPolicy) (BlockingPolicy, bool) {
	clients, onlyActiveSync, fits := clientsThatFit(p.ClientAppTypes)
	b := BlockingPolicy{Apps: e.appsThatFit(p), ClientApps: clients, Platforms: e.platformsThatFit(p, onlyActiveSync)}
	b.ExcludesClient = len(held(p.ExcludedApps, string(e.required.App.ID))) > 0
	special := p.Workloads || p.Flows || p.Risks || p.Users == UsersNone
	return b, fits && !special && len(b.Apps) > 0 && len(b.Platforms) > 0
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

// clientsThatFit leaves out policies for browsers and for legacy authentication, neither of which Apple Mail is: ActiveSync clients
// together with other ones are Microsoft's own condition for legacy authentication (learn.microsoft.com/entra/identity/conditional-access/
// policy-block-legacy-authentication). A policy for ActiveSync clients alone is meant for what iPhones and iPads speak.
func clientsThatFit(types []string) (clients []string, onlyActiveSync, fit bool) {
	clients = held(types, "all", "exchangeActiveSync", "easSupported", "mobileAppsAndDesktopClients")
	switch {
	case len(types) == 0:
		return nil, false, true
	case len(held(types, "all", "mobileAppsAndDesktopClients")) > 0:
		return clients, false, true
	case len(held(types, "other")) > 0:
		return nil, false, false
	}
	return clients, true, len(clients) > 0
}

// platformsThatFit looks for the platforms of the devices that are asked about, whatever permissions these need by now.
func (e examination) platformsThatFit(p ConditionalAccessPolicy, onlyActiveSync bool) []string {
	var platforms []string
	for _, r := range e.required.App.Resources {
		for _, permission := range r.Permissions {
			speaks := !onlyActiveSync || permission.Scope == consent.EAS
			if permission.Platform != "" && speaks && e.about(permission.Devices) {
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
