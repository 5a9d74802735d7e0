package doctor

import (
	"fmt"
	"time"
)

// Where the Entra admin center has what this program leaves alone.
const assignmentPlace = "Entra admin center > Enterprise apps > the app > Properties > Assignment required"

// finding is one of several things about a service principal.
type finding struct {
	status Status
	text   string
	fix    Fix
}

// servicePrincipal tells whether users can sign in to the client and to the resources at all.
func (e examination) servicePrincipal() Check {
	c := Check{
		ID: "servicePrincipal", Title: "Service principal", Status: OK,
		Why: "The service principal is what stands for Apple's app in the tenant: who cannot sign in to it gets no mail, whatever is granted.",
	}
	if unread(&c, e.facts.ServicePrincipals) {
		return c
	}
	findings := e.clientFindings()
	if e.standing.Client == nil {
		findings = []finding{e.absent()}
	}
	findings = append(findings, e.resourceFindings()...)
	var texts, fixes []string
	for _, f := range findings {
		c.Status = worst(c.Status, f.status)
		texts = append(texts, f.text)
		fixes = append(fixes, f.fix.Text)
		if c.Fix.Command == nil {
			c.Fix.Command = f.fix.Command
		}
	}
	c.Found = sentences(append(texts, e.deletedCopies())...)
	c.Fix.Text = sentences(fixes...)
	return c
}

// assignmentRequired tells whether only assigned users get tokens, as far as it is known.
func (e examination) assignmentRequired() bool {
	return e.standing.Client != nil && e.standing.Client.AssignmentRequired
}

// absent judges a tenant that does not know the client yet.
func (e examination) absent() finding {
	text := e.required.App.Name + " has no service principal in this tenant."
	if e.byUsers() {
		return finding{OK, text + " The consent of the first user creates it.", Fix{}}
	}
	fix := Fix{Text: "Create it together with the grants.", Command: []string{"apply"}}
	if e.facts.Deleted.Read() && len(e.facts.Deleted.Value) > 0 {
		fix.Text = "Create it anew together with the grants, or restore the deleted one first."
	}
	return finding{Problem, text, fix}
}

// deletedCopies tells of the client's service principals in the deleted items. Microsoft has documented that deleted
// service principals cannot be seen in the Entra admin center, so that the request of Graph is named beside it
// (learn.microsoft.com/graph/api/directory-deleteditems-restore).
func (e examination) deletedCopies() string {
	if !e.facts.Deleted.Read() {
		return notRead("Deleted items", e.facts.Deleted)
	}
	if len(e.facts.Deleted.Value) == 0 {
		return ""
	}
	newest := e.facts.Deleted.Value[0]
	for _, d := range e.facts.Deleted.Value {
		if d.DeletedAt.After(newest.DeletedAt) {
			newest = d
		}
	}
	since := ""
	if !newest.DeletedAt.IsZero() {
		since = " since " + newest.DeletedAt.UTC().Format("2 January 2006")
	}
	if !newest.DeletedAt.IsZero() && e.at.Sub(newest.DeletedAt) > 30*24*time.Hour {
		return fmt.Sprintf("One lies in the deleted items%s; its 30 days are over.", since)
	}
	if e.standing.Client != nil {
		return fmt.Sprintf("An older copy lies in the deleted items%s, which is harmless.", since)
	}
	return fmt.Sprintf("One lies in the deleted items%s and can be restored for 30 days from then: Enterprise apps > Deleted applications, where the "+
		"Entra admin center has it, or Microsoft Graph, POST /directory/deletedItems/%s/restore.", since, newest.ID)
}

// clientFindings goes by the notices of the difference, which knows what keeps users out.
func (e examination) clientFindings() []finding {
	name := e.clientName()
	var findings []finding
	byMicrosoft := e.noticed("clientDisabledByMicrosoft")
	if len(e.noticed("clientDisabled")) > 0 {
		fix := Fix{Text: "Enable it.", Command: []string{"apply", "--enable-app"}}
		if len(byMicrosoft) > 0 {
			fix = Fix{}
		}
		findings = append(findings, finding{Problem, name + " is disabled for sign-in: users get AADSTS7000112 whatever is granted. Denying or " +
			"blocking an admin consent request also disables it.", fix})
	}
	for _, message := range byMicrosoft {
		findings = append(findings, finding{Problem, message, Fix{Text: "Only Microsoft can lift that: open a support request."}})
	}
	if len(e.noticed("assignmentRequired")) > 0 {
		findings = append(findings, finding{Warning, "Assignment is required for " + name + ": users who are not assigned get AADSTS50105.", Fix{
			Text: "Set Assignment required to No, or assign users: " + assignmentPlace + " or Users and groups.",
		}})
	}
	for _, message := range e.noticed("unexpectedPublisher") {
		findings = append(findings, finding{Warning, message + " What Apple's publisher looks like is unconfirmed.", Fix{}})
	}
	if len(findings) == 0 {
		text := name + " is there and enabled for sign-in."
		if sp := e.standing.Client; sp != nil && sp.AccountEnabled == nil {
			text = name + " is there; whether it is enabled for sign-in was not told."
		}
		findings = append(findings, finding{OK, text, Fix{}})
	}
	return findings
}

func (e examination) resourceFindings() []finding {
	var findings []finding
	for _, message := range e.noticed("resourceDisabled") {
		findings = append(findings, finding{Problem, message, Fix{
			Text: "Enable the resource: Entra admin center > Enterprise apps > the resource > Properties > Enabled for users to sign in.",
		}})
	}
	return findings
}
