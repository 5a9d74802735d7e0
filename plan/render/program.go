package render

import (
	"fmt"
	"slices"

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
	Client     consent.ObjectID // its service principal, as it stands; empty if there is none
	Create     bool             // create the client's service principal
	Created    consent.ObjectID // the service principal that a change created
	Delete     consent.ObjectID // the client's service principal, if it is to be deleted
	Enable     consent.ObjectID // the client's service principal, if it is to be enabled for sign-in
	Disable    consent.ObjectID // the same, if it is to be disabled
	Grants     []grantStep      // in the order of the plan, then what stays as it is
	Classify   []classifyStep
	Declassify []classifyStep
	Policy     *policyStep // nil if the authorization policy stays as it is
	Remarks    []remark    // what a reader must know
	Idle       string      // why nothing is to be done; empty if something is
	Blocked    bool        // nothing can be done
	Rollback   bool
	Again      bool // it is made from a change record: the change, to be done again
}

// grantStep is what is done about the tenant-wide grant on one resource.
type grantStep struct {
	Kind          consent.ActionKind // zero: it stays as it is
	Resource      string             // name
	ResourceAppID consent.AppID
	GrantID       consent.GrantID // empty for one that does not stand yet
	Add, Remove   consent.ScopeSet
	After         consent.ScopeSet // all its scopes, as far as the document knows. Not checked: others may have granted them
}

// remark is a labelled line of the script's head.
type remark struct{ Label, Text string }

// planProgram turns a plan into a program.
func planProgram(doc plan.Document) (program, error) {
	if doc.Kind == plan.KindStatus {
		return program{}, ErrStatus
	}
	p := program{
		Origin: planOrigin(doc), TenantID: doc.Tenant.ID, TenantName: tenantName(doc.Tenant), Cloud: doc.Tenant.Cloud,
		App: application(doc.Client), ClientName: clientName(doc.Client), Client: orEmpty(doc.Client.ServicePrincipalID), Blocked: doc.Blocked(), Rollback: doc.RollsBack != "",
	}
	for _, n := range notices(doc.Notices) {
		p.Remarks = append(p.Remarks, remark{n.Word, n.Message})
	}
	if p.Blocked || len(doc.Actions) == 0 {
		p.Idle = planVerdict(doc).Sentence
	}
	if p.Blocked {
		return p, nil
	}
	for _, a := range doc.Actions {
		p.add(a.Action, resourceName(a.ResourceAppID, doc.Resources))
	}
	for _, r := range doc.Resources {
		p.keep(r)
	}
	return p, doc.Trust()
}

// changeProgram turns a change record into the program that does the same again.
func changeProgram(c plan.Change) (program, error) {
	p := program{
		Origin: changeOrigin(c), TenantID: c.Tenant.ID, TenantName: tenantName(c.Tenant), Cloud: c.Tenant.Cloud,
		App: application(c.Client), ClientName: clientName(c.Client), Client: orEmpty(c.Client.ServicePrincipalID), Again: true, Rollback: c.Operation == plan.OperationRollback,
		Remarks: changeRemarks(c),
	}
	done := 0
	for _, a := range c.Actions {
		if a.Status != plan.StatusDone {
			p.Remarks = append(p.Remarks, remark{"Left out", leftOut(a, c)})
			continue
		}
		done++
		happened := a.Action
		happened.Before, happened.After = effect(a)
		if a.Result != nil && a.Result.GrantID != "" {
			happened.GrantID = a.Result.GrantID
		}
		if a.Result != nil && a.Kind == consent.CreateServicePrincipal {
			p.Created = a.Result.ServicePrincipalID
		}
		p.add(happened.Action, resourceName(a.ResourceAppID, nil))
	}
	if done == 0 {
		p.Idle = "The change did nothing that could be done again."
	}
	return p, c.Trust()
}

func changeRemarks(c plan.Change) []remark {
	word, _ := outcome(c.Outcome)
	remarks := []remark{{"Operator", plan.Printable(c.Operator)}, {"Outcome", word}}
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

func leftOut(a plan.RecordedAction, c plan.Change) string {
	happened := layOut(a.Action, clientName(c.Client), resourceName(a.ResourceAppID, nil))
	text := fmt.Sprintf("%s %s %s %s (%s)", happened.ID, happened.Verb, happened.Object, happened.Name, statusWords[a.Status])
	if a.Permission != "" {
		text += ": " + shown(string(a.Permission))
	}
	if a.Error != "" {
		text += ": " + plan.PrintableLine(a.Error)
	}
	return text
}

var statusWords = map[plan.Status]string{
	plan.StatusPending: "not begun", plan.StatusStarted: "outcome not known", plan.StatusUnchanged: "left as it was", plan.StatusFailed: "failed",
}

func orEmpty(id *consent.ObjectID) consent.ObjectID {
	if id == nil {
		return ""
	}
	return *id
}

// add takes one action over, which has been checked.
func (p *program) add(a consent.Action, resource string) {
	switch a.Kind {
	case consent.CreateServicePrincipal:
		p.Create = true
	case consent.DeleteServicePrincipal:
		p.Delete = a.ServicePrincipalID
	case consent.EnableServicePrincipal:
		p.Enable = a.ServicePrincipalID
	case consent.DisableServicePrincipal:
		p.Disable = a.ServicePrincipalID
	case consent.ClassifyPermission:
		p.Classify = append(p.Classify, classifyStep{resource, a})
	case consent.DeclassifyPermission:
		p.Declassify = append(p.Declassify, classifyStep{resource, a})
	case consent.SetUserConsentPolicy:
		p.Policy = &policyStep{a.Before, a.After}
	default:
		p.Grants = append(p.Grants, grantStep{
			Kind: a.Kind, Resource: resource, ResourceAppID: a.ResourceAppID, GrantID: a.GrantID,
			Add: a.Added(), Remove: a.Removed(), After: a.After,
		})
	}
}

// keep notes a grant that stands and that no action touches.
func (p *program) keep(r plan.Resource) {
	touched := slices.ContainsFunc(p.Grants, func(g grantStep) bool { return g.ResourceAppID == r.AppID })
	if touched || r.GrantID == nil {
		return
	}
	p.Grants = append(p.Grants, grantStep{
		Resource: nameOr(&r.DisplayName, string(r.AppID)), ResourceAppID: r.AppID, GrantID: *r.GrantID, After: r.Granted.With(r.Extra...),
	})
}

// clouds are the names of the clouds in Graph's PowerShell SDK and in the provider azuread.
var clouds = map[string]struct{ powershell, terraform string }{
	"global":   {"Global", "global"},
	"usgov":    {"USGov", "usgovernmentl4"},
	"usgovdod": {"USGovDoD", "usgovernmentl5"},
	"china":    {"China", "china"},
}
