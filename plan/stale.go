package plan

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Stale compares a saved plan with the plan that the tenant would get now, and returns what differs: nothing if the
// saved plan may be applied. Tenant, cloud, client, what is required and the actions count. Since only the fresh plan is ever applied, a plan that
// was edited by hand is refused like one that time has overtaken.
func Stale(saved, fresh Document) []string {
	var reasons []string
	differ := func(what, was, is string) {
		if was != is {
			reasons = append(reasons, fmt.Sprintf("%s: planned %s, now %s", what, cmp.Or(was, "none"), cmp.Or(is, "none")))
		}
	}
	if saved.Tenant.ID != fresh.Tenant.ID {
		return []string{fmt.Sprintf("it is for the tenant %s, and you are signed in to %s", saved.Tenant.Title(), fresh.Tenant.Title())}
	}
	differ("cloud", saved.Tenant.Cloud, fresh.Tenant.Cloud)
	differ("route", string(saved.Requirement.Route), string(fresh.Requirement.Route))
	differ("also", strings.Join(saved.Requirement.Also, " "), strings.Join(fresh.Requirement.Also, " "))
	differ("client application", string(saved.Client.AppID), string(fresh.Client.AppID))
	for i := range max(len(saved.Resources), len(fresh.Resources)) {
		differ(fmt.Sprintf("requirement %d", i+1), requiredAt(saved.Resources, i), requiredAt(fresh.Resources, i))
	}
	if len(reasons) == 0 && len(saved.Actions) > 0 && len(fresh.Actions) == 0 && fresh.Satisfied && fresh.RollsBack == "" {
		return []string{"it was carried out already: the tenant has all that it would grant"}
	}
	differ("client service principal", string(deref(saved.Client.ServicePrincipalID)), string(deref(fresh.Client.ServicePrincipalID)))
	for i := range max(len(saved.Actions), len(fresh.Actions)) {
		was, is := describeAt(saved.Actions, i), describeAt(fresh.Actions, i)
		differ(fmt.Sprintf("action %d", i+1), was, is)
		if was == is && !saved.Actions[i].equal(fresh.Actions[i]) {
			reasons = append(reasons, fmt.Sprintf("action %d: now targets a different object", i+1))
		}
	}
	return reasons
}

// Title names a tenant by its name, as far as that is known, and its id.
func (t TenantInfo) Title() string {
	if t.DisplayName == nil {
		return Printable(t.ID)
	}
	return fmt.Sprintf("%s (%s)", Printable(*t.DisplayName), Printable(t.ID))
}

// requiredAt says in one line what is required of the i-th resource; empty if there is none.
func requiredAt(resources []Resource, i int) string {
	if i >= len(resources) {
		return ""
	}
	return fmt.Sprintf("%s on %s", resources[i].Required, resources[i].AppID)
}

// describeAt says in one line what the i-th action does; empty if there is none.
func describeAt(actions []Action, i int) string {
	if i >= len(actions) {
		return ""
	}
	a := actions[i]
	text := actionName(a.Kind)
	for _, of := range []string{string(a.AppID), string(a.Permission)} {
		if of != "" {
			text += " " + of
		}
	}
	if a.ResourceAppID != "" {
		text += " on " + string(a.ResourceAppID)
	}
	if len(a.Before)+len(a.After) > 0 {
		text += fmt.Sprintf(" from [%s] to [%s]", a.Before, a.After)
	}
	return text
}

// equal reports whether two actions are the same, spelling and order of scopes included.
func (a Action) equal(b Action) bool {
	same := slices.Equal(a.Before, b.Before) && slices.Equal(a.After, b.After)
	a.Before, a.After, b.Before, b.After = nil, nil, nil, nil
	return same && reflect.DeepEqual(a, b)
}
