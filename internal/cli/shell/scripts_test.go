package shell_test

import (
	"strings"
	"testing"

	"appleconsent/internal/cli/shell"
)

// The first lines of a script say where it goes. A file for zsh's fpath must begin with a line of zsh's own.
func TestScripts_sayHowToInstall(t *testing.T) {
	t.Parallel()
	for _, name := range shell.Names() {
		text := strings.TrimPrefix(name.Script(), "#compdef appleconsent\n")
		first, _, _ := strings.Cut(text, "\n")
		if !strings.HasPrefix(text, "# To install: ") || !strings.Contains(first, "appleconsent completion "+string(name)) {
			t.Errorf("%s begins with %q", name, first)
		}
	}
}
