package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/graph/signin"
	"appleconsent/internal/operation"
	"appleconsent/internal/terminal"
	"appleconsent/plan"
	"appleconsent/plan/render"
)

// The guided flow leads a person at a terminal from the sign-in to a verified change, one question at a time. It is the same
// program underneath: what it shows, asks, writes and records is what plan and apply do, so that whoever begins here can go
// on in a script. What it prints stays on the screen; nothing is drawn over it.

// guided runs the flow.
func guided(ctx context.Context, env Environment) error {
	g := &guide{ask: env.prompter(), env: env}
	conn, err := g.connection(ctx)
	k := newCall(env, output{format: render.Text})
	k.follow = follow{env.shell(), g.words, consent.Choices{Devices: consent.AllDevices, Route: consent.AdminConsent}}
	k.changes, k.began = err == nil, err == nil
	if err == nil {
		g.call = k
		err = g.run(ctx, conn)
	}
	if errors.Is(err, terminal.ErrQuit) {
		err = errLeft
	}
	return k.failed(err)
}

// guide asks the questions.
type guide struct {
	*call // once it is known where to go
	ask   terminal.Prompter
	env   Environment
	words []string // the flags for what was answered
}

// run shows the plan and asks what to do with it.
func (g *guide) run(ctx context.Context, conn connection) error {
	s, err := g.open(ctx, conn, operation.Directory)
	if err != nil {
		return err
	}
	defer s.close()
	p, err := s.PlanApply(ctx, consent.DefaultApplication().Require(g.follow.choices))
	if err != nil {
		return err
	}
	if err := g.show(render.OfPlan(p.Doc)); err != nil {
		return err
	}
	if err := p.Blocked(); err != nil || len(p.Doc.Actions) == 0 {
		return err
	}
	return g.decide(ctx, s, p)
}

// lead is an option with what it leads to.
type lead[T any] struct {
	terminal.Option
	to T
}

// choose asks for one of them.
func choose[T any](ctx context.Context, ask terminal.Prompter, title string, leads []lead[T]) (T, error) {
	options := make([]terminal.Option, len(leads))
	for i, c := range leads {
		options[i] = c.Option
	}
	i, err := ask.Choose(ctx, title, options)
	if err != nil {
		var none T
		return none, err
	}
	return leads[i].to, nil
}

// connection asks where to go and how to sign in. What is configured comes first.
func (g *guide) connection(ctx context.Context) (connection, error) {
	conn := connection{
		tenant: strings.ToLower(g.env.Getenv("AZURE_TENANT_ID")), auth: signin.AuthAuto, timeout: defaultTimeout,
		simulate: g.env.Getenv("APPLECONSENT_SIMULATE"),
	}
	var err error
	if conn.stateDir, err = stateFolder("", g.env); err != nil {
		return conn, err
	}
	if conn.cloud, err = conn.chooseCloud("", g.env); err != nil {
		return conn, err
	}
	auth, err := choose(ctx, g.ask, "Which tenant, and how do you sign in?", g.ways(conn))
	if err != nil {
		return conn, err
	}
	if auth == simulated {
		return g.scenario(ctx, conn)
	}
	conn.auth, conn.simulate = auth, ""
	g.connected("auth", string(auth))
	if auth == signin.AuthBrowser || auth == signin.AuthDeviceCode || auth == signin.AuthAzureCLI {
		err = g.tenant(ctx, &conn)
	}
	if err == nil {
		err = conn.checkTenant()
	}
	return conn, err
}

// simulated is the choice of a simulated tenant, which needs no sign-in.
const simulated signin.Auth = "simulated"

// ways lists how to sign in.
func (g *guide) ways(conn connection) []lead[signin.Auth] {
	titles := map[signin.Auth]string{
		signin.AuthEnvironment: "App registration", signin.AuthWorkloadIdentity: "Workload identity", signin.AuthAzureCLI: "Azure CLI",
		signin.AuthBrowser: "Browser", signin.AuthDeviceCode: "Device code", simulated: "Simulated tenant",
	}
	about := signInMethods().about
	about[simulated] = "practise safely"
	list := append(conn.signIn(g.env).Configured(), signin.AuthDeviceCode, simulated)
	if conn.simulate != "" { // the environment asks for it
		list = append([]signin.Auth{simulated}, slices.DeleteFunc(list, func(a signin.Auth) bool { return a == simulated })...)
	}
	var choices []lead[signin.Auth]
	for _, auth := range list {
		choices = append(choices, lead[signin.Auth]{terminal.Option{Label: titles[auth], Detail: about[auth]}, auth})
	}
	return choices
}

// scenario asks for the simulated tenant, unless the environment names one.
func (g *guide) scenario(ctx context.Context, conn connection) (connection, error) {
	conn.auth, conn.tenant = signin.AuthAuto, ""
	if conn.simulate != "" {
		return conn, nil
	}
	var choices []lead[string]
	for _, s := range scenarios().choices() {
		choices = append(choices, lead[string]{terminal.Option{Label: s.Word, Detail: s.Meaning}, s.Word})
	}
	name, err := choose(ctx, g.ask, "Which simulated tenant?", choices)
	conn.simulate = name
	g.connected("simulate", name)
	return conn, err
}

// tenant asks for the tenant of a person, who may be a guest in several.
func (g *guide) tenant(ctx context.Context, conn *connection) error {
	check := func(text string) error {
		return connection{tenant: strings.ToLower(text), auth: conn.auth}.checkTenant()
	}
	text, err := g.ask.Ask(ctx, "Tenant ID or domain (empty: your account's home tenant)", conn.tenant, check)
	conn.tenant = strings.ToLower(text)
	if conn.tenant != "" {
		g.connected("tenant", conn.tenant)
	}
	return err
}

// connected makes later commands that are shown go the same way.
func (g *guide) connected(flag, value string) {
	g.words = append(g.words, "--"+flag, value)
}

// next is what to do with a plan.
type next int

const (
	nextApply next = iota
	nextSave
	nextExport
	nextLeave
)

// decide asks what to do with the plan until it is applied or left.
func (g *guide) decide(ctx context.Context, s *connected, p operation.Planned) error {
	choices := []lead[next]{
		{terminal.Option{Label: "Apply", Detail: "you will be asked to confirm"}, nextApply},
		{terminal.Option{Label: "Save the plan", Detail: "for a review, or to apply later"}, nextSave},
		{terminal.Option{Label: "Export it", Detail: "as a report, or as a script for another tool"}, nextExport},
		{terminal.Option{Label: "Quit without changes"}, nextLeave},
	}
	for {
		what, err := choose(ctx, g.ask, "What now?", choices)
		switch {
		case err != nil:
			return err
		case what == nextLeave:
			return errLeft
		case what == nextApply:
			return g.apply(ctx, s, p)
		case what == nextSave:
			err = g.save(ctx, p.Doc)
		case what == nextExport:
			err = g.export(ctx, p.Doc)
		}
		if err != nil && !errors.Is(err, terminal.ErrQuit) { // Esc leads back to the choice
			return err
		}
	}
}

// apply takes the lock, asks for the yes, and does it.
func (g *guide) apply(ctx context.Context, s *connected, p operation.Planned) error {
	release, err := s.Lock(plan.OperationApply)
	if err != nil {
		return err
	}
	defer release()
	result, err := s.CarryOut(ctx, p, g.confirmed(""))
	return g.ended(result, changeOptions{}, err)
}

// save keeps the plan in a file.
func (g *guide) save(ctx context.Context, doc plan.Document) error {
	name, err := g.ask.Ask(ctx, "Save the plan as", "plan.json", plan.CheckWritable)
	if err != nil {
		return err
	}
	if err := writeForm(name, doc, render.JSON); err != nil {
		return err
	}
	g.planSaved(name, g.follow.choices)
	return nil
}

// export writes the plan in another form.
func (g *guide) export(ctx context.Context, doc plan.Document) error {
	var choices []lead[render.Form]
	for _, form := range render.Exports(g.follow.choices) {
		choices = append(choices, lead[render.Form]{terminal.Option{Label: form.Title, Detail: form.Purpose}, form})
	}
	form, err := choose(ctx, g.ask, "Which format?", choices)
	if err != nil {
		return err
	}
	name, err := g.ask.Ask(ctx, "File", "plan"+form.Extensions[0], plan.CheckWritable)
	if err != nil {
		return err
	}
	if err := writeForm(name, doc, form.Format); err != nil {
		return err
	}
	g.Notef("Wrote %s.", plan.Printable(name))
	return nil
}

// writeForm writes a plan to a file.
func writeForm(name string, doc plan.Document, f render.Format) error {
	content, err := render.Write(render.OfPlan(doc), f, render.PlainStyle(terminal.DefaultColumns))
	if err == nil {
		err = plan.WriteRendering(name, content)
	}
	return err
}
