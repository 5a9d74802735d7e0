package consent

// Level grades a notice.
type Level string

// The levels: worth knowing, worth acting on, and in the way of any change.
const (
	Info    Level = "info"
	Warning Level = "warning"
	Blocker Level = "blocker"
)

// Notice is something that a reader of a difference or of a plan must know beside it, as a code with its parameters. Which
// parameters are set depends on the code; the sentence belongs to package plan/render.
type Notice struct {
	Level Level
	Code  string // stable and camelCase

	Name     string    // display name of the service principal or resource that the notice is about
	AppID    AppID     // its application (client) ID
	Detail   string    // why Microsoft disabled it; a verified publisher; a classification's level; the id of a change
	Number   int       // of characters or of grants
	Scopes   ScopeSet  // scopes, or entries of the authorization policy
	Owner    string    // the organization that the application is registered in
	Expected string    // the publisher that was expected
	Left     Leftovers // what keeps a service principal
	Actions  []Action  // that do not show yet
}

func clientDisabled(sp ServicePrincipal) Notice {
	return Notice{Level: Warning, Code: "clientDisabled", Name: sp.DisplayName}
}

func clientDisabledByMicrosoft(sp ServicePrincipal) Notice {
	return Notice{Level: Warning, Code: "clientDisabledByMicrosoft", Name: sp.DisplayName, Detail: sp.DisabledByMicrosoft}
}

func assignmentRequired(sp ServicePrincipal) Notice {
	return Notice{Level: Warning, Code: "assignmentRequired", Name: sp.DisplayName}
}

func unexpectedPublisher(sp ServicePrincipal, expected Publisher) Notice {
	return Notice{
		Level: Warning, Code: "unexpectedPublisher", Name: sp.DisplayName, AppID: sp.AppID,
		Detail: sp.VerifiedPublisher, Owner: sp.OwnerOrganizationID, Expected: expected.Name,
	}
}

func resourceMissing(r Resource) Notice {
	return Notice{Level: Blocker, Code: "resourceMissing", Name: r.Name, AppID: r.AppID}
}

func resourceDisabled(sp ServicePrincipal) Notice {
	return Notice{Level: Warning, Code: "resourceDisabled", Name: sp.DisplayName}
}

func scopeTooLong(r Resource, length int) Notice {
	return Notice{Level: Blocker, Code: "scopeTooLong", Name: r.Name, Number: length}
}

func severalGrants(r Resource, count int) Notice {
	return Notice{Level: Info, Code: "severalGrants", Name: r.Name, Number: count}
}

func sameNameElsewhere(resource string, scopes ScopeSet) Notice {
	return Notice{Level: Info, Code: "sameScopeElsewhere", Name: resource, Scopes: scopes}
}

// The notices of the route UserConsent.

func widerConsent() Notice { return Notice{Level: Warning, Code: "widerConsent"} }

func policyBefore(policies ScopeSet) Notice {
	return Notice{Level: Info, Code: "userConsentBefore", Scopes: policies}
}

func alreadyConsentable(policies ScopeSet) Notice {
	return Notice{Level: Warning, Code: "userConsentAlready", Scopes: policies}
}

func policyMayNotStick() Notice { return Notice{Level: Warning, Code: "managedUserConsent"} }

func customPolicyReplaced() Notice { return Notice{Level: Warning, Code: "customUserConsent"} }

func unverifiedPublisher(sp ServicePrincipal) Notice {
	return Notice{Level: Warning, Code: "unverifiedPublisher", Name: sp.DisplayName}
}

func consentUnavailable(sp ServicePrincipal) Notice {
	return Notice{Level: Warning, Code: "userConsentUnavailable", Name: sp.DisplayName}
}

func classifiedOtherwise(r Resource, c Classification) Notice {
	return Notice{Level: Blocker, Code: "classifiedOtherwise", Name: r.Name, Scopes: Scopes(c.Permission), Detail: c.Level}
}

func basicPermissions() Notice { return Notice{Level: Info, Code: "basicPermissions"} }
