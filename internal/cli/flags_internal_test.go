package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"appleconsent/graph/signin"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"

	"github.com/adrg/xdg"
)

// A tenant is a GUID or a domain, and for a person who signs in also what stands for any.
func TestCheckTenant(t *testing.T) {
	t.Parallel()
	for tenant, want := range map[string]struct{ person, application bool }{
		"":                                      {true, true},
		"f8d98a96-0999-43f5-8af3-69971c7bb423":  {true, true},
		"f8d98a96-0999-43f5-8af3-69971c7bb4235": {},
		"contoso.onmicrosoft.com":               {true, true},
		"contoso":                               {},
		"-contoso.example":                      {},
		"contoso.example.":                      {},
		"common":                                {true, false},
		"organizations":                         {true, false},
		"consumers":                             {},
		"../common":                             {},
		"a/b?c":                                 {},
		"https://contoso.example":               {},
	} {
		for auth, valid := range map[signin.Auth]bool{signin.AuthBrowser: want.person, signin.AuthDeviceCode: want.person, signin.AuthClientSecret: want.application, signin.AuthAuto: want.application} {
			if err := (connection{tenant: tenant, auth: auth}).checkTenant(); (err == nil) != valid {
				t.Errorf("%q with %s: got %v, want valid: %v", tenant, auth, err, valid)
			}
		}
	}
}

func TestStateFolder(t *testing.T) {
	t.Parallel()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ flag, variable, want string }{
		"neither":         {"", "", filepath.Join(xdg.StateHome, "appleconsent")},
		"the variable":    {"", "b", filepath.Join(here, "b")},
		"the flag before": {"a", "b", filepath.Join(here, "a")},
		"a whole path":    {filepath.Join(here, "c", "..", "d"), "", filepath.Join(here, "d")},
	} {
		env := Environment{Getenv: func(string) string { return test.variable }}
		if got, err := stateFolder(test.flag, env); err != nil || got != test.want {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, test.want)
		}
	}
}

// Without a home folder nothing is kept in the top folder, or in the one that happens to be current.
func TestPlatformFolder(t *testing.T) {
	t.Parallel()
	top, err := filepath.Abs(string(filepath.Separator))
	if err != nil {
		t.Fatal(err)
	}
	in := func(names ...string) string { return filepath.Join(append([]string{top}, names...)...) }
	for name, test := range map[string]struct{ home, state, named, want string }{
		"a home":                       {in("home", "a"), in("home", "a", ".local", "state"), "", in("home", "a", ".local", "state", "appleconsent")},
		"a home on macOS":              {in("Users", "a"), in("Users", "a", "Library", "Application Support"), "", in("Users", "a", "Library", "Application Support", "appleconsent")},
		"a folder that is named":       {in("home", "a"), in("state"), in("state"), in("state", "appleconsent")},
		"no home":                      {top, in(".local", "state"), "", ""},
		"no home on macOS":             {top, in("Library", "Application Support"), "", ""},
		"no home, a folder is named":   {top, in("var", "state"), in("var", "state"), in("var", "state", "appleconsent")},
		"a home that is not absolute":  {"a", filepath.Join("a", ".local", "state"), "", ""},
		"a named one is not absolute":  {top, in(".local", "state"), "state", ""},
		"no LocalAppData":              {"", "", "", ""},
		"no profile, but LocalAppData": {"", in("Users", "a", "AppData", "Local"), "", in("Users", "a", "AppData", "Local", "appleconsent")},
	} {
		got, err := platformFolder(test.home, test.state, test.named)
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, test.want)
		}
	}
}

// A file's extension says in which form it is written. One that is unknown, or that the command has not, is refused with those that it
// has; a name without one means JSON.
func TestFormatOfFile(t *testing.T) {
	t.Parallel()
	command := &cli.Command{HelpName: "appleconsent status", Flags: formatFlags([]render.Format{render.Text, render.JSON, render.HTML})}
	for name, want := range map[string]render.Format{
		"plan.json": render.JSON, "plan.HTML": render.HTML, "plan": render.JSON, "plan.ps1": "", "plan.zebra": "", "plan.jsno": "", ".plan": "",
	} {
		got, err := formatOfFile(name, command)
		if got != want || (err == nil) != (want != "") || err != nil && !strings.HasSuffix(err.Error(), ": use .txt, .json or .html") {
			t.Errorf("%s: got %s, %v; want %s", name, got, err, want)
		}
	}
}
