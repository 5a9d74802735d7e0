package graph

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
)

// SignInError is a sign-in that Entra refused or that could not be tried. It never holds a secret or a whole answer.
type SignInError struct {
	Code          string // AADSTS code; empty if there is none
	Message       string
	CorrelationID string // for Microsoft's support
	Next          string // what to do next; empty: what the code says
}

func (e *SignInError) Error() string {
	text := "sign in: " + e.Message
	if e.CorrelationID != "" {
		text += " (correlation id " + e.CorrelationID + ")"
	}
	return text
}

// Hint says what to do next; empty if the message has to do.
func (e *SignInError) Hint() string { return cmp.Or(e.Next, signInAdvice[e.Code]) }

// LacksConsent tells whether nobody has consented to the application that signs in.
func (e *SignInError) LacksConsent() bool { return signInAdvice[e.Code] == adviceConsent }

// signInError reduces azidentity's error to what people need, with the help of how the last request ended: its own text
// repeats the whole answer, or tells nothing of it.
func (n *Network) signInError(err error) error {
	if known, ok := errors.AsType[*SignInError](err); ok {
		return known
	}
	last := n.last.Load()
	if last != nil && (last.refused() || last.err == nil && !json.Valid(last.body)) {
		return n.refusedSignIn(last)
	}
	told := toldSignIn(n.secrets.without(err.Error()))
	if told.Code == "" && last != nil && last.err != nil {
		return &SignInError{Message: firstLine(last.err).Error(), Next: networkHint(last.err)}
	}
	return told
}

// refusedSignIn reads an answer of a sign-in endpoint that gives nothing.
func (n *Network) refusedSignIn(o *outcome) *SignInError {
	answered := fmt.Sprintf("%s answered %d %s", o.host, o.status, http.StatusText(o.status))
	says, ok := readRefusal(o.body)
	switch {
	case o.refused() && o.status < http.StatusBadRequest:
		return &SignInError{Message: answered + ", which leads to another place and is not followed", Next: adviceOnTheWay}
	case !ok:
		return &SignInError{Message: answered + " with something that is not JSON", Next: cmp.Or(statusAdvice(o.status), adviceOnTheWay)}
	}
	e := toldSignIn(n.secrets.without(cmp.Or(says.description, says.code, answered)))
	e.CorrelationID = cmp.Or(says.correlationID, e.CorrelationID)
	if e.Code == "" {
		e.Next = cmp.Or(oauthAdvice[says.code], statusAdvice(o.status), e.Next)
	}
	return e
}

// refusal is what an error answer says.
type refusal struct{ code, description, correlationID string }

// readRefusal reads an error answer: OAuth's, with texts, or as other services of Azure have them, with an object or a message.
func readRefusal(body []byte) (refusal, bool) {
	var fields struct {
		Error         json.RawMessage `json:"error"`
		Description   text            `json:"error_description"`
		Message       text            `json:"message"`
		CorrelationID text            `json:"correlation_id"`
	}
	if json.Unmarshal(body, &fields) != nil {
		return refusal{}, false
	}
	var code text
	var object struct {
		Code    text `json:"code"`
		Message text `json:"message"`
	}
	if json.Unmarshal(fields.Error, &object) == nil {
		code = object.Code
	} else {
		_ = json.Unmarshal(fields.Error, &code) // text takes whatever it is
	}
	return refusal{string(code), string(cmp.Or(fields.Description, fields.Message, object.Message)), string(fields.CorrelationID)}, true
}

// text is a string of JSON; anything else counts as none.
type text string

// UnmarshalJSON never fails on valid JSON.
func (t *text) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) == nil {
		*t = text(s)
	}
	return nil
}

func statusAdvice(status int) string {
	if status == http.StatusProxyAuthRequired {
		return adviceProxy
	}
	return ""
}

// What Entra puts into its messages, and what azidentity puts around those of other programs.
var (
	aadsts      = regexp.MustCompile(`AADSTS[0-9]+`)
	correlation = regexp.MustCompile(`(?i)correlation id: *([0-9a-f-]{36})`)
	trailer     = regexp.MustCompile(`(?i)\s+(trace id|correlation id|timestamp): .*$`)
	wrapping    = regexp.MustCompile(`^[A-Za-z]+Credential(\.GetToken\(\))?: |\s*To troubleshoot, visit https://\S+$`)
)

// toldSignIn reads an error that is told in words, by Entra or through another program such as az: the line with a code of
// Entra's, or one that calls itself an error, or the first.
func toldSignIn(words string) *SignInError {
	words = html.UnescapeString(words) // MSAL escapes what came through the browser
	e := &SignInError{Code: aadsts.FindString(words)}
	if id := correlation.FindStringSubmatch(words); id != nil {
		e.CorrelationID = id[1]
	}
	line := tellingLine(strings.Split(strings.TrimSpace(words), "\n"), e.Code)
	line = strings.TrimPrefix(strings.TrimSpace(wrapping.ReplaceAllString(strings.TrimSpace(line), "")), "ERROR: ")
	if e.Code != "" {
		line = line[strings.Index(line, e.Code):]
	}
	e.Message = cmp.Or(strings.TrimSpace(trailer.ReplaceAllString(line, "")), "it was not finished, for a reason that nobody told")
	e.Next = adviceTold(words, e)
	return e
}

// adviceTold is the advice that depends on who tells it; empty if the code has its own.
func adviceTold(words string, e *SignInError) string {
	byAz := strings.HasPrefix(words, "AzureCLICredential")
	switch {
	case strings.Contains(words, "executable not found on path"), strings.Contains(words, "executable file not found"):
		return "what this way to sign in runs is not installed here; choose another with --auth, such as device-code"
	case byAz && (e.Code == "" || signInAdvice[e.Code] == adviceExpired || strings.Contains(words, "az login")):
		return "this is what az said; sign in to the Azure CLI with: az login (for another tenant, with --tenant), or choose another way with --auth"
	case strings.Contains(words, "declined scopes"):
		return adviceConsent
	}
	return ""
}

// tellingLine returns the line that says most.
func tellingLine(lines []string, code string) string {
	for _, mark := range []string{code, "ERROR: "} {
		for _, line := range lines {
			if mark != "" && strings.Contains(line, mark) {
				return line
			}
		}
	}
	return lines[0]
}
