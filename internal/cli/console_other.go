//go:build !windows

package cli

import (
	"os"
	"os/signal"

	"appleconsent/plan/render"
)

// openConsole has nothing to find out: terminals know escape codes.
func openConsole(func(string) string) console {
	return console{shell: render.ShellPOSIX, restore: func() {}, abandon: func() {}}
}

// onNextSignal lets the next signal end the process at once, as it does with every program.
func onNextSignal(signals chan os.Signal, _ func()) (await func()) {
	signal.Stop(signals)
	return func() {}
}
