package cli

import (
	"bufio"
	"context"
	"io"
	"math"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"golang.org/x/term"
)

// Process runs the command line on the signals, streams, terminals, variables and network of this process, and returns the exit
// code. Checkpoint is nil but in tests, see Environment.
func Process(args []string, checkpoint func(point string)) int {
	signal.Ignore(syscall.SIGPIPE) // a reader of our output that goes away must not end a change halfway
	c := openConsole(os.Getenv)
	defer c.restore()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, interrupts()...)
	go func() {
		<-signals
		awaitNext := onNextSignal(signals, c.abandon) // before anything says so
		cancel()
		awaitNext()
	}()
	code := Main(ctx, args, Environment{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv, Dial: new(net.Dialer).DialContext,
		Checkpoint: checkpoint, Terminals: c.terminals(), Shell: c.shell, LimitMemory: limitMemory,
	})
	if c.ownWindow && len(args) == 1 {
		c.restore()
		awaitEnter(os.Stdin, os.Stderr)
	}
	return code
}

// limitMemory sets the soft limit of the runtime, unless whoever started the program has (GOMEMLIMIT).
func limitMemory(bytes int64) {
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(bytes)
	}
}

func (c console) terminals() Terminals {
	columns, rows, _ := term.GetSize(int(os.Stdout.Fd()))
	if columns == 0 {
		columns, rows, _ = term.GetSize(int(os.Stderr.Fd()))
	}
	return Terminals{
		In:      term.IsTerminal(int(os.Stdin.Fd())) && !c.unattended,
		Out:     term.IsTerminal(int(os.Stdout.Fd())),
		Err:     term.IsTerminal(int(os.Stderr.Fd())),
		OutDumb: c.outDumb, ErrDumb: c.errDumb, Columns: columns, Rows: rows,
	}
}

// awaitEnter keeps a window open that a double click has opened, until its text has been read.
func awaitEnter(in io.Reader, w io.Writer) {
	_, _ = io.WriteString(w, "\nPress Enter to close this window.")
	_, _ = bufio.NewReader(in).ReadString('\n')
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
