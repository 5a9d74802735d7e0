package cli

import (
	"cmp"
	"context"
	"slices"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
	"appleconsent/internal/operation"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

// lookOptions are those of the commands that only look.
type lookOptions struct {
	connection connection
	asked      asked
	detailed   bool
	reason     string       // of a plan
	many       *manyOptions // nil: one tenant
}

// parseLook reads them. One is the kind of document that one tenant comes to.
func parseLook(in *input, one plan.Kind) (lookOptions, error) {
	conn, err := parseConnection(in)
	if err != nil {
		return lookOptions{}, err
	}
	asked, err := parseAsked(in)
	if err == nil {
		err = checkChoices(asked.Choices)
	}
	in.follow.choices = asked.Choices
	o := lookOptions{connection: conn, asked: asked, detailed: in.Bool("detailed-exitcode")}
	if err == nil {
		o.many, err = parseMany(in)
	}
	if err == nil && o.many == nil {
		err = render.CanHold(in.output.format, one, asked.Choices)
	}
	return o, cmp.Or(err, conn.checkSimulated(o.many), asked.unlessLoosening(o.many))
}

func statusCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name:  "status",
		Usage: "show what is granted and what is missing",
		Description: "Reads the tenant and changes nothing. Exit code 0 if consent is in place, 2 if it is not.\n\n" +
			"   appleconsent status --simulate fresh\n   appleconsent status --tenant contoso.onmicrosoft.com\n   appleconsent status --quiet\n" +
			"   appleconsent status --tenants customers.csv -o csv",
		Flags: slices.Concat(statusFlags(), connectionFlags(), manyFlags(), documentFlags(withMany(statusFormats))),
		Action: action(env, parseStatus, func(ctx context.Context, o lookOptions, k *call) error {
			return look(ctx, plan.KindStatus, o, k)
		}),
	}
}

func parseStatus(in *input) (lookOptions, error) { return parseLook(in, plan.KindStatus) }

func planCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name:  "plan",
		Usage: "show what apply would change",
		Description: "Reads the tenant and changes nothing. A saved plan is a promise: apply carries out exactly that plan, or nothing.\n\n" +
			"   appleconsent plan --simulate partial --out plan.html\n   appleconsent plan --out plan.json\n" +
			"   appleconsent plan --detailed-exitcode -o json >plan.json\n   appleconsent plan --tenants customers.csv --out plans.jsonl",
		Flags: slices.Concat(planFlags(), []cli.Flag{reasonFlag("the plan"), usageFlag(), detailedExitCodeFlag()}, connectionFlags(), manyFlags(),
			documentFlags(withMany(allFormats))),
		Action: action(env, parsePlan, func(ctx context.Context, o lookOptions, k *call) error {
			return look(ctx, plan.KindPlan, o, k)
		}),
	}
}

func parsePlan(in *input) (lookOptions, error) {
	o, err := parseLook(in, plan.KindPlan)
	if err == nil {
		o.connection.usage, err = parseUsage(in)
	}
	if err == nil {
		o.reason, err = parseReason(in)
	}
	return o, err
}

func look(ctx context.Context, kind plan.Kind, o lookOptions, k *call) error {
	if o.many != nil {
		return k.lookMany(ctx, kind, o)
	}
	s, err := k.open(ctx, o.connection, operation.NeedOf(o.asked.Choices))
	if err != nil {
		return err
	}
	defer s.close()
	required, err := k.required(ctx, s, o.asked)
	if err != nil {
		return err
	}
	doc, err := s.Look(ctx, kind, required)
	if err != nil {
		return err
	}
	if o.reason != "" {
		doc.Reason = &o.reason
	}
	show, commands := k.show, k.onward(doc, "")
	saved := k.output.file != "" && k.output.format == render.JSON && kind == plan.KindPlan
	appliable := len(doc.Actions) > 0 && !doc.Blocked()
	switch {
	case saved && appliable: // how to go on with the file is said below
		show, commands = k.put, render.Commands{}
	case saved:
		show = k.put
	case kind == plan.KindStatus:
		show = k.answer
	}
	if err := show(render.OfPlan(doc).Leading(commands)); err != nil {
		return err
	}
	switch {
	case saved && !appliable:
		k.Notef("Saved %s.", plan.Printable(k.output.file))
	case saved:
		k.planSaved(k.output.file, doc.Requirement.Choices())
	}
	if due(doc, o.detailed) {
		return errChangesDue
	}
	return nil
}

// due reports whether a status shows that users are not served, or a plan that something is to be done, if that is asked for.
func due(doc plan.Document, detailed bool) bool {
	if doc.Kind == plan.KindStatus {
		return !doc.InPlace()
	}
	return detailed && (!doc.Satisfied || len(doc.Actions) > 0)
}

// planSaved says how to go on with a saved plan.
func (k *call) planSaved(file string, choices consent.Choices) {
	k.Notef("Saved %s. To apply it, run: %s", plan.Printable(file), k.follow.inFile().command(applySaved(file, choices)...))
}

func doctorCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name:  "doctor",
		Usage: "diagnose why users are still prompted or blocked",
		Description: "Checks what decides whether iPhone and Mac users can get mail: the grants, the service principal, what users may consent\n" +
			"to, Conditional Access, recent failed sign-ins, federated domains, Intune profiles, the end of EWS. Reads and changes nothing. A\n" +
			"check that lacks a permission is skipped. Exit code 0 if there is no problem, 2 if there is one, in every format.\n\n" +
			"What Exchange itself decides is not in Microsoft Graph: -o powershell writes a script that reads it in Exchange Online.\n\n" +
			"   appleconsent doctor --simulate consent-blocked\n   appleconsent doctor --tenant contoso.onmicrosoft.com --verbose\n" +
			"   appleconsent doctor --out report.html\n   appleconsent doctor --out exchange.ps1\n   appleconsent doctor -o json",
		Flags: slices.Concat(lookFlags(), []cli.Flag{
			usageFlag(),
			&cli.BoolFlag{Name: "verbose", Usage: "show all that was found, also where all is well"},
		}, connectionFlags(), manyFlags(), documentFlags(withMany(diagnosisFormats))),
		Action: action(env, parseDoctor, runDoctor),
	}
}

// doctorOptions are those of doctor.
type doctorOptions struct {
	lookOptions
	verbose bool
}

func parseDoctor(in *input) (doctorOptions, error) {
	o, err := parseLook(in, render.KindDiagnosis)
	if err == nil {
		o.connection.usage, err = parseUsage(in)
	}
	return doctorOptions{o, in.Bool("verbose")}, err
}

func runDoctor(ctx context.Context, o doctorOptions, k *call) error {
	if o.many != nil {
		return k.doctorMany(ctx, o)
	}
	s, err := k.open(ctx, o.connection, operation.Examination)
	if err != nil {
		return err
	}
	defer s.close()
	found, err := k.examine(ctx, s, s.Require(consent.DefaultApplication(), o.asked.Choices), o.asked.consented)
	if err != nil {
		return err
	}
	if err := k.show(render.OfDiagnosis(found, o.verbose)); err != nil {
		return err
	}
	switch {
	case !found.Healthy:
		return errChangesDue
	case found.Unclear():
		k.Warning("grants or service principal could not be checked: exit code 0 only means that no problem was found")
	}
	return nil
}

// examine examines a tenant, with what single users have granted if that is asked for, and says what the facts come to.
func (k *call) examine(ctx context.Context, s *connected, required consent.Requirement, consented bool) (render.Diagnosis, error) {
	required, facts, err := k.readFacts(ctx, s, required, consented)
	if err != nil {
		return render.Diagnosis{}, err
	}
	return k.diagnose(required, facts, k.follow.connection), nil
}

// diagnose says what the facts come to. A fix goes to the same tenant, names its route, and enables the service principal where that
// is needed.
func (k *call) diagnose(required consent.Requirement, facts doctor.Facts, connection []string) render.Diagnosis {
	fixes := follow{shell: k.follow.shell, connection: connection, devices: k.follow.devices}
	return render.Diagnose(tool(), required, facts, func(words ...string) string {
		same := consent.Choices{Devices: required.Devices, Route: consent.AdminConsent}
		if words[0] == "apply" && !slices.Contains(words, string(consent.UserConsent)) {
			same.Also = required.Also
		}
		return fixes.command(append(words, fixes.choiceFlags(same, false)...)...)
	})
}

func (k *call) readFacts(ctx context.Context, s *connected, required consent.Requirement, consented bool) (consent.Requirement, doctor.Facts, error) {
	if !consented {
		return s.Examine(ctx, required)
	}
	e, facts, err := s.ExamineConsented(ctx, required)
	if err == nil {
		k.sayFound(e)
	}
	return e.Required, facts, err
}
