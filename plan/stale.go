package plan

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"appleconsent/consent"
)

// Stale compares a saved plan with the plan that the tenant would get now, and returns in one sentence what is different: nothing if the
// saved plan may be applied. Tenant, cloud, client, what is required and the actions count. Since only the fresh plan is ever applied, a
// plan that was edited by hand is refused like one that time has overtaken.
func Stale(saved, fresh Document) []string {
	if other := otherAim(saved, fresh); other != "" {
		return []string{other}
	}
	sameClient := deref(saved.Client.ServicePrincipalID) == deref(fresh.Client.ServicePrincipalID)
	if sameClient && slices.EqualFunc(saved.Actions, fresh.Actions, Action.equal) {
		return nil
	}
	if len(saved.Actions) > 0 && len(fresh.Actions) == 0 && fresh.Satisfied && fresh.RollsBack == "" {
		return []string{"this plan was carried out already: all that it would grant is granted"}
	}
	tenant := cmp.Or(Printable(deref(fresh.Tenant.DisplayName)), "the tenant")
	if since := movedSince(saved, fresh); len(since) > 0 {
		return []string{tenant + " has changed since this was planned: " + bounded(since)}
	}
	return []string{"this plan is not what " + tenant + " needs: " + bounded(differentActions(saved.Actions, fresh.Actions))}
}

// otherAim says that a plan is for something else than the fresh one: another tenant, another application, other requirements.
func otherAim(saved, fresh Document) string {
	differ := func(what, was, is string) string {
		if was == is {
			return ""
		}
		return fmt.Sprintf("this plan is for %s %s, not %s", what, cmp.Or(was, "(none)"), cmp.Or(is, "(none)"))
	}
	if saved.Tenant.Simulated != fresh.Tenant.Simulated {
		kinds := map[bool]string{true: "a simulated tenant", false: "a real tenant"}
		return fmt.Sprintf("this plan is for %s, %s; you are signed in to %s, %s", kinds[saved.Tenant.Simulated], saved.Tenant.Title(),
			kinds[fresh.Tenant.Simulated], fresh.Tenant.Title())
	}
	if saved.Tenant.ID != fresh.Tenant.ID {
		planned, now := apart(saved.Tenant, fresh.Tenant)
		return fmt.Sprintf("this plan is for %s; you are signed in to %s", planned, now)
	}
	other := cmp.Or(
		differ("the cloud", saved.Tenant.Cloud, fresh.Tenant.Cloud),
		differ("the route", string(saved.Requirement.Route), string(fresh.Requirement.Route)),
		differ("--also", strings.Join(saved.Requirement.Also, " "), strings.Join(fresh.Requirement.Also, " ")),
		differ("the client application", string(saved.Client.AppID), string(fresh.Client.AppID)),
	)
	for i := range max(len(saved.Resources), len(fresh.Resources)) {
		was, is := requiredAt(saved.Resources, i), requiredAt(fresh.Resources, i)
		if other == "" && was != is {
			other = fmt.Sprintf("this plan requires %s; needed is %s", cmp.Or(was, "(nothing)"), cmp.Or(is, "(nothing)"))
		}
	}
	return other
}

// apart names two tenants by their names, or with their ids where these do not tell them apart.
func apart(a, b TenantInfo) (string, string) {
	one, other := Printable(deref(a.DisplayName)), Printable(deref(b.DisplayName))
	if one == "" || other == "" || strings.EqualFold(one, other) {
		return a.Title(), b.Title()
	}
	return one, other
}

// Title names a tenant by its name, as far as that is known, and its id.
func (t TenantInfo) Title() string {
	if t.DisplayName == nil {
		return Printable(t.ID)
	}
	return fmt.Sprintf("%s (%s)", Printable(*t.DisplayName), Printable(t.ID))
}

// maxDifferences is how many differences are told.
const maxDifferences = 3

func bounded(differences []string) string {
	shown := differences[:min(len(differences), maxDifferences)]
	if more := len(differences) - len(shown); more > 0 {
		shown = append(slices.Clone(shown), fmt.Sprintf("and %d more", more))
	}
	return strings.Join(shown, ", ")
}

// movedSince lists what of the tenant is not as it was planned.
func movedSince(saved, fresh Document) []string {
	moved := replaced("the service principal", deref(saved.Client.ServicePrincipalID), deref(fresh.Client.ServicePrincipalID))
	if was, is := saved.Client.SignInDisabled(), fresh.Client.SignInDisabled(); was != is {
		moved = append(moved, "sign-in was "+map[bool]string{true: "disabled", false: "enabled"}[is])
	}
	for i, was := range saved.Resources { // of which there are as many as now
		is := fresh.Resources[i]
		on := " on " + resourceTitle(is.AppID)
		moved = append(moved, cameAndWent(was.Granted.With(was.Extra...), is.Granted.With(is.Extra...), on+" was granted", on+" was revoked")...)
		moved = append(moved, cameAndWent(was.Classified, is.Classified, on+" was classified", on+" was declassified")...)
		if was.Granted.SameAs(is.Granted) {
			moved = append(moved, replaced("the grant"+on, deref(was.GrantID), deref(is.GrantID))...)
		}
		moved = append(moved, replaced(resourceTitle(is.AppID), deref(was.ServicePrincipalID), deref(is.ServicePrincipalID))...)
	}
	if !saved.UserConsentPolicies.SameAs(fresh.UserConsentPolicies) {
		moved = append(moved, "the user-consent setting was changed")
	}
	return moved
}

func cameAndWent(was, is consent.ScopeSet, came, went string) []string {
	var moved []string
	if more := is.Without(was); len(more) > 0 {
		moved = append(moved, more.List()+came)
	}
	if less := was.Without(is); len(less) > 0 {
		moved = append(moved, less.List()+went)
	}
	return moved
}

// replaced says what became of an object with an id; nothing if it is the same.
func replaced[ID ~string](what string, was, is ID) []string {
	switch {
	case was == is:
		return nil
	case was == "":
		return []string{what + " was created"}
	case is == "":
		return []string{what + " was deleted"}
	}
	return []string{what + " was replaced by another one"}
}

// differentActions lists the actions that are not the same.
func differentActions(saved, fresh []Action) []string {
	var different []string
	for i := range max(len(saved), len(fresh)) {
		was, is := describeAt(saved, i), describeAt(fresh, i)
		switch {
		case was == "":
			different = append(different, "it does not "+is)
		case is == "":
			different = append(different, "it would "+was)
		case was != is:
			different = append(different, fmt.Sprintf("action %d is to %s; needed is to %s", i+1, was, is))
		case !saved[i].equal(fresh[i]):
			different = append(different, fmt.Sprintf("action %d differs in a detail", i+1))
		}
	}
	return different
}

// requiredAt says in one line what is required of the i-th resource; empty if there is none.
func requiredAt(resources []Resource, i int) string {
	if i >= len(resources) {
		return ""
	}
	return fmt.Sprintf("%s on %s", resources[i].Required.List(), resourceTitle(resources[i].AppID))
}

// resourceTitle is what a resource is called, or its id.
func resourceTitle(id consent.AppID) string {
	if r, known := consent.ResourceOf(id); known {
		return r.Name
	}
	return Printable(string(id))
}

// describeAt says in one line what the i-th action does; empty if there is none.
func describeAt(actions []Action, i int) string {
	if i >= len(actions) {
		return ""
	}
	a := actions[i]
	text := strings.TrimRight(fmt.Sprintf("%s the %s %s", a.Kind.Verb, a.Kind.Object, a.Permission), " ")
	if a.ResourceAppID != "" {
		text += " on " + resourceTitle(a.ResourceAppID)
	}
	if a.AppID != "" {
		text += " of " + Printable(string(a.AppID))
	}
	if added := a.Added(); len(added) > 0 {
		text += ": + " + added.List()
	}
	if removed := a.Removed(); len(removed) > 0 {
		text += ": - " + removed.List()
	}
	return text
}

// equal reports whether two actions are the same, spelling and order of scopes included.
func (a Action) equal(b Action) bool {
	same := slices.Equal(a.Before, b.Before) && slices.Equal(a.After, b.After)
	a.Before, a.After, b.Before, b.After = nil, nil, nil, nil
	return same && reflect.DeepEqual(a, b)
}
