package signin

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"appleconsent/graph/wire"
)

// Error is a sign-in that Entra refused or that could not be tried. It never holds a secret or a whole answer.
type Error struct {
	Code          string // AADSTS code; empty if there is none
	Message       string
	CorrelationID string     // for Microsoft's support
	Cause         wire.Cause // what is behind it; empty if nothing is known
}

func (e *Error) Error() string {
	text := "sign in: " + e.Message
	if e.CorrelationID != "" {
		text += " (correlation id " + e.CorrelationID + ")"
	}
	return text
}

// LacksConsent reports whether nobody has consented to the application that signs in.
func (e *Error) LacksConsent() bool { return e.Cause == CauseConsent }

// Redact removes secrets from what the server wrote.
func (e *Error) Redact(s *wire.Secrets) {
	e.Code, e.Message, e.CorrelationID = s.Clean(e.Code), s.Clean(e.Message), s.Clean(e.CorrelationID)
}

// reduced reduces azidentity's error to what people need, with the help of how the last request ended (nil if there was none):
// its own text repeats the whole answer, or tells nothing of it.
func reduced(err error, last *outcome, secrets *wire.Secrets) *Error {
	if known, ok := errors.AsType[*Error](err); ok {
		return known
	}
	if last != nil && (last.refused() || last.err == nil && !json.Valid(last.body)) {
		return refusedBy(last, secrets)
	}
	told := toldBy(secrets.Without(err.Error()))
	if told.Code == "" && last != nil && last.err != nil {
		return &Error{Message: firstLine(last.err).Error(), Cause: causeOf(last.err)}
	}
	return told
}

// causeOf is the cause of a request that got no answer.
func causeOf(err error) wire.Cause {
	if _, away := errors.AsType[*outOfReach](err); away {
		return CauseOtherCloud
	}
	return wire.CauseOf(err)
}

// refusedBy reads an answer of a sign-in endpoint that gives nothing.
func refusedBy(o *outcome, secrets *wire.Secrets) *Error {
	answered := fmt.Sprintf("%s answered %d %s", o.host, o.status, http.StatusText(o.status))
	says, ok := readRefusal(o.body)
	byStatus := (&wire.Error{Status: o.status}).Cause()
	switch {
	case o.refused() && o.status < http.StatusBadRequest:
		return &Error{Message: answered + ", which leads to another place and is not followed", Cause: CauseOnTheWay}
	case !ok:
		return &Error{Message: answered + " with something that is not JSON", Cause: cmp.Or(byStatus, CauseOnTheWay)}
	}
	e := toldBy(secrets.Without(cmp.Or(says.description, says.code, answered)))
	e.CorrelationID = cmp.Or(says.correlationID, e.CorrelationID)
	if e.Code == "" {
		e.Cause = cmp.Or(causeOfCode(says.code), byStatus, e.Cause)
	}
	return e
}

// refusal is what an error answer says.
type refusal struct{ code, description, correlationID string }

// readRefusal reads an error answer: OAuth's, with texts, or as other services of Azure have them, with an object or a message.
func readRefusal(body []byte) (refusal, bool) {
	var fields struct {
		Error         json.RawMessage `json:"error"`
		Description   word            `json:"error_description"`
		Message       word            `json:"message"`
		CorrelationID word            `json:"correlation_id"`
	}
	if json.Unmarshal(body, &fields) != nil {
		return refusal{}, false
	}
	var code word
	var object struct {
		Code    word `json:"code"`
		Message word `json:"message"`
	}
	if json.Unmarshal(fields.Error, &object) == nil {
		code = object.Code
	} else {
		_ = json.Unmarshal(fields.Error, &code) // a word takes whatever it is
	}
	return refusal{string(code), string(cmp.Or(fields.Description, fields.Message, object.Message)), string(fields.CorrelationID)}, true
}

// What Entra puts into its messages, and what azidentity puts around those of other programs.
var (
	aadsts      = regexp.MustCompile(`AADSTS[0-9]+`)
	correlation = regexp.MustCompile(`(?i)correlation id: *([0-9a-f-]{36})`)
	trailer     = regexp.MustCompile(`(?i)\s+(trace id|correlation id|timestamp): .*$`)
	wrapping    = regexp.MustCompile(`^[A-Za-z]+Credential(\.GetToken\(\))?: |\s*To troubleshoot, visit https://\S+$`)
)

// toldBy reads an error that is told in words, by Entra or through another program such as az: the line with a code of
// Entra's, or one that calls itself an error, or the first.
func toldBy(words string) *Error {
	words = html.UnescapeString(words) // MSAL escapes what came through the browser
	e := &Error{Code: aadsts.FindString(words)}
	if id := correlation.FindStringSubmatch(words); id != nil {
		e.CorrelationID = id[1]
	}
	lines := strings.Split(strings.TrimSpace(words), "\n")
	telling := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, cmp.Or(e.Code, "ERROR: ")) })
	line := lines[max(telling, 0)]
	line = strings.TrimPrefix(strings.TrimSpace(wrapping.ReplaceAllString(strings.TrimSpace(line), "")), "ERROR: ")
	if e.Code != "" {
		line = line[strings.Index(line, e.Code):]
	}
	e.Message = cmp.Or(strings.TrimSpace(trailer.ReplaceAllString(line, "")), "no reason given")
	e.Cause = causeOfWords(words, e.Code)
	return e
}

func firstLine(err error) error {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return errors.New(line)
}
