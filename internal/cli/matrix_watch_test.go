package cli_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"appleconsent/graph/simulator/directory"

	"github.com/google/go-cmp/cmp"
)

// picture is what matters of a directory, without ids that change when something is created again: each service principal,
// each grant, each classified permission and the user-consent policies by name, and what it holds.
type picture map[string]string

const (
	appleSP  = "sp " + appleMail
	policies = "user-consent policies"

	enabled, disabled = "enabled true", "enabled false" // what a service principal holds
)

// classified is the name of a permission's classification.
func classified(permission, resourceAppID string) string {
	return "class of " + permission + " on " + resourceAppID
}

func pictureOf(d directory.Directory) picture {
	p := picture{}
	apps := map[string]string{}
	for _, sp := range d.ServicePrincipals {
		apps[sp.ID] = sp.AppID
		p["sp "+sp.AppID] = fmt.Sprintf("enabled %v", sp.AccountEnabled == nil || *sp.AccountEnabled)
	}
	for _, g := range d.PermissionGrants {
		user := ""
		if g.PrincipalID != nil {
			user = " for " + *g.PrincipalID
		}
		p["grant "+apps[g.ClientID]+" on "+apps[g.ResourceID]+user] = g.Scope
	}
	for _, c := range d.PermissionClassifications {
		p[classified(c.PermissionName, apps[c.ResourceID])] = c.Classification
	}
	p[policies] = strings.Join(slices.Sorted(slices.Values(assigned(d))), " ")
	return p
}

// assigned are the entries of the authorization policy that say to what users may consent, and for what.
func assigned(d directory.Directory) []string {
	return d.AuthorizationPolicy.DefaultUserRolePermissions.PermissionGrantPoliciesAssigned
}

// required is what the program may grant: the scopes by the grant that holds them.
var required = map[string][]string{
	"grant " + appleMail + " on " + msGraph:  {"User.Read"},
	"grant " + appleMail + " on " + exchange: {"EAS.AccessAsUser.All", "EWS.AccessAsUser.All"},
}

// classifiable is what the program may classify.
var classifiable = []string{
	classified("User.Read", msGraph), classified("EAS.AccessAsUser.All", exchange), classified("EWS.AccessAsUser.All", exchange),
}

// watch looks at every write to a tenant, as it happens.
type watch struct {
	t  *testing.T
	mu sync.Mutex
	// command is what is running, apply or rollback, and flags are what the applies are asked for beside.
	command, flags string
	// before is the tenant as it must be in the end: as it was, with what others did meanwhile.
	before  directory.Directory
	touched map[string]bool // what was written since forget, by name
}

func newWatch(t *testing.T, before directory.Directory) *watch {
	return &watch{t: t, before: before, touched: map[string]bool{}}
}

func (w *watch) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.touched = map[string]bool{}
}

// wrote checks one write: an apply loses nothing and adds what is required and nothing else; a rollback loses what is
// required and did not stand before, and adds nothing. Settings change in what the apply is asked for, and back. Nothing else
// is touched at all.
func (w *watch) wrote(before, after directory.Directory) {
	w.mu.Lock()
	defer w.mu.Unlock()
	old, now, home := pictureOf(before), pictureOf(after), pictureOf(w.before)
	for name := range union(old, now) {
		if old[name] == now[name] {
			continue
		}
		w.touched[name] = true
		if !w.mayChange(name, old[name], now[name], home[name]) {
			w.t.Errorf("%s changed %s from %q to %q", w.command, name, old[name], now[name])
		}
	}
	if old[appleSP] != "" && now[appleSP] == "" {
		w.nothingLost(old)
	}
}

// mayChange tells whether the command may make the new out of the old, given what must be there in the end.
func (w *watch) mayChange(name, old, now, home string) bool {
	switch {
	case name == appleSP:
		return w.mayChangeApp(old, now, home)
	case name == policies:
		return w.flags == userConsent && w.mayChangePolicies(strings.Fields(old), strings.Fields(now), strings.Fields(home))
	case slices.Contains(classifiable, name):
		return w.flags == userConsent && w.isStep(old, now, home, "", "low")
	}
	return w.flags != userConsent && w.mayChangeGrant(required[name], strings.Fields(old), strings.Fields(now), strings.Fields(home))
}

// isStep tells whether an apply makes one thing of the other, or a rollback takes back what did not stand before.
func (w *watch) isStep(old, now, home, from, to string) bool {
	if w.command == "rollback" {
		return old == to && now == from && home == from
	}
	return old == from && now == to
}

func (w *watch) mayChangeApp(old, now, home string) bool {
	switch {
	case w.command == "apply" && old == "":
		return w.flags != userConsent
	case w.command == "rollback" && now == "":
		return home == ""
	}
	return w.flags == enableApp && w.isStep(old, now, home, disabled, enabled)
}

func (w *watch) mayChangeGrant(required, had, has, home []string) bool {
	if w.command == "rollback" {
		return len(without(has, had)) == 0 && len(without(without(had, has), without(required, home))) == 0
	}
	return len(without(had, has)) == 0 && len(without(without(has, had), required)) == 0
}

// mayChangePolicies: an apply leaves one policy about users themselves, and a rollback puts back those that stood before.
func (w *watch) mayChangePolicies(had, has, home []string) bool {
	lost, gained := without(had, has), without(has, had)
	if w.command == "rollback" {
		return len(without(lost, without([]string{lowImpact}, home))) == 0 && len(without(gained, forSelf(home))) == 0
	}
	return len(without(lost, forSelf(had))) == 0 && slices.Equal(forSelf(has), []string{lowImpact}) && len(without(gained, []string{lowImpact})) == 0
}

const (
	selfPolicy = "ManagePermissionGrantsForSelf."
	lowImpact  = selfPolicy + "microsoft-user-default-low"
)

func forSelf(entries []string) []string {
	return slices.DeleteFunc(slices.Clone(entries), func(entry string) bool { return !strings.HasPrefix(entry, selfPolicy) })
}

// nothingLost wants no grant to be left on a client that is deleted.
func (w *watch) nothingLost(old picture) {
	for name := range old {
		if strings.HasPrefix(name, "grant "+appleMail) {
			w.t.Errorf("with the service principal went %s: %s", name, old[name])
		}
	}
}

func without(list, gone []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(gone, s) })
}

func union(a, b picture) picture {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// edited makes another's change, now and in what must be in the end.
func (w *watch) edited(e directory.Edit, d *directory.Directory) {
	w.mu.Lock()
	defer w.mu.Unlock()
	was, had := pictureOf(*d), assigned(*d)
	e.Apply(d)
	if cmp.Equal(was, pictureOf(*d)) {
		return // there was nothing to do it to
	}
	if e.Do == "grant" || e.Do == "consent" { // it needs a client, which then is more than ours
		directory.Edit{Do: "createServicePrincipal"}.Apply(&w.before)
	}
	if slices.Contains(had, lowImpact) && slices.Contains(e.Policies, lowImpact) { // who keeps ours adds to what stood before
		e.Policies = slices.Concat(assigned(w.before), without(e.Policies, had))
	}
	e.Apply(&w.before)
}

// checkBack wants the tenant to be as it was, but for what others did.
func (w *watch) checkBack(d directory.Directory) {
	w.t.Helper()
	if diff := cmp.Diff(pictureOf(w.before), pictureOf(d)); diff != "" {
		w.t.Errorf("after the rollback (-before +after):\n%s", diff)
	}
}
