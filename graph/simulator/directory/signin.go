package directory

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
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
		53000:   "Device is not in required device state: {state}. Conditional Access policy requires a compliant device, and the device is not compliant.",
		53003:   "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
		530003:  "Your device is required to be managed to access this resource.",
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
	q, err := syntax{1000, 1000, "createdDateTime desc"}.parse(c.query)
	if err != nil {
		return answer{}, err
	}
	now := c.graph.now()
	signIns := collection[SignIn]{
		set: "auditLogs/signIns", kind: "SignIn", fixed: entity{"clientAppUsed": "Mobile Apps and Desktop clients", "isInteractive": true},
		adapt:   func(_ *Directory, s SignIn, e entity) { s.adapt(e, now) },
		filters: signInFilters(now),
	}
	rows := slices.SortedFunc(slices.Values(c.dir.SignIns), func(a, b SignIn) int {
		return cmp.Or(cmp.Compare(a.Age, b.Age), cmp.Compare(a.ID, b.ID))
	})
	// Before the filter, which the row may not pass any more that ended the last page.
	i := slices.IndexFunc(rows, func(s SignIn) bool { return s.ID == q.after })
	if rows, err = signIns.match(rows[i+1:], q.filter); err != nil {
		return answer{}, err
	}
	end := min(q.top, len(rows))
	return showPage(c, signIns, rows[:end], end < len(rows), q.selected)
}

func signInFilters(now time.Time) []filterable[SignIn] {
	return []filterable[SignIn]{
		{"appId", "eq or", kindText, func(s SignIn) string { return s.AppID }},
		{"createdDateTime", "ge le", kindMoment, func(s SignIn) string { return s.created(now).Format(sortable) }},
		{"status/errorCode", "eq or", kindNumber, func(s SignIn) string { return strconv.Itoa(s.ErrorCode) }},
	}
}
