package directory

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"appleconsent/graph/simulator/identity"
)

// SignIn is an interactive sign-in of a user to an app. It is kept with its age and not its time, which is worked out
// when it is read, so that a tenant that is kept in a file never has old news only.
type SignIn struct {
	ID                string        `json:"id"`
	Age               time.Duration `json:"age"` // how long ago it was, in nanoseconds
	UserID            string        `json:"userId"`
	UserDisplayName   string        `json:"userDisplayName"`
	UserPrincipalName string        `json:"userPrincipalName"`
	AppID             string        `json:"appId"`
	AppDisplayName    string        `json:"appDisplayName"`
	ResourceAppID     string        `json:"resourceId"`
	ErrorCode         int           `json:"errorCode"` // 0: it succeeded
}

func (s SignIn) objectID() string { return s.ID }

// created is when the sign-in was, as Graph writes it.
func (s SignIn) created(now time.Time) time.Time { return now.Add(-s.Age).UTC().Truncate(time.Second) }

// adapt replaces the age by the time, and the number by what the log says of it.
func (s SignIn) adapt(e entity, now time.Time) {
	delete(e, "age")
	delete(e, "errorCode")
	resource, _ := identity.FindApplication(s.ResourceAppID)
	e["resourceDisplayName"] = resource.DisplayName
	e["createdDateTime"] = s.created(now).Format(time.RFC3339)
	e["conditionalAccessStatus"] = "success"
	if s.ErrorCode != 0 {
		e["conditionalAccessStatus"] = "notApplied"
	}
	e["status"] = entity{"errorCode": s.ErrorCode, "failureReason": failureReason(s.ErrorCode), "additionalDetails": nil}
}

// failureReason is what the log says of an AADSTS number. Its words differ from those that people read who are refused.
func failureReason(number int) string {
	reasons := map[int]string{
		65001: "The user or administrator has not consented to use the application with ID '{identifier}'{namePhrase}. " +
			"Send an interactive authorization request for this user and resource.",
		90094: "An administrator of {tenant} has set a policy that prevents you from granting {name of app} the permissions " +
			"it is requesting. Contact an administrator of {tenant}, who can grant permissions to this app on your behalf.",
		90095: "Admin consent is required for the permissions requested by {name of app}. An admin consent request may be " +
			"sent to the admin.",
		50126:   "Error validating credentials due to invalid username or password.",
		7000112: "Application '{appIdentifier}'({appName}) is disabled.",
		50105: "Your administrator has configured the identity.Application {appName} ('{appId}') to block users unless they are " +
			"specifically granted ('assigned') access to the application.",
	}
	return cmp.Or(reasons[number], "Other.")
}

// listSignIns lists sign-ins, newest first.
func listSignIns(c *call) (answer, error) {
	if !c.dir.Premium { // status and code are unconfirmed
		return answer{}, &graphError{
			status: http.StatusForbidden, code: "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
			message: "Neither tenant is B2C or tenant doesn't have premium license",
		}
	}
	q, err := syntax{1000, 1000, "createdDateTime desc", (*filterParser).signInTerm}.parse(c.query)
	if err != nil {
		return answer{}, err
	}
	now := c.graph.now()
	rows := slices.SortedFunc(slices.Values(c.dir.SignIns), func(a, b SignIn) int {
		return cmp.Or(cmp.Compare(a.Age, b.Age), cmp.Compare(a.ID, b.ID))
	})
	// Before the filter, which the row may not pass any more that ended the last page.
	i := slices.IndexFunc(rows, func(s SignIn) bool { return s.ID == q.after })
	rows = slices.DeleteFunc(rows[i+1:], func(s SignIn) bool {
		return slices.ContainsFunc(q.filter, func(c condition) bool { return !s.satisfies(c, now) })
	})
	end := min(q.top, len(rows))
	signIns := collection[SignIn]{
		set: "auditLogs/signIns", kind: "SignIn", fixed: entity{"clientAppUsed": "Mobile Apps and Desktop clients", "isInteractive": true},
		adapt: func(_ *Directory, s SignIn, e entity) { s.adapt(e, now) },
	}
	return showPage(c, signIns, rows[:end], end < len(rows), q.selected)
}

// signInProperty is a property by which sign-ins can be filtered.
type signInProperty struct {
	name      string
	operators []string
	kind      string // of its values, in OData's words
	valid     func(string) bool
}

func signInProperties() []signInProperty {
	return []signInProperty{
		{"appId", []string{"eq"}, "Edm.String", func(string) bool { return true }},
		{"createdDateTime", []string{"ge", "le"}, "Edm.DateTimeOffset", func(text string) bool {
			_, err := time.Parse(time.RFC3339, text)
			return err == nil
		}},
		{"status/errorCode", []string{"eq"}, "Edm.Int32", func(text string) bool {
			_, err := strconv.ParseInt(text, 10, 32)
			return err == nil
		}},
	}
}

// signInTerm reads a comparison, or some in parentheses, joined by or, that want one property to equal this or that.
func (p *filterParser) signInTerm() (condition, error) {
	if !p.accept("(") {
		return p.signInComparison()
	}
	either, err := p.signInComparison()
	for err == nil && !p.accept(")") {
		if !p.accept("or") {
			return condition{}, unsupportedFilter(either.property)
		}
		var or condition
		or, err = p.signInComparison()
		if err == nil && (or.property != either.property || or.operator != "eq" || either.operator != "eq") {
			return condition{}, unsupportedFilter(or.property)
		}
		either.values = append(either.values, or.values...)
	}
	return either, err
}

func (p *filterParser) signInComparison() (condition, error) {
	name, operator, value := p.next(), p.next(), p.next()
	known := signInProperties()
	i := slices.IndexFunc(known, func(s signInProperty) bool { return strings.EqualFold(s.name, name.text) })
	if name.literal || i < 0 || operator.literal || !slices.Contains(known[i].operators, operator.text) || value == (token{}) {
		return condition{}, unsupportedFilter(name.text)
	}
	if isText := known[i].kind == "Edm.String"; value.literal != isText || !known[i].valid(value.text) {
		return condition{}, badRequest(
			"Invalid filter clause: A value of '%s' is not of the type '%s'.", known[i].name, known[i].kind)
	}
	return condition{known[i].name, operator.text, []string{value.text}}, nil
}

// satisfies reports whether a sign-in meets a condition of signInTerm.
func (s SignIn) satisfies(c condition, now time.Time) bool {
	switch c.property {
	case "appId":
		return slices.ContainsFunc(c.values, func(id string) bool { return strings.EqualFold(id, s.AppID) })
	case "status/errorCode":
		return slices.ContainsFunc(c.values, func(code string) bool {
			number, err := strconv.Atoi(code)
			return err == nil && number == s.ErrorCode
		})
	}
	limit, _ := time.Parse(time.RFC3339, c.values[0]) // it was checked
	if c.operator == "ge" {
		return !s.created(now).Before(limit)
	}
	return !s.created(now).After(limit)
}
