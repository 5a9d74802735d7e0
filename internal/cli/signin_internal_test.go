package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"appleconsent/graph/wire"
)

// Each cause of a failed sign-in or request has its advice, and there is no other.
func TestCauseHints(t *testing.T) {
	t.Parallel()
	known := map[wire.Cause]bool{}
	for _, name := range []string{"../../graph/wire/cause.go", "../../graph/signin/cause.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			declared, ok := n.(*ast.GenDecl)
			if !ok || declared.Tok != token.CONST {
				return true
			}
			for _, spec := range declared.Specs {
				value, err := strconv.Unquote(spec.(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value)
				if err != nil || causeHints[wire.Cause(value)] == "" {
					t.Errorf("%s: the cause %q has no advice", name, value)
				}
				known[wire.Cause(value)] = true
			}
			return false
		})
	}
	if len(known) != len(causeHints) {
		t.Errorf("%d causes, and advice for %d", len(known), len(causeHints))
	}
}

// Who logs out is told what this build could not reach.
func TestLogoutText(t *testing.T) {
	t.Parallel()
	keychain := "the Keychain"
	who := []forgottenAccount{{Username: "admin@contoso.example", TenantID: "11111111-2222-4333-8444-555555555555"}}
	const nobody, forgotten = "Nobody was signed in.\n", "Signed out: admin@contoso.example in tenant 11111111-2222-4333-8444-555555555555\n"
	const stays = "Not reached: the Keychain, since this build has no cgo. Tokens that another build kept there stay.\n"
	for want, doc := range map[string]logoutDocument{
		nobody:            {},
		forgotten:         {Forgotten: who},
		nobody + stays:    {Unreachable: &keychain},
		forgotten + stays: {Forgotten: who, Unreachable: &keychain},
	} {
		if got := logoutText(doc); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
