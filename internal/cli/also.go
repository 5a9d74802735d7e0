package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/internal/operation"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
	"github.com/xrash/smetrics"
)

// consented is the word for what single users have granted. It stands on command lines only: what it comes to, a person confirms, and
// from then on it is called by its names.
const consented = "consented"

// alsoFlag is explained by help also; more has room for two words.
func alsoFlag(more string) cli.Flag {
	return &cli.StringSliceFlag{Name: "also", Usage: "`SCOPE` beyond what is required, " + more + "; repeatable"}
}

// namedAlsoFlag is alsoFlag where a file has the names.
func namedAlsoFlag(who string) cli.Flag {
	return &cli.StringSliceFlag{Name: "also", Usage: "`NAME` of a scope that " + who + " may grant; repeatable"}
}

// asked is what a command line asks for.
type asked struct {
	consent.Choices
	consented bool // all that single users granted, too
}

// parseAsked reads the flags that decide what is required.
func parseAsked(in *input) (asked, error) {
	route := cmp.Or(routes().of(in.Context), consent.AdminConsent)
	a := asked{Choices: consent.Choices{Route: route, EnableApp: in.Bool("enable-app"), Loosen: in.Bool("loosen")}}
	var err error
	if a.Devices, err = parseDevices(in); err != nil {
		return a, err
	}
	for _, text := range in.StringSlice("also") {
		if strings.EqualFold(text, consented) {
			a.consented = true
			continue
		}
		named, err := consent.ParseAlso(text)
		if err != nil {
			return a, fmt.Errorf("--also: %w", err)
		}
		a.Also = append(a.Also, named)
	}
	if a.Route == consent.UserConsent && (a.consented || len(a.Also) > 0) {
		return a, errors.New("--also is for tenant-wide grants: it does not go with --route user-consent")
	}
	return a, nil
}

// namesOnly refuses what is no name where a file has the names, or a person confirms nothing.
func (a asked) namesOnly(why string) error {
	if a.consented {
		return errors.New("--also consented: " + why)
	}
	return nil
}

// required is what is asked for, here and now. What stands for names is looked up and shown, also with --quiet; from then on commands
// that are suggested have the names.
func (k *call) required(ctx context.Context, s *connected, a asked) (consent.Requirement, error) {
	required := s.Require(consent.DefaultApplication(), a.Choices)
	if !a.consented {
		return required, nil
	}
	e, err := s.Expand(ctx, required)
	if err != nil {
		return required, err
	}
	k.sayFound(e)
	k.follow.choices.Also = e.Required.Also
	return e.Required, nil
}

func (k *call) sayFound(e operation.Expansion) {
	read := ""
	if e.Capped {
		read = fmt.Sprintf(" (of the first %d grants; there are more)", e.Grants)
	}
	why := e.Failed
	if e.Lacks != "" {
		why = "the sign-in lacks the permission " + e.Lacks
	}
	if why != "" {
		k.Warning("--also consented: not all that users have granted could be read: " + why)
	}
	switch {
	case len(e.Found) == 0 && why != "":
	case len(e.Found) == 0:
		k.Say("--also consented: no user has granted anything beyond what is required" + read + ".")
	default:
		k.Say("--also consented means what individual users have granted" + read + ":")
	}
	for _, f := range e.Found {
		k.Say("  " + render.AlsoWord(f.Also) + ": " + render.Count(f.Users, "user"))
	}
	for _, a := range e.Gone {
		k.Say("  " + render.AlsoWord(a) + ": left out: its resource no longer publishes it")
	}
}

// errUnseen is a yes to what nobody has seen.
var errUnseen = errors.New("--yes accepts named scopes only: what single users clicked on must not become everybody's grant unseen")

// unlessUnseen refuses to carry out without a question what stands for names.
func (k *call) unlessUnseen(a asked, yes bool, also []consent.Also) error {
	if !a.consented || !yes {
		return nil
	}
	words := append([]string{"apply"}, k.follow.choiceFlags(k.follow.choices, true)...)
	hint := "with the names, as far as you want them: "
	if len(also) == 0 {
		hint = "without it: "
	}
	return &hintedError{errUnseen, hint + k.follow.again(words...)}
}

// unlessWider adds to an error, if it is for a file that does more than what is asked for, the command that would ask for it.
func (k *call) unlessWider(err error, asked consent.Choices, words ...string) error {
	wider, ok := errors.AsType[*plan.WiderError](err)
	if !ok {
		return err
	}
	words = slices.Concat(words, wideFlags(together(asked, wider.Needs)))
	return &hintedError{err, "if that is what you want: " + k.follow.again(words...)}
}

// wideFlags are the flags that ask for what goes beyond the default.
func wideFlags(c consent.Choices) []string {
	c.Route = cmp.Or(c.Route, consent.AdminConsent)
	return beyondFlags(c, true)
}

// together is both what was asked for and what is needed besides.
func together(asked, needs consent.Choices) consent.Choices {
	needs.Also = append(slices.Clone(asked.Also), needs.Also...)
	needs.EnableApp, needs.Loosen = needs.EnableApp || asked.EnableApp, needs.Loosen || asked.Loosen
	needs.Route = cmp.Or(needs.Route, asked.Route)
	return needs
}

// asWritten names what was typed in a list.
func asWritten(list []consent.Also) string {
	return strings.Join(render.AlsoFlags(list), " ")
}

// rollbackWords is the command that undoes a change, with the words for what that brings about.
func rollbackWords(c plan.Change) []string {
	return append([]string{"rollback", c.ID}, wideFlagsOf(c, plan.Undone(c))...)
}

// againWords is the command that goes on with a rollback that stopped.
func againWords(c plan.Change) []string {
	actions := make([]consent.Action, len(c.Actions))
	for i, a := range c.Actions {
		actions[i] = a.Action.Action
	}
	return append([]string{"rollback", *c.RollsBack}, wideFlagsOf(c, actions)...)
}

func wideFlagsOf(c plan.Change, actions []consent.Action) []string {
	return wideFlagsFor(c.Tenant, c.Client, actions)
}

// wideFlagsFor are the words for what actions bring about beyond the default in a tenant.
func wideFlagsFor(t plan.TenantInfo, c plan.ClientInfo, actions []consent.Action) []string {
	app, _ := consent.ApplicationOf(c.AppID)
	return wideFlags(plan.Beyond(app, consent.Choices{}.On(consent.DayOf(systemClock{}.Now().UTC()), t.Cloud), actions))
}

// Names that are like a scope: how like they must be, and how many of them are told.
const (
	alike    = 0.85
	maxAlike = 3
)

// nearScopes are what may have been meant by a scope that cannot be granted.
func nearScopes(e *consent.RefusedAlsoError, _ follow) []string {
	word := strings.ToLower(string(e.Scope))
	like := func(s consent.Scope) float64 { return smetrics.JaroWinkler(word, strings.ToLower(string(s)), 0.7, 4) }
	near := slices.DeleteFunc(slices.Clone(e.Published), func(s consent.Scope) bool { return like(s) < alike })
	slices.SortStableFunc(near, func(a, b consent.Scope) int { return cmp.Compare(like(b), like(a)) })
	if len(near) == 0 {
		return nil
	}
	var words []string
	for _, s := range near[:min(len(near), maxAlike)] {
		words = append(words, "--also "+render.AlsoWord(consent.Also{Resource: e.Resource, Scope: s}))
	}
	return []string{"did you mean: " + strings.Join(words, ", ")}
}
