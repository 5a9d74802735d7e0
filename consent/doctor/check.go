package doctor

import (
	"slices"
	"time"

	"appleconsent/consent"
)

// Status is the outcome of a check.
type Status string

// The outcomes. Skipped: what the check needs could not be read.
const (
	OK      Status = "ok"
	Warning Status = "warning"
	Problem Status = "problem"
	Skipped Status = "skipped"
)

// Check is one question about the tenant and its answer.
type Check struct {
	ID       CheckID
	Status   Status    // the worst of its findings
	Needs    string    // the Microsoft Graph permission that a skipped check needs; empty if it was skipped for another reason
	Findings []Finding // never empty
	Fixes    []Fix     // what to do, in this order; empty if nothing is to be done
	Items    []Item    // what was found, one by one
	Days     []Day     // failed sign-ins per day, the oldest first
	Script   *EWSScript
}

// Finding is one thing that a check found. Parameters that its code does not name are zero. Names come from the tenant, as
// they are.
type Finding struct {
	Code     Code
	Status   Status           // what it makes of the check
	Name     string           // of the application or the resource that it is about
	ID       string           // of an object, an application or an organization
	Detail   string           // a publisher, or the reason that Microsoft gives
	Expected string           // what Detail was expected to look like
	Scopes   consent.ScopeSet // scopes, or entries of the authorization policy
	Setting  consent.UserConsentSetting
	Count    int  // how many
	Of       int  // of how many
	Users    int  // different ones
	AtLeast  bool // there are more than were counted
	At       time.Time
	Trend    Trend
	Lacks    string // as in Reading
	Failed   string // as in Reading
}

// Fix is one thing to do about a check.
type Fix struct {
	Code    FixCode
	Command Command // of this program; empty if it leaves that to others
}

// Command is what this program does about a check.
type Command string

// The commands: grant for all users; enable the client besides; let users consent for themselves.
const (
	Apply              Command = "apply"
	ApplyEnablingApp   Command = "applyEnablingApp"
	ApplyByUserConsent Command = "applyByUserConsent"
)

// Day is one day of the sign-in log, in UTC.
type Day struct {
	Date     string // 2006-01-02
	Failures int
	Users    int // different ones
}

// EWSScript is what the lines for Exchange Online PowerShell depend on that keep EWS open for the client.
type EWSScript struct {
	Client consent.AppID
	Cloud  string // of the tenant
}

// Healthy reports whether no check found a problem.
func Healthy(checks []Check) bool {
	return !slices.ContainsFunc(checks, func(c Check) bool { return c.Status == Problem })
}

// newCheck is a check that has found nothing yet.
func newCheck(id CheckID) Check { return Check{ID: id, Status: OK} }

// found adds a finding, which can make the outcome worse.
func (c *Check) found(s Status, f Finding) {
	f.Status = s
	c.Findings = append(c.Findings, f)
	c.Status = worst(c.Status, s)
}

// fix adds something to do.
func (c *Check) fix(code FixCode, command Command) { c.Fixes = append(c.Fixes, Fix{code, command}) }

// unread reports whether the check has to be skipped because of a reading, and says so in it.
func unread[T any](c *Check, r Reading[T]) bool {
	if r.Read() {
		return false
	}
	c.Status, c.Needs = Skipped, r.Lacks
	c.Findings = []Finding{notRead(NotRead, r)}
	c.Findings[0].Status = Skipped
	return true
}

// notRead is the finding that something could not be seen, and why.
func notRead[T any](code Code, r Reading[T]) Finding {
	return Finding{Code: code, Lacks: r.Lacks, Failed: r.Failed}
}

// worst returns the worse of two outcomes.
func worst(a, b Status) Status {
	grade := []Status{OK, Warning, Problem}
	if slices.Index(grade, b) > slices.Index(grade, a) {
		return b
	}
	return a
}
