package entra

import (
	"net/http"
	"net/url"

	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/reply"
)

// adminConsentEndpoint is the page on which an admin consents to all that an app registered.
const adminConsentEndpoint = "adminconsent"

// Directory is what Entra asks of the tenant's directory when an admin consents for everybody.
type Directory interface {
	// ServicePrincipal reports whether an application has a service principal, and whether people can sign in to it.
	ServicePrincipal(appID string) (exists, enabled bool)
	// ConsentToAll makes the tenant-wide grants of an application what it registered, creating its
	// service principal if there is none. It returns the ids of what it wrote.
	ConsentToAll(app identity.Application) (wrote []string)
}

// adminConsent lets the person who has signed in consent for the whole tenant, and sends
// the browser to the app's own address. That of Apple's app no desktop browser can follow.
func (s *SignIn) adminConsent(r *http.Request) reply.Reply {
	app, err := s.consentableApplication(r)
	if err == nil {
		err = s.checkServicePrincipals(app)
	}
	if err != nil {
		return s.errorPage(err)
	}
	address := app.RedirectURI + "?admin_consent=True&tenant=" + s.tenantID
	if state := r.URL.Query().Get("state"); state != "" {
		address += "&state=" + url.QueryEscape(state)
	}
	return reply.Reply{
		Status: http.StatusFound, Header: http.Header{"Location": {address}}, Wrote: s.directory.ConsentToAll(app),
	}
}

// consentableApplication is the app that the page is about, if the person may consent to it.
func (s *SignIn) consentableApplication(r *http.Request) (identity.Application, error) {
	tenant, _ := endpointOf(r.URL.Path)
	if err := s.checkTenant(tenant); err != nil {
		return identity.Application{}, err
	}
	if err := need(r.URL.Query(), "client_id"); err != nil {
		return identity.Application{}, err
	}
	clientID := r.URL.Query().Get("client_id")
	app, known := identity.FindApplication(clientID)
	who := s.whoSignsIn(url.Values{"client_id": {clientID}})
	switch {
	case !known:
		return identity.Application{}, entraError(700016, "{app}", clientID, "{tenant}", tenant)
	case who.tenantID != s.tenantID:
		return identity.Application{}, entraError(50020, "{app}", clientID, "{tenant}", tenant, "{user}", who.name, "{home}", who.tenantID)
	case !identity.HoldsOneOf(identity.ConsentingRoles(), s.Settings.AdminRoles):
		return identity.Application{}, entraError(90094)
	case s.Settings.Person.Declines:
		return identity.Application{}, entraError(65004)
	case len(app.Registered) == 0:
		return identity.Application{}, refuse(invalidRequest, 650056, "Misconfigured application. The client has not listed any "+
			"permissions in the requested permissions in the client's application registration.")
	}
	return app, nil
}

// checkServicePrincipals wants those of the resources, and lets that of the app be missing but not disabled.
func (s *SignIn) checkServicePrincipals(app identity.Application) error {
	for _, r := range app.Registered {
		if exists, _ := s.directory.ServicePrincipal(r.ResourceAppID); !exists {
			return refuse(invalidRequest, 650052, "The app needs access to a service ('%s') that your organization '%s' has not subscribed "+
				"to or enabled. Contact your IT Admin to review the configuration of your service subscriptions.", r.ResourceAppID, s.tenantID)
		}
	}
	if exists, enabled := s.directory.ServicePrincipal(app.AppID); exists && !enabled {
		return entraError(7000112, "{app}", app.AppID)
	}
	return nil
}
