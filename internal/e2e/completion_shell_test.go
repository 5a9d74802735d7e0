//go:build unix

package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"appleconsent/internal/testbed"

	"github.com/creack/pty"
)

// shellLine is what is typed before the tab key, what bash and zsh make of it, and what fish offers for the last word.
type shellLine struct{ typed, line, word string }

// shellLines are for each shell. Names of files have blanks, which the shells quote.
func shellLines(newest string) []shellLine {
	return []shellLine{
		{`appleconsent ap`, `appleconsent apply `, "apply"},
		{`./appleconsent ver`, `./appleconsent version `, "version"},
		{`appleconsent history s`, `appleconsent history show `, "show"},
		{`appleconsent completion po`, `appleconsent completion powershell `, "powershell"},
		{`appleconsent status --dev`, `appleconsent status --devices `, "--devices"},
		{`appleconsent apply --yes --ye`, `appleconsent apply --yes --ye`, ""},
		{`appleconsent zebra `, `appleconsent zebra `, ""},
		{`appleconsent status --auth br`, `appleconsent status --auth browser `, "browser"},
		{`appleconsent status --auth=br`, `appleconsent status --auth=browser `, "--auth=browser"},
		{`appleconsent status --auth "br`, `appleconsent status --auth "browser" `, "browser"},
		{`appleconsent status --tenant $(touch harm) --auth br`, `appleconsent status --tenant $(touch harm) --auth browser `, "browser"},
		{`appleconsent apply my\ p`, `appleconsent apply my\ plan.json `, "my plan.json"},
		{`appleconsent apply "my p`, `appleconsent apply "my plan.json" `, "my plan.json"},
		{`appleconsent plan --out my\ p`, `appleconsent plan --out my\ plan.json `, "my plan.json"},
		{`appleconsent plan --out=my\ p`, `appleconsent plan --out=my\ plan.json `, "--out=my plan.json"},
		{`appleconsent status --state-dir m`, `appleconsent status --state-dir my\ state/`, "my state/"},
		{`appleconsent status --state-dir=m`, `appleconsent status --state-dir=my\ state/`, "--state-dir=my state/"},
		{`appleconsent rollback --state-dir "my state" `, `appleconsent rollback --state-dir "my state" ` + newest + ` `, newest},
		{`appleconsent rollback --state-dir=my\ state 2`, `appleconsent rollback --state-dir=my\ state ` + newest + ` `, newest},
	}
}

// shellBench is a folder to type in, with a state folder that has one change, and the default one that has two.
type shellBench struct {
	folder string
	ids    []string // of the default state folder, the newest first
	env    []string
}

func newShellBench(t *testing.T, shell string) *shellBench {
	t.Helper()
	if _, err := exec.LookPath(shell); err != nil {
		t.Skipf("%s is not installed", shell)
	}
	state, ids := testbed.RecordedChanges(t)
	program := testbed.Program(t, "appleconsent")
	b := &shellBench{t.TempDir(), ids, []string{
		"PATH=" + filepath.Dir(program) + string(filepath.ListSeparator) + os.Getenv("PATH"), "TERM=xterm", "LC_ALL=C.UTF-8",
		"APPLECONSENT_STATE_DIR=" + state,
	}}
	b.env = append(b.env, "HISTFILE=", "HOME="+b.folder, "XDG_CONFIG_HOME="+b.folder, "XDG_DATA_HOME="+b.folder)
	file := testbed.Records(t, state)[1]
	record, _ := filepath.Rel(state, file)
	data, err := os.ReadFile(file)
	for _, err := range []error{
		err,
		os.MkdirAll(filepath.Join(b.folder, "my state", filepath.Dir(record)), 0o700),
		os.WriteFile(filepath.Join(b.folder, "my state", record), data, 0o600),
		os.WriteFile(filepath.Join(b.folder, "my plan.json"), nil, 0o600),
		os.Symlink(program, filepath.Join(b.folder, "appleconsent")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// harmless fails the test if completion has run a command that only stands on the line.
func (b *shellBench) harmless(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(b.folder, "harm")); err == nil {
		t.Error("completion has run a command of the line")
	}
}

// typing is an interactive shell. Ctrl-G prints its line between double brackets and begins a new one.
type typing struct{ screen }

// start starts a shell wide enough for each line and gives it the setup.
func (b *shellBench) start(t *testing.T, setup string, args ...string) *typing {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Env, cmd.Dir = b.env, b.folder
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 60, Cols: 250})
	if err != nil {
		t.Fatal(err)
	}
	s := &typing{screen{t: t, cmd: cmd, tty: tty, more: make(chan string)}}
	t.Cleanup(func() { _ = tty.Close() })
	go s.read()
	s.send(setup + "; echo rea''dy\n")
	s.await("ready")
	return s
}

var bracketed = regexp.MustCompile(`<<(.*)>>`)

// complete types a line and a tab; it returns the line that comes of it and all that was to be seen meanwhile.
func (s *typing) complete(t *testing.T, typed string) (line, seen string) {
	t.Helper()
	s.seen.Reset()
	s.send(typed + "\t\x07")
	s.await(">>")
	text := control.ReplaceAllString(s.seen.String(), "")
	found := bracketed.FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("%s: there is no line in %q", typed, text)
	}
	return found[1], text
}

func TestCompletion_bash(t *testing.T) {
	t.Parallel()
	b := newShellBench(t, "bash")
	s := b.start(t, `PS1=''; for o in 'show-all-if-ambiguous on' 'completion-query-items 0' 'page-completions off' 'enable-bracketed-paste off'; `+
		`do bind "set $o"; done; show() { printf '<<%s>>\n' "$READLINE_LINE"; READLINE_LINE=''; }; bind -x '"\C-g":show'; `+
		`eval "$(appleconsent completion bash)"`, "bash", "--norc", "--noprofile", "-i")
	b.checkLines(t, s)
	b.checkOrder(t, s)
	// The cursor stands in the word.
	if line, _ := s.complete(t, "appleconsent rollb --yes\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D"); line != "appleconsent rollback --yes" {
		t.Errorf("in the middle of the line: got %q", line)
	}
}

func TestCompletion_zsh(t *testing.T) {
	t.Parallel()
	b := newShellBench(t, "zsh")
	s := b.start(t, `PS1=''; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -u -D; LISTMAX=0; `+
		`show() { print -r -- "<<$BUFFER>>"; BUFFER=''; }; zle -N show; bindkey '^G' show; source <(appleconsent completion zsh)`, "zsh", "-f", "-i")
	b.checkLines(t, s)
	seen := b.checkOrder(t, s)
	if want := "-- Contoso (simulated) apply succeeded, rolled back"; !strings.Contains(seen, want) {
		t.Errorf("the changes are not described: %q", seen)
	}
	want := `APPLECONSENT_STATE_DIR="my state" appleconsent rollback ` + b.ids[0] + " "
	if line, _ := s.complete(t, `APPLECONSENT_STATE_DIR="my state" appleconsent rollback `); line != want {
		t.Errorf("got %q, want %q", line, want)
	}
}

// The file that a packager puts into a folder of fpath, where compinit finds it by its first line.
func TestCompletion_zshFromFpath(t *testing.T) {
	t.Parallel()
	b := newShellBench(t, "zsh")
	script := testbed.RunIn(t, b.env, "completion", "zsh").Must(t, 0, nil).Stdout
	if err := os.WriteFile(filepath.Join(b.folder, "_appleconsent"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	s := b.start(t, `PS1=''; unsetopt zle_bracketed_paste; fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; `+
		`show() { print -r -- "<<$BUFFER>>"; BUFFER=''; }; zle -N show; bindkey '^G' show`, "zsh", "-f", "-i")
	for range 2 { // the first time it is loaded
		if line, _ := s.complete(t, "appleconsent ap"); line != "appleconsent apply " {
			t.Errorf("got %q", line)
		}
	}
}

func (b *shellBench) checkLines(t *testing.T, s *typing) {
	t.Helper()
	for _, l := range shellLines(b.ids[0]) {
		if got, seen := s.complete(t, l.typed); got != l.line {
			t.Errorf("%s:\ngot  %q\nwant %q\nseen %q", l.typed, got, l.line, seen)
		}
	}
	b.harmless(t)
}

// checkOrder wants the newest change to be shown first, and returns what was shown.
func (b *shellBench) checkOrder(t *testing.T, s *typing) string {
	t.Helper()
	common := 0
	for b.ids[0][common] == b.ids[1][common] {
		common++
	}
	typed := "appleconsent history show " + b.ids[0][:common]
	line, seen := s.complete(t, typed)
	shown := strings.ReplaceAll(seen, typed, "")
	newest, oldest := strings.Index(seen, b.ids[0]), strings.Index(seen, b.ids[1])
	if line != typed || newest < 0 || oldest < newest {
		t.Errorf("%s became %q and showed %q", typed, line, shown)
	}
	return seen
}

func TestCompletion_fish(t *testing.T) {
	t.Parallel()
	b := newShellBench(t, "fish")
	lines := append(shellLines(b.ids[0]),
		shellLine{`APPLECONSENT_STATE_DIR="my state" appleconsent rollback `, "", b.ids[0]},
		shellLine{`appleconsent rollback `, "", b.ids[0] + "\n" + b.ids[1] + "\nlatest"},
	)
	args := []string{"--no-config", "-c", `appleconsent completion fish | source; for line in $argv; complete -C $line; echo ">>"; end`}
	for _, l := range lines {
		args = append(args, l.typed)
	}
	cmd := exec.CommandContext(t.Context(), "fish", args...)
	cmd.Env, cmd.Dir, cmd.Stderr = b.env, b.folder, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	offered := strings.Split(string(out), ">>\n")
	for i, l := range lines {
		if got := withoutDescriptions(offered[i]); got != l.word {
			t.Errorf("%s:\ngot  %q\nwant %q", l.typed, got, l.word)
		}
	}
	if last := offered[len(lines)-1]; !strings.Contains(last, "\tContoso (simulated) apply succeeded, rolled back\n") {
		t.Errorf("the changes are not described: %q", last)
	}
	b.harmless(t)
}

func withoutDescriptions(offered string) string {
	var words []string
	for line := range strings.Lines(offered) {
		word, _, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		words = append(words, word)
	}
	return strings.Join(words, "\n")
}

// A home folder that the shell did not put in, since it hands on what was typed.
func TestComplete_tilde(t *testing.T) {
	t.Parallel()
	state, ids := testbed.RecordedChanges(t)
	got := testbed.RunIn(t, []string{"HOME=" + filepath.Dir(state)}, "__complete", "rollback", "--state-dir", "~/"+filepath.Base(state), "").Must(t, 0, nil)
	if !strings.HasPrefix(got.Stdout, ids[0]) {
		t.Errorf("got %q, want %s", got.Stdout, ids[0])
	}
}
