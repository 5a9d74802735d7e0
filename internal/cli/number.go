package cli

import (
	"errors"
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"
)

// number is a flag that takes a whole number. Its declaration is all there is of it: it registers the flag, checks the value, and says
// what it takes.
type number struct {
	flag, group, usage string
	preset             int // 0: it has none
	least, most        int // a most of 0: any number
}

type numberFlag struct {
	*cli.IntFlag
	number
}

// register returns the flag, whose value is checked before the command begins.
func (n number) register() cli.Flag {
	return numberFlag{&cli.IntFlag{Name: n.flag, Category: n.group, Value: n.preset, Usage: n.usage}, n}
}

// takes says which numbers it takes.
func (n number) takes() string {
	if n.most == 0 {
		return fmt.Sprintf("--%s must be %d or more, a whole number", n.flag, n.least)
	}
	return fmt.Sprintf("--%s must be from %d to %d, a whole number", n.flag, n.least, n.most)
}

func (n number) check(c *cli.Context) error {
	value := c.Int(n.flag)
	if !c.IsSet(n.flag) || value >= n.least && (n.most == 0 || value <= n.most) {
		return nil
	}
	return errors.New(n.takes())
}

// valueHint says what the flag takes whose value could not be read; empty if nothing is known of it.
func valueHint(command *cli.Command, name string) string {
	for _, flag := range command.Flags {
		if !slices.Contains(flag.Names(), name) {
			continue
		}
		switch f := flag.(type) {
		case numberFlag:
			return f.takes()
		case *cli.DurationFlag:
			return "times are written as 90s, 5m or 1h"
		case *cli.BoolFlag:
			return fmt.Sprintf("--%s takes no value, or true or false as in --%s=false", f.Name, f.Name)
		}
	}
	return ""
}
