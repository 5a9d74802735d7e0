package directory

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"appleconsent/graph/simulator/identity"
)

// forSelf is how the entries begin that say to which apps users may consent.
const forSelf = "ManagePermissionGrantsForSelf."

// Workflow is the state of the admin consent workflow that a tenant begins with.
type Workflow string

// The states of the admin consent workflow.
const (
	WorkflowOn               Workflow = ""
	WorkflowWithoutReviewers Workflow = "withoutReviewers"
	WorkflowOff              Workflow = "off"
)

// Furnish gives a tenant that has its service principals all the rest that it begins with.
func (d *Directory) Furnish(s Seed, now time.Time) {
	begins := seeded("tenant")
	if s.DevicePolicies {
		begins.ConditionalAccessPolicies = append(begins.ConditionalAccessPolicies, seeded("devicepolicies").ConditionalAccessPolicies...)
	}
	if s.OldProfiles {
		old := seeded("oldprofiles")
		begins.ConditionalAccessPolicies = append(begins.ConditionalAccessPolicies, old.ConditionalAccessPolicies...)
		begins.DeviceConfigurations = append(begins.DeviceConfigurations, old.DeviceConfigurations...)
		begins.Domains = append(begins.Domains, old.Domains...)
	}
	d.AuthorizationPolicy, d.Domains = begins.AuthorizationPolicy, begins.Domains
	d.setUserConsent(s.UserConsent)
	d.AdminConsentRequestPolicy = begins.AdminConsentRequestPolicy
	d.setWorkflow(s.Workflow)
	d.PermissionClassifications = []PermissionClassification{}
	d.ConditionalAccessPolicies = d.identified("conditionalAccess", begins.ConditionalAccessPolicies)
	d.Premium, d.Intune = !s.Unlicensed, !s.Unlicensed
	d.DeviceConfigurations = []Document{}
	if d.Intune {
		d.DeviceConfigurations = d.identified("deviceConfiguration", begins.DeviceConfigurations)
	}
	d.plantSignIns(s)
	if s.Deleted && len(d.Deleted) == 0 {
		d.plantDeleted(now)
	}
}

// seeds are parts of directories, as they are kept: what every tenant begins with, and what some have besides from before modern
// authentication. Ids that depend on the tenant are left out.
//
//go:embed seed
var seeds embed.FS

func seeded(name string) Directory {
	text, _ := seeds.ReadFile("seed/" + name + ".json") // without it, nothing can be read
	return identity.Embedded[Directory](text)
}

// identified gives documents of this tenant their ids.
func (d *Directory) identified(kind string, documents []Document) []Document {
	for _, doc := range documents {
		doc["id"] = identity.ObjectID(d.TenantID, kind, fmt.Sprint(doc["displayName"]))
	}
	return documents
}

// setUserConsent replaces the entries about users' own consent; nil leaves those with which Microsoft manages it.
func (d *Directory) setUserConsent(entries []string) {
	assigned := &d.AuthorizationPolicy.DefaultUserRolePermissions.PermissionGrantPoliciesAssigned
	if entries != nil {
		others := slices.DeleteFunc(*assigned, func(entry string) bool { return strings.HasPrefix(entry, forSelf) })
		*assigned = slices.Concat(entries, others)
	}
}

func (d *Directory) setWorkflow(state Workflow) {
	policy := d.AdminConsentRequestPolicy
	switch state {
	case WorkflowOn:
		admin := "/v1.0/users/" + identity.UserID(d.TenantID, identity.Admin)
		policy["reviewers"] = []any{map[string]any{"query": admin, "queryType": "MicrosoftGraph", "queryRoot": nil}}
	case WorkflowWithoutReviewers:
	case WorkflowOff:
		policy["isEnabled"], policy["notifyReviewers"], policy["remindersEnabled"] = false, false, false
	}
}

// plantDeleted moves Apple's service principal to the recycle bin, three days ago.
func (d *Directory) plantDeleted(now time.Time) {
	app, _ := identity.FindApplication(identity.AppleAppID)
	sp := instantiate(app, identity.ObjectID(d.TenantID, "servicePrincipal", identity.AppleAppID), founded())
	sp.DeletedDateTime = now.AddDate(0, 0, -3).UTC().Format(time.RFC3339)
	d.Deleted = append(d.Deleted, sp)
}
