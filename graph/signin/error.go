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
	Way           Auth       // of signing in; empty for a simulated tenant
	Command       string     // the command line that signs in to the Azure CLI again; empty if that would not help
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

// told is azidentity's error in words for people, with how to go on from there.
func (c Credential) told(err error, last *outcome) *Error {
	e := reduced(err, last, c.Secrets)
	e.Way = c.Auth
	if c.Auth == AuthAzureCLI && e.Cause != CauseNotInstalled {
		e.Command = azureCLICommand(err.Error(), c.asked, e.Cause, c.Secrets)
	}
	return e
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
	switch {
	case told.Code != "" || last == nil:
		return told
	case last.err == nil && (last.token || parserWords.MatchString(err.Error())):
		said := fmt.Sprintf("%s answered %d %s with JSON that cannot be used", last.host, last.status, http.StatusText(last.status))
		return &Error{Message: said, Cause: CauseOnTheWay}
	case last.err == nil:
		return told
	}
	told = &Error{Message: firstLine(last.err).Error(), Cause: wire.CauseOf(last.err)}
	if _, away := errors.AsType[*outOfReach](last.err); away {
		told.Cause = CauseOtherCloud
	}
	return told
}

// parserWords are those of libraries about JSON and times that cannot be read, or that lack what is looked for.
var parserWords = regexp.MustCompile(`\bjson(text)?: |json decode error|invalid character .* (looking for|in|after) |unexpected end of JSON input|` +
	`error parsing token expiration time|cannot unmarshal|unable to resolve an endpoint`)

// refusedBy reads an answer of a sign-in endpoint that gives nothing: OAuth's, with texts, or as other services of Azure have them,
// with an object or a message.
func refusedBy(o *outcome, secrets *wire.Secrets) *Error {
	answered := fmt.Sprintf("%s answered %d %s", o.host, o.status, http.StatusText(o.status))
	byStatus := (&wire.Error{Status: o.status}).Cause()
	var says members
	notJSON := json.Unmarshal(o.body, &says) != nil
	switch {
	case o.refused() && o.status < http.StatusBadRequest:
		return &Error{Message: answered + ", which leads to another place and is not followed", Cause: CauseOnTheWay}
	case notJSON && o.throttled():
		return &Error{Message: answered, Cause: CauseThrottled}
	case notJSON:
		return &Error{Message: answered + " with something that is not JSON", Cause: cmp.Or(byStatus, CauseOnTheWay)}
	}
	object, _ := says["error"].(map[string]any)
	code := cmp.Or(says.text("error"), members(object).text("code"))
	description := cmp.Or(says.text("error_description", "message"), members(object).text("message"))
	e := toldBy(secrets.Without(cmp.Or(description, code, answered)))
	e.CorrelationID = cmp.Or(says.text("correlation_id"), e.CorrelationID)
	if e.Code == "" {
		e.Cause = cmp.Or(causeOfCode(code), byStatus, e.Cause)
	}
	if description == "" && code == "" && len(says) > 0 {
		e.Cause = cmp.Or(e.Cause, CauseOnTheWay) // no service of Microsoft's says so
	}
	if o.throttled() { // whatever it says: it has words about tenants for that, too
		e.Cause = CauseThrottled
	}
	return e
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
	if strings.HasSuffix(line, "Traceback (most recent call last):") { // Python's, which ends with what happened
		line = lines[len(lines)-1]
	}
	line = strings.TrimPrefix(strings.TrimSpace(wrapping.ReplaceAllString(strings.TrimSpace(line), "")), "ERROR: ")
	if e.Code != "" {
		line = line[strings.Index(line, e.Code):]
	}
	e.Message = cmp.Or(strings.TrimSpace(trailer.ReplaceAllString(line, "")), "no reason given")
	e.Cause = causeOfWords(words, e.Code)
	if said := oddOfAz(e.Message); e.Cause == CauseAzureCLI && said != "" {
		e.Message, e.Cause = said, CauseAzureCLIOdd
	}
	return e
}

func firstLine(err error) error {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return errors.New(line)
}
