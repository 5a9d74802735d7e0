package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Who may import whom, as CONTRIBUTING tells it (Where things are). Values are packages of the project; prefixes of others end in a slash.
func TestLayering(t *testing.T) {
	t.Parallel()
	const sdk, azure = "github.com/microsoftgraph/", "github.com/Azure/"
	shared := []string{"graph/simulator/identity", "graph/simulator/reply"}
	halves := append([]string{"graph/simulator/directory", "graph/simulator/entra"}, shared...)
	tests := append([]string{"consent", "plan", "graph/simulator", "graph/simulator/simtest", "internal/cli", "internal/testbed"}, halves...)
	rules := map[string]struct{ allowed, forbidden []string }{
		"consent":                  {nil, []string{"os", "net", "net/http", "context", "time", "log", "github.com/"}},
		"consent/doctor":           {[]string{"consent"}, []string{"fmt", "os", "net", "net/http", "context", "log", "github.com/"}},
		"plan":                     {[]string{"consent", "internal/disk", "internal/replication"}, []string{"net", "net/http", sdk, azure}},
		"plan/render":              {[]string{"consent", "consent/doctor", "plan"}, []string{"os", "net", "net/http", "context", sdk, azure}},
		"graph":                    {[]string{"consent", "consent/doctor", "graph/signin", "graph/wire", "internal/replication"}, []string{azure}},
		"graph/wire":               {nil, []string{sdk, azure}},
		"graph/wire/wiretest":      {[]string{"graph/wire"}, []string{sdk, azure}},
		"graph/signin":             {[]string{"consent", "graph/wire", "internal/disk"}, []string{sdk}},
		"graph/simulator":          {append([]string{"internal/disk"}, halves...), []string{sdk, azure}},
		"graph/simulator/simtest":  {append([]string{"graph/simulator"}, halves...), []string{sdk, azure}},
		halves[0]:                  {shared, []string{"os", sdk, azure}},
		halves[1]:                  {shared, []string{"os", sdk, azure}},
		shared[0]:                  {nil, []string{"os", "net/http", sdk, azure}},
		shared[1]:                  {nil, []string{"os", sdk, azure}},
		"internal/disk":            {nil, []string{"net", "net/http", "context", "log", "github.com/"}},
		"internal/exitcode":        {nil, []string{"os", "github.com/"}},
		"internal/replication":     {nil, []string{"os", "net", "net/http", "context", "log", "github.com/"}},
		"internal/operation":       {[]string{"consent", "consent/doctor", "plan"}, []string{"net", "net/http", "io", "github.com/"}},
		"internal/operation/fleet": {[]string{"consent", "internal/exitcode", "internal/operation", "plan"}, []string{"net", "net/http", "os", "github.com/"}},
		"internal/terminal":        {[]string{"plan", "plan/render", "internal/terminal/noquery"}, []string{"os", "net", "net/http", sdk, azure}},
		"internal/cli": {[]string{
			"consent", "consent/doctor", "plan", "plan/render", "graph", "graph/signin", "graph/simulator", "graph/wire",
			"internal/cli/shell", "internal/disk", "internal/exitcode", "internal/operation", "internal/operation/fleet", "internal/terminal",
		}, []string{sdk, azure}},
		"internal/cli/shell":        {[]string{"plan"}, []string{"os", "net", "net/http", sdk, azure}},
		"internal/terminal/noquery": {nil, []string{sdk, azure}},
		"internal/testbed":          {tests, []string{sdk, azure}},
		"appleconsent":              {[]string{"internal/cli"}, []string{sdk, azure}},
	}
	for name, imports := range importsOf(t) {
		rule, ruled := rules[name]
		if !ruled {
			t.Errorf("there is no rule for package %q", name)
		}
		for _, imported := range imports {
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

// Of all packages, graph alone and what needs a client reach the Graph SDK: what lies below builds and tests in seconds.
func TestLayering_sdk(t *testing.T) {
	t.Parallel()
	list := exec.CommandContext(t.Context(), "go", "list", "-test", "-f", `{{if not .ForTest}}{{.ImportPath}} {{join .Deps " "}}{{end}}`, "appleconsent/...")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	below := regexp.MustCompile(`^appleconsent/(consent|plan|graph/|internal/(disk|operation|terminal|cli/shell))`) // tests included
	for line := range strings.Lines(string(out)) {
		deps := strings.Fields(line)
		i := slices.IndexFunc(deps, func(dep string) bool {
			return strings.HasPrefix(dep, "github.com/microsoftgraph/") || strings.HasPrefix(dep, "github.com/microsoft/kiota")
		})
		if i >= 0 && (below.MatchString(deps[0]) || !slices.Contains(deps, "appleconsent/graph")) {
			t.Errorf("%s reaches %s", deps[0], deps[i])
		}
		if i < 0 && slices.Contains(deps, "appleconsent/graph") {
			t.Errorf("%s reaches graph and not its SDK: does this test know what the SDK is called?", deps[0])
		}
	}
}

// importsOf returns what each package of the project imports outside its tests; packages of tests alone are not among them.
func importsOf(t *testing.T) map[string][]string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-f", `{{if .GoFiles}}{{.ImportPath}} {{join .Imports " "}}{{end}}`, "appleconsent/...")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string][]string)
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		all[strings.TrimPrefix(words[0], "appleconsent/")] = words[1:]
	}
	return all
}

// What only tests need of the simulator is not in the program.
func TestLayering_programWithoutSimtest(t *testing.T) {
	t.Parallel()
	list, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "appleconsent").Output()
	if err != nil {
		t.Fatal(err)
	}
	const simulator = "appleconsent/graph/simulator"
	if linked := strings.Fields(string(list)); !slices.Contains(linked, simulator) || slices.Contains(linked, simulator+"/simtest") {
		t.Error("the program is built without the simulator, or with what only tests need of it")
	}
}

// At the top level stands what CONTRIBUTING names, what repositories customarily have, and dot files.
func TestLayering_topLevel(t *testing.T) {
	t.Parallel()
	allowed := []string{
		"main.go", "consent", "plan", "graph", "internal", "docs", "go.mod", "go.sum", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md",
		"SECURITY.md", "action.yml", "examples",
	}
	entries, err := os.ReadDir(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		built := entry.Name() == "appleconsent" || entry.Name() == "dist" // go build and .ci/release leave them; git ignores them
		if name := entry.Name(); !strings.HasPrefix(name, ".") && !built && !slices.Contains(allowed, name) {
			t.Errorf("%s stands at the top level", name)
		}
	}
}
