package cli

import (
	"context"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/graph/signin"
	"appleconsent/internal/cli/shell"
	"appleconsent/internal/terminal"
	"appleconsent/plan/render"
)

// guidedQuestion is a question of the guided flow before anything is read.
type guidedQuestion struct {
	needed func() bool
	ask    func(context.Context, terminal.Prompter) error
}

// askMethod is the place among the questions of how to sign in.
const askMethod = 3

// questions has them in their order.
func (f *flow) questions() []guidedQuestion {
	practising := func() bool { return f.practising }
	return []guidedQuestion{
		{func() bool { return true }, f.askGoal},
		{practising, f.askScenario},
		{practising, f.askPractice},
		{func() bool { return f.conn.simulate == "" && !f.said.auth }, f.askMethod},
		{func() bool { return f.conn.simulate == "" && !f.said.tenant && f.asksTenant() }, f.askTenant},
		{func() bool { return f.goal != undo && !f.said.devices }, f.askDevices},
	}
}

// choose asks for one of a list.
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

func goalOption(g goal) terminal.Option {
	return map[goal]terminal.Option{
		check:    {Label: "Check", Detail: "see what is granted and what is missing"},
		grant:    {Label: "Grant", Detail: "see the plan, and apply it if you agree"},
		diagnose: {Label: "Diagnose", Detail: "find out why users are prompted or blocked"},
		undo:     {Label: "Undo", Detail: "roll back a change made from this machine"},
		practise: {Label: "Practise", Detail: "try all of it on a simulated tenant"},
	}[g]
}

// askGoal is the first question. A simulated tenant that was asked for on the command line, or is at work, is stayed in.
func (f *flow) askGoal(ctx context.Context, ask terminal.Prompter) error {
	goals := []goal{check, grant, diagnose, undo}
	if f.practising {
		f.practising, f.conn.simulate = false, ""
	}
	if f.conn.simulate == "" {
		goals = append(goals, practise)
	}
	chosen, err := choose(ctx, ask, "What do you want to do?", goals, goalOption)
	if err == nil {
		f.goal, f.practising = chosen, chosen == practise
	}
	return err
}

func (f *flow) askScenario(ctx context.Context, ask terminal.Prompter) error {
	f.conn.simulate = ""
	chosen, err := choose(ctx, ask, "Which simulated tenant?", scenarios().choices(), func(c shell.Choice) terminal.Option {
		return terminal.Option{Label: c.Word, Detail: c.Meaning}
	})
	f.conn.simulate = chosen.Word
	return err
}

func (f *flow) askPractice(ctx context.Context, ask terminal.Prompter) (err error) {
	f.goal, err = choose(ctx, ask, "What do you want to practise?", []goal{grant, check, diagnose, undo}, goalOption)
	return err
}

// askMethod asks how to sign in. What is configured comes first.
func (f *flow) askMethod(ctx context.Context, ask terminal.Prompter) (err error) {
	f.conn.auth = signin.AuthAuto
	list := append(f.conn.signIn(f.env).Configured(), signin.AuthDeviceCode)
	if f.noCLI {
		list = slices.DeleteFunc(list, func(auth signin.Auth) bool { return auth == signin.AuthAzureCLI })
	}
	f.conn.auth, err = choose(ctx, ask, "How do you want to sign in?", list, methodOption)
	return err
}

func methodOption(auth signin.Auth) terminal.Option {
	titles := map[signin.Auth]string{
		signin.AuthEnvironment: "App registration", signin.AuthWorkloadIdentity: "Workload identity", signin.AuthAzureCLI: "Azure CLI",
		signin.AuthBrowser: "Browser", signin.AuthDeviceCode: "Device code",
	}
	return terminal.Option{Label: titles[auth], Detail: signInMethods().about[auth]}
}

// asksTenant reports whether who signs in that way may be at home in several tenants.
func (f *flow) asksTenant() bool {
	return slices.Contains([]signin.Auth{signin.AuthBrowser, signin.AuthDeviceCode, signin.AuthAzureCLI}, f.conn.auth)
}

func (f *flow) askTenant(ctx context.Context, ask terminal.Prompter) error {
	text, err := ask.Ask(ctx, "Tenant ID or domain (empty: your account's home tenant)", f.conn.tenant, f.checkTenant)
	if err == nil {
		f.conn.tenant = strings.ToLower(text)
	}
	return err
}

func (f *flow) askDevices(ctx context.Context, ask terminal.Prompter) error {
	chosen, err := choose(ctx, ask, "Which devices use Apple Mail?", consent.DeviceChoices(), func(d consent.Devices) terminal.Option {
		return terminal.Option{Label: render.Devices(d)}
	})
	if err == nil {
		f.asked.Devices = chosen
	}
	return err
}
