package render

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"appleconsent/consent"
	"appleconsent/plan"
)

// KindLink is what link prints.
const KindLink plan.Kind = "link"

// Link is the admin-consent link of a tenant and, if it was waited for, what came of it. Its JSON form is
// docs/schema/link.schema.json.
type Link struct {
	SchemaVersion int           `json:"schemaVersion"`
	Kind          plan.Kind     `json:"kind"`
	Tool          plan.Tool     `json:"tool"`
	CreatedAt     time.Time     `json:"createdAt"`
	AppID         consent.AppID `json:"appId"`
	Cloud         string        `json:"cloud"`
	URL           string        `json:"url"`
	Check         *Arrival      `json:"check"` // null unless the grants were waited for
}

// Arrival compares what is granted tenant-wide after somebody followed the link with what was before.
type Arrival struct {
	Tenant    plan.TenantInfo   `json:"tenant"`
	Client    plan.ClientInfo   `json:"client"`
	Changed   bool              `json:"changed"` // something came or went while it was waited for
	Satisfied bool              `json:"satisfied"`
	Resources []ArrivedResource `json:"resources"`
	// CanEnable: users cannot sign in to the client, and would if the tenant enabled it.
	CanEnable bool `json:"-"`
}

// InPlace reports whether users are served: all that is required is granted, and they can sign in to the client.
func (a Arrival) InPlace() bool {
	return a.Satisfied && !a.Client.SignInDisabled() && !a.Client.SignInUnknown()
}

// ArrivedResource is what became of the tenant-wide grants on one resource: of each required one, and of each other one on
// which there are or were grants.
type ArrivedResource struct {
	ResourceID  consent.ObjectID `json:"resourceId"` // empty for a required resource that the tenant does not have
	DisplayName string           `json:"displayName"`
	Came        consent.ScopeSet `json:"came"`
	Lost        consent.ScopeSet `json:"lost"` // granted before and not any more: overwritten by the consent
	Missing     consent.ScopeSet `json:"missing"`
	Extra       consent.ScopeSet `json:"extra"` // granted and not required
}

// NewLink makes the document of a link that was not waited for.
func NewLink(tool plan.Tool, at time.Time, app consent.AppID, cloud, url string) Link {
	return Link{
		SchemaVersion: plan.SchemaVersion, Kind: KindLink, Tool: tool, CreatedAt: at.UTC().Truncate(time.Second), AppID: app, Cloud: cloud, URL: url,
	}
}

// Arrived compares two states of a tenant.
func Arrived(required consent.Requirement, before, after consent.State) Arrival {
	d := consent.Diff(required, after)
	a := Arrival{
		Tenant: plan.TenantOf(after.Tenant), Client: plan.ClientOf(required.App.ID, d.Client),
		Satisfied: d.Satisfied(), Resources: []ArrivedResource{},
		CanEnable: d.Client != nil && d.Client.Disabled() && !d.Client.Barred(),
	}
	was, is := tenantWide(required.App.ID, before), tenantWide(required.App.ID, after)
	others := maps.Clone(was)
	maps.Copy(others, is)
	for _, r := range d.Resources {
		a.add(ArrivedResource{ResourceID: r.ServicePrincipalID, DisplayName: r.Name, Missing: r.Missing, Extra: r.Extra}, was, is)
		delete(others, r.ServicePrincipalID)
	}
	for _, id := range slices.Sorted(maps.Keys(others)) {
		a.add(ArrivedResource{ResourceID: id, DisplayName: resourceNamed(id, after), Missing: consent.ScopeSet{}, Extra: is[id].Without(nil)}, was, is)
	}
	return a
}

// Equal reports whether both say the same of each resource.
func (a Arrival) Equal(other Arrival) bool {
	return slices.EqualFunc(a.Resources, other.Resources, func(x, y ArrivedResource) bool {
		return x.ResourceID == y.ResourceID && slices.Equal(x.Came, y.Came) && slices.Equal(x.Lost, y.Lost) && slices.Equal(x.Missing, y.Missing)
	})
}

// add completes what became of a resource.
func (a *Arrival) add(r ArrivedResource, was, is map[consent.ObjectID]consent.ScopeSet) {
	r.Came, r.Lost = is[r.ResourceID].Without(was[r.ResourceID]), was[r.ResourceID].Without(is[r.ResourceID])
	a.Changed = a.Changed || len(r.Came) > 0 || len(r.Lost) > 0
	a.Resources = append(a.Resources, r)
}

// tenantWide returns the scopes granted for all users, by resource.
func tenantWide(app consent.AppID, state consent.State) map[consent.ObjectID]consent.ScopeSet {
	all := make(map[consent.ObjectID]consent.ScopeSet)
	client, _ := state.ServicePrincipal(app)
	for _, listed := range state.Grants {
		all[listed.ResourceID] = state.TenantWideScopes(client.ID, listed.ResourceID)
	}
	return all
}

// resourceNamed is what the tenant calls a resource, or its id where that was not read.
func resourceNamed(id consent.ObjectID, state consent.State) string {
	for _, sp := range state.ServicePrincipals {
		if sp.ID == id && sp.DisplayName != "" {
			return sp.DisplayName
		}
	}
	return string(id)
}

func linkSheet(a Arrival) sheet {
	s := sheet{Banner: banner(a.Tenant), Facts: append(subjectFacts(a.Tenant, a.Client), servicePrincipalFacts(a.Client)...), Verdict: a.verdict()}
	for _, r := range a.Resources {
		t := table{Name: nameOr(&r.DisplayName, string(r.ResourceID))}
		add := func(scopes consent.ScopeSet, state mark) {
			t.Rows = append(t.Rows, rowsOf(scopes, maxKept, row{State: state})...)
		}
		add(r.Came, mark{Symbol: "+", Word: "newly granted", Tone: good})
		add(r.Lost, mark{Symbol: "-", Word: "granted before, overwritten", Tone: bad})
		add(r.Missing, mark{Symbol: "✗", Word: "missing", Tone: warn})
		add(r.Extra.Without(r.Came), mark{Symbol: "·", Word: "not required, kept", Tone: calm})
		if len(t.Rows) == 0 {
			t.Rows = []row{{Rest: "as required, not changed", State: mark{Symbol: "✓", Tone: good}}}
		}
		s.Tables = append(s.Tables, t)
	}
	return s
}

func (a Arrival) verdict() verdict {
	came, lost, missing := 0, 0, 0
	for _, r := range a.Resources {
		came, lost, missing = came+len(r.Came), lost+len(r.Lost), missing+len(r.Missing)
	}
	tenant := tenantName(a.Tenant)
	changes := fmt.Sprintf("%s newly granted, %d overwritten. ", Count(came, "scope"), lost)
	lacks := fmt.Sprintf("%s missing in %s.", Count(missing, "required scope"), tenant)
	if !a.Changed {
		changes = ""
	}
	switch {
	case a.Satisfied && !a.InPlace():
		return verdict{"Not in place", changes + butNotSignIn("All required scopes are granted", a.Client), warn}
	case a.Satisfied:
		return verdict{"In place", changes + allGranted(tenant), good}
	case a.Changed:
		return verdict{"Not in place", changes + lacks, warn}
	}
	return verdict{"Nothing granted", lacks, warn}
}
