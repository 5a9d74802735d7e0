package render

import (
	"fmt"
	"regexp"
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
	Kind          consent.ActionKind // empty: it stays as it is
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
		ClientName: clientName(doc.Client), Client: orEmpty(doc.Client.ServicePrincipalID), Blocked: doc.Blocked(), Rollback: doc.RollsBack != "",
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
		if err := p.add(a, resourceName(a.ResourceAppID, doc.Resources)); err != nil {
			return p, err
		}
	}
	for _, r := range doc.Resources {
		p.keep(r)
	}
	return p, p.check(doc.Client.AppID)
}

// changeProgram turns a change record into the program that does the same again.
func changeProgram(c plan.Change) (program, error) {
	p := program{
		Origin: changeOrigin(c), TenantID: c.Tenant.ID, TenantName: tenantName(c.Tenant), Cloud: c.Tenant.Cloud,
		ClientName: clientName(c.Client), Client: orEmpty(c.Client.ServicePrincipalID), Again: true, Rollback: c.Operation == plan.OperationRollback,
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
		if err := p.add(happened, resourceName(a.ResourceAppID, nil)); err != nil {
			return p, err
		}
	}
	if done == 0 {
		p.Idle = "The change did nothing that could be done again."
	}
	return p, p.check(c.Client.AppID)
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

// add takes one action over.
func (p *program) add(a plan.Action, resource string) error {
	switch {
	case a.Kind.OnGrant():
		p.Grants = append(p.Grants, grantStep{
			Kind: a.Kind, Resource: resource, ResourceAppID: a.ResourceAppID, GrantID: a.GrantID,
			Add: a.After.Without(a.Before), Remove: a.Before.Without(a.After), After: a.After,
		})
	case a.Kind.OnUserConsent():
		return p.addUserConsent(a, resource)
	case a.AppID != consent.AppleInternetAccounts:
		return fmt.Errorf("%w: the service principal of %s", ErrRefused, shown(string(a.AppID)))
	case a.Kind == consent.CreateServicePrincipal:
		p.Create = true
	case a.Kind == consent.DeleteServicePrincipal && a.ServicePrincipalID != "":
		p.Delete = a.ServicePrincipalID
	case a.Kind == consent.EnableServicePrincipal, a.Kind == consent.DisableServicePrincipal:
		return p.addSwitch(a)
	default:
		return fmt.Errorf("%w: the action %s", ErrRefused, shown(string(a.Kind)))
	}
	return nil
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

// grantID is what Graph makes of the object IDs of client and resource.
var grantID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// check refuses what this program would not have planned.
func (p *program) check(client consent.AppID) error {
	required := consent.AppleMail(consent.AllDevices)
	if client != required.Client {
		return fmt.Errorf("%w: the client %s", ErrRefused, plan.Printable(string(client)))
	}
	// All of these go into strings and filters of scripts.
	for _, id := range []string{p.TenantID, string(p.Client), string(p.Created), string(p.Delete), string(p.Enable), string(p.Disable)} {
		if _, err := consent.ParseGUID(id); err != nil && id != "" {
			return fmt.Errorf("%w: the id %s", ErrRefused, shown(id))
		}
	}
	if p.TenantID == "" {
		return fmt.Errorf("%w: no tenant", ErrRefused)
	}
	if _, known := clouds[p.Cloud]; !known {
		return fmt.Errorf("%w: the cloud %s", ErrRefused, shown(p.Cloud))
	}
	for _, g := range p.Grants {
		if err := g.check(required); err != nil {
			return err
		}
	}
	return p.checkSettings(required)
}

func (g grantStep) check(required consent.Requirement) error {
	allowed := required.Scopes(g.ResourceAppID)
	touched := g.Add.With(g.Remove...)
	switch {
	case len(allowed) == 0:
		return fmt.Errorf("%w: a grant on %s", ErrRefused, shown(string(g.ResourceAppID)))
	case g.Kind == consent.DeleteGrant && len(g.After) > 0:
		return fmt.Errorf("%w: to delete a grant and to keep %s", ErrRefused, plan.Printable(g.After.String()))
	case !allowed.HasAll(touched):
		return fmt.Errorf("%w: to touch %s on %s", ErrRefused, plan.Printable(touched.Without(allowed).String()), shown(g.Resource))
	case g.GrantID != "" && !grantID.MatchString(string(g.GrantID)):
		return fmt.Errorf("%w: the grant %s", ErrRefused, shown(string(g.GrantID)))
	}
	return nil
}

// clouds are the names of the clouds in Graph's PowerShell SDK and in the provider azuread.
var clouds = map[string]struct{ powershell, terraform string }{
	"global":   {"Global", "global"},
	"usgov":    {"USGov", "usgovernmentl4"},
	"usgovdod": {"USGovDoD", "usgovernmentl5"},
	"china":    {"China", "china"},
}
