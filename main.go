// Appleconsent grants Apple's mail client its tenant-wide delegated permissions in Microsoft 365, and takes them back.
// This file connects the command line in internal/cli to the process: signals, streams, exit code.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"appleconsent/internal/cli"

	"golang.org/x/term"
)

func main() {
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal ends the process at once
	columns, _, _ := term.GetSize(int(os.Stdout.Fd()))
	if columns == 0 {
		columns, _, _ = term.GetSize(int(os.Stderr.Fd()))
	}
	return cli.Main(ctx, os.Args, cli.Environment{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv,
		Terminals: cli.Terminals{
			In:      term.IsTerminal(int(os.Stdin.Fd())),
			Out:     term.IsTerminal(int(os.Stdout.Fd())),
			Err:     term.IsTerminal(int(os.Stderr.Fd())),
			Columns: columns,
		},
	})
}
