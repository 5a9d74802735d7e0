package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"appleconsent/consent"
	"appleconsent/graph/simulator"
	"appleconsent/internal/operation"
	"appleconsent/internal/terminal"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

func tenantsCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name:  "tenants",
		Usage: "list the customers of a partner's tenant, as a file for --tenants",
		Description: "Reads the contracts of a Microsoft partner's own tenant, and changes nothing. With --gdap it also reads the delegated admin\n" +
			"relationships: when they end, and whether they hold a role that can grant consent. Which of the partner's people have that\n" +
			"role, groups in the partner's tenant decide.\n\n" +
			"   appleconsent tenants --out customers.csv\n   appleconsent tenants --gdap --auth browser --out customers.csv\n" +
			"   appleconsent status --tenants customers.csv",
		Flags: slices.Concat([]cli.Flag{
			&cli.BoolFlag{Name: "gdap", Usage: "read the delegated admin relationships, too"},
		}, connectionFlags(), documentFlags(tenantsFormats)),
		Action: action(env, parseTenants, runTenants),
	}
}

var tenantsFormats = render.Formats(render.KindTenants)

func parseTenants(in *input) (connection, error) {
	conn, err := parseConnection(in)
	conn.gdap = in.Bool("gdap")
	return conn, err
}

func runTenants(ctx context.Context, conn connection, k *call) error {
	s, err := k.open(ctx, conn, operation.Directory)
	if err != nil {
		return err
	}
	defer s.close()
	customers, nameless, err := s.customers(ctx, conn)
	if err != nil {
		return fmt.Errorf("tenant %s: %w", s.Identity.TenantID, err)
	}
	if nameless > 0 {
		k.Warning(render.Count(nameless, "row") + " of contracts or relationships left out: no customer's id")
	}
	of := plan.TenantInfo{ID: s.Identity.TenantID, Cloud: s.cloud.Name, Simulated: s.cloud.Simulated}
	list := render.OfTenants(render.NewTenants(tool(), systemClock{}.Now(), of, customers, conn.gdap))
	if k.output.file == "" || k.output.stdout() == render.JSON {
		shown, err := render.Write(list, k.output.stdout(), k.Style())
		if err == nil {
			err = k.Write(shown)
		}
		if err != nil {
			return err
		}
	}
	return k.saveTenants(list, len(customers), conn)
}

// saveTenants writes the list to the file that was asked for, if one was. It may be longer than a plan can be.
func (k *call) saveTenants(list render.Result, customers int, conn connection) error {
	file := k.output.file
	if file == "" {
		return nil
	}
	content, err := render.WriteFile(list, k.output.format, terminal.DefaultColumns)
	if err == nil {
		err = writeTenants(file, string(content))
	}
	if err != nil {
		return err
	}
	told := fmt.Sprintf("Wrote %s to %s.", render.Count(customers, "customer"), plan.Printable(file))
	if k.output.format == render.CSV && customers > 0 {
		line := []string{"appleconsent", "status", "--tenants", file}
		if conn.simulate == simulator.FleetName {
			line = append(line, "--simulate", conn.simulate)
		}
		told += " To look at them: " + render.Quote(k.follow.shell, line...)
	}
	k.Note(told)
	return nil
}

func (s *connected) customers(ctx context.Context, conn connection) (customers []consent.Customer, nameless int, err error) {
	defer s.Reporter.Busy("reading the customers")()
	limit := &operation.TimeoutError{Limit: s.Limit}
	ctx, cancel := context.WithTimeoutCause(ctx, conn.timeout, limit)
	defer cancel()
	customers, nameless, err = s.client.Customers(ctx, conn.gdap)
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = limit
	}
	return customers, nameless, err
}
