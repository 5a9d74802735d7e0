package render_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"appleconsent/consent"
	"appleconsent/plan"
)

// createdSP is the object ID of a service principal that a script creates.
const createdSP = "00000000-aaaa-4000-8000-0000000000cc"

// fault is what goes wrong with a request, by its method and kind of object, such as "POST oauth2PermissionGrants".
type fault struct {
	on      string
	nth     int  // the one, from 1; zero: each
	status  int  // zero: there is no answer
	done    bool // it is carried out all the same
	code    string
	message string
	body    string // in place of Graph's error
}

// directory is the part of Microsoft Graph that scripts speak to.
type directory struct {
	mu                    sync.Mutex
	servicePrincipals     []row
	grants                []row
	classified            map[string][]row // by service principal
	policies              any
	assigned, assignments []row
	discards              bool // a change of the policy is accepted, and does not show
	endless               bool // lists have ever more pages

	faults   []fault
	unknown  int // how many requests about a new service principal fail, since it is not known everywhere yet
	lingers  int // how many lists still show deleted grants
	deleted  []row
	pageSize int
	answers  []bool
	asking   func(*directory) // what somebody else does while a question stands

	seen          map[string]int
	asked, writes []string
	requests      int
}

// planned is the tenant as a plan saw it.
func planned(doc plan.Document) *directory {
	d := &directory{grants: []row{}, classified: map[string][]row{}, policies: doc.UserConsentPolicies, seen: map[string]int{}}
	if id := doc.Client.ServicePrincipalID; id != nil {
		d.add(string(*id), doc.Client.AppID)
		d.servicePrincipals[0]["accountEnabled"] = !doc.Client.SignInDisabled()
	}
	for _, r := range doc.Resources {
		resource := string(*r.ServicePrincipalID)
		d.add(resource, r.AppID)
		if r.GrantID != nil {
			scopes := r.Granted.With(r.Extra...).String()
			d.grants = append(d.grants, tenantWide(string(*r.GrantID), string(*doc.Client.ServicePrincipalID), resource, scopes))
		}
	}
	for _, a := range doc.Actions {
		if a.Kind == consent.DeclassifyPermission {
			d.classify(string(a.ResourceID), row{"id": a.Target, "permissionId": a.PermissionID, "permissionName": a.Permission, "classification": "low"})
		}
	}
	return d
}

// add adds a service principal.
func (d *directory) add(id string, app consent.AppID) {
	d.servicePrincipals = append(d.servicePrincipals, row{"id": id, "appId": string(app), "accountEnabled": true})
}

func (d *directory) classify(resource string, classification row) {
	d.classified[resource] = append(d.classified[resource], classification)
}

// without removes the service principal of an application.
func (d *directory) without(app consent.AppID) {
	d.servicePrincipals = slices.DeleteFunc(d.servicePrincipals, func(sp row) bool { return sp["appId"] == string(app) })
}

func tenantWide(id, client, resource string, scope any) row {
	return row{"id": id, "clientId": client, "consentType": "AllPrincipals", "principalId": nil, "resourceId": resource, "scope": scope}
}

func (d *directory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	path := strings.SplitN(strings.Trim(r.URL.Path, "/"), "/", 3)
	if len(path) == 2 && path[1] == "ask" {
		d.answer(w, string(body))
		return
	}
	d.requests++
	kind := kindOf(path[2])
	key := r.Method + " " + kind
	d.seen[key]++
	var sent row
	_ = json.Unmarshal(body, &sent)
	if r.Method != http.MethodGet {
		d.writes = append(d.writes, strings.TrimSpace(key+" "+describe(sent)))
	}
	i := slices.IndexFunc(d.faults, func(f fault) bool { return f.on == key && (f.nth == 0 || f.nth == d.seen[key]) })
	if i < 0 {
		status, answer := d.serve(r, path[2], sent)
		reply(w, status, answer)
		return
	}
	f := d.faults[i]
	if f.done {
		d.serve(r, path[2], sent)
	}
	f.strike(w)
}

func (f fault) strike(w http.ResponseWriter) {
	switch {
	case f.status == 0:
		panic(http.ErrAbortHandler)
	case f.body != "":
		w.WriteHeader(f.status)
		_, _ = io.WriteString(w, f.body)
	default:
		reply(w, f.status, graphError(f.code, f.message))
	}
}

// answer answers a question in place of a person.
func (d *directory) answer(w io.Writer, question string) {
	d.asked = append(d.asked, question)
	if d.asking != nil {
		d.asking(d)
	}
	if n := len(d.asked); n <= len(d.answers) && !d.answers[n-1] {
		_, _ = io.WriteString(w, "no")
		return
	}
	_, _ = io.WriteString(w, "yes")
}

func graphError(code, message string) row {
	return row{"error": row{"code": code, "message": message, "innerError": row{"request-id": "r"}}}
}

func reply(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if answer != nil {
		_ = json.NewEncoder(w).Encode(answer)
	}
}

func kindOf(path string) string {
	parts := strings.Split(strings.TrimPrefix(path, "policies/"), "/")
	if len(parts) > 2 {
		return parts[2]
	}
	return parts[0]
}

// describe says of a write what matters to a test.
func describe(sent row) string {
	switch {
	case sent["scope"] != nil:
		return fmt.Sprint(sent["scope"])
	case sent["permissionName"] != nil:
		return fmt.Sprint(sent["permissionName"])
	case sent["accountEnabled"] != nil:
		return fmt.Sprint(sent["accountEnabled"])
	case sent["defaultUserRolePermissions"] != nil:
		return fmt.Sprint(sent["defaultUserRolePermissions"].(map[string]any)["permissionGrantPoliciesAssigned"])
	}
	return ""
}

var quoted = regexp.MustCompile(`(\w+) eq '([^']*)'`)

// list answers with the rows that a request's filter asks for, a page at a time.
func (d *directory) list(r *http.Request, rows []row) (int, any) {
	found := []row{}
	for _, candidate := range rows {
		matches := true
		for _, m := range quoted.FindAllStringSubmatch(r.URL.Query().Get("$filter"), -1) {
			matches = matches && fmt.Sprint(candidate[m[1]]) == m[2]
		}
		if matches {
			found = append(found, candidate)
		}
	}
	from, _ := strconv.Atoi(r.URL.Query().Get("$skiptoken"))
	to := len(found)
	answer := row{"@odata.context": "x"}
	switch size := d.pageSize; {
	case d.endless:
		to, found = from+1, make([]row, from+1)
	case size > 0 && from+size < to:
		to = from + size
	}
	if d.endless || to < len(found) {
		query := r.URL.Query()
		query.Set("$skiptoken", strconv.Itoa(to))
		_, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		next := url.URL{Scheme: "https", Host: "graph.microsoft.com", Path: path, RawQuery: query.Encode()}
		answer["@odata.nextLink"] = next.String()
	}
	answer["value"] = found[from:to]
	return http.StatusOK, answer
}

var notFound = graphError("Request_ResourceNotFound", "Resource does not exist or one of its queried reference-property objects are not present.")

// serve carries a request out.
func (d *directory) serve(r *http.Request, path string, sent row) (int, any) {
	parts := strings.Split(path, "/")
	id := parts[len(parts)-1]
	switch kind := kindOf(path); kind {
	case "servicePrincipals":
		return d.serveServicePrincipals(r, id, sent)
	case "oauth2PermissionGrants":
		return d.serveGrants(r, id, sent)
	case "appRoleAssignedTo":
		return d.list(r, d.assigned)
	case "appRoleAssignments":
		return d.list(r, d.assignments)
	case "delegatedPermissionClassifications":
		return d.serveClassifications(r, parts[1], id, sent)
	case "authorizationPolicy":
		if r.Method == http.MethodGet {
			return http.StatusOK, row{"id": kind, "defaultUserRolePermissions": row{"permissionGrantPoliciesAssigned": d.policies}}
		}
		if !d.discards {
			d.policies = sent["defaultUserRolePermissions"].(map[string]any)["permissionGrantPoliciesAssigned"]
		}
		return http.StatusNoContent, nil
	}
	return http.StatusBadRequest, graphError("BadRequest", "unknown path "+path)
}

func (d *directory) serveServicePrincipals(r *http.Request, id string, sent row) (int, any) {
	i := slices.IndexFunc(d.servicePrincipals, func(sp row) bool { return sp["id"] == id })
	switch {
	case r.Method == http.MethodGet:
		return d.list(r, d.servicePrincipals)
	case r.Method == http.MethodPost:
		d.add(createdSP, consent.AppID(fmt.Sprint(sent["appId"])))
		return http.StatusCreated, d.servicePrincipals[len(d.servicePrincipals)-1]
	case i < 0:
		return http.StatusNotFound, notFound
	case r.Method == http.MethodPatch:
		d.servicePrincipals[i]["accountEnabled"] = sent["accountEnabled"]
	default:
		d.servicePrincipals = slices.Delete(d.servicePrincipals, i, i+1)
		d.grants = slices.DeleteFunc(d.grants, func(g row) bool { return g["clientId"] == id })
	}
	return http.StatusNoContent, nil
}

func (d *directory) serveGrants(r *http.Request, id string, sent row) (int, any) {
	if d.unknown > 0 && len(d.writes) > 0 {
		d.unknown--
		return http.StatusNotFound, notFound
	}
	i := slices.IndexFunc(d.grants, func(g row) bool { return g["id"] == id })
	switch {
	case r.Method == http.MethodGet:
		rows := d.grants
		if d.lingers > 0 && len(d.deleted) > 0 {
			d.lingers--
			rows = slices.Concat(rows, d.deleted)
		}
		return d.list(r, rows)
	case r.Method == http.MethodPost:
		created := tenantWide(fmt.Sprintf("new%d", len(d.grants)), fmt.Sprint(sent["clientId"]), fmt.Sprint(sent["resourceId"]), sent["scope"])
		if slices.ContainsFunc(d.grants, func(g row) bool {
			return g["resourceId"] == created["resourceId"] && g["consentType"] == "AllPrincipals"
		}) {
			return http.StatusConflict, graphError("Request_MultipleObjectsWithSameKeyValue", "Permission entry already exists.")
		}
		d.grants = append(d.grants, created)
		return http.StatusCreated, created
	case i < 0:
		return http.StatusNotFound, notFound
	case r.Method == http.MethodPatch:
		d.grants[i]["scope"] = sent["scope"]
	default:
		d.deleted = append(d.deleted, d.grants[i])
		d.grants = slices.Delete(d.grants, i, i+1)
	}
	return http.StatusNoContent, nil
}

func (d *directory) serveClassifications(r *http.Request, of, id string, sent row) (int, any) {
	switch r.Method {
	case http.MethodGet:
		return d.list(r, d.classified[of])
	case http.MethodPost:
		sent["id"] = "c" + fmt.Sprint(sent["permissionId"])
		d.classify(of, sent)
		return http.StatusCreated, sent
	}
	d.classified[of] = slices.DeleteFunc(d.classified[of], func(c row) bool { return c["id"] == id })
	return http.StatusNoContent, nil
}
