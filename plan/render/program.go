package render

import (
	"fmt"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/plan"
)

// program is what a script carries out. Its ids, the scopes of Add and Remove, permissions and policies have been checked:
// they are what this program itself would plan. Names are shown only.
type program struct {
	Origin     string
	TenantID   string
	TenantName string
	Cloud      string
	App        consent.Application
	ClientName string
	Client     consent.ObjectID // its service principal; empty if there is none
	Create     bool             // create the client's service principal
	Created    consent.ObjectID // the service principal that a change created
	Delete     consent.ObjectID // the client's service principal, if it is to be deleted
	Enable     consent.ObjectID // the client's service principal, if it is to be enabled for sign-in
	Disable    consent.ObjectID // the same, if it is to be disabled
	Steps      []grantStep      // what is done about grants, in the order of the plan
	Kept       []grantStep      // what stays as it is
	Checks     []grantStep      // what is required of grants, if nothing is to be done about them
	Classify   []classifyStep
	Declassify []classifyStep
	Policy     *policyStep // nil if the authorization policy stays as it is
	Actions    []action    // what it does, for readers
	Alarms     []remark    // what a reader must know before everything else
	Remarks    []remark    // what a reader must know
	Idle       string      // why nothing is to be done; empty if something is
	Blocked    bool        // nothing can be done
	Blockers   []string    // why not
	Several    bool        // there is more than one tenant-wide grant on a resource
	Rollback   bool
	Again      bool // it is made from a change record: the change, to be done again
}

// grantStep is what is done about the tenant-wide grant on one resource.
type grantStep struct {
	Kind          consent.ActionKind // zero if it stays as it is
	Resource      string             // name
	ResourceAppID consent.AppID
	GrantID       consent.GrantID // empty for one that does not exist yet
	Add, Remove   consent.ScopeSet
	After         consent.ScopeSet // all its scopes, as far as the document knows. Not checked: others may have granted them
}

// classifyStep is a permission that is classified as low impact, or no longer.
type classifyStep struct {
	Resource string // name
	consent.Action
}

// policyStep replaces the entries of the authorization policy.
type policyStep struct{ Before, After consent.ScopeSet }

// remark is a labelled line of the script's head.
type remark struct{ Label, Text string }

// scriptable refuses what has nothing to carry out, or what no script holds.
func scriptable(c content) error {
	for _, kind := range c.kinds {
		if wordsFor(kind.Object).step == nil {
			return refusal(fmt.Sprintf("a script holds no %s: use apply", wordsFor(kind.Object).noun))
		}
	}
	return actionsOnly(c)
}

// scripted makes a form of what writes a program down.
func scripted(write func(program) ([]byte, error)) func(Result, Style) ([]byte, error) {
	return func(r Result, _ Style) ([]byte, error) {
		p, err := r.program()
		if err != nil {
			return nil, err
		}
		return write(p)
	}
}

// programFor is a program that does nothing yet.
func programFor(origin string, t plan.TenantInfo, c plan.ClientInfo) program {
	p := program{Origin: origin, TenantID: t.ID, TenantName: tenantName(t), Cloud: t.Cloud, App: application(c), ClientName: clientName(c)}
	if c.ServicePrincipalID != nil {
		p.Client = *c.ServicePrincipalID
	}
	if t.Simulated {
		p.Alarms = append(p.Alarms, remark{"SIMULATION", "this tenant is not real."})
	}
	return p
}

// planProgram turns a plan into a program.
func planProgram(doc plan.Document) (program, error) {
	p := programFor(planOrigin(doc), doc.Tenant, doc.Client)
	p.Blocked, p.Rollback = doc.Blocked(), doc.RollsBack != ""
	p.Several = slices.ContainsFunc(doc.Notices, func(n plan.Notice) bool { return n.Code == "severalGrants" })
	alarms, others := notices(doc.Notices)
	for _, n := range alarms {
		p.Alarms = append(p.Alarms, remark{strings.ToUpper(n.Word), n.Message})
	}
	for _, n := range others {
		p.Remarks = append(p.Remarks, remark{n.Word, n.Message})
	}
	if p.Blocked || len(doc.Actions) == 0 {
		p.Idle = planVerdict(doc).Sentence
	}
	if p.Blocked { // nothing of it becomes code, so that nothing is checked
		p.Blockers = blockers(doc)
		return p, nil
	}
	for _, a := range doc.Actions {
		p.add(a, names{doc.Client, doc.Resources})
	}
	for _, r := range doc.Resources {
		touched := slices.ContainsFunc(p.Steps, func(g grantStep) bool { return g.ResourceAppID == r.AppID })
		if !touched && r.GrantID != nil {
			p.Kept = append(p.Kept, grantStep{
				Resource: nameOr(&r.DisplayName, string(r.AppID)), ResourceAppID: r.AppID, GrantID: *r.GrantID, After: r.Granted.With(r.Extra...),
			})
		}
	}
	if p.Idle != "" {
		p.Checks = checks(doc)
	}
	return p, doc.Trust()
}

// blockers are the sentences of the notices that forbid to apply a plan.
func blockers(doc plan.Document) []string {
	var all []string
	for _, n := range doc.Notices {
		if n.Level == consent.Blocker {
			all = append(all, Blocker(n, doc))
		}
	}
	return all
}

// checks are the grants that a plan with nothing to do rests on; none where grants are not what it is about.
func checks(doc plan.Document) []grantStep {
	var all []grantStep
	for _, r := range doc.Resources {
		if doc.RollsBack != "" || len(r.Missing) > 0 {
			return nil
		}
		if len(r.Required) > 0 {
			all = append(all, grantStep{Resource: nameOr(&r.DisplayName, string(r.AppID)), ResourceAppID: r.AppID, Add: r.Required})
		}
	}
	return all
}

// changeProgram turns a change record into the program that does the same again.
func changeProgram(c plan.Change) (program, error) {
	p := programFor(changeOrigin(c), c.Tenant, c.Client)
	p.Again, p.Rollback, p.Remarks = true, c.Operation == plan.OperationRollback, changeRemarks(c)
	all := names{client: c.Client}
	for _, a := range c.Actions {
		if a.Status != plan.StatusDone {
			p.Remarks = append(p.Remarks, remark{"Left out", leftOut(recorded(a, all))})
			continue
		}
		if a.Result != nil && a.Kind == consent.CreateServicePrincipal {
			p.Created = consent.ObjectID(a.Result.Target)
		}
		p.add(plan.Action{ID: a.ID, Action: a.Performed()}, all)
	}
	if len(p.Actions) == 0 {
		p.Idle = "The change did nothing that could be done again."
	}
	return p, c.Trust()
}

func changeRemarks(c plan.Change) []remark {
	remarks := []remark{{"Operator", plan.Printable(c.Operator)}, {"Outcome", outcomeMark(c.Outcome).Word}}
	for _, f := range alsoFacts(c.Requirement, "") {
		remarks = append(remarks, remark{f.Label, f.Prose})
	}
	if reason := plan.PrintableLine(c.Reason); reason != "" {
		remarks = append(remarks, remark{"Reason", reason})
	}
	if c.RollsBack != nil {
		remarks = append(remarks, remark{"Rolled back", "change " + plan.Printable(*c.RollsBack)})
	}
	if c.RolledBackBy != nil {
		remarks = append(remarks, remark{"Note", "The change was rolled back by change " + plan.Printable(*c.RolledBackBy) + "."})
	}
	return remarks
}

func leftOut(a action) string {
	text := fmt.Sprintf("%s %s (%s)", a.ID, a.title(), a.Status.Word)
	if a.Prose != "" {
		text += ": " + a.Prose
	}
	return text
}

// add takes one action over, which has been checked.
func (p *program) add(a plan.Action, n names) {
	p.Actions = append(p.Actions, layOut(a, n))
	if step := wordsFor(a.Kind.Object).step; step != nil {
		step(p, a, resourceName(a.ResourceAppID, n.resources))
	}
}

// Setting reports whether anything beside service principals and grants is changed.
func (p program) Setting() bool { return p.Switching() || p.Classifying() || p.Policy != nil }

// Switching reports whether users are let sign in to the client, or no longer.
func (p program) Switching() bool { return p.Enable != "" || p.Disable != "" }

// Classifying reports whether permissions are classified, or no longer.
func (p program) Classifying() bool { return len(p.Classify)+len(p.Declassify) > 0 }

// CloudNames are what Graph's PowerShell SDK and the provider azuread call the cloud, and a pattern of links that lead to Graph in it
// (learn.microsoft.com/graph/deployments).
func (p program) CloudNames() struct{ PowerShell, Terraform, Link string } {
	return map[string]struct{ PowerShell, Terraform, Link string }{
		"global":   {"Global", "global", `^(https://graph\.microsoft\.com(:443)?)?/v1\.0/`},
		"usgov":    {"USGov", "usgovernmentl4", `^(https://graph\.microsoft\.us(:443)?)?/v1\.0/`},
		"usgovdod": {"USGovDoD", "usgovernmentl5", `^(https://dod-graph\.microsoft\.us(:443)?)?/v1\.0/`},
		"china":    {"China", "china", `^(https://microsoftgraph\.chinacloudapi\.cn(:443)?)?/v1\.0/`},
	}[p.Cloud]
}
