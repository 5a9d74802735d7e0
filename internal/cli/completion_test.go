package cli_test

import (
	"context"
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"testing"

	"appleconsent/internal/cli"
	"appleconsent/internal/testbed"
)

// completions returns what __complete prints for the words: each line up to the tab, the last one included.
func completions(t *testing.T, env map[string]string, words ...string) []string {
	t.Helper()
	var lines []string
	for line := range strings.Lines(complete(t, env, words...)) {
		word, _, _ := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		lines = append(lines, word)
	}
	return lines
}

// complete runs __complete, which never fails, writes to stderr or reaches the network.
func complete(t *testing.T, env map[string]string, words ...string) string {
	t.Helper()
	a := offline(t, env, append([]string{"__complete"}, words...)...)
	if a.Code != 0 || a.Stderr != "" {
		t.Errorf("%q: exit code %d, stderr %q", words, a.Code, a.Stderr)
	}
	return a.Stdout
}

func TestComplete(t *testing.T) {
	t.Parallel()
	const (
		commands = "status plan apply rollback doctor link history tenants simulate logout completion version help"
		shells   = "bash zsh fish powershell"
		auth     = "auto browser device-code azure-cli environment client-secret certificate workload-identity managed-identity"
		flags    = "--output --no-color --quiet --debug --help"
	)
	all := strings.Join(append(scenarioNames(), "fleet"), " ")
	for line, want := range map[string]string{
		"":                       commands + " :none",
		"ro":                     "rollback :none",
		"-":                      "--devices --tenant --auth --client-id --cloud --timeout --simulate --state-dir --no-color --debug -h --help -v --version :none",
		"zebra ":                 ":none",
		"zebra stat":             ":none",
		"history ":               "show prune :none",
		"history sh":             "show :none",
		"history --quiet ":       "show prune :none",
		"help ":                  commands + " :none",
		"help history ":          "show prune :none",
		"help history show ":     "--help :none",
		"help zebra ":            "--help :none",
		"completion ":            shells + " :none",
		"completion p":           "powershell :none",
		"completion bash ":       "--help :none",
		"simulate ":              all + " :none",
		"simulate fr":            "fresh :none",
		"simulate --reset fr":    "fresh :none",
		"simulate --fault ":      ":files",
		"simulate --fault=fau":   ":files",
		"simulate --listen ":     ":none",
		"apply ":                 ":files",
		"apply plan.json ":       ":none --",
		"apply -- ":              ":files",
		"apply -- --y":           ":files",
		"plan --out ":            ":files",
		"plan --out=":            ":files",
		"status --state-dir ":    ":folders",
		"status --state-dir=/t":  ":folders",
		"status --auth ":         auth + " :none",
		"status --auth c":        "client-secret certificate :none",
		"status --auth=c":        "--auth=client-secret --auth=certificate :none",
		"status -auth=br":        "-auth=browser :none",
		"status --auth c --de":   "--devices --debug :none",
		"status --cloud us":      "usgov usgovdod :none",
		"status --devices ":      "all ios mac :none",
		"status -o ":             "text json markdown html csv :none",
		"plan -o ":               "text json markdown html powershell terraform csv :none",
		"history -o ":            "text json markdown html powershell terraform :none",
		"status -o=j":            "-o=json :none",
		"version --output=":      "--output=text --output=json :none",
		"status --simulate part": "partial partner :none",
		"status --tenant ":       ":none",
		"status --zebra=":        ":none",
		"status --quiet=":        ":none",
		"status --zebra ":        ":none --",
		"version ":               flags + " :none",
		"version --":             flags + " :none",
		"version -":              "-o " + strings.ReplaceAll(flags, "--quiet --debug --help", "-q --quiet --debug -h --help") + " :none",
		"version -o json --":     "--no-color --quiet --debug --help :none",
		"version --output=x -":   "--no-color -q --quiet --debug -h --help :none",
		"version -q --":          "--output --no-color --debug --help :none",
		"version zebra ":         flags + " :none",
		"__complete ":            ":none --",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			got := completions(t, map[string]string{"APPLECONSENT_STATE_DIR": t.TempDir()}, strings.Split(line, " ")...)
			if offersFlags, found := strings.CutPrefix(want, ":none --"); found { // the flags of the command, whichever those are
				if got[len(got)-1] != ":none" || !strings.HasPrefix(got[0], "--"+offersFlags) {
					t.Errorf("got %q, want flags", got)
				}
				return
			}
			if text := strings.Join(got, " "); text != want {
				t.Errorf("got  %s\nwant %s", text, want)
			}
		})
	}
}

func TestComplete_noWords(t *testing.T) {
	t.Parallel()
	if got := complete(t, nil); got != ":none\n" {
		t.Errorf("got %q", got)
	}
}

func TestComplete_descriptions(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"rollb":               "rollback\tundo a recorded change\n:none\n",
		"version --out":       "--output\ttext (default) or json\n:none\n",
		"simulate lag":        "lagging\tlike fresh, but writes show up late\n:none\n",
		"status --cloud chin": "china\thttps://microsoftgraph.chinacloudapi.cn\n:none\n",
	} {
		if got := complete(t, nil, strings.Split(line, " ")...); got != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}

// Changes come from the state folder that the command itself would use, with what history says of them.
func TestComplete_changes(t *testing.T) {
	t.Parallel()
	state, ids := testbed.RecordedChanges(t)
	here := map[string]string{"APPLECONSENT_STATE_DIR": state}
	elsewhere := map[string]string{"APPLECONSENT_STATE_DIR": t.TempDir()}
	file := testbed.Records(t, state)[0]
	both := slices.Concat(ids, []string{"latest", ":none"})
	for name, test := range map[string]struct {
		env   map[string]string
		words []string
		want  []string
	}{
		"environment":              {here, []string{"rollback", ""}, both},
		"flag before environment":  {elsewhere, []string{"rollback", "--state-dir", state, ""}, both},
		"flag with a sign":         {elsewhere, []string{"history", "show", "--state-dir=" + state, ""}, both},
		"flag before a subcommand": {elsewhere, []string{"history", "--state-dir", state, "show", ""}, both},
		"the last flag counts":     {here, []string{"rollback", "--state-dir", "nowhere", "--state-dir", state, ""}, both},
		"latest":                   {here, []string{"history", "l"}, []string{"latest", ":none"}},
		"of a scenario":            {here, []string{"rollback", "--simulate", "fresh", ""}, both},
		"of another scenario":      {here, []string{"history", "show", "--simulate", "partial", "2"}, []string{":none"}},
		"of another tenant":        {here, []string{"history", "show", "--tenant", "Fabrikam", "2"}, []string{":none"}},
		"begun":                    {here, []string{"rollback", ids[1]}, []string{ids[1], ":none"}},
		"behind two dashes":        {here, []string{"rollback", "--", ""}, both},
		"begun otherwise":          {here, []string{"rollback", "zebra"}, []string{":none"}},
		"no records":               {elsewhere, []string{"history", "show", ""}, []string{"--also", "--tenant", "--simulate", "--state-dir", "--output", "--no-color", "--quiet", "--debug", "--out", "--force", "--help", ":none"}},
		"a file for a folder":      {map[string]string{"APPLECONSENT_STATE_DIR": file}, []string{"rollback", "2"}, []string{":none"}},
		"one is enough":            {here, []string{"rollback", ids[0], "2"}, []string{":none"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := completions(t, test.env, test.words...); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	want := ids[1] + "\tContoso (simulated) apply succeeded, rolled back\n"
	if got := complete(t, here, "rollback", ""); !strings.Contains(got, want) {
		t.Errorf("got %q, want %q in it", got, want)
	}
}

// What is damaged is not offered, and not told either.
func TestComplete_damagedRecord(t *testing.T) {
	t.Parallel()
	state, ids := testbed.RecordedChanges(t)
	if err := os.WriteFile(testbed.Records(t, state)[1], []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := completions(t, map[string]string{"APPLECONSENT_STATE_DIR": state}, "rollback", "")
	if want := []string{ids[1], ":none"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// offline runs the command line with these variables and no network: whoever reaches for it fails the test.
func offline(t *testing.T, variables map[string]string, args ...string) testbed.Answer {
	t.Helper()
	var stdout, stderr strings.Builder
	code := cli.Main(t.Context(), append([]string{"appleconsent"}, args...), cli.Environment{
		In: strings.NewReader(""), Out: &stdout, Err: &stderr, Getenv: func(name string) string { return variables[name] },
		Dial: func(context.Context, string, string) (net.Conn, error) {
			t.Error("the network was reached for")
			return nil, errors.New("no network")
		},
	})
	return testbed.Answer{Stdout: stdout.String(), Stderr: stderr.String(), Code: code}
}
