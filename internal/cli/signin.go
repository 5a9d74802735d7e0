package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"appleconsent/graph/signin"
	"appleconsent/plan"

	"github.com/urfave/cli/v2"
)

type logoutDocument struct {
	SchemaVersion int                `json:"schemaVersion"`
	Kind          string             `json:"kind"`
	Forgotten     []forgottenAccount `json:"forgotten"`
	// Unreachable names where tokens may be kept that this build cannot delete; null if there is no such place.
	Unreachable *string `json:"unreachable"`
}

type forgottenAccount struct {
	Username string `json:"username"`
	TenantID string `json:"tenantId"`
	ClientID string `json:"clientId"`
}

func logoutCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name:  "logout",
		Usage: "sign out and delete cached tokens",
		Description: "Removes the tokens that this program keeps in the platform's encrypted cache, and who signed in. It asks nobody:\n" +
			"no sign-in, no network. Sessions elsewhere, such as the Azure CLI's, stay as they are.\n\n" +
			"   appleconsent logout",
		Flags:  slices.Concat([]cli.Flag{stateDirFlag()}, outputFlags()),
		Action: action(env, parseStateDir, runLogout),
	}
}

func runLogout(ctx context.Context, dir string, k *call) error {
	forgotten, err := accounts(dir).Forget(ctx)
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	doc := logoutDocument{plan.SchemaVersion, "logout", []forgottenAccount{}, nil}
	if place := signin.Unreachable(); place != "" {
		doc.Unreachable = &place
	}
	for _, a := range forgotten {
		doc.Forgotten = append(doc.Forgotten, forgottenAccount(a))
	}
	return k.result(doc, logoutText(doc))
}

func logoutText(doc logoutDocument) string {
	var b strings.Builder
	if len(doc.Forgotten) == 0 {
		b.WriteString("Nobody was signed in.\n")
	}
	for _, a := range doc.Forgotten {
		fmt.Fprintf(&b, "Signed out: %s in tenant %s\n", plan.PrintableLine(cmp.Or(a.Username, "a person")), plan.PrintableLine(a.TenantID))
	}
	if doc.Unreachable != nil {
		fmt.Fprintf(&b, "Not reached: %s, since this build has no cgo. Tokens that another build kept there stay.\n", *doc.Unreachable)
	}
	return b.String()
}
