package doctor

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"appleconsent/consent"
)

// Effect is what a Conditional Access policy does to sign-ins of the client that it concerns.
type Effect string

// The effects, from worst to least: no such sign-in gets through; only by an app that is managed, which the client is not; only with
// tokens that are bound to a device, which the client does not support; only from a managed device; not known; what is asked for can be met
// while signing in; none.
const (
	Blocks          Effect = "blocks"
	RefusesApp      Effect = "refusesApp"
	NeedsBoundToken Effect = "needsBoundToken"
	NeedsDevice     Effect = "needsDevice"
	Unclear         Effect = "unclear"
	Asks            Effect = "asks"
	NoEffect        Effect = ""
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
	refusing := slices.Concat(judged[Blocks], judged[RefusesApp], judged[NeedsBoundToken])
	c.refusing(refusing, Finding{Code: "policiesCouldBlock"}, Fix{Code: "checkPolicies"})
	c.refusing(judged[NeedsDevice], Finding{Code: "policiesNeedDevice"}, Fix{Code: "manageDevices"})
	c.refusing(judged[Unclear], Finding{Code: "policiesUnclear"}, Fix{Code: "readPolicies"})
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

// judgePolicy returns which of a policy's conditions fit the client, and what it does then; no effect if it does not concern it. What is not
// known of a policy never makes it harmless: it is unclear, unless the rest of it is harmless anyway.
func (e examination) judgePolicy(p ConditionalAccessPolicy) BlockingPolicy {
	if p.Odd {
		odd := BlockingPolicy{Name: p.Name, Odd: true}
		if !strings.EqualFold(p.State, "disabled") {
			odd.Effect = Unclear
		}
		return odd
	}
	concerned, clients := e.concerned(p)
	concerned.Name, concerned.Users, concerned.Operator = p.Name, p.Users, strings.ToUpper(p.Operator)
	unsure := clients.unsure
	switch strings.ToLower(p.State) {
	case "enabled":
	case "enabledforreportingbutnotenforced":
		concerned.ReportOnly = true
	case "disabled":
		return concerned
	default:
		concerned.State, unsure = p.State, true
	}
	if !e.concerns(p, concerned, clients) {
		return concerned
	}
	concerned.Effect, concerned.Controls = e.effect(p)
	if unsure {
		concerned.Effect = milder(concerned.Effect, Unclear)
	}
	return concerned
}

// effect judges the grant controls (learn.microsoft.com/graph/api/resources/conditionalaccessgrantcontrols): of several, an OR is met by
// any that the client can meet, and an AND fails by one that it cannot. Of the session controls one keeps it out: Apple's Mail does not
// support token protection (learn.microsoft.com/entra/identity/conditional-access/deployment-guide-token-protection-apple).
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
		worst = NoEffect
	case strings.EqualFold(p.Operator, "OR"):
		worst = mildest
	}
	if p.TokenProtection { // besides, whatever the operator
		return worse(worst, NeedsBoundToken), append(controls, "token protection")
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
	case "riskremediation":
		return Asks, true
	}
	return Unclear, control != ""
}

// grades of effects, from least to worst.
func gradeOf(effect Effect) int {
	return slices.Index([]Effect{NoEffect, Asks, Unclear, NeedsDevice, NeedsBoundToken, RefusesApp, Blocks}, effect)
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

// concerned returns which of a policy's conditions fit the client (learn.microsoft.com/graph/api/resources/conditionalaccessconditionset).
func (e examination) concerned(p ConditionalAccessPolicy) (BlockingPolicy, clientTypes) {
	clients := clientsThatFit(p.ClientAppTypes)
	apps, onlyGraph := e.appsThatFit(p)
	b := BlockingPolicy{Apps: apps, ClientApps: clients.words}
	b.Platforms = e.platformsThatFit(p, func(permission consent.Permission) bool {
		return (!clients.onlyActiveSync || permission.Scope == consent.EAS) && (!onlyGraph || permission.Devices == consent.MacDevices)
	})
	b.ExcludesClient = len(held(p.ExcludedApps, string(e.required.App.ID))) > 0
	return b, clients
}

// concerns reports whether all conditions of a policy fit the client. One about workload identities, about special ways to sign in such as
// device codes, about risks, or about nobody concerns no usual sign-in of the client.
func (e examination) concerns(p ConditionalAccessPolicy, b BlockingPolicy, clients clientTypes) bool {
	special := p.Workloads || p.Flows || p.Risks || p.Users == UsersNone
	return clients.fit && !special && len(b.Apps) > 0 && len(b.Platforms) > 0
}

// appsThatFit looks for the resources that the client signs in to, and for its own application. Policies are about resources, so
// that one which leaves out Apple's application alone is named all the same, and one which leaves out Exchange Online still concerns what
// Macs do on Microsoft Graph.
func (e examination) appsThatFit(p ConditionalAccessPolicy) (found []string, onlyGraph bool) {
	exchange, graph, client := string(consent.ExchangeOnline), string(consent.MicrosoftGraph), string(e.required.App.ID)
	onlyGraph = len(held(p.ExcludedApps, "Office365", exchange)) > 0
	switch noGraph := len(held(p.ExcludedApps, graph)) > 0; {
	case len(held(p.ExcludedApps, "All")) > 0, onlyGraph && noGraph:
		return nil, onlyGraph
	case onlyGraph:
		found = held(p.IncludedApps, "All", graph)
	case noGraph:
		found = held(p.IncludedApps, "All", "Office365", exchange, client)
	default:
		found = held(p.IncludedApps, "All", "Office365", exchange, graph, client)
	}
	known := map[string]string{exchange: "Exchange Online", graph: "Microsoft Graph", client: e.required.App.Name}
	for i, app := range found {
		found[i] = cmp.Or(known[app], app)
	}
	return found, onlyGraph
}

// clientTypes are the types of client apps of a policy that Apple Mail is.
type clientTypes struct {
	words          []string // empty: any
	onlyActiveSync bool
	fit            bool
	unsure         bool // they may fit: no one knows them
}

// clientsThatFit leaves out policies for browsers and for legacy authentication, neither of which Apple Mail is: ActiveSync clients
// together with other ones are Microsoft's own condition for legacy authentication (learn.microsoft.com/entra/identity/conditional-access/
// policy-block-legacy-authentication). A policy for ActiveSync clients alone is meant for what iPhones and iPads speak.
func clientsThatFit(types []string) clientTypes {
	fitting := strings.Fields("all exchangeActiveSync easSupported mobileAppsAndDesktopClients")
	words, unknown := held(types, fitting...), beyond(types, append(slices.Clone(fitting), "browser", "other")...)
	switch {
	case len(types) == 0:
		return clientTypes{fit: true}
	case len(held(types, "all", "mobileAppsAndDesktopClients")) > 0:
		return clientTypes{words: words, fit: true}
	case len(unknown) > 0:
		return clientTypes{words: append(words, unknown...), fit: true, unsure: true}
	case len(held(types, "other")) > 0:
		return clientTypes{}
	}
	return clientTypes{words: words, onlyActiveSync: true, fit: len(words) > 0}
}

// platformsThatFit looks for the platforms of the devices that are asked about, whatever permissions these need by now, as far as the policy
// reaches what they speak.
func (e examination) platformsThatFit(p ConditionalAccessPolicy, reaches func(consent.Permission) bool) []string {
	var platforms []string
	for _, r := range e.required.App.Resources {
		for _, permission := range r.Permissions {
			if permission.Platform != "" && reaches(permission) && e.about(permission.Devices) {
				platforms = append(platforms, permission.Platform)
			}
		}
	}
	return slices.DeleteFunc(platforms, func(platform string) bool {
		included := len(p.IncludedPlatforms) == 0 || len(held(p.IncludedPlatforms, "all", platform)) > 0
		return !included || len(held(p.ExcludedPlatforms, "all", platform)) > 0
	})
}

// beyond returns the values of a list of Graph's that are none of the words.
func beyond(values []string, words ...string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(value string) bool { return len(held([]string{value}, words...)) > 0 })
}

// held returns those of the words that a list of Graph's holds, in the order and spelling of the words.
func held(values []string, words ...string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(word string) bool {
		return !slices.ContainsFunc(values, func(value string) bool { return strings.EqualFold(value, word) })
	})
}
