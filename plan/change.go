package plan

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"appleconsent/consent"
)

// Operation is the command that made a change.
type Operation string

// The operations that are recorded.
const (
	OperationApply    Operation = "apply"
	OperationRollback Operation = "rollback"
)

// Outcome is how a change ended.
type Outcome string

// The outcomes. A record that still says running belongs to a process that is at work or has died.
const (
	OutcomeRunning     Outcome = "running"
	OutcomeSucceeded   Outcome = "succeeded"
	OutcomeFailed      Outcome = "failed"
	OutcomeInterrupted Outcome = "interrupted"
)

// Status is how far one action of a change has come.
type Status string

// The statuses. Started in a record that has ended means that it could not be known whether the action happened.
const (
	StatusPending   Status = "pending"   // not begun: nothing was sent
	StatusStarted   Status = "started"   // sent, or about to be
	StatusDone      Status = "done"      // happened; Result tells what stands because of it
	StatusUnchanged Status = "unchanged" // not needed, or left alone for the reason in Error
	StatusFailed    Status = "failed"    // refused: it did not happen
)

// Change is the record of one apply or rollback: on disk before the first request that writes, and again before and
// after each action. Its JSON form is docs/schema/change.schema.json.
type Change struct {
	SchemaVersion int              `json:"schemaVersion"`
	Kind          Kind             `json:"kind"`
	ID            string           `json:"id"`
	Operation     Operation        `json:"operation"`
	RollsBack     *string          `json:"rollsBack"`    // the change that this one takes back
	RolledBackBy  *string          `json:"rolledBackBy"` // the rollback that took this one back
	Run           *string          `json:"run"`          // the run over many tenants that it belongs to, by its id; null: none
	Tenant        TenantInfo       `json:"tenant"`
	Client        ClientInfo       `json:"client"` // as it was before the change
	Requirement   RequirementInfo  `json:"requirement"`
	Operator      string           `json:"operator"` // user principal name, or appId of an application
	Reason        string           `json:"reason"`
	StartedAt     time.Time        `json:"startedAt"`
	FinishedAt    *time.Time       `json:"finishedAt"`
	Outcome       Outcome          `json:"outcome"`
	Actions       []RecordedAction `json:"actions"`
	// Asked is as in a Document.
	Asked []consent.Also `json:"-"`
}

// RecordedAction is a planned action and what became of it.
type RecordedAction struct {
	Action
	Status Status
	Result *Result // nil unless done or unchanged
	Error  string
}

var changeID = regexp.MustCompile(`^\d{8}T\d{6}Z-[0-9a-f]{6}$`)

// changeTime is how the beginning of a change is written in its id.
const changeTime = "20060102T150405Z"

// NewChangeID returns the id of a change that starts at the time; tail makes it unique among those of one second.
func NewChangeID(at time.Time, tail [3]byte) string {
	return fmt.Sprintf("%s-%x", at.UTC().Format(changeTime), tail)
}

// ChangeTime returns when the change of an id began, as far as the id says that.
func ChangeTime(id string) (begun time.Time, known bool) {
	begun, err := time.Parse(changeTime, id[:min(len(id), len(changeTime))])
	return begun, err == nil
}

// IsChangeID reports whether the text could be the id of a change.
func IsChangeID(text string) bool { return changeID.MatchString(text) }

// DecodeChange reads a change record and refuses whatever this program would not have written.
func DecodeChange(data []byte) (Change, error) {
	var c Change
	if err := decodeStrictly(data, KindChange, &c, &c.SchemaVersion); err != nil {
		return Change{}, err
	}
	return c, c.validate()
}

func (c Change) validate() error {
	switch {
	case c.Kind != KindChange:
		return fmt.Errorf("it is a %s, not a change", c.Kind)
	case !IsChangeID(c.ID):
		return fmt.Errorf("%q is not the id of a change", c.ID)
	case c.Operation != OperationApply && c.Operation != OperationRollback:
		return fmt.Errorf("unknown operation %q", c.Operation)
	case c.RollsBack != nil && !IsChangeID(*c.RollsBack), c.RolledBackBy != nil && !IsChangeID(*c.RolledBackBy), c.Run != nil && !IsChangeID(*c.Run):
		return errors.New("rollsBack, rolledBackBy or run is not the id of a change")
	case (c.Operation == OperationRollback) != (c.RollsBack != nil), deref(c.RollsBack) == c.ID:
		return errors.New("rollsBack does not go with the operation")
	case !isUTC(c.StartedAt), c.FinishedAt != nil && !isUTC(*c.FinishedAt):
		return errors.New("startedAt or finishedAt is missing or not in UTC")
	case !slices.Contains(consent.Clouds(), c.Tenant.Cloud):
		return fmt.Errorf("unknown cloud %q", c.Tenant.Cloud)
	case c.Actions == nil:
		return errors.New("it has no actions")
	case !slices.Contains([]Outcome{OutcomeRunning, OutcomeSucceeded, OutcomeFailed, OutcomeInterrupted}, c.Outcome):
		return fmt.Errorf("unknown outcome %q", c.Outcome)
	case len(c.Actions) > maxActions:
		return fmt.Errorf("it has %d actions; a change has %d at the most", len(c.Actions), maxActions)
	}
	if _, err := consent.ParseGUID(c.Tenant.ID); err != nil {
		return fmt.Errorf("tenant: %w", err)
	}
	if err := c.Requirement.validate(); err != nil {
		return err
	}
	for _, a := range c.Actions {
		if err := a.validate(); err != nil {
			return fmt.Errorf("action %q: %w", a.ID, err)
		}
	}
	return nil
}

func (a RecordedAction) validate() error {
	statuses := []Status{StatusPending, StatusStarted, StatusDone, StatusUnchanged, StatusFailed}
	switch {
	case !slices.Contains(statuses, a.Status):
		return fmt.Errorf("unknown status %q", a.Status)
	case a.Status == StatusDone && a.Result == nil:
		return errors.New("it is done and has no result")
	case a.Status == StatusDone && a.Kind.Verb == consent.Create && a.Result.Target == "":
		return errors.New("it is done, and its result does not name what was created")
	}
	return nil
}

// Done returns the actions that were done as far as it is known, as they happened.
func (c Change) Done() []consent.Action {
	var done []consent.Action
	for _, a := range c.Actions {
		if a.Status == StatusDone {
			done = append(done, a.Performed())
		}
	}
	return done
}

// RolledBack reports whether a rollback has taken the change back.
func (c Change) RolledBack() bool { return c.RolledBackBy != nil }

// Wrote reports whether the change may have written anything to the tenant.
func (c Change) Wrote() bool {
	return slices.ContainsFunc(c.Actions, func(a RecordedAction) bool {
		return a.Status == StatusDone || a.Status == StatusStarted
	})
}
