// Command typecheck checks the types of all packages and their tests for the system and processor that GOOS and GOARCH name,
// from source: what "go vet" would find that does not compile, without compiling the Graph SDK, which takes minutes for each.
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"
)

func main() {
	here, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	own := here + string(filepath.Separator)
	all, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedDeps |
			packages.NeedTypes | packages.NeedTypesInfo | packages.NeedSyntax,
		Tests: true,
		ParseFile: func(set *token.FileSet, name string, src []byte) (*ast.File, error) {
			if strings.HasPrefix(name, own) {
				return parser.ParseFile(set, name, src, parser.ParseComments)
			}
			return withoutBodies(set, name, src)
		},
	}, "./...")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	wrong := 0
	for _, p := range all {
		if strings.HasSuffix(p.PkgPath, ".test") {
			continue // generated, and not of ours
		}
		for _, e := range p.Errors {
			fmt.Fprintln(os.Stderr, e)
			wrong++
		}
	}
	if wrong > 0 || len(all) == 0 {
		os.Exit(1)
	}
}

// withoutBodies leaves out what functions of others do.
func withoutBodies(set *token.FileSet, name string, src []byte) (*ast.File, error) {
	file, err := parser.ParseFile(set, name, src, parser.SkipObjectResolution)
	if file == nil {
		return nil, err
	}
	for _, declared := range file.Decls {
		if f, ok := declared.(*ast.FuncDecl); ok {
			f.Body = nil
		}
	}
	return file, err
}
