package simulator

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// adminConsentEndpoint is the page on which an admin consents to all that an app registered.
const adminConsentEndpoint = "adminconsent"

// adminConsent lets the person who has signed in consent for the whole tenant, and sends
// the browser to the app's own address. That of Apple's app no desktop browser can follow.
func (s *Server) adminConsent(r *http.Request) reply {
	q := r.URL.Query()
	app, err := s.consentableApplication(r)
	if err != nil {
		return s.errorPage(err)
	}
	c := &call{server: s, dir: &s.directory}
	var refused error
	err = s.exclusively(func() (changed bool) {
		defer s.watch(c)()
		refused = c.consentToAll(app)
		return len(c.wrote) > 0
	})
	if err != nil {
		refused = broken(err)
	}
	if refused != nil {
		return s.errorPage(refused)
	}
	address := app.redirectURI + "?admin_consent=True&tenant=" + s.TenantID()
	if state := q.Get("state"); state != "" {
		address += "&state=" + url.QueryEscape(state)
	}
	return reply{status: http.StatusFound, header: http.Header{"Location": {address}}, wrote: c.wrote}
}

// consentableApplication is the app that the page is about, if the person may consent to it.
func (s *Server) consentableApplication(r *http.Request) (application, error) {
	tenant, _ := endpointOf(r.URL.Path)
	if err := s.checkTenant(tenant); err != nil {
		return application{}, err
	}
	if err := need(r.URL.Query(), "client_id"); err != nil {
		return application{}, err
	}
	clientID := r.URL.Query().Get("client_id")
	app, known := findApplication(clientID)
	who := s.whoSignsIn(url.Values{"client_id": {clientID}})
	switch {
	case !known:
		return application{}, entraError(700016, "{app}", clientID, "{tenant}", tenant)
	case who.tenantID != s.TenantID():
		return application{}, entraError(50020, "{app}", clientID, "{tenant}", tenant, "{user}", who.name, "{home}", who.tenantID)
	case !holdsOneOf(consentingRoles(), s.currentIdentity().adminRoles):
		return application{}, entraError(90094)
	case s.currentPerson().Declines:
		return application{}, entraError(65004)
	case len(app.registered) == 0:
		return application{}, &signInError{
			status: http.StatusBadRequest, code: invalidRequest, number: 650056,
			message: "Misconfigured application. The client has not listed any permissions in the requested permissions in the " +
				"client's application registration.",
		}
	}
	return app, nil
}

// consentToAll makes the tenant-wide grants of an app what it registered: scopes beyond
// that go, as the portal has been seen to do. Consent of single users stays.
func (c *call) consentToAll(app application) error {
	for _, r := range app.registered {
		if _, found := c.dir.ServicePrincipalOf(r.resourceAppID); !found {
			return &signInError{
				status: http.StatusBadRequest, code: invalidRequest, number: 650052,
				message: fmt.Sprintf("The app needs access to a service ('%s') that your organization '%s' has not subscribed "+
					"to or enabled. Contact your IT Admin to review the configuration of your service subscriptions.",
					r.resourceAppID, c.dir.TenantID),
			}
		}
	}
	client, found := c.dir.ServicePrincipalOf(app.appID)
	switch {
	case !found:
		client = c.newServicePrincipal(app)
		put(c, servicePrincipals, client)
	case client.AccountEnabled != nil && !*client.AccountEnabled:
		return entraError(7000112, "{app}", app.appID)
	}
	c.grantExactly(client.ID, app.registered)
	c.server.lag.note(c.writes)
	for _, w := range c.writes {
		c.wrote = append(c.wrote, w.id)
	}
	return nil
}

// grantExactly grants to all principals what an app registered, and nothing else.
func (c *call) grantExactly(clientID string, registered []requiredAccess) {
	var right []string
	for _, r := range registered {
		resource, _ := c.dir.ServicePrincipalOf(r.resourceAppID)
		g := PermissionGrant{
			ID: GrantID(clientID, resource.ID, ""), ClientID: clientID, ConsentType: allPrincipals,
			ResourceID: resource.ID, Scope: strings.Join(r.scopes, " "),
		}
		right = append(right, g.ID)
		if stands, _ := permissionGrants.find(c.dir, g.ID); stands.Scope != g.Scope {
			put(c, permissionGrants, g)
		}
	}
	for _, g := range slices.Clone(c.dir.PermissionGrants) {
		if g.ClientID == clientID && g.ConsentType == allPrincipals && !slices.Contains(right, g.ID) {
			remove(c, permissionGrants, g)
		}
	}
}
