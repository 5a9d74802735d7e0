package doctor

// Status is the outcome of a check.
type Status string

// The outcomes. Skipped: what the check needs could not be read.
const (
	OK      Status = "ok"
	Warning Status = "warning"
	Problem Status = "problem"
	Skipped Status = "skipped"
)

// Check is one question about the tenant and its answer. All texts are sentences for people; they may hold names that come
// from the tenant, as they are.
type Check struct {
	ID     string // stable and camelCase
	Title  string
	Status Status
	Needs  string // the Microsoft Graph permission that a skipped check needs; empty if it was skipped for another reason
	Found  string
	Why    string // why it matters
	Fix    Fix    // zero if nothing is to be done
	Items  []Item // what was found, one by one
	Days   []Day  // failed sign-ins per day, the oldest first
	Script []string
}

// Fix is what to do about a check.
type Fix struct {
	Text    string   // what to do, and where in the Entra admin center if this program cannot do it
	Command []string // of this program, without its name, such as apply --enable-app; nil if there is none
}

// Item is one of several things that a check found.
type Item struct {
	Name   string // from the tenant
	Detail string
}

// Day is one day of the sign-in log, in UTC.
type Day struct {
	Date     string // 2006-01-02
	Failures int
	Users    int // different ones
}

// Healthy tells whether no check found a problem.
func Healthy(checks []Check) bool {
	for _, c := range checks {
		if c.Status == Problem {
			return false
		}
	}
	return true
}
