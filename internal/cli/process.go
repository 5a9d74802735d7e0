package cli

import (
	"context"
	"net"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

// Process runs the command line on the signals, streams, terminals, variables and network of this process, and returns the exit
// code. Checkpoint is nil but in tests, see Environment.
func Process(args []string, checkpoint func(point string)) int {
	signal.Ignore(syscall.SIGPIPE) // a reader of our output that goes away must not end a change halfway
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, interrupts()...)
	go func() {
		<-signals
		signal.Stop(signals) // before anything says so: the second signal ends the process at once
		cancel()
	}()
	columns, _, _ := term.GetSize(int(os.Stdout.Fd()))
	if columns == 0 {
		columns, _, _ = term.GetSize(int(os.Stderr.Fd()))
	}
	return Main(ctx, args, Environment{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv, Dial: new(net.Dialer).DialContext,
		Checkpoint: checkpoint,
		Terminals: Terminals{
			In:      term.IsTerminal(int(os.Stdin.Fd())),
			Out:     term.IsTerminal(int(os.Stdout.Fd())),
			Err:     term.IsTerminal(int(os.Stderr.Fd())),
			Columns: columns,
		},
	})
}

// interrupts are the signals that ask for an orderly end: Ctrl-C, Ctrl-\, kill, and a terminal that goes away, unless the program
// was started to outlive that (nohup).
func interrupts() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}
