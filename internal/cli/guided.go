package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/graph/signin"
	"appleconsent/internal/cli/shell"
	"appleconsent/internal/operation"
	"appleconsent/internal/terminal"
	"appleconsent/plan"
	"appleconsent/plan/render"
)

// The guided flow leads a person at a terminal from the sign-in to a verified change, one question at a time. It is the same
// program underneath: what it shows, asks, writes and records is what plan and apply do, so that whoever begins here can go
// on in a script. What it prints stays on the screen; nothing is drawn over it.

func guided(ctx context.Context, env Environment) error {
	g := &guide{call: newCall(env, output{format: render.Text}), ask: env.prompter()}
	g.follow.choices = consent.Choices{Devices: consent.AllDevices, Route: consent.AdminConsent}
	s, err := g.session(ctx)
	if err == nil {
		err = g.run(ctx, s)
		s.close()
	}
	if errors.Is(err, terminal.ErrQuit) {
		err = errLeft
	}
	return g.failed(err)
}

// guide asks the questions. What is answered, later commands that are shown say by flags.
type guide struct {
	*call
	ask   terminal.Prompter
	noCLI bool // the Azure CLI was tried, and is not offered again
}

// session asks where to go and signs in there. If the Azure CLI, which is chosen because of what it has on disk, does not do that,
// the other ways are offered.
func (g *guide) session(ctx context.Context) (*connected, error) {
	for {
		conn, err := g.connection(ctx)
		if err != nil {
			return nil, err
		}
		g.changes, g.began = true, true
		s, err := g.open(ctx, conn, operation.Directory)
		if err == nil || !is[*signin.Error](err) || conn.auth != signin.AuthAzureCLI {
			return s, err
		}
		v := g.judge(err)
		g.Failure(v.text, v.hints)
		g.noCLI = true
	}
}

// run shows the plan and asks what to do with it.
func (g *guide) run(ctx context.Context, s *connected) error {
	p, err := s.PlanApply(ctx, s.Require(consent.DefaultApplication(), g.follow.choices))
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

func choose[T any](ctx context.Context, ask terminal.Prompter, title string, list []T, option func(T) terminal.Option) (T, error) {
	options := make([]terminal.Option, len(list))
	for i, item := range list {
		options[i] = option(item)
	}
	i, err := ask.Choose(ctx, title, options)
	if err != nil {
		var none T
		return none, err
	}
	return list[i], nil
}

// connection asks where to go and how to sign in. What is configured comes first.
func (g *guide) connection(ctx context.Context) (connection, error) {
	conn := connection{
		tenant: strings.ToLower(g.env.Getenv("AZURE_TENANT_ID")), auth: signin.AuthAuto, timeout: defaultTimeout,
		simulate: g.env.Getenv("APPLECONSENT_SIMULATE"),
	}
	g.follow.connection = nil
	var err error
	if conn.stateDir, err = stateFolder("", g.env); err != nil {
		return conn, err
	}
	if conn.cloud, err = conn.chooseCloud("", g.env); err != nil {
		return conn, err
	}
	auth, err := choose(ctx, g.ask, "Which tenant, and how do you sign in?", g.signInMethods(conn), methodOption)
	if err != nil {
		return conn, err
	}
	if auth == simulated {
		return g.scenario(ctx, conn)
	}
	conn.auth, conn.simulate = auth, ""
	g.follow.connection = append(g.follow.connection, "--auth", string(auth))
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

// signInMethods are those that can be chosen: what the environment asks for comes first.
func (g *guide) signInMethods(conn connection) []signin.Auth {
	list := append(conn.signIn(g.env).Configured(), signin.AuthDeviceCode)
	if g.noCLI {
		list = slices.DeleteFunc(list, func(auth signin.Auth) bool { return auth == signin.AuthAzureCLI })
	}
	if conn.simulate != "" {
		return append([]signin.Auth{simulated}, list...)
	}
	return append(list, simulated)
}

func methodOption(auth signin.Auth) terminal.Option {
	titles := map[signin.Auth]string{
		signin.AuthEnvironment: "App registration", signin.AuthWorkloadIdentity: "Workload identity", signin.AuthAzureCLI: "Azure CLI",
		signin.AuthBrowser: "Browser", signin.AuthDeviceCode: "Device code",
	}
	if auth == simulated {
		return terminal.Option{Label: "Simulated tenant", Detail: "practise safely"}
	}
	return terminal.Option{Label: titles[auth], Detail: signInMethods().about[auth]}
}

// scenario asks for the simulated tenant, unless the environment names one.
func (g *guide) scenario(ctx context.Context, conn connection) (connection, error) {
	conn.auth, conn.tenant = signin.AuthAuto, ""
	if conn.simulate != "" {
		return conn, nil
	}
	chosen, err := choose(ctx, g.ask, "Which simulated tenant?", scenarios().choices(), func(c shell.Choice) terminal.Option {
		return terminal.Option{Label: c.Word, Detail: c.Meaning}
	})
	conn.simulate = chosen.Word
	g.follow.connection = append(g.follow.connection, "--simulate", conn.simulate)
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
		g.follow.connection = append(g.follow.connection, "--tenant", conn.tenant)
	}
	return err
}

// step is something to do with a plan.
type step struct {
	terminal.Option
	last bool // the flow ends with it
	do   func() error
}

// decide asks what to do with the plan until it is applied or left.
func (g *guide) decide(ctx context.Context, s *connected, p operation.Planned) error {
	steps := []step{
		{terminal.Option{Label: "Apply", Detail: "you will be asked to confirm"}, true, func() error { return g.apply(ctx, s, p) }},
		{terminal.Option{Label: "Save the plan", Detail: "for a review, or to apply later"}, false, func() error { return g.save(ctx, p.Doc) }},
		{terminal.Option{Label: "Export it", Detail: "as a report, or as a script for another tool"}, false, func() error { return g.export(ctx, p.Doc) }},
		{terminal.Option{Label: "Quit without changes"}, true, func() error { return errLeft }},
	}
	for {
		chosen, err := choose(ctx, g.ask, "What now?", steps, func(s step) terminal.Option { return s.Option })
		if err != nil {
			return err
		}
		err = chosen.do()
		if chosen.last || err != nil && !errors.Is(err, terminal.ErrQuit) { // Esc leads back to the choice
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

func (g *guide) save(ctx context.Context, doc plan.Document) error {
	name, err := g.write(ctx, "Save the plan as", "plan.json", render.OfPlan(doc), render.JSON)
	if err == nil {
		g.planSaved(name, g.follow.choices)
	}
	return err
}

// export writes the plan in another form.
func (g *guide) export(ctx context.Context, doc plan.Document) error {
	form, err := choose(ctx, g.ask, "Which format?", render.Exports(doc), func(f render.Form) terminal.Option {
		return terminal.Option{Label: f.Title, Detail: f.Purpose}
	})
	if err != nil {
		return err
	}
	name, err := g.write(ctx, "File", "plan"+form.Extensions[0], render.OfPlan(doc), form.Format)
	if err == nil {
		g.Notef("Wrote %s.", plan.Printable(name))
	}
	return err
}

// write asks for a file, for which there is a preset, and writes the result to it.
func (g *guide) write(ctx context.Context, title, preset string, r render.Result, f render.Format) (name string, err error) {
	name, err = g.ask.Ask(ctx, title, preset, plan.CheckWritable)
	if err != nil {
		return "", err
	}
	return name, writeFile(name, r, f)
}
