package cli

import (
	"slices"
	"strings"
	"testing"

	"appleconsent/internal/cli/shell"
)

// A declaration is all there is of an enumeration: the flag takes each of its words and no other, and its usage and completion
// tell them.
func TestEnumerations(t *testing.T) {
	t.Parallel()
	flags := slices.Concat(connectionFlags(), planFlags(), documentFlags(withMany(allFormats)))
	found := 0
	for _, f := range flags {
		flag, ok := f.(enumerationFlag)
		if !ok {
			continue
		}
		found++
		for _, c := range flag.Choices() {
			if word, err := flag.check(strings.ToUpper(c.Word)); err != nil || word != c.Word {
				t.Errorf("--%s %s: %v", flag.Name, c.Word, err)
			}
			if long := flag.Name == "simulate" || flag.Name == "auth"; !long && !strings.Contains(flag.Usage, c.Word) { // simulate --list and help sign-in tell them
				t.Errorf("--%s: %q does not tell %s", flag.Name, flag.Usage, c.Word)
			}
			if told := shell.ManRow(flag).Meaning; !strings.Contains(told, c.Word) || !strings.Contains(told, c.Meaning) {
				t.Errorf("--%s: the manual page does not tell %s: %s", flag.Name, c.Word, told)
			}
		}
		if _, err := flag.check("zebra"); err == nil || !strings.HasPrefix(err.Error(), `unknown `) || !strings.Contains(err.Error(), flag.Choices()[0].Word) {
			t.Errorf("--%s zebra: got %v", flag.Name, err)
		}
		if got := completed("plan", "--"+flag.Name, ""); strings.Count(got, "\n") != len(flag.Choices())+1 {
			t.Errorf("--%s is completed by %q", flag.Name, got)
		}
		if preset := flag.Value; preset != "" && preset != flag.Choices()[0].Word {
			t.Errorf("--%s: the default is %s", flag.Name, preset)
		}
	}
	if found != 6 {
		t.Errorf("got %d enumerations", found)
	}
}

// What else an enumeration may take, and what stands for nothing.
func TestEnumeration_parse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		parse func(string) error
		text  string
		want  string // empty: it is taken
	}{
		"a cloud":              {taking(clouds()), "china", ""},
		"the default cloud":    {taking(clouds()), "", ""},
		"a URL of a scenario":  {taking(scenarios()), "http://127.0.0.1:1", ""},
		"a shell":              {taking(shells()), string(shell.Fish), ""},
		"another shell":        {taking(shells()), "tcsh", `unknown shell "tcsh": use bash, zsh, fish or powershell`},
		"no shell":             {taking(shells()), "", "SHELL is required: use bash, zsh, fish or powershell"},
		"devices":              {taking(devices()), "tv", `unknown devices "tv": use all, ios or mac`},
		"a URL as an argument": {checkScenario, "http://127.0.0.1:1", `unknown scenario "http://127.0.0.1:1": use fresh, `},
	} {
		err := test.parse(test.text)
		if (err == nil) != (test.want == "") || err != nil && !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func taking[T ~string](e enumeration[T]) func(string) error {
	return func(text string) error {
		_, err := e.parse(text)
		return err
	}
}
