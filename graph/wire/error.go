package wire

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Error is a request that did not end as it should: an error answer of Graph, an answer that nobody can use, or none.
// It answers plan.Failure. Texts of servers are cut and hold no secret, see Secrets.
type Error struct {
	Op        Operation // what was asked for
	Status    int       // HTTP status; 0 if there was no answer
	Code      string    // Graph's error code, such as Authorization_RequestDenied
	Message   string    // Graph's error message
	RequestID string    // Graph's request-id, for Microsoft's support
	Err       error     // why there is no answer or no use in it; nil for an error answer of Graph
	Need      string    // permissions and roles that this takes, and the rest of the change it belongs to; empty if nobody said
	Caller    Caller    // who asked; zero if nobody said
	Challenge string    // the claims that Graph wants a token to be asked for with, as JSON; empty if it named none
	Unrenewed error     // why a fresh token, which was asked for after this refusal, could not be had; nil if that says nothing

	write      bool     // the request would have changed something
	sent       bool     // at least its headers were written to the network
	final      bool     // trying again would change nothing
	unusable   bool     // there is an answer, with a good status
	refusal    Cause    // what is behind an error answer
	page       bool     // it is not Graph's: something on the way gave it
	codes      []string // of the answer and of its parts
	renewed    bool     // it was refused for its token, of which there is a fresh one now
	deferred   bool     // it may be sent again, which is left to who looks at the tenant first
	retryAfter time.Duration
}

// Caller is who asks Graph for something.
type Caller struct {
	Way      string // of signing in, as --auth names it; empty for a simulated tenant
	TenantID string
}

// Unusable is the error for an answer of the operation that has a good status and cannot be used. If that writes, nobody knows
// whether it was carried out.
func Unusable(op Operation, err error) *Error {
	return &Error{Op: op, Err: err, sent: true, write: op.Writes, unusable: true}
}

func (e *Error) Error() string {
	text := e.Op.Name
	if e.Status != 0 {
		text += strings.TrimRight(fmt.Sprintf(": Graph answered %d %s", e.Status, e.Code), " ")
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	if e.RequestID != "" {
		text += " (request-id " + e.RequestID + ")"
	}
	if e.Unrenewed != nil {
		text += "; a fresh sign-in did not help: " + strings.TrimPrefix(e.Unrenewed.Error(), "sign in: ")
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// Redact removes secrets from what the server wrote.
func (e *Error) Redact(s *Secrets) {
	e.Code, e.Message, e.RequestID, e.Err = s.Clean(e.Code), s.Clean(e.Message), s.Clean(e.RequestID), s.CleanError(e.Err)
	e.Unrenewed = s.CleanError(e.Unrenewed)
}

// Unanswered reports whether a write may have been carried out: it was sent, and what came back is nothing, unusable, or a
// server error, which a gateway may also give to a request that was carried out; or it is the page of a filter, which may have
// looked at the answer alone.
func (e *Error) Unanswered() bool {
	refused := e.Status >= 300 && e.Status < 500 && e.Status != http.StatusRequestTimeout && e.refusal != CauseFiltered
	return e.write && e.sent && !refused
}

// Answered reports whether there is an answer, of Graph or of something in its place, whether or not it can be used.
func (e *Error) Answered() bool { return e.Status != 0 || e.unusable }

// Exists reports whether what was to be created is there already. Both forms have been seen with 400 and with 409
// (github.com/hashicorp/terraform-provider-azuread, issue 690).
func (e *Error) Exists() bool {
	text := strings.ToLower(e.Message)
	said := strings.Contains(text, "already exist") || strings.Contains(text, "already in use")
	return (e.Status == http.StatusConflict || e.Status == http.StatusBadRequest) && !e.collided() &&
		(e.Code == "Request_MultipleObjectsWithSameKeyValue" || said)
}

// Conflicts reports whether the request was refused because of something else that was going on or stands, without a word of
// what: not everything that is called a conflict exists already.
func (e *Error) Conflicts() bool {
	return e.Status == http.StatusConflict && !e.Exists() && !e.collided()
}

// collided reports whether the request was not carried out because another one was at work on the same object
// (github.com/hashicorp/terraform-provider-azuread, issue 652).
func (e *Error) collided() bool {
	coded := slices.ContainsFunc(e.codes, func(code string) bool { return strings.Contains(code, "ConcurrencyViolation") })
	return e.Status >= 400 && e.Status < 500 && (coded || saysCollided.MatchString(e.Message))
}

var saysCollided = regexp.MustCompile(`(?i)concurrency ?violation|another operation|concurrent (write|update|modification|operation|change)`)

// Again is how a write that replaces or deletes something, and was certainly not carried out, is sent again after another look at
// what it replaces: after a pause of at least that, so many times; no times: not at all.
func (e *Error) Again() (pause time.Duration, times int) {
	switch {
	case !e.deferred:
		return 0, 0
	case e.renewed:
		return 0, 1
	case e.retryAfter > 0 || e.collided():
		return max(e.retryAfter, time.Second), math.MaxInt
	}
	return time.Second, maxAttempts - 1
}

// Absent reports whether something that the request refers to is not there, or not visible everywhere yet
// (devblogs.microsoft.com/identity/designing-for-eventual-consistency-for-microsoft-entra; the words are those that
// github.com/hashicorp/terraform-provider-azuread waits for after it has created a service principal).
func (e *Error) Absent() bool {
	said := e.Code == "Request_ResourceNotFound" || e.Code == "Directory_ObjectNotFound" || saysAbsent.MatchString(e.Message)
	return !e.page && !e.UnknownApp() && (e.Status == http.StatusNotFound || e.Status == http.StatusBadRequest && said)
}

var saysAbsent = regexp.MustCompile(`(?i)queried reference-property objects are not present`)

// UnknownApp reports whether no service principal can be made of the application, since the cloud does not know it
// (github.com/manicminer/hamilton, odata package).
func (e *Error) UnknownApp() bool {
	said := slices.Contains(e.codes, "NoBackingApplicationObject") || saysUnknownApplication.MatchString(e.Message)
	return e.Status == http.StatusBadRequest && said || e.Op.OfApp && e.Status == http.StatusNotFound && saysNoResource.MatchString(e.Message)
}

var (
	saysUnknownApplication = regexp.MustCompile(`(?i)does not reference a valid application|application is not available in this cloud`)
	saysNoResource         = regexp.MustCompile(`(?i)resource '[0-9a-f-]{36}' does not exist`)
)

// UnknownScope reports whether a write was refused because of a scope that its resource does not publish. Microsoft documents no
// words for it.
func (e *Error) UnknownScope() bool {
	return e.write && e.Status == http.StatusBadRequest && !e.Absent() && !e.Exists() && saysUnknownScope.MatchString(e.Message)
}

var saysUnknownScope = regexp.MustCompile(`(?is)AADSTS(650053|70011)\b|\b(scope|permission).*(n't exist|not exist|not found|not valid|invalid|unknown|` +
	`not a published|not published|not defined|not recognized|no longer)|(unknown|invalid) (scope|permission)`)

// Denied reports whether the caller lacks a permission or a role.
func (e *Error) Denied() bool { return e.Status == http.StatusForbidden && e.refusal == "" }

// Unlicensed reports whether Graph refuses for want of a licence.
func (e *Error) Unlicensed() bool { return e.refusal == CauseUnlicensed }

// RetryAfter is how long Graph asked to wait; zero if it did not.
func (e *Error) RetryAfter() time.Duration { return e.retryAfter }

// Cause is what is behind the failure, if it is known and not that the caller lacks a permission.
func (e *Error) Cause() Cause {
	switch {
	case e.refusal != "":
		return e.refusal
	case e.Status == http.StatusProxyAuthRequired:
		return CauseProxySignIn
	case e.page:
		return CauseFiltered
	}
	return CauseOf(e.Err)
}

// Operation is something that is asked of Graph, in words, with what it needs.
type Operation struct {
	Name       string // in words, such as "read service principals"
	Permission string // the least privileged first, with others that would do in parentheses
	Role       string // the least Entra role that an admin needs for the delegated permission
	Writes     bool
	Lists      bool // the answer is a collection
	OddRows    bool // its rows need not be objects: who reads them sees to it
	OfApp      bool // it refers to an application, and to nothing in the tenant
	Redirects  bool // the answer is a redirect, see Transport.Report
	Stands     bool // what is read is known to be there: that it is not found means that it is not visible everywhere yet
}

type operationKey struct{}

// WithOperation makes requests with the context part of the operation.
func WithOperation(ctx context.Context, op Operation) context.Context {
	return context.WithValue(ctx, operationKey{}, op)
}

func operationOf(ctx context.Context) Operation {
	op, _ := ctx.Value(operationKey{}).(Operation)
	return op
}
