package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/graph/signin"
	"appleconsent/graph/simulator"
	"appleconsent/plan"
	"appleconsent/plan/render"
)

// The guided flow leads a person at a terminal from the sign-in to a verified change, one question at a time. It is the same
// program underneath: what it shows, asks, writes and records is what plan and apply do, so that whoever begins here can go
// on in a script. What it prints stays on the screen; nothing is drawn over it.

// errLeft is the end of the guided flow without a change.
var errLeft = errors.New("left: nothing was changed")

// guided runs the flow.
func guided(ctx context.Context, env Environment, p *printer) error {
	g := &guide{printer: p, ask: newPrompter(env), env: env}
	conn, err := g.connection(ctx)
	if err != nil {
		return leaving(err)
	}
	p.changes = true
	p.choices = consent.Choices{Devices: consent.AllDevices, Route: consent.AdminConsent}
	s, err := open(ctx, conn, env, p, preparing(p.choices))
	if err != nil {
		return err
	}
	defer s.close()
	w, err := s.planApply(ctx, p.choices)
	if err != nil {
		return err
	}
	if err := s.showDocument(w.doc); err != nil {
		return err
	}
	switch {
	case w.doc.Blocked():
		return blocked(w.doc, p.command)
	case len(w.doc.Actions) == 0:
		return nil
	}
	return leaving(g.decide(ctx, s, w))
}

// leaving turns leaving a question into the end of the flow.
func leaving(err error) error {
	if errors.Is(err, errQuit) {
		return errLeft
	}
	return err
}

// guide asks the questions.
type guide struct {
	*printer
	ask prompter
	env Environment
}

// lead is an option with what it leads to.
type lead[T any] struct {
	option
	to T
}

// choose asks for one of them.
func choose[T any](ctx context.Context, ask prompter, title string, leads []lead[T]) (T, error) {
	options := make([]option, len(leads))
	for i, c := range leads {
		options[i] = c.option
	}
	i, err := ask.choose(ctx, title, options)
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
	words := map[signin.Auth]option{
		signin.AuthEnvironment:      {"App registration", "the secret or certificate in the AZURE_… variables"},
		signin.AuthWorkloadIdentity: {"Workload identity", "the federated token of this workload"},
		signin.AuthAzureCLI:         {"Azure CLI", "whoever signed in with az login"},
		signin.AuthBrowser:          {"Browser", "on this machine"},
		signin.AuthDeviceCode:       {"Device code", "a browser on another machine"},
		simulated:                   {"Simulated tenant", "to rehearse; no real tenant is read or changed"},
	}
	list := append(conn.signIn(g.env).Configured(), signin.AuthDeviceCode, simulated)
	if conn.simulate != "" { // the environment asks for it
		list = append([]signin.Auth{simulated}, slices.DeleteFunc(list, func(a signin.Auth) bool { return a == simulated })...)
	}
	var choices []lead[signin.Auth]
	for _, auth := range list {
		choices = append(choices, lead[signin.Auth]{words[auth], auth})
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
	for _, s := range simulator.Scenarios() {
		choices = append(choices, lead[string]{option{s.Name, s.Description}, s.Name})
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
	text, err := g.ask.ask(ctx, "Tenant: its GUID or a domain, or nothing for the account's own", conn.tenant, check)
	conn.tenant = strings.ToLower(text)
	if conn.tenant != "" {
		g.connected("tenant", conn.tenant)
	}
	return err
}

// connected makes later commands that are shown go the same way.
func (g *guide) connected(flag, value string) {
	g.printer.connection = append(g.printer.connection, "--"+flag, value)
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
func (g *guide) decide(ctx context.Context, s *session, w changing) error {
	choices := []lead[next]{
		{option{"Apply it", "after one more question"}, nextApply},
		{option{"Save the plan", "for a review, or to apply later"}, nextSave},
		{option{"Export it", "as a report, or as a script for another tool"}, nextExport},
		{option{"Leave", "and change nothing"}, nextLeave},
	}
	for {
		what, err := choose(ctx, g.ask, "What now?", choices)
		switch {
		case err != nil:
			return err
		case what == nextLeave:
			return errLeft
		case what == nextApply:
			return g.apply(ctx, s, w)
		case what == nextSave:
			err = g.save(ctx, w.doc)
		case what == nextExport:
			err = g.export(ctx, w.doc)
		}
		if err != nil && !errors.Is(err, errQuit) { // Esc leads back to the choice
			return err
		}
	}
}

// apply takes the lock, asks for the yes, and does it.
func (g *guide) apply(ctx context.Context, s *session, w changing) error {
	release, err := s.lock(plan.OperationApply)
	if err != nil {
		return err
	}
	defer release()
	return s.confirmAndRun(ctx, changeOptions{}, g.ask, w)
}

// save keeps the plan in a file.
func (g *guide) save(ctx context.Context, doc plan.Document) error {
	name, err := g.ask.ask(ctx, "File for the plan", "plan.json", plan.CheckWritable)
	if err != nil {
		return err
	}
	if err := plan.WriteFile(name, doc); err != nil {
		return err
	}
	g.note("plan saved; carry it out with: %s", g.command(applySaved(name, g.choices)...))
	return nil
}

// export writes the plan in another form.
func (g *guide) export(ctx context.Context, doc plan.Document) error {
	var choices []lead[render.Form]
	for _, form := range render.Exports(g.choices) {
		choices = append(choices, lead[render.Form]{option{form.Title, form.Purpose}, form})
	}
	form, err := choose(ctx, g.ask, "In which form?", choices)
	if err != nil {
		return err
	}
	name, err := g.ask.ask(ctx, "File", "plan"+form.Extensions[0], plan.CheckWritable)
	if err != nil {
		return err
	}
	content, err := render.Write(render.OfPlan(doc), form.Format, render.PlainStyle(defaultColumns))
	if err == nil {
		err = plan.WriteRendering(name, content)
	}
	if err == nil {
		g.note("written to %s", plan.Printable(name))
	}
	return err
}
