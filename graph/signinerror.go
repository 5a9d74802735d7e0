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

// signInError reduces azidentity's error to what people need, with the help of how the last request ended: its own text
// repeats the whole answer, or tells nothing of it.
func (n *Network) signInError(err error) error {
	if known, ok := errors.AsType[*SignInError](err); ok {
		return known
	}
	last := n.last.Load()
	if last != nil && last.refused() {
		return refusedSignIn(last)
	}
	told := toldSignIn(err.Error())
	if told.Code == "" && last != nil && last.err != nil {
		return &SignInError{Message: firstLine(last.err).Error(), Next: networkHint(last.err)}
	}
	return told
}

// refusedSignIn reads an error answer of a sign-in endpoint.
func refusedSignIn(o *outcome) *SignInError {
	var body struct {
		Error         string `json:"error"`
		Description   string `json:"error_description"`
		CorrelationID string `json:"correlation_id"`
	}
	answered := fmt.Sprintf("%s answered %d %s", o.host, o.status, http.StatusText(o.status))
	if json.Unmarshal(o.body, &body) != nil {
		return &SignInError{
			Message: answered + " with something that is not JSON: a proxy or gateway may be in the way", Next: statusAdvice(o.status),
		}
	}
	e := toldSignIn(cmp.Or(body.Description, body.Error, answered))
	e.CorrelationID = cmp.Or(body.CorrelationID, e.CorrelationID)
	if e.Code == "" {
		e.Next = cmp.Or(oauthAdvice[body.Error], statusAdvice(o.status), e.Next)
	}
	return e
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
func toldSignIn(text string) *SignInError {
	text = html.UnescapeString(text) // MSAL escapes what came through the browser
	e := &SignInError{Code: aadsts.FindString(text)}
	if id := correlation.FindStringSubmatch(text); id != nil {
		e.CorrelationID = id[1]
	}
	line := tellingLine(strings.Split(strings.TrimSpace(text), "\n"), e.Code)
	line = wrapping.ReplaceAllString(strings.TrimSpace(line), "")
	if e.Code != "" {
		line = line[strings.Index(line, e.Code):]
	}
	e.Message = strings.TrimPrefix(strings.TrimSpace(trailer.ReplaceAllString(line, "")), "ERROR: ")
	switch {
	case e.Code != "":
	case strings.Contains(text, "az login"):
		e.Next = "sign in to the Azure CLI with: az login (for another tenant, with --tenant), or choose another way with --auth"
	case strings.Contains(text, "executable not found on path"), strings.Contains(text, "executable file not found"):
		e.Next = "what this way to sign in runs is not installed here; choose another with --auth, such as device-code"
	}
	return e
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
