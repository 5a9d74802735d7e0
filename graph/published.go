package graph

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
)

var opReadPublished = standing(reading("read what a resource publishes", "Directory.Read.All (or Application.Read.All)", false))

// readPublished reads what the resources publish that are named beyond what the application needs, side by side: each once, and none
// that the tenant does not have or that has been read.
func (c *Client) readPublished(ctx context.Context, required consent.Requirement, found consent.State) (consent.Catalogue, error) {
	if required.Checked {
		return nil, nil
	}
	var apps []consent.AppID
	for _, a := range required.Also {
		if !slices.Contains(apps, a.Resource) {
			apps = append(apps, a.Resource)
		}
	}
	return c.publishedOf(ctx, apps, found)
}

func (c *Client) publishedOf(ctx context.Context, apps []consent.AppID, found consent.State) (consent.Catalogue, error) {
	lists := make([][]consent.Published, len(apps))
	err := sideBySide(len(apps), func(i int) (err error) {
		if sp, stands := found.ServicePrincipal(apps[i]); stands {
			lists[i], err = c.published(ctx, sp.ID)
		}
		return err
	})
	if len(apps) == 0 {
		return nil, err
	}
	all := make(consent.Catalogue)
	for i, app := range apps {
		all[app] = lists[i]
	}
	return all, err
}

// published reads the delegated permissions of a resource, which are hundreds of kilobytes for Microsoft Graph: GET
// /servicePrincipals/{id}, Application.Read.All, learn.microsoft.com/graph/api/serviceprincipal-get.
func (c *Client) published(ctx context.Context, resource consent.ObjectID) ([]consent.Published, error) {
	var row struct {
		Scopes *[]struct {
			Value       string `json:"value"`
			Type        string `json:"type"`
			IsEnabled   *bool  `json:"isEnabled"`
			DisplayName string `json:"adminConsentDisplayName"`
		} `json:"oauth2PermissionScopes"`
	}
	path := strings.TrimSuffix(servicePrincipalPath(resource, ""), "/")
	err := c.get(ctx, opReadPublished, c.address(path, url.Values{"$select": {"oauth2PermissionScopes"}}), &row)
	if err == nil && row.Scopes == nil {
		err = oddAnswer(opReadPublished, "the answer lacks oauth2PermissionScopes")
	}
	if err != nil {
		return nil, err
	}
	var all []consent.Published
	for _, p := range *row.Scopes {
		scope := consent.Scope(p.Value)
		all = append(all, consent.Published{
			Scope: scope, DisplayName: p.DisplayName, Admin: !strings.EqualFold(p.Type, "User"),
			Disabled: p.IsEnabled == nil || !*p.IsEnabled || !scope.IsName(),
		})
	}
	return all, nil
}

// maxConsentedPages is how many pages of what users have granted are read to find names: more than that are told.
const maxConsentedPages = 10

// Consented reads the service principals, and then beside each other what users have granted the client one by one and what the
// resources publish that its application calls, or that are named beside them.
func (c *Client) Consented(ctx context.Context, required consent.Requirement) (consent.State, doctor.PerUserGrants, error) {
	if _, err := c.SignIn(ctx); err != nil {
		return consent.State{}, doctor.PerUserGrants{}, err
	}
	list, err := c.listServicePrincipals(ctx, required.AppIDs())
	state, users := consent.State{ServicePrincipals: list}, doctor.PerUserGrants{}
	client, found := state.ServicePrincipal(required.App.ID)
	if err != nil {
		return state, users, err
	}
	var published consent.Catalogue
	err = sideBySide(2, func(i int) (err error) {
		switch {
		case i == 0:
			published, err = c.publishedOf(ctx, called(required), state)
		case found:
			users, err = c.perUserGrants(ctx, client.ID, maxConsentedPages)
		}
		return err
	})
	state.Published = published
	return state, users, err
}

// called are the resources that the application calls, and those that are named beside them.
func called(required consent.Requirement) []consent.AppID {
	return slices.DeleteFunc(required.AppIDs(), func(id consent.AppID) bool {
		named := slices.ContainsFunc(required.Also, func(a consent.Also) bool { return a.Resource == id })
		return !named && !slices.ContainsFunc(required.App.Resources, func(r consent.ApplicationResource) bool { return r.AppID == id })
	})
}

// userScopes counts the users who have granted a scope on a resource, by both.
type userScopes map[userScope]*scopeUsers

type scopeUsers struct {
	spelling consent.Scope // of the first
	users    map[string]bool
}

type userScope struct {
	resource consent.ObjectID
	name     string // in lower case
}

func (u userScopes) add(g consent.PermissionGrant, user string) {
	for _, scope := range g.Scopes {
		of := userScope{g.ResourceID, strings.ToLower(string(scope))}
		if !scope.IsName() {
			continue
		}
		if u[of] == nil {
			u[of] = &scopeUsers{scope, map[string]bool{}}
		}
		u[of].users[user] = true
	}
}

// list returns them by resource and name.
func (u userScopes) list() []consent.UserScope {
	order := func(a, b userScope) int {
		return cmp.Or(cmp.Compare(a.resource, b.resource), cmp.Compare(a.name, b.name))
	}
	var list []consent.UserScope
	for _, of := range slices.SortedFunc(maps.Keys(u), order) {
		list = append(list, consent.UserScope{ResourceID: of.resource, Scope: u[of].spelling, Users: len(u[of].users)})
	}
	return list
}
