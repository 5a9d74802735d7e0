package plan

import (
	"fmt"
	"slices"

	"appleconsent/consent"
)

// Stale compares a saved plan with the plan that the tenant would get now, and returns what differs: nothing if the
// saved plan may be applied. Tenant, client and actions count. Since only the fresh plan is ever applied, a plan that
// was edited by hand is refused like one that time has overtaken.
func Stale(saved, fresh Document) []string {
	var reasons []string
	differ := func(what, was, is string) {
		if was != is {
			reasons = append(reasons, fmt.Sprintf("%s: planned %s, now %s", what, orNone(was), orNone(is)))
		}
	}
	differ("tenant", saved.Tenant.ID, fresh.Tenant.ID)
	differ("cloud", saved.Tenant.Cloud, fresh.Tenant.Cloud)
	differ("route", string(routeOf(saved)), string(routeOf(fresh)))
	differ("client application", string(saved.Client.AppID), string(fresh.Client.AppID))
	differ("client service principal", string(deref(saved.Client.ServicePrincipalID)), string(deref(fresh.Client.ServicePrincipalID)))
	for i := range max(len(saved.Actions), len(fresh.Actions)) {
		was, is := describeAt(saved.Actions, i), describeAt(fresh.Actions, i)
		differ(fmt.Sprintf("action %d", i+1), was, is)
		if was == is && !slices.Equal(detail(saved.Actions[i]), detail(fresh.Actions[i])) {
			reasons = append(reasons, fmt.Sprintf("action %d: planned for another object than now", i+1))
		}
	}
	return reasons
}

// describeAt says in one line what the i-th action does; empty if there is none.
func describeAt(actions []Action, i int) string {
	if i >= len(actions) {
		return ""
	}
	switch a := actions[i]; {
	case a.Kind.OnGrant():
		return fmt.Sprintf("%s on %s from [%s] to [%s]", a.Kind, a.ResourceAppID, a.Before, a.After)
	case a.Kind.OnClassification():
		return fmt.Sprintf("%s %s on %s", a.Kind, a.Permission, a.ResourceAppID)
	case a.Kind == consent.SetUserConsentPolicy:
		return fmt.Sprintf("%s from [%s] to [%s]", a.Kind, a.Before, a.After)
	default:
		return fmt.Sprintf("%s %s", a.Kind, a.AppID)
	}
}

// detail lists all that makes two actions the same, spelling and order included.
func detail(a Action) []string {
	return []string{
		a.ID, string(a.Kind), string(a.AppID), string(a.ServicePrincipalID), string(a.GrantID), string(a.ResourceAppID),
		string(a.ResourceID), string(a.Permission), a.PermissionID, a.Classification, a.ClassificationID,
		fmt.Sprint(a.ClientID), fmt.Sprintf("%q", []consent.Scope(a.Before)), fmt.Sprintf("%q", []consent.Scope(a.After)),
	}
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
