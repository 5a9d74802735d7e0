package terminal_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"appleconsent/internal/terminal"
)

// Where nothing may move, a line every ten seconds tells how far it has come; with --quiet none does.
func TestCounting(t *testing.T) {
	t.Parallel()
	for quiet, want := range map[bool]string{false: "5 of 9\n5 of 9\n7 of 9\n", true: ""} {
		synctest.Test(t, func(t *testing.T) {
			var out strings.Builder
			p := terminal.New(terminal.Settings{Err: &out, Quiet: quiet})
			say, done := p.Counting("0 of 9")
			time.Sleep(time.Second)
			say("5 of 9")
			time.Sleep(20 * time.Second)
			say("7 of 9")
			time.Sleep(10 * time.Second)
			done()
			done()
			say("9 of 9")
			if out.String() != want {
				t.Errorf("quiet %v: got %q, want %q", quiet, out.String(), want)
			}
		})
	}
}

// On a terminal one line moves, which is gone at the end.
func TestCounting_moves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		p := terminal.New(terminal.Settings{Err: &out, ErrIsTerminal: true})
		say, done := p.Counting("0 of 9")
		time.Sleep(time.Second)
		say("5 of 9")
		time.Sleep(time.Second)
		done()
		shown := out.String()
		if !strings.Contains(shown, "0 of 9") || !strings.Contains(shown, "5 of 9") || strings.Contains(shown, "\n") || !strings.HasSuffix(shown, "\r\x1b[K") {
			t.Errorf("got %q", shown)
		}
	})
}
