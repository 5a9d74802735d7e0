package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"appleconsent/consent"
	"appleconsent/graph/signin"
	"appleconsent/graph/simulator"
	"appleconsent/graph/wire"
	"appleconsent/internal/cli/shell"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

// enumeration is a flag or an argument that takes one of a few words. Its declaration is all there is of it: it registers the
// flag, checks the value, and is what help, the manual page, completion and the guided flow tell.
type enumeration[T ~string] struct {
	flag, short string // the names of the flag; empty for an argument
	group       string // of the flag in help
	usage       string // of the flag in one line, with the name of the value in backquotes; %s is where the words are listed
	noun        string // what one of the words is, in errors
	words       []T    // the default first
	about       map[T]string
	optional    bool              // without it, something else decides
	open        func(string) bool // what else it takes; nil: nothing
}

// The enumerations of the command line.

func devices() enumeration[consent.Devices] {
	return enumeration[consent.Devices]{
		flag: "devices", usage: "`DEVICES`: %s (env APPLECONSENT_DEVICES)", noun: "devices", words: consent.DeviceChoices(),
		about: map[consent.Devices]string{
			consent.IOSDevices: "iPhones and iPads: EAS, no EWS", consent.MacDevices: "Macs: EWS while it lasts, no EAS; for macOS 27.2 see --also",
		},
	}
}

func routes() enumeration[consent.Route] {
	return enumeration[consent.Route]{
		flag: "route", usage: "`ROUTE`: %s", noun: "route", words: consent.RouteChoices(),
		about: map[consent.Route]string{
			consent.AdminConsent: "once, for all users",
			consent.UserConsent:  "users consent for themselves, to this and other apps",
		},
	}
}

func signInMethods() enumeration[signin.Auth] {
	return enumeration[signin.Auth]{
		flag: "auth", group: forSignIn, usage: "sign-in `METHOD` (default: auto); see: help sign-in", noun: "sign-in method", words: signin.AuthChoices(),
		about: map[signin.Auth]string{
			signin.AuthAuto:             "the first of them that is configured",
			signin.AuthBrowser:          "on this machine",
			signin.AuthDeviceCode:       "a browser on another machine",
			signin.AuthAzureCLI:         "use your current az login",
			signin.AuthEnvironment:      "the secret or certificate in the AZURE_… variables",
			signin.AuthClientSecret:     "the secret in AZURE_CLIENT_SECRET",
			signin.AuthCertificate:      "the certificate in AZURE_CLIENT_CERTIFICATE_PATH",
			signin.AuthWorkloadIdentity: "the federated token of this workload",
			signin.AuthManagedIdentity:  "the identity of this Azure resource",
		},
	}
}

func clouds() enumeration[string] {
	e := enumeration[string]{flag: "cloud", group: forSignIn, usage: "`CLOUD`: %s", noun: "cloud", about: map[string]string{}, optional: true}
	for _, c := range wire.Clouds() {
		e.words, e.about[c.Name] = append(e.words, c.Name), c.Graph
	}
	return e
}

// scenarios are single simulated tenants.
func scenarios() enumeration[string] {
	e := enumeration[string]{
		flag: "simulate", group: forSignIn, usage: "simulated `SCENARIO`, or a URL (env APPLECONSENT_SIMULATE)",
		noun: "scenario", about: map[string]string{}, optional: true, open: isURL,
	}
	for _, s := range simulator.Scenarios() {
		e.words, e.about[s.Name] = append(e.words, s.Name), s.Description
	}
	return e
}

// simulations are the scenarios, and the fleet.
func simulations() enumeration[string] {
	e := scenarios()
	e.words, e.about[simulator.FleetName] = append(e.words, simulator.FleetName), fleetDescription
	return e
}

// fleetDescription says what the fleet is where scenarios are described.
const fleetDescription = "many tenants, for --tenants: healthy ones, and some that cannot be reached"

func formats(known []render.Format) enumeration[render.Format] {
	return enumeration[render.Format]{
		flag: "output", short: "o", group: forOutput, usage: "`FORMAT`: %s", noun: "output format", words: known, about: render.Exceptions(),
	}
}

func shells() enumeration[shell.Name] {
	return enumeration[shell.Name]{noun: "shell", words: shell.Names()}
}

// list names the words.
func (e enumeration[T]) list() string {
	texts := make([]string, len(e.words))
	for i, w := range e.words {
		texts[i] = string(w)
	}
	last := len(texts) - 1
	return strings.Join(texts[:last], ", ") + " or " + texts[last]
}

// inLine is the list with its default marked, where one line has room for that.
func (e enumeration[T]) inLine() string {
	const most = 4
	if len(e.words) > most {
		return e.list()
	}
	return strings.Replace(e.list(), string(e.words[0]), string(e.words[0])+" (default)", 1)
}

func (e enumeration[T]) choices() []shell.Choice {
	choices := make([]shell.Choice, len(e.words))
	for i, w := range e.words {
		choices[i] = shell.Choice{Word: string(w), Meaning: e.about[w]}
	}
	return choices
}

// canonical is the text in the letters of the word that it is in other ones; else as it is.
func (e enumeration[T]) canonical(text string) string {
	for _, word := range e.words {
		if strings.EqualFold(string(word), text) {
			return string(word)
		}
	}
	return text
}

func (e enumeration[T]) parse(text string) (T, error) {
	word := T(e.canonical(text))
	known := slices.Contains(e.words, word) || text == "" && e.optional || e.open != nil && e.open(text)
	switch {
	case known:
		return word, nil
	case text == "":
		return "", fmt.Errorf("%s is required: use %s", strings.ToUpper(e.noun), e.list())
	}
	return "", fmt.Errorf("unknown %s %q: use %s", e.noun, text, e.list())
}

type enumerationFlag struct {
	*cli.StringFlag
	choices []shell.Choice
	check   func(text string) (canonical string, err error)
}

// takes reports whether it is one of its words.
func (f enumerationFlag) takes(word render.Format) bool {
	_, err := f.check(string(word))
	return err == nil
}

// Choices are the words that it takes.
func (f enumerationFlag) Choices() []shell.Choice { return f.choices }

// register returns the flag, whose value is checked before the command begins.
func (e enumeration[T]) register() cli.Flag {
	flag := &cli.StringFlag{Name: e.flag, Category: e.group, Usage: strings.Replace(e.usage, "%s", e.inLine(), 1)}
	if e.short != "" {
		flag.Aliases = []string{e.short}
	}
	if !e.optional {
		flag.Value = string(e.words[0])
	}
	return enumerationFlag{flag, e.choices(), func(text string) (string, error) {
		word, err := e.parse(text)
		return string(word), err
	}}
}

// of returns the value of the flag, the default if it was not given.
func (e enumeration[T]) of(c *cli.Context) T { return T(c.String(e.flag)) }

// The flags that decide what is required: of all that look at a tenant, and of those that plan a change.

func lookFlags() []cli.Flag {
	return []cli.Flag{devices().register(), alsoFlag("or consented"), routes().register()}
}

// statusFlags are those of what is planned or could be.
func statusFlags() []cli.Flag {
	return append(lookFlags(), &cli.BoolFlag{
		Name: "loosen", Usage: "with --route user-consent: even where it is needless",
	})
}

// parseDevices reads the flag or, for a command that has it and was not given it, the variable.
func parseDevices(in *input) (consent.Devices, error) {
	chosen := devices().of(in.Context)
	text := in.env.Getenv("APPLECONSENT_DEVICES")
	preset, err := devices().parse(text)
	if text != "" && err == nil {
		in.follow.devices = preset
	}
	if chosen == "" || in.IsSet("devices") || text == "" {
		return cmp.Or(chosen, consent.AllDevices), nil
	}
	if chosen = preset; err != nil {
		return chosen, fmt.Errorf("APPLECONSENT_DEVICES: %w", err)
	}
	return chosen, nil
}

// usageFlag is of those that tell how many people a plan or a diagnosis is about.
func usageFlag() cli.Flag {
	return &cli.BoolFlag{Name: "usage", Usage: "tell how many people use it (env APPLECONSENT_USAGE)"}
}

// parseUsage reads the flag or, without it, the variable.
func parseUsage(in *input) (bool, error) {
	text := in.env.Getenv("APPLECONSENT_USAGE")
	if in.IsSet("usage") || text == "" {
		return in.Bool("usage"), nil
	}
	usage, err := strconv.ParseBool(text)
	if err != nil {
		return false, fmt.Errorf("APPLECONSENT_USAGE is %q: use true or false", text)
	}
	return usage, nil
}

func planFlags() []cli.Flag {
	return append(statusFlags(), enableAppFlag())
}

func enableAppFlag() cli.Flag {
	return &cli.BoolFlag{Name: "enable-app", Usage: "also enable the service principal if it is disabled"}
}

// checkChoices refuses choices that mean nothing together.
func checkChoices(c consent.Choices) error {
	if c.Loosen && c.Route != consent.UserConsent {
		return errors.New("--loosen is for --route user-consent")
	}
	return nil
}

// applySaved is the command that applies a saved plan: what goes beyond the default must be said again, devices need not.
func applySaved(file string, choices consent.Choices) []string {
	if strings.HasPrefix(file, "-") { // else it would be a flag
		file = "./" + file
	}
	return append([]string{"apply", file}, beyondFlags(choices, true)...)
}

// choiceFlags are the flags with which a later command makes the same choices; those to enable the client are for plans only. Devices
// are said also where it is the environment that would say others.
func (f follow) choiceFlags(choices consent.Choices, plans bool) []string {
	var flags []string
	if choices.Devices != consent.AllDevices || cmp.Or(f.devices, consent.AllDevices) != consent.AllDevices {
		flags = append(flags, "--devices", string(choices.Devices))
	}
	return append(flags, beyondFlags(choices, plans)...)
}

// beyondFlags are those of them that ask for what goes beyond the default.
func beyondFlags(choices consent.Choices, plans bool) []string {
	flags := render.AlsoFlags(choices.Also)
	if choices.Route != consent.AdminConsent {
		flags = append(flags, "--route", string(choices.Route))
	}
	if choices.Loosen {
		flags = append(flags, "--loosen")
	}
	if choices.EnableApp && plans {
		flags = append(flags, "--enable-app")
	}
	return flags
}
