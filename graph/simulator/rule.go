package simulator

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/entra"
)

// Rule makes the tenant misbehave: it chooses requests and says what becomes of them.
type Rule struct {
	// Method and Path choose requests; an empty one fits all. A path fits if it is that of the request or its
	// beginning, in whole segments, with * for any one segment: /v1.0/oauth2PermissionGrants, /*/oauth2/v2.0/token.
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
	// Tenant is the id of the only member of a fleet that is struck; empty: all, each by its own requests. Of a single tenant it
	// says nothing.
	Tenant string `json:"tenant,omitempty"`
	// Match is the first of these requests that is struck, from 1; 0 is 1.
	Match int `json:"match,omitempty"`
	// Times is how many of them are struck; 0 is one, -1 all that follow.
	Times int `json:"times,omitempty"`
	// Onwards strikes every request from the first that is struck, whatever it is.
	Onwards bool `json:"onwards,omitempty"`

	Trouble Trouble `json:"trouble"`
	// CarriedOut: the request is carried out although its answer does not tell, or before its answer is delayed.
	CarriedOut bool   `json:"carriedOut,omitempty"`
	Status     int    `json:"status,omitempty"`
	Code       string `json:"code,omitempty"`    // Graph's error code
	Message    string `json:"message,omitempty"` // Graph's words; it says that it is a simulated fault without them
	AADSTS     int    `json:"aadsts,omitempty"`  // the number with which Entra refuses
	// RetryAfter is the header in seconds; absent without it. AsDate writes it as the date that it comes to.
	RetryAfter int  `json:"retryAfter,omitempty"`
	AsDate     bool `json:"asDate,omitempty"`
	// ThrottleScope is the header by which Graph says what is throttled, such as Application/Read/APPID.
	ThrottleScope string `json:"throttleScope,omitempty"`
	Location      string `json:"location,omitempty"` // of a redirect
	// Claims is JSON: the challenge of a 401 that wants a token with claims.
	Claims string `json:"claims,omitempty"`
	// Delay is a time as Go writes it, such as 30s.
	Delay string `json:"delay,omitempty"`
	Reads int    `json:"reads,omitempty"`
	// Member is what of the right answer is null, wherever it stands in it.
	Member string          `json:"member,omitempty"`
	Edit   *directory.Edit `json:"edit,omitempty"`
}

// Trouble is a kind of fault that a rule causes.
type Trouble string

// The kinds of faults. The first group decides how a request is answered, the second what happens around it.
const (
	TroubleStatus      Trouble = "status"      // an error answer in Graph's form: Status, Code, RetryAfter, Location
	TroubleHTML        Trouble = "html"        // the page of a proxy or gateway, with Status
	TroubleClose       Trouble = "close"       // the connection is closed without an answer
	TroubleTruncate    Trouble = "truncate"    // the right answer, of which half arrives
	TroubleInvalidJSON Trouble = "invalidJSON" // the right status, with a body that is no JSON
	TroubleEmpty       Trouble = "empty"       // the right status, with the body {}
	TroubleContentType Trouble = "contentType" // the right answer, labelled as plain text
	TroubleUnlisted    Trouble = "unlisted"    // the right answer; a list has no rows
	TroubleNull        Trouble = "null"        // the right answer, in which Member is null
	// TroubleRefuseSignIn refuses to let somebody sign in, with the number AADSTS. It
	// strikes authorize, devicecode and token requests only.
	TroubleRefuseSignIn Trouble = "refuseSignIn"

	TroubleDelay    Trouble = "delay"    // nothing happens for the time of Delay, also if the client has gone by then
	TroubleLag      Trouble = "lag"      // what is written shows after Reads reads or after Delay
	TroubleNewcomer Trouble = "newcomer" // a service principal that is created is not known to Reads attempts to grant
	TroubleEdit     Trouble = "edit"     // another admin makes a change first
)

var answeringTroubles = []Trouble{
	TroubleStatus, TroubleHTML, TroubleClose, TroubleTruncate, TroubleInvalidJSON, TroubleEmpty, TroubleContentType,
	TroubleUnlisted, TroubleNull, TroubleRefuseSignIn,
}

var otherTroubles = []Trouble{TroubleDelay, TroubleLag, TroubleNewcomer, TroubleEdit}

// troubleNames lists the kinds, for messages.
func troubleNames() string {
	var names []string
	for _, t := range slices.Concat(answeringTroubles, otherTroubles) {
		names = append(names, string(t))
	}
	return strings.Join(names, ", ")
}

// checkRules refuses a list with a rule that cannot mean anything.
func checkRules(rules []Rule) error {
	for i, r := range rules {
		if err := r.check(); err != nil {
			return fmt.Errorf("rule %d: %w", i+1, err)
		}
	}
	return nil
}

// check refuses a rule that cannot mean anything.
func (r Rule) check() error {
	delay, err := r.delay()
	answers := slices.Contains(answeringTroubles, r.Trouble)
	switch {
	case !answers && !slices.Contains(otherTroubles, r.Trouble):
		return fmt.Errorf("unknown trouble %q: use one of %s", r.Trouble, troubleNames())
	case err != nil:
		return fmt.Errorf("delay %q is not a time such as 30s", r.Delay)
	case r.Match < 0 || r.Times < -1 || r.Reads < 0 || r.RetryAfter < 0 || delay < 0:
		return errors.New("match, reads, retryAfter and delay cannot be negative, and times not below -1")
	case (r.Trouble == TroubleStatus || r.Trouble == TroubleHTML) && (r.Status < 200 || r.Status > 599):
		return fmt.Errorf("trouble %q needs a status from 200 to 599", r.Trouble)
	case r.Claims != "" && (r.Status != http.StatusUnauthorized || !json.Valid([]byte(r.Claims))):
		return errors.New("claims are JSON and go with the status 401")
	case r.Trouble == TroubleDelay && delay == 0:
		return fmt.Errorf("trouble %q needs a delay", r.Trouble)
	case r.Trouble == TroubleLag && (delay == 0) == (r.Reads == 0):
		return fmt.Errorf("trouble %q needs either reads or a delay", r.Trouble)
	case r.Trouble == TroubleNewcomer && r.Reads == 0:
		return fmt.Errorf("trouble %q needs reads", r.Trouble)
	case (r.Trouble == TroubleNull) != (r.Member != ""):
		return fmt.Errorf("trouble %q and member go together", TroubleNull)
	case (r.Trouble == TroubleRefuseSignIn) != (r.AADSTS != 0):
		return fmt.Errorf("trouble %q and aadsts go together", TroubleRefuseSignIn)
	case r.AADSTS != 0 && !entra.IsRefusal(r.AADSTS):
		return fmt.Errorf("unknown aadsts %d: use one of %s", r.AADSTS, entra.RefusalNumbers())
	case (r.Trouble == TroubleEdit) != (r.Edit != nil):
		return fmt.Errorf("trouble %q and edit go together", TroubleEdit)
	case r.Edit != nil:
		return r.Edit.Check()
	}
	return nil
}

func (r Rule) delay() (time.Duration, error) { return time.ParseDuration(cmp.Or(r.Delay, "0")) }

// fits reports whether the rule is about a request.
func (r Rule) fits(method, path string) bool {
	if r.Method != "" && !strings.EqualFold(r.Method, method) {
		return false
	}
	want, have := segments(r.Path), segments(path)
	if len(want) > len(have) {
		return false
	}
	for i, segment := range want {
		if segment != "*" && !strings.EqualFold(segment, have[i]) {
			return false
		}
	}
	return true
}

func segments(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

// armed is a rule at work.
type armed struct {
	Rule
	matched int
	onwards bool // it has struck, and strikes everything from now on
}

// strikes counts a request and reports whether the rule strikes it.
func (a *armed) strikes(method, path string) bool {
	if a.Trouble == TroubleRefuseSignIn && !entra.SignsIn(path) {
		return false
	}
	if a.onwards {
		return true
	}
	if !a.fits(method, path) {
		return false
	}
	a.matched++
	first, times := max(a.Match, 1), cmp.Or(a.Times, 1)
	struck := a.matched >= first && (times < 0 || a.matched < first+times)
	a.onwards = struck && a.Onwards
	return struck
}

// SetRules makes the tenant misbehave from now on, in place of the rules before;
// none ends it. A rule that cannot mean anything is an error.
func (s *Server) SetRules(rules ...Rule) error {
	if err := checkRules(rules); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = nil
	for _, r := range rules {
		s.rules = append(s.rules, &armed{Rule: r})
	}
	return nil
}

// struckBy returns the rules that strike a request.
func (s *Server) struckBy(r *http.Request) []Rule {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rules []Rule
	for _, rule := range s.rules {
		if rule.strikes(r.Method, r.URL.Path) {
			rules = append(rules, rule.Rule)
		}
	}
	return rules
}
