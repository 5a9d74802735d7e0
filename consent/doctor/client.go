package doctor

// servicePrincipal says whether users can sign in to the client and to the resources at all.
func (e examination) servicePrincipal(c *Check) {
	deleted, isDeleted := e.deletedCopy()
	if e.standing.Client == nil {
		e.absent(c, deleted.Code == "deletedRestorable")
	} else {
		e.client(c)
	}
	e.disabledResources(c)
	status := OK
	if c.Status == Problem && deleted.Code == "deletedRestorable" { // it is one of the ways out
		status = Warning
	}
	if isDeleted {
		c.found(status, deleted)
	}
}

// absent judges a tenant that has no service principal for the client, or had one that can be restored.
func (e examination) absent(c *Check, canRestore bool) {
	if e.byUsers() {
		c.found(OK, Finding{Code: "clientAbsentYet", Name: e.required.App.Name})
		return
	}
	fix := Fix{"createClient", Apply}
	if canRestore {
		fix.Code = "recreateClient"
	}
	c.found(Problem, Finding{Code: "clientAbsent", Name: e.required.App.Name}, fix)
}

// client goes by the notices of the difference, which knows what keeps users out.
func (e examination) client(c *Check) {
	sp, name := e.sp, e.clientName()
	if sp.Disabled() {
		c.found(Problem, Finding{Code: "clientDisabled", Name: name})
	}
	if e.noticed("clientDisabledByOwner") {
		c.found(Problem, Finding{Code: "clientDisabledByOwner", Name: name}, Fix{Code: "askOwner"})
	}
	if e.noticed("clientDisabledByMicrosoft") {
		c.found(Problem, Finding{Code: "clientDisabledByMicrosoft", Name: name, Detail: sp.DisabledByMicrosoft}, Fix{Code: "askMicrosoft"})
	}
	if sp.Disabled() && !sp.Barred() { // else to enable it here would not help
		c.Fixes = []Fix{e.enableClient()}
	}
	if e.noticed("assignmentRequired") {
		c.found(Warning, Finding{Code: "assignmentRequired", Name: name}, Fix{Code: "assignment"})
	}
	if e.noticed("unexpectedPublisher") {
		c.found(Warning, Finding{Code: "unexpectedPublisher", Name: name, Detail: sp.VerifiedPublisher, ID: sp.OwnerOrganizationID})
	}
	switch {
	case len(c.Findings) > 0:
	case sp.AccountEnabled == nil:
		c.found(OK, Finding{Code: "clientEnabledUnknown", Name: name})
	default:
		c.found(OK, Finding{Code: "clientEnabled", Name: name})
	}
}

// enableClient is the fix that grants what is missing, too.
func (e examination) enableClient() Fix {
	if e.grants == incomplete && !e.byUsers() {
		return Fix{"enableClientAndGrant", ApplyEnablingApp}
	}
	return Fix{"enableClient", ApplyEnablingApp}
}

func (e examination) disabledResources(c *Check) {
	for _, r := range e.standing.Resources {
		if sp, _ := e.state.ServicePrincipal(r.AppID); sp.Disabled() {
			for i := range c.Fixes { // which would not cure the check alone
				c.Fixes[i].Command = ""
			}
			c.found(Problem, Finding{Code: "resourceDisabled", Name: r.Name}, Fix{Code: "enableResource"})
		}
	}
}

// deletedCopy tells of the client's service principals in the deleted items, if there are some or they could not be read.
func (e examination) deletedCopy() (Finding, bool) {
	if !e.facts.Deleted.Read() && len(e.facts.Deleted.Value) == 0 {
		return notRead("deletedNotRead", e.facts.Deleted), true
	}
	if len(e.facts.Deleted.Value) == 0 {
		return Finding{}, false
	}
	newest := newestFirst(e.facts.Deleted.Value)[0]
	f := Finding{Code: "deletedRestorable", At: newest.DeletedAt.UTC(), ID: string(newest.ID)}
	switch {
	case !newest.Restorable(e.facts.At):
		f.Code = "deletedExpired"
	case e.standing.Client != nil:
		f.Code = "deletedCopy"
	default:
		f.At = newest.RestorableUntil()
	}
	return f, true
}
