package terminal_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/internal/terminal"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/google/go-cmp/cmp"
)

// What is left out, added or changed by the settings.
func TestPrinter(t *testing.T) {
	t.Parallel()
	const lines = "warning: take care\nerror: it failed\nhint:  do this\n"
	for name, test := range map[string]struct {
		settings terminal.Settings
		want     string
	}{
		"plain": {terminal.Settings{}, "No changes are recorded on this machine.\n\nnote\nsaid\n" + lines},
		"quiet": {terminal.Settings{Quiet: true}, "No changes are recorded on this machine.\n\nsaid\n" + lines},
		"debug": {terminal.Settings{Debug: true}, "No changes are recorded on this machine.\n\nnote\nsaid\ndebug: why\n" + lines},
		"JSON": {terminal.Settings{JSON: true}, "No changes are recorded on this machine.\n\nnote\nsaid\n" +
			`{"schemaVersion":1,"kind":"warning","message":"take care"}` + "\nerror: it failed\nhint:  do this\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, errs strings.Builder
			test.settings.Out, test.settings.Err = &out, &errs
			p := terminal.New(test.settings)
			p.Show(render.OfHistory(render.History{}))
			p.Note("note")
			p.Say("said")
			p.Debug("why")
			p.Warning("take care")
			p.Failure("it failed", []string{"do this"})
			if err := p.Write([]byte("result\n")); err != nil || out.String() != "result\n" {
				t.Errorf("got %q, %v", out.String(), err)
			}
			if diff := cmp.Diff(test.want, errs.String()); diff != "" {
				t.Errorf("stderr (-want +got):\n%s", diff)
			}
		})
	}
}

// A terminal that knows no escape codes gets none, whatever the other one knows.
func TestPrinter_dumb(t *testing.T) {
	t.Parallel()
	for name, dumb := range map[string][2]bool{"none": {false, false}, "stdout": {true, false}, "stderr": {false, true}, "both": {true, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var errs strings.Builder
			s := terminal.Settings{Err: &errs, OutIsTerminal: true, ErrIsTerminal: true, OutDumb: dumb[0], ErrDumb: dumb[1], Columns: 80}
			p := terminal.New(s)
			done := p.Busy("the tenant")
			time.Sleep(300 * time.Millisecond) // so that a line that moves is drawn
			done()
			p.Failure("it failed", []string{"do this"})
			for stream, got := range map[string][2]bool{
				"stdout": {strings.Contains(p.Style().Good("x"), "\x1b"), !dumb[0]},
				"stderr": {strings.Contains(errs.String(), "\x1b"), !dumb[1]},
			} {
				if got[0] != got[1] {
					t.Errorf("%s: escape codes: %v, want %v", stream, got[0], got[1])
				}
			}
			ask := terminal.NewPrompter(strings.NewReader("yes\n"), s)
			errs.Reset()
			if dumb[1] {
				if yes, err := ask.Confirm(t.Context(), "Sure?"); !yes || err != nil || strings.Contains(errs.String(), "\x1b") {
					t.Errorf("asked %q, got %v, %v", errs.String(), yes, err)
				}
			}
		})
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestPrinter_cannotWrite(t *testing.T) {
	t.Parallel()
	err := terminal.New(terminal.Settings{Out: fullDisk{}}).Write([]byte("x"))
	if _, ok := errors.AsType[*terminal.OutputError](err); !ok {
		t.Errorf("got %v", err)
	}
}

// Two tenants on one printer, and answers that come at any time: lines stay whole, and the line that moves is gone in the end.
func TestProgress_manyAtOnce(t *testing.T) {
	t.Parallel()
	var errs strings.Builder
	p := terminal.New(terminal.Settings{Err: &errs, ErrIsTerminal: true, Columns: 120, Plain: true})
	var wait sync.WaitGroup
	for i := range 8 {
		progress := terminal.NewProgress(p)
		a := plan.RecordedAction{
			Action: plan.Action{ID: "1", Action: consent.Action{Kind: consent.CreateServicePrincipal, AppID: consent.DefaultApplication().ID}},
			Status: plan.StatusDone,
		}
		wait.Go(func() {
			progress.Started(a)
			progress.Waiting(fmt.Sprintf("tenant %d", i), time.Second)
			time.Sleep(200 * time.Millisecond) // so that the line moves
			progress.Finished(a)
			progress.Finished(a) // which changes nothing
		})
	}
	wait.Wait()
	text := errs.String()
	inLine := 0
	for i := range 8 {
		why := fmt.Sprintf("waiting 1s for tenant %d", i)
		if strings.Contains(text, "… ("+why+")") { // the one whose line moves
			inLine++
		} else if !strings.Contains(text, "  "+why+"\n") {
			t.Errorf("tenant %d is not whole in %q", i, text)
		}
	}
	if inLine != 1 {
		t.Errorf("%d tenants are in the line that moves, want 1: %q", inLine, text)
	}
	moved := strings.LastIndex(text, "Create service principal")
	if moved < 0 || !strings.Contains(text[moved:], "\r\x1b[K") || strings.Count(text, "✓ Created service principal of Apple Internet Accounts\n") != 16 {
		t.Errorf("got %q", text)
	}
}

// Where both streams meet, an empty line parts results from other lines, in either order; where they do not, nothing is added.
func TestPrinter_apart(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		out, err bool
		want     string
	}{
		"one terminal":     {true, true, "note\n\nresult\n\nsaid\n\nNo changes are recorded on this machine.\n\nsaid\n\n"},
		"stdout is a pipe": {false, true, "note\nresult\nsaid\nNo changes are recorded on this machine.\n\nsaid\n"},
		"stderr is a pipe": {true, false, "note\nresult\nsaid\nNo changes are recorded on this machine.\n\nsaid\n"},
	} {
		var both strings.Builder
		p := terminal.New(terminal.Settings{Out: &both, Err: &both, OutIsTerminal: test.out, ErrIsTerminal: test.err, Plain: true})
		p.Note("note")
		if err := p.Write([]byte("result\n")); err != nil {
			t.Error(err)
		}
		p.Say("said")
		p.Show(render.OfHistory(render.History{}))
		p.Say("said")
		p.Gap()
		p.Gap()
		if diff := cmp.Diff(test.want, both.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Plain questions: only a clear yes is one, and what is none of the choices is asked again.
func TestPrompter_lines(t *testing.T) {
	t.Parallel()
	ask := func(typed string) (terminal.Prompter, *strings.Builder) {
		var errs strings.Builder
		return terminal.NewPrompter(bufio.NewReader(strings.NewReader(typed)), terminal.Settings{Err: &errs, Accessible: true}), &errs
	}
	for typed, want := range map[string]bool{"yes\n": true, "y\n": true, "\n": false, "yes": false, "yes please\n": false, "": false} {
		p, _ := ask(typed)
		if got, err := p.Confirm(t.Context(), "Sure?"); got != want || err != nil {
			t.Errorf("%q: got %v, %v", typed, got, err)
		}
	}
	options := []terminal.Option{{Label: "one"}, {Label: "two", Detail: "more"}}
	p, asked := ask("3\n2\n")
	if got, err := p.Choose(t.Context(), "Which?", options); got != 1 || err != nil || !strings.Contains(asked.String(), "Enter a number from 1 to 2.") {
		t.Errorf("got %d, %v, asked %q", got, err, asked)
	}
	p, _ = ask("q\n")
	if _, err := p.Choose(t.Context(), "Which?", options); !errors.Is(err, terminal.ErrQuit) {
		t.Errorf("got %v", err)
	}
	p, asked = ask("bad\n\n")
	check := func(text string) error {
		if text == "bad" {
			return errors.New("it is bad")
		}
		return nil
	}
	if got, err := p.Ask(t.Context(), "File", "plan.json", check); got != "plan.json" || err != nil || !strings.Contains(asked.String(), "it is bad. Try again") {
		t.Errorf("got %q, %v, asked %q", got, err, asked)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	reader, _ := io.Pipe() // on which nobody ever types
	var left strings.Builder
	p = terminal.NewPrompter(reader, terminal.Settings{Err: &left, Accessible: true})
	if _, err := p.Confirm(ended, "Sure?"); !errors.Is(err, context.Canceled) || !strings.HasSuffix(left.String(), "\n") {
		t.Errorf("got %v behind %q, want what comes next to begin a line", err, left.String())
	}
}

// A command at the end of a line that is too long for the terminal is whole, on a line of its own; in a pipe a line is one.
func TestPrinter_commands(t *testing.T) {
	t.Parallel()
	const command = "appleconsent apply --also exchange:IMAP.AccessAsUser.All --state-dir /a/folder/with/a/long/name"
	for text, want := range map[string]string{
		"to go on: " + command:                                                     "hint:  to go on:\n         " + command + "\n",
		"to go on: appleconsent apply":                                             "hint:  to go on: appleconsent apply\n",
		"one: appleconsent history; two: " + command:                               "hint:  one: appleconsent history; two:\n         " + command + "\n",
		"sign in with: az login --tenant contoso.example --allow-no-subscriptions": "hint:  sign in with:\n         az login --tenant contoso.example --allow-no-subscriptions\n",
		"these are words without a command, and too long for one line of sixty":    "hint:  these are words without a command, and too long for\n       one line of sixty\n",
	} {
		for terminals, want := range map[bool]string{true: want, false: "hint:  " + text + "\n"} {
			var errs strings.Builder
			terminal.New(terminal.Settings{Err: &errs, ErrIsTerminal: terminals, Columns: 60, Plain: true}).Hints([]string{text})
			if errs.String() != want {
				t.Errorf("got %q, want %q", errs.String(), want)
			}
		}
	}
}

// Progress calls things as the plan does.
func TestProgress_names(t *testing.T) {
	t.Parallel()
	const sharePoint = consent.AppID("00000003-0000-0ff1-ce00-000000000000")
	a := plan.RecordedAction{
		Action: plan.Action{ID: "1", Action: consent.Action{Kind: consent.CreateGrant, AppID: consent.AppleInternetAccounts, ResourceAppID: sharePoint}},
		Status: plan.StatusDone,
	}
	var errs strings.Builder
	progress := terminal.NewProgress(terminal.New(terminal.Settings{Err: &errs}))
	progress.Finished(a)
	progress.Begins(plan.Document{Resources: []plan.Resource{{AppID: sharePoint, DisplayName: "Office 365 SharePoint Online"}}})
	progress.Finished(a)
	if want := "✓ Created grant on " + string(sharePoint) + "\n✓ Created grant on Office 365 SharePoint Online\n"; errs.String() != want {
		t.Errorf("got %q, want %q", errs.String(), want)
	}
}

// A list keeps its columns, or puts what a name means below it; where programs read, each row is a line.
func TestPrinter_rows(t *testing.T) {
	t.Parallel()
	rows := [][2]string{{"Directory.Read.All", "read the grants"}, {"DelegatedPermissionGrant.ReadWrite.All", "create, change or delete grants, and much else"}}
	pad := strings.Repeat(" ", len("DelegatedPermissionGrant.ReadWrite.All")-len("Directory.Read.All"))
	for name, test := range map[string]struct {
		columns  int
		terminal bool
		want     string
	}{
		"wide": {120, true, "  Directory.Read.All" + pad + "  read the grants\n  DelegatedPermissionGrant.ReadWrite.All  create, change or delete grants, and much else\n"},
		"pipe": {80, false, "  Directory.Read.All" + pad + "  read the grants\n  DelegatedPermissionGrant.ReadWrite.All  create, change or delete grants, and much else\n"},
		"80 columns": {80, true, "  Directory.Read.All" + pad + "  read the grants\n  DelegatedPermissionGrant.ReadWrite.All  create, change or delete grants, and\n" +
			strings.Repeat(" ", len("  DelegatedPermissionGrant.ReadWrite.All  ")) + "much else\n"},
		"60 columns": {60, true, "  Directory.Read.All\n    read the grants\n  DelegatedPermissionGrant.ReadWrite.All\n    create, change or delete grants, and much else\n"},
	} {
		var errs strings.Builder
		terminal.New(terminal.Settings{Err: &errs, ErrIsTerminal: test.terminal, Columns: test.columns, Plain: true}).SayRows(rows)
		if diff := cmp.Diff(test.want, errs.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
