package directory

import (
	"net/http"
	"regexp"
	"strings"
	"sync"

	"appleconsent/graph/simulator/identity"
)

// route is one operation of the simulated Graph.
type route struct {
	method string
	path   string  // below the version; {key} is an id or an alternate key, {id} the id of something below it
	access *access // nil: any valid token will do
	reads  string  // the collection that a lagging tenant counts this as a read of
	handle func(*call) (answer, error)
	beta   bool // it exists in beta, and in no other version
}

// routes lists the simulated operations. What is not here does not exist.
func routes() []route {
	const (
		get, post, patch, del = http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete
		sps, oneSP            = "servicePrincipals", "servicePrincipals/{key}"
		grants, oneGrant      = "oauth2PermissionGrants", "oauth2PermissionGrants/{key}"
		classified            = "delegatedPermissionClassifications"
		deletedSPs            = "directory/deletedItems/microsoft.graph.servicePrincipal"
	)
	onSP, onGrant := (*call).servicePrincipal, (*call).grant
	classifications := listOf(permissionClassifications, PermissionClassification.resource)
	rolesOf, rolesTo := listOf(appRoleAssignments, AppRoleAssignment.principal), listOf(appRoleAssignments, AppRoleAssignment.resource)
	routes := []route{
		{method: get, path: sps, access: &readServicePrincipals, reads: sps, handle: listAll(servicePrincipals)},
		{method: post, path: sps, access: &createServicePrincipals, handle: createServicePrincipal},
		{method: get, path: oneSP, access: &readServicePrincipals, reads: sps, handle: on(onSP, showOf(servicePrincipals))},
		{method: patch, path: oneSP, access: &changeServicePrincipals, handle: on(onSP, updateServicePrincipal)},
		{method: del, path: oneSP, access: &changeServicePrincipals, handle: on(onSP, deleteServicePrincipal)},

		{method: get, path: oneSP + "/" + grants, access: &readGrants, reads: grants, handle: listOf(permissionGrants, PermissionGrant.client)},
		{method: get, path: oneSP + "/appRoleAssignments", access: &readServicePrincipals, handle: rolesOf},
		{method: get, path: oneSP + "/appRoleAssignedTo", access: &readServicePrincipals, handle: rolesTo},

		{method: get, path: oneSP + "/" + classified, access: &readServicePrincipals, reads: classified, handle: classifications},
		{method: post, path: oneSP + "/" + classified, access: &changeClassifications, handle: on(onSP, createClassification)},
		{method: del, path: oneSP + "/" + classified + "/{id}", access: &changeClassifications, handle: on(onSP, deleteClassification)},
		{method: get, path: deletedSPs, access: &readServicePrincipals, handle: listDeletedServicePrincipals},

		{method: get, path: grants, access: &readGrants, reads: grants, handle: listAll(permissionGrants)},
		{method: post, path: grants, access: &changeGrants, handle: createGrant},
		{method: get, path: oneGrant, access: &readGrants, reads: grants, handle: on(onGrant, showOf(permissionGrants))},
		{method: patch, path: oneGrant, access: &changeGrants, handle: on(onGrant, updateGrant)},
		{method: del, path: oneGrant, access: &changeGrants, handle: on(onGrant, deleteGrant)},

		{method: get, path: "organization", access: &readOrganization, handle: listOrganizations},
		{method: get, path: "applications", access: &readServicePrincipals, handle: listApplications},
		{method: get, path: "contracts", access: &readContracts, handle: listContracts},
		{method: get, path: "tenantRelationships/delegatedAdminRelationships", access: &readRelationships, handle: listRelationships},
	}
	return append(routes, tenantRoutes()...)
}

// tenantRoutes are the operations on how the tenant is set up, and on what happened there.
func tenantRoutes() []route {
	const (
		get, patch      = http.MethodGet, http.MethodPatch
		authorization   = "policies/authorizationPolicy"
		consentRequests = "policies/adminConsentRequestPolicy"
		conditional     = "identity/conditionalAccess/policies"
		devices         = "deviceManagement/deviceConfigurations"
	)
	return []route{
		{method: get, path: authorization, access: &readAuthorizationPolicy, reads: authorization, handle: getAuthorizationPolicy},
		{method: patch, path: authorization, access: &changeAuthorizationPolicy, handle: updateAuthorizationPolicy},
		{method: get, path: consentRequests, access: &readConsentRequestPolicy, handle: getConsentRequestPolicy},
		{method: get, path: conditional, access: &readConditionalAccess, handle: listConditionalAccess},
		{method: get, path: "auditLogs/signIns", access: &readSignIns, handle: listSignIns},
		{method: get, path: "reports/getEmailAppUsageAppsUserCounts/{key}", access: &readReports, handle: redirectToReport},
		{method: get, path: "domains", access: &readDomains, handle: listDomains},
		// v1.0 has the path too, without the types that matter here: the simulated v1.0 has not.
		{method: get, path: devices, access: &readDeviceConfigurations, handle: listDeviceConfigurations, beta: true},
	}
}

// key is how a request names an object: by id, or by the alternate key appId. The
// other one is empty. part is the id of something below that object.
type key struct{ id, appID, part string }

// String is the name as it stands in messages.
func (k key) String() string { return k.id + k.appID }

// findRoute finds the operation for a method and a path below a version.
func findRoute(method, path string, beta bool) (route, key, error) {
	segments := splitPath(path)
	deepest, otherMethod := 0, false
	for _, rt := range routes() {
		if rt.beta != beta {
			continue
		}
		k, depth := rt.match(segments)
		deepest = max(deepest, depth)
		if depth < len(segments) || len(splitPath(rt.path)) != depth {
			continue
		}
		if rt.method == method {
			return rt, k, nil
		}
		otherMethod = true
	}
	if otherMethod {
		return route{}, key{}, &graphError{
			status: http.StatusMethodNotAllowed, code: "Request_BadRequest",
			message: "Specified HTTP method is not allowed for the request target.",
		}
	}
	return route{}, key{}, badRequest("Resource not found for the segment '%s'.", segments[min(deepest, len(segments)-1)])
}

// match returns how many segments fit, and the key among them.
func (rt route) match(segments []string) (k key, depth int) {
	for i, want := range splitPath(rt.path) {
		if i == len(segments) {
			break
		}
		switch {
		case want == "{key}":
			k = parseKey(segments[i])
		case want == "{id}":
			k.part = parseKey(segments[i]).id
		case !strings.EqualFold(want, segments[i]):
			return key{}, i
		}
		depth++
	}
	return k, depth
}

var keyedSegment = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([^()]+)(\(.+\))$`) })

// splitPath returns the segments of a path. A key in parentheses becomes a segment
// of its own, so that collection(appId='x') and collection/id look alike.
func splitPath(path string) []string {
	var segments []string
	for _, s := range strings.Split(strings.Trim(path, "/"), "/") {
		if m := keyedSegment().FindStringSubmatch(s); m != nil {
			segments = append(segments, m[1], m[2])
			continue
		}
		segments = append(segments, s)
	}
	return segments
}

var (
	appIDKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?i)\(appId='([^']*)'\)$`) })
	idKey    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\('([^']*)'\)$`) })
)

func parseKey(segment string) key {
	if m := appIDKey().FindStringSubmatch(segment); m != nil {
		return key{appID: strings.ToLower(m[1])}
	}
	id := segment
	if m := idKey().FindStringSubmatch(segment); m != nil {
		id = m[1]
	}
	if identity.IsGUID(id) {
		id = strings.ToLower(id) // the ids of grants are none, and depend on case
	}
	return key{id: id}
}
