package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Who may import whom: the design, section 2. Values are packages of the project; prefixes of others end in a slash.
func TestLayering(t *testing.T) {
	t.Parallel()
	const sdk, azure = "github.com/microsoftgraph/", "github.com/Azure/"
	for name, rule := range map[string]struct{ allowed, forbidden []string }{
		"consent":                   {nil, []string{"os", "net", "net/http", "context", "time", "log", "github.com/"}},
		"consent/doctor":            {[]string{"consent"}, []string{"os", "net", "net/http", "context", "log", "github.com/"}},
		"plan":                      {[]string{"consent"}, []string{"net", "net/http", sdk, azure}},
		"plan/render":               {[]string{"consent", "consent/doctor", "plan"}, []string{"os", "net", "net/http", "context", sdk, azure}},
		"graph":                     {[]string{"consent", "consent/doctor", "graph/claims"}, nil},
		"graph/claims":              {[]string{"consent"}, []string{"os", "net", "net/http", "context", "log", "github.com/"}},
		"graph/simulator":           {nil, []string{sdk, azure}},
		"internal/cli":              {[]string{"consent", "consent/doctor", "plan", "plan/render", "graph", "graph/simulator", "internal/cli/shell", "internal/operation", "internal/terminal"}, []string{sdk, azure}},
		"internal/cli/shell":        {[]string{"plan"}, []string{"os", "net", "net/http", sdk, azure}},
		"internal/terminal":         {[]string{"plan", "plan/render", "internal/terminal/noquery"}, []string{"os", "net", "net/http", sdk, azure}},
		"internal/terminal/noquery": {nil, []string{sdk, azure}},
		"internal/operation":        {[]string{"consent", "consent/doctor", "plan"}, []string{"net", "net/http", "io", "github.com/"}},
		"":                          {[]string{"internal/cli"}, []string{sdk, azure}},
	} {
		for _, imported := range importsOf(t, name) {
			own, isOwn := strings.CutPrefix(imported, "appleconsent/")
			if isOwn && !slices.Contains(rule.allowed, own) {
				t.Errorf("%q imports %s", name, own)
			}
			for _, forbidden := range rule.forbidden {
				if imported == forbidden || strings.HasSuffix(forbidden, "/") && strings.HasPrefix(imported, forbidden) {
					t.Errorf("%q imports %s", name, imported)
				}
			}
		}
	}
}

// Use cases, terminal and shell are tested without the Graph SDK and without sign-in, so that they build in seconds.
func TestLayering_withoutTheSDK(t *testing.T) {
	t.Parallel()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "appleconsent/internal/operation", "appleconsent/internal/terminal", "appleconsent/internal/cli/shell")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(string(out)) {
		if strings.HasPrefix(name, "github.com/microsoft") || strings.HasPrefix(name, "github.com/Azure/") || strings.HasPrefix(name, "appleconsent/graph") {
			t.Errorf("they reach %s", name)
		}
	}
}

func importsOf(t *testing.T, name string) []string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-f", `{{join .Imports "\n"}}`, "appleconsent/"+name)
	if name == "" {
		list.Args[len(list.Args)-1] = "appleconsent"
	}
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}

// At the top level stands what the design names, what repositories customarily have, and dot files.
func TestLayering_topLevel(t *testing.T) {
	t.Parallel()
	allowed := []string{
		"main.go", "consent", "plan", "graph", "internal", "docs", "go.mod", "go.sum", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md",
	}
	entries, err := os.ReadDir(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		built := entry.Name() == "appleconsent" // go build leaves it; git ignores it
		if name := entry.Name(); !strings.HasPrefix(name, ".") && !built && !slices.Contains(allowed, name) {
			t.Errorf("%s stands at the top level", name)
		}
	}
}
