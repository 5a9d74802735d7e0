package consent

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Also is one delegated permission that an admin asks for beyond what the application needs, such as one that a new system of the
// devices asks for. Its text is RESOURCE:SCOPE.
type Also struct {
	Resource AppID
	Scope    Scope
}

// ParseAlso reads [RESOURCE:]SCOPE. The resource is the word of one that an application calls (graph, exchange) or an application
// (client) ID; without one it is Microsoft Graph. The scope is as it was written: see Requirement.Resolve.
func ParseAlso(text string) (Also, error) {
	word, name, found := strings.Cut(text, ":")
	if !found {
		word, name = "", text
	}
	a := Also{MicrosoftGraph, Scope(name)}
	if found {
		id, known := resourceByWord(word)
		if !known {
			return a, fmt.Errorf("%q names no resource: use graph, exchange or an application (client) ID before the colon", text)
		}
		a.Resource = id
	}
	if !a.Scope.IsName() {
		return a, fmt.Errorf("%q is not the name of a scope, such as Mail.Read or exchange:EWS.AccessAsUser.All", text)
	}
	return a, nil
}

func resourceByWord(word string) (AppID, bool) {
	for _, app := range Applications() {
		for _, r := range app.Resources {
			if strings.EqualFold(word, r.Word) {
				return r.AppID, true
			}
		}
	}
	id, err := ParseGUID(word)
	return AppID(id), err == nil
}

// String is the text that ParseAlso reads, always with the resource.
func (a Also) String() string { return a.word() + ":" + string(a.Scope) }

func (a Also) word() string {
	r, _ := ResourceOf(a.Resource)
	return cmp.Or(r.Word, string(a.Resource))
}

// same reports whether both ask for the same.
func (a Also) same(b Also) bool { return a.Resource == b.Resource && a.Scope.key() == b.Scope.key() }

// AlsoBeyond returns those of the first list that the second does not have.
func AlsoBeyond(list, of []Also) []Also {
	return slices.DeleteFunc(slices.Clone(list), func(a Also) bool { return slices.ContainsFunc(of, a.same) })
}

// alsoOn returns what is asked for on a resource.
func alsoOn(list []Also, resource AppID) ScopeSet {
	on := ScopeSet{}
	for _, a := range list {
		if a.Resource == resource {
			on = on.With(a.Scope)
		}
	}
	return on
}

// beyond returns what the choices ask for beyond what is needed by them anyway, in an order that does not depend on how it was said,
// each once: by the order of the resources, then by name.
func (app Application) beyond(c Choices) []Also {
	needed := func(a Also) bool {
		r, _ := find(app.Resources, func(r ApplicationResource) bool { return r.AppID == a.Resource })
		p, found := find(r.Permissions, func(p Permission) bool { return p.Scope.key() == a.Scope.key() })
		return found && p.neededBy(c)
	}
	place := func(a Also) int {
		i := slices.IndexFunc(app.Resources, func(r ApplicationResource) bool { return r.AppID == a.Resource })
		if i < 0 {
			return len(app.Resources)
		}
		return i
	}
	sorted := slices.DeleteFunc(slices.Clone(c.Also), needed)
	slices.SortStableFunc(sorted, func(a, b Also) int {
		return cmp.Or(place(a)-place(b), cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Scope.key(), b.Scope.key()))
	})
	return slices.CompactFunc(sorted, Also.same)
}

// calls reports whether the application needs anything on the resource on any devices.
func (app Application) calls(id AppID) bool {
	return slices.ContainsFunc(app.Resources, func(r ApplicationResource) bool { return r.AppID == id })
}

// NamedResource is the resource of that id; one that no application calls is named by its id.
func NamedResource(id AppID) Resource {
	if r, known := ResourceOf(id); known {
		return r
	}
	return Resource{AppID: id, Name: string(id), Label: "resource_" + strings.ReplaceAll(string(id), "-", "_"), Word: string(id)}
}

// Published is a delegated permission as its resource publishes it in a tenant (learn.microsoft.com/graph/api/resources/
// permissionscope).
type Published struct {
	Scope       Scope
	DisplayName string // as admins read it
	Admin       bool   // only an admin can consent to it, by definition
	Disabled    bool   // it cannot be granted any more
}

// Catalogue is what resources publish.
type Catalogue map[AppID][]Published

// RefusedAlsoError means that something that was asked for cannot be granted. Nothing was written.
type RefusedAlsoError struct {
	Also
	Name     string // of the resource
	Absent   bool   // the tenant does not have the resource
	Disabled bool   // it is published and switched off
	// Published are the names that the resource publishes and that can be granted.
	Published ScopeSet
}

func (e *RefusedAlsoError) Error() string {
	switch {
	case e.Absent:
		return fmt.Sprintf("%s: this tenant has no service principal for the resource %s", e.Also, e.Name)
	case e.Disabled:
		return fmt.Sprintf("%s is disabled on %s in this tenant and cannot be granted", e.Scope, e.Name)
	}
	return fmt.Sprintf("%s is not a delegated permission of %s in this tenant (an application permission of that name cannot be granted here)",
		e.Scope, e.Name)
}

// Resolve holds what is asked for against what the resources publish in the tenant: it is the same requirement in the spelling of the
// resources, with a notice for each of them. What is asked for on a resource that the application calls anyway and the tenant does not have
// is left as it is, since the comparison says so. Errors: *RefusedAlsoError.
func (r Requirement) Resolve(state State) (Requirement, error) {
	choices, named := r.Choices, map[AppID][]Published{}
	choices.Also = slices.Clone(r.Also)
	for i, a := range r.Also {
		sp, found := state.ServicePrincipal(a.Resource)
		if !found && r.App.calls(a.Resource) {
			continue
		}
		if !found {
			return r, &RefusedAlsoError{Also: a, Name: string(a.Resource), Absent: true}
		}
		published, err := a.in(state.Published[a.Resource], cmp.Or(sp.DisplayName, NamedResource(a.Resource).Name))
		if err != nil {
			return r, err
		}
		choices.Also[i].Scope = published.Scope
		named[a.Resource] = append(named[a.Resource], published)
	}
	resolved := r.App.Require(choices)
	resolved.Checked, resolved.Published = true, state.Published
	for _, resource := range resolved.Resources {
		sp, _ := state.ServicePrincipal(resource.AppID)
		if all := named[resource.AppID]; len(all) > 0 {
			name := cmp.Or(sp.DisplayName, resource.Name)
			resolved.note(Notice{Level: Info, Code: "askedWithAlso", Name: name, AppID: resource.AppID, Published: all})
		}
	}
	return resolved, nil
}

// Publishes reports whether the resource publishes what is asked for, and it can be granted.
func (s State) Publishes(a Also) bool {
	_, err := a.in(s.Published[a.Resource], "")
	return err == nil
}

// in looks a permission up among those that its resource publishes.
func (a Also) in(all []Published, resource string) (Published, error) {
	refused := &RefusedAlsoError{Also: a, Name: resource}
	for _, p := range all {
		same := p.Scope.key() == a.Scope.key()
		if same && !p.Disabled {
			return p, nil
		}
		refused.Disabled = refused.Disabled || same
		if !p.Disabled {
			refused.Published = append(refused.Published, p.Scope)
		}
	}
	return Published{}, refused
}
