package faults_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

// picture is what matters of a directory, without ids that change when something is created again: each service principal,
// each grant, each classified permission and the user-consent policies by name, and what it holds.
type picture map[string]string

const (
	appleSP  = "sp " + identity.AppleAppID
	policies = "user-consent policies"

	enabled, disabled = "enabled true", "enabled false" // what a service principal holds
)

func classified(permission, resourceAppID string) string {
	return "class of " + permission + " on " + resourceAppID
}

// pictureOf returns the picture of a directory.
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
	"grant " + identity.AppleAppID + " on " + identity.GraphAppID:    {"User.Read"},
	"grant " + identity.AppleAppID + " on " + identity.ExchangeAppID: {"EAS.AccessAsUser.All", "EWS.AccessAsUser.All"},
}

// classifiable is what the program may classify.
var classifiable = []string{
	classified("User.Read", identity.GraphAppID), classified("EAS.AccessAsUser.All", identity.ExchangeAppID),
	classified("EWS.AccessAsUser.All", identity.ExchangeAppID),
}

// watch looks at every write to a tenant, as it happens.
type watch struct {
	t  *testing.T
	mu sync.Mutex
	// Command is what is running, apply or rollback.
	Command string
	// flags are what the applies are asked for beside.
	flags string
	// before is the tenant as it must be in the end: as it was, with what others did meanwhile.
	before  directory.Directory
	touched map[string]bool // what was written since Forget, by name
}

// newWatch watches a tenant, during an apply with these flags, until the end of the test.
func newWatch(t *testing.T, tenant *simtest.Server, flags string) *watch {
	w := &watch{t: t, Command: "apply", flags: flags, before: tenant.Directory(), touched: map[string]bool{}}
	tenant.OnWrite(w.wrote)
	return w
}

// Forget forgets what was written.
func (w *watch) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.touched = map[string]bool{}
}

// Touched returns the names of what was written since Forget.
func (w *watch) Touched() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(maps.Keys(w.touched))
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
			w.t.Errorf("%s changed %s from %q to %q", w.Command, name, old[name], now[name])
		}
	}
	if old[appleSP] != "" && now[appleSP] == "" {
		w.nothingLost(old)
	}
}

// mayChange reports whether the command may make the new out of the old, given what must be there in the end.
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

// isStep reports whether an apply makes one thing of the other, or a rollback takes back what did not stand before.
func (w *watch) isStep(old, now, home, from, to string) bool {
	if w.Command == "rollback" {
		return old == to && now == from && home == from
	}
	return old == from && now == to
}

func (w *watch) mayChangeApp(old, now, home string) bool {
	switch {
	case w.Command == "apply" && old == "":
		return w.flags != userConsent
	case w.Command == "rollback" && now == "":
		return home == ""
	}
	return w.flags == enableApp && w.isStep(old, now, home, disabled, enabled)
}

func (w *watch) mayChangeGrant(required, had, has, home []string) bool {
	if w.Command == "rollback" {
		return len(without(has, had)) == 0 && len(without(without(had, has), without(required, home))) == 0
	}
	return len(without(had, has)) == 0 && len(without(without(has, had), required)) == 0
}

// mayChangePolicies: an apply leaves one policy about users themselves, and a rollback puts back those that stood before.
func (w *watch) mayChangePolicies(had, has, home []string) bool {
	lost, gained := without(had, has), without(has, had)
	if w.Command == "rollback" {
		return len(without(lost, without([]string{lowImpact}, home))) == 0 && len(without(gained, forSelf(home))) == 0
	}
	return len(without(lost, forSelf(had))) == 0 && slices.Equal(forSelf(has), []string{lowImpact}) && len(without(gained, []string{lowImpact})) == 0
}

// The entries of the authorization policy about what users may consent to for themselves begin with selfPolicy, and lowImpact
// is the one that the user-consent route sets.
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
		if strings.HasPrefix(name, "grant "+identity.AppleAppID) {
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

// Edited makes another's change, now and in what must be in the end.
func (w *watch) Edited(e directory.Edit, d *directory.Directory) {
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

// CheckBack wants the tenant to be as it was, but for what others did.
func (w *watch) CheckBack(d directory.Directory) {
	w.t.Helper()
	if diff := cmp.Diff(pictureOf(w.before), pictureOf(d)); diff != "" {
		w.t.Errorf("after the rollback (-before +after):\n%s", diff)
	}
}
