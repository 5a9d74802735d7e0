package doctor

import (
	"slices"
	"time"

	"appleconsent/consent"
)

// Status is the outcome of a check.
type Status string

// The outcomes, from best to worst. Skipped: what the check needs could not be read.
const (
	OK      Status = "ok"
	Warning Status = "warning"
	Problem Status = "problem"
	Skipped Status = "skipped"
)

// CheckID names a check. It is stable.
type CheckID string

// The checks, in their order.
const (
	TenantWideGrants          CheckID = "tenantWideGrants"
	ServicePrincipal          CheckID = "servicePrincipal"
	UserConsent               CheckID = "userConsent"
	AdminConsentRequestPolicy CheckID = "adminConsentRequests"
	PermissionClassifications CheckID = "permissionClassifications"
	GrantsOfUsers             CheckID = "perUserGrants"
	ConditionalAccess         CheckID = "conditionalAccess"
	FailedSignInLog           CheckID = "signIns"
	FederatedDomains          CheckID = "federatedDomains"
	IntuneMailProfiles        CheckID = "intuneMailProfiles"
	EWSRetirement             CheckID = "ewsRetirement"
	MacsOnGraph               CheckID = "macsOnGraph"
)

// Check is one question about the tenant and its answer.
type Check struct {
	ID       CheckID
	Status   Status         // the worst of its findings
	PartOf   CheckID        // the check that has the cause of what is wrong here; empty if there is none or it is this one
	ToldBy   CheckID        // the check that tells of the same, and more; empty if there is none
	FixedBy  CheckID        // the check whose command does what the one of this does, and more; empty if there is none
	Needs    string         // the Microsoft Graph permission that a skipped check needs; empty if it was skipped for another reason
	Findings []Finding      // never empty
	Fixes    []Fix          // what to do, in this order; empty if nothing is to be done
	Items    []Item         // what was found, one by one
	Days     []Day          // failed sign-ins per day, the oldest first
	Also     []consent.Also // what ApplyAlso asks for
}

// Finding is one thing that a check found, as a code with its parameters. Which are set depends on the code; the sentence
// belongs to package plan/render. Names come from the tenant, as they are.
type Finding struct {
	Code    string           // stable and camelCase
	Status  Status           // what it makes of the check
	Name    string           // of the application or the resource that it is about
	ID      string           // of an object, an application or an organization
	Detail  string           // a publisher, or the reason that Microsoft gives
	Scopes  consent.ScopeSet // scopes, or entries of the authorization policy
	Setting consent.UserConsentSetting
	Count   int // how many
	Of      int // of how many
	Users   int // different ones
	Cause   Cause
	AtLeast bool // there are more than were counted, or it was read in part
	At      time.Time
	Trend   string // over, new, rising, falling or steady: failures per day of the last RecentDays days; empty: not enough of the log is read
	Lacks   string // as in Reading
	Failed  string // as in Reading
}

// Fix is one thing to do about a check. Its sentence belongs to package plan/render, too.
type Fix struct {
	Code    string  // stable and camelCase
	Command Command // of this program; empty if it leaves that to others
}

// Command is what this program does about a check.
type Command string

// The commands: grant for all users; enable the client besides; let users consent for themselves.
const (
	Apply              Command = "apply"
	ApplyEnablingApp   Command = "applyEnablingApp"
	ApplyByUserConsent Command = "applyByUserConsent"
	ApplyAlso          Command = "applyAlso" // grant Check.Also, too
)

// Day is one day of the sign-in log, in UTC.
type Day struct {
	Date     string // 2006-01-02
	Failures int
	Users    int // different ones
}

// Item is one of several things that a check found, each check with a type of its own.
type Item interface{ item() }

// PolicyEntry is an entry of the authorization policy that is about users' own consent.
type PolicyEntry struct{ Entry consent.Scope }

// ClassifiedPermission is a required permission and how the tenant classifies it.
type ClassifiedPermission struct {
	Permission consent.Scope
	Resource   string
	Level      string // empty: not classified
}

// BlockingPolicy is a Conditional Access policy that could keep users of the client out, or asks something of them. Its lists hold what
// fits the client, in Graph's words, and the names of known applications.
type BlockingPolicy struct {
	Name       string
	Odd        bool // it cannot be understood, and the rest is empty
	Effect     Effect
	State      string   // where it is no known one; else empty
	ReportOnly bool     // else it is enabled
	Controls   []string // those that are enforced
	Operator   string   // between them: OR, AND or empty
	Users      Users
	// ExcludesClient: it leaves the client's own application out, which does not help, since policies are about resources.
	ExcludesClient bool
	Apps           []string
	ClientApps     []string // empty: any
	Platforms      []string
}

// FailedSignIns counts the sign-ins that failed with one of Entra's error codes.
type FailedSignIns struct {
	Code, Count, Users int
	Cause              Cause
}

// FederatedDomain is a domain of the tenant that is federated.
type FederatedDomain struct{ Name string }

// DoubtfulProfile is an e-mail profile of Intune that is not known to use OAuth with Exchange Online.
type DoubtfulProfile struct {
	Name, Host string
	Doubt      string // oauthOff, oauthUnknown, hostUnknown or otherServer
}

func (PolicyEntry) item()          {}
func (ClassifiedPermission) item() {}
func (BlockingPolicy) item()       {}
func (FailedSignIns) item()        {}
func (FederatedDomain) item()      {}
func (DoubtfulProfile) item()      {}

// Roots returns the checks of an outcome that are no part of another one: as many things are wrong. What keeps users from signing in at all
// comes first.
func Roots(checks []Check, outcome Status) []Check {
	roots := slices.DeleteFunc(slices.Clone(checks), func(c Check) bool { return c.Status != outcome || c.PartOf != "" })
	i := slices.IndexFunc(roots, func(c Check) bool { return c.ID == ServicePrincipal })
	if i <= 0 {
		return roots
	}
	return slices.Concat(roots[i:i+1], roots[:i], roots[i+1:])
}

// Healthy reports whether no check found a problem.
func Healthy(checks []Check) bool {
	return !slices.ContainsFunc(checks, func(c Check) bool { return c.Status == Problem })
}

// check asks a question that needs a reading; without it the question is skipped.
func check[T any](id CheckID, needs Reading[T], judge func(*Check)) Check {
	c := Check{ID: id, Status: OK}
	switch {
	case needs.Read():
		judge(&c)
		return c
	case needs.Partly:
		c.found(OK, notRead("readPartly", needs))
		judge(&c)
	default:
		c.found(Skipped, notRead("notRead", needs))
	}
	if c.Status == OK { // so far as was read
		c.Findings[0].Status, c.Status = Skipped, Skipped
	}
	if c.Status == Skipped {
		c.Needs = needs.Lacks
	}
	return c
}

// notRead is the finding that something, or the rest of it, could not be seen, and why.
func notRead[T any](code string, r Reading[T]) Finding {
	return Finding{Code: code, Lacks: r.Lacks, Failed: r.Failed, AtLeast: r.Partly}
}

// found adds a finding, which can make the outcome worse, and what to do about it.
func (c *Check) found(s Status, f Finding, fixes ...Fix) {
	f.Status = s
	c.Findings, c.Fixes = append(c.Findings, f), append(c.Fixes, fixes...)
	grades := []Status{OK, Warning, Problem, Skipped}
	c.Status = grades[max(slices.Index(grades, c.Status), slices.Index(grades, s))]
}
