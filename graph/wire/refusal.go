package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// What an error answer means.
//
// Body and code decide, and the status only where they say nothing: a 403 comes from Graph for want of a permission, of a licence
// or of room in the directory, from Entra's policies in words, and from whatever filters the web with a page of its own. Nothing
// but advice, and whether a fresh token is tried, depends on it.

// refusal fills in what an answer with an error status says.
func (a answer) refusal(e *Error) {
	var body struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
			Inner   struct {
				Code string `json:"code"`
			} `json:"innerError"`
			Details []struct {
				Code string `json:"code"`
			} `json:"details"`
		} `json:"error"`
	}
	text := strings.TrimSpace(string(a.body))
	foreign := isForeign(a.body)
	e.page = a.status >= 300 && a.status < 400 || foreign && isFinal(a.status)
	switch {
	case a.status < 200:
		e.Err = errors.New("it is no answer to the request")
	case a.status < 400:
		e.Err = errors.New("it redirects to another place, which is not followed")
	case foreign:
		e.Err = fmt.Errorf("the answer is not Graph's%s: a web filter, proxy or gateway may be in the way", a.form())
	case text == "":
		e.Err = errors.New("the answer is empty")
	default:
		_ = json.Unmarshal(a.body, &body) // another form says nothing
		e.Code, e.Message, e.codes = body.Error.Code, body.Error.Message, []string{body.Error.Code, body.Error.Inner.Code}
		for _, detail := range body.Error.Details {
			e.codes = append(e.codes, detail.Code)
		}
		text = e.Code + " " + e.Message
	}
	e.Challenge = a.challenge()
	e.refusal = refusalOf(a.status, text[:min(len(text), maxRefusal)], foreign)
}

// isForeign reports whether an error answer is not Graph's, which has an object "error" if it says anything at all
// (learn.microsoft.com/graph/errors). What OAuth says, a text "error", is Entra's.
func isForeign(body []byte) bool {
	if len(bytes.TrimSpace(body)) == 0 {
		return false
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil || members == nil {
		return true
	}
	said := bytes.TrimSpace(members["error"])
	return len(members) > 0 && (len(said) == 0 || said[0] != '{' && said[0] != '"')
}

// isFinal reports whether a status of an error is that of a refusal that does not pass by itself.
func isFinal(status int) bool {
	return status >= 400 && status < 500 && status != http.StatusRequestTimeout && status != http.StatusTooManyRequests &&
		status != http.StatusProxyAuthRequired
}

// maxRefusal is how much of a refusal is looked at, in bytes.
const maxRefusal = 16 << 10

// form is the media type of an answer, in words; empty if it names none.
func (a answer) form() string {
	kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	if kind = strings.TrimSpace(kind); kind == "" {
		return ""
	}
	return " (" + kind + ")"
}

// What refusals have been seen to say: of tenant restrictions and access between tenants (learn.microsoft.com/entra/
// external-id/tenant-restrictions-v2), of Conditional Access, of a directory that is full, of an application without a service
// principal in the tenant, and of a licence (the sign-in log needs Entra ID P1 or P2, learn.microsoft.com/graph/api/resources/signin).
var (
	saysRestricted = regexp.MustCompile(`(?i)AADSTS(50002|500021|500022|500212|500213)\b|tenant ?restriction|restrict-access-to-tenant`)
	saysBlocked    = regexp.MustCompile(`(?i)AADSTS(53003|530003|53000|53001)\b|conditional access`)
	saysQuota      = regexp.MustCompile(`(?i)quota ?(limit )?exceeded|quotaexceeded|directory object quota`)
	saysUnknownApp = regexp.MustCompile(`(?i)Authorization_IdentityNotFound|identity of the calling application could not be established`)
	saysUnlicensed = regexp.MustCompile(`(?i)NonPremiumTenant|premium licen[cs]e|does not have (a|the required) .*licen[cs]e`)
)

// refusalOf is what is behind an error answer; empty if it is what its status says.
func refusalOf(status int, text string, foreign bool) Cause {
	refuses := status == http.StatusUnauthorized || status == http.StatusForbidden
	switch {
	case status < http.StatusBadRequest || status >= http.StatusInternalServerError || status == http.StatusProxyAuthRequired:
		return ""
	case refuses && saysRestricted.MatchString(text):
		return CauseTenantRestricted
	case refuses && saysBlocked.MatchString(text):
		return CauseBlocked
	case foreign && isFinal(status) && status != http.StatusNotFound:
		return CauseFiltered
	case foreign:
		return ""
	case saysQuota.MatchString(text):
		return CauseQuota
	case refuses && saysUnknownApp.MatchString(text):
		return CauseUnknownApp
	case saysUnlicensed.MatchString(text):
		return CauseUnlicensed
	}
	return ""
}

// ofToken reports whether another token may be all that it takes: Graph itself refuses the one that it got, or what a write
// needs, which a role that was activated meanwhile may give. What is refused so was not carried out.
func (e *Error) ofToken() bool {
	refused := e.Status == http.StatusUnauthorized && (e.refusal == "" || e.refusal == CauseUnknownApp || e.Challenge != "")
	return refused || e.write && e.Denied()
}

// claimed is where a challenge names the claims (learn.microsoft.com/entra/identity-platform/claims-challenge).
var claimed = regexp.MustCompile(`(?i)\bclaims="?([A-Za-z0-9+/_=-]+)`)

// challenge returns the claims that the answer wants a token to be asked for with, as JSON; empty if it names none.
func (a answer) challenge() string {
	if a.status != http.StatusUnauthorized {
		return ""
	}
	for _, header := range a.header.Values("Www-Authenticate") {
		named := claimed.FindStringSubmatch(header)
		if named == nil {
			continue
		}
		plain := strings.NewReplacer("-", "+", "_", "/", "=", "").Replace(named[1])
		text, err := base64.RawStdEncoding.DecodeString(plain)
		var claims map[string]any
		if err == nil && json.Unmarshal(text, &claims) == nil {
			return string(text)
		}
	}
	return ""
}
