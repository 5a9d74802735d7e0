// Appleconsent grants Apple's mail client its tenant-wide delegated permissions in Microsoft 365, and takes them back.
package main

import (
	"os"

	"appleconsent/internal/cli"
)

func main() { os.Exit(cli.Process(os.Args, nil)) }
