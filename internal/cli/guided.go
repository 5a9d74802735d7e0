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
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

// The guided flow leads a person at a terminal from a question to what answers it, and through a change to its verification, one
// question at a time. It is the same program underneath: what it shows, asks, writes and records is what the commands do, so that
// whoever begins here can go on in a script. What it prints stays on the screen; nothing is drawn over it.

// guidedFlags are answers to its questions.
func guidedFlags() []cli.Flag {
	return append([]cli.Flag{devices().register()}, append(connectionFlags(),
		&cli.BoolFlag{Name: "no-color", Usage: "no colours (also: NO_COLOR)"},
		&cli.BoolFlag{Name: "debug", Usage: "log each HTTP request on stderr, without tokens"})...)
}

// flagsAfterCommand refuses the flags of the guided flow before a command, which would not see them.
func flagsAfterCommand(c *cli.Context) error {
	name := c.Args().First()
	if c.NumFlags() == 0 || c.App.Command(name) == nil {
		return nil
	}
	words := append(c.Args().Slice(), connectionWords(c)...)
	return &hintedError{errors.New("flags come after the command"), "for example: " + follow{}.command(words...)}
}

// noGuide is for who asks for the guided flow where nobody can be asked.
func noGuide(c *cli.Context) error {
	words := append([]string{"status"}, connectionWords(c)...)
	return &hintedError{errors.New("COMMAND is required without a terminal"), "for example: " + follow{}.command(words...)}
}

// guide runs the guided flow.
func guide(c *cli.Context, env Environment) error {
	f := &flow{call: newCall(env, output{format: render.Text, noColor: c.Bool("no-color"), debug: c.Bool("debug")})}
	if err := checkValues(c); err != nil {
		return f.failed(err)
	}
	var err error
	in := &input{c, f.call}
	if f.conn, err = parseConnection(in); err == nil {
		f.asked, err = parseAsked(in)
	}
	if err != nil {
		return f.failed(err)
	}
	f.changes, f.began = true, true
	f.ask = env.prompter(f.output)
	f.said = said{
		tenant: c.IsSet("tenant"), auth: c.IsSet("auth"), devices: c.IsSet("devices") || env.Getenv("APPLECONSENT_DEVICES") != "",
		connection: in.connectionWords(),
	}
	defer f.close()
	f.Say("appleconsent: consent for Apple Mail in Microsoft 365, for all users at once. Nothing is changed before you have seen it and said yes.")
	err = f.run(c.Context)
	if errors.Is(err, terminal.ErrQuit) || errors.Is(err, terminal.ErrBack) {
		err = errLeft
	}
	return f.failed(err)
}

// flow is the guided flow: what has been answered, and the session in which the answers are carried out. What is answered, later
// commands that are shown say by flags.
type flow struct {
	*call
	ask   terminal.Prompter
	said  said
	noCLI bool // the Azure CLI was tried, and is not offered again

	goal       goal
	practising bool // in a simulated tenant that was chosen here
	conn       connection
	asked      asked

	session *connected // nil: none is open
	at      connection // to which it was opened

	shown  []step // what could be done next when that was last asked
	resume []step // the same, while what else to do is asked: what going back leads to; nil: nothing
}

// said is what need not be asked, and the flags that say it.
type said struct {
	tenant, auth, devices bool
	connection            []string
}

// goal is what a person wants to do.
type goal int

const (
	check goal = iota
	grant
	diagnose
	undo
	practise // which is one of the others in a simulated tenant
)

// errElse leads from what was done to another goal in the same tenant.
var errElse = errors.New("something else")

// run asks, does it, and asks what comes next.
func (f *flow) run(ctx context.Context) error {
	for at := 0; ; {
		err := f.walk(ctx, at)
		switch back := errors.Is(err, terminal.ErrBack); {
		case err == nil:
			err = f.do(ctx)
		case back && f.resume != nil:
			err = f.next(ctx, f.resume)
		default:
			return err
		}
		switch refused := is[*signin.Error](err); {
		case errors.Is(err, terminal.ErrBack):
			at = f.before(len(f.questions()))
			if f.resume != nil {
				f.resume = f.shown
			}
		case errors.Is(err, errElse):
			at = 0
			f.settle()
			f.resume = f.shown
		case refused && f.conn.auth == signin.AuthAzureCLI && !f.said.auth: // it was chosen because of what it has on disk
			v := f.judge(err)
			f.Failure(v.text, v.hints)
			f.noCLI, at = true, askMethod
		default:
			return err
		}
	}
}

// settle keeps what was answered for all that follows.
func (f *flow) settle() {
	devices := f.said.devices || f.goal != undo // who undoes is not asked for them
	f.said, f.practising = said{true, true, devices, f.follow.connection}, false
}

// walk asks the questions from one of them on. Esc leads to the one before.
func (f *flow) walk(ctx context.Context, at int) error {
	for questions := f.questions(); at < len(questions); {
		if !questions[at].needed() {
			at++
			continue
		}
		word, before := terminal.BackWord, f.before(at)
		if before < 0 && f.resume == nil {
			word = "quit"
		}
		f.Asking()
		err := questions[at].ask(ctx, f.ask.Back(word))
		switch {
		case err == nil:
			at++
		case errors.Is(err, terminal.ErrBack) && before >= 0:
			at = before
		default:
			return err
		}
	}
	return nil
}

// before is the question that is asked before one of them; -1 if there is none.
func (f *flow) before(at int) int {
	for i, q := range slices.Backward(f.questions()[:at]) {
		if q.needed() {
			return i
		}
	}
	return -1
}

// do carries out what was asked for, in a session of the tenant.
func (f *flow) do(ctx context.Context) error {
	f.asked.EnableApp = false
	f.follow.connection, f.follow.choices = f.words(), f.asked.Choices
	need := operation.Directory
	if f.goal == diagnose {
		need = operation.Examination
	}
	if err := f.reach(ctx, need); err != nil {
		return err
	}
	f.follow = f.follow.at(f.session.Identity.TenantID)
	return map[goal]func(context.Context) error{check: f.check, grant: f.grant, diagnose: f.diagnose, undo: f.undo}[f.goal](ctx)
}

// reach opens a session of the tenant, or goes on with the one that is open.
func (f *flow) reach(ctx context.Context, need operation.Need) error {
	if f.session != nil && f.at == f.conn {
		if need == operation.Directory {
			return nil
		}
		return f.session.Reach(ctx, need)
	}
	f.close()
	f.resume = nil // which is about the other tenant
	s, err := f.open(ctx, f.conn, need)
	if err == nil {
		f.session, f.at = s, f.conn
	}
	return err
}

func (f *flow) close() {
	if f.session != nil {
		f.session.close()
		f.session = nil
	}
}

// words are the flags for what was said and answered.
func (f *flow) words() []string {
	words := slices.Clone(f.said.connection)
	add := func(flag, value string) {
		if value != "" && !slices.Contains(words, flag) {
			words = append(words, flag, value)
		}
	}
	if f.conn.simulate != "" {
		add("--simulate", f.conn.simulate)
		return words
	}
	if !f.said.auth {
		add("--auth", string(f.conn.auth))
	}
	if !f.said.tenant && f.asksTenant() {
		add("--tenant", f.conn.tenant)
	}
	return words
}

// required is what is asked for, here and now.
func (f *flow) required() consent.Requirement {
	return f.session.Require(consent.DefaultApplication(), f.asked.Choices)
}

// checkTenant refuses what cannot be a tenant for this sign-in.
func (f *flow) checkTenant(text string) error {
	return connection{tenant: strings.ToLower(text), auth: f.conn.auth}.checkTenant()
}
