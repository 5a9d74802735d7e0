package directory

import (
	"crypto/sha256"
	"net/http"
	"slices"
	"strings"
	"time"

	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/reply"
)

// Graph answers requests to Microsoft Graph about one tenant. One goroutine at a time may use it.
type Graph struct {
	// Directory is all that the tenant remembers. Whoever changes it from outside, but
	// to replace it as a whole, calls Settle.
	Directory Directory

	behaviour Behaviour
	tried     map[[sha256.Size]byte]bool // the requests that there were
	lag       lag
	now       func() time.Time
	requestID func() string
}

// New makes a Graph that answers from a directory. requestID makes a new id for each request.
func New(d Directory, b Behaviour, now func() time.Time, requestID func() string) *Graph {
	return &Graph{
		Directory: d, behaviour: b, tried: map[[sha256.Size]byte]bool{},
		lag: lag{active: b.Lags, newcomers: map[string]int{}}, now: now, requestID: requestID,
	}
}

// Serves reports whether a path is one of Graph's: below /v1.0 or /beta.
func Serves(path string) bool {
	version, _ := splitVersion(path)
	return version == "v1.0" || version == "beta"
}

// Answer handles a request whose body was read by ReadBody, with the error that this met.
func (g *Graph) Answer(r *http.Request, body []byte, err error) reply.Reply {
	version, path := splitVersion(r.URL.Path)
	c := &call{
		graph: g, method: r.Method, base: reply.Origin(r) + "/" + version, beta: version == "beta", path: path,
		query: r.URL.Query(), header: r.Header, body: body,
	}
	var a answer
	if err == nil {
		a, err = c.do()
	}
	return c.reply(a, err)
}

// splitVersion splits a Graph path into the API's version and what is below it.
func splitVersion(path string) (version, rest string) {
	version, rest, _ = strings.Cut(strings.Trim(path, "/"), "/")
	return strings.ToLower(version), rest
}

// Settle makes everything visible that was still to become visible.
func (g *Graph) Settle() { g.lag.pending = nil }

// ShowLate makes what the next request writes show after so many reads of its collection or, without these, at a time.
func (g *Graph) ShowLate(reads int, until time.Time) {
	if reads > 0 {
		until = time.Time{}
	}
	g.lag.forced = delay{reads, until}
}

// RefuseNewcomer makes grants on the next service principal that is created fail so many times.
func (g *Graph) RefuseNewcomer(times int) { g.lag.refusals = times }

// ServicePrincipal reports whether an application has a service principal, and whether people can sign in to it.
func (g *Graph) ServicePrincipal(appID string) (exists, enabled bool) {
	sp, exists := g.Directory.ServicePrincipalOf(appID)
	return exists, exists && (sp.AccountEnabled == nil || *sp.AccountEnabled)
}

// ConsentToAll makes the tenant-wide grants of an app what it registered: scopes beyond that go, as the
// portal has been seen to do. Consent of single users stays. The service principal is created if there is
// none; those of the resources must exist. It returns the ids of what was written.
func (g *Graph) ConsentToAll(app identity.Application) (wrote []string) {
	c := &call{graph: g, dir: &g.Directory}
	client, found := c.dir.ServicePrincipalOf(app.AppID)
	if !found {
		client = c.newServicePrincipal(app)
		put(c, servicePrincipals, client)
	}
	c.grantExactly(client.ID, app.Registered)
	return c.written()
}

// grantExactly grants to all principals what an app registered, and nothing else.
func (c *call) grantExactly(clientID string, registered []identity.RequiredAccess) {
	var right []string
	for _, r := range registered {
		resource, _ := c.dir.ServicePrincipalOf(r.ResourceAppID)
		g := PermissionGrant{
			ID: GrantID(clientID, resource.ID, ""), ClientID: clientID, ConsentType: allPrincipals,
			ResourceID: resource.ID, Scope: strings.Join(r.Scopes, " "),
		}
		right = append(right, g.ID)
		if stands, _ := permissionGrants.find(c.dir, g.ID); stands.Scope != g.Scope {
			put(c, permissionGrants, g)
		}
	}
	removeEach(c, permissionGrants, func(g PermissionGrant) bool {
		return g.ClientID == clientID && g.ConsentType == allPrincipals && !slices.Contains(right, g.ID)
	})
}
