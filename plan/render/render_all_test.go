package render_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"appleconsent/plan/render"
)

// renderVariable names a folder into which all scripts are written, for tools that look at them: PowerShell's as files, Terraform's in
// folders of their own.
const renderVariable = "APPLECONSENT_RENDER"

// Every document has a script in each form for scripts, or is refused by it; none fails otherwise.
func TestRenderAll(t *testing.T) {
	t.Parallel()
	folder := os.Getenv(renderVariable)
	if folder == "" {
		folder = t.TempDir()
	}
	written := map[render.Format]int{}
	write := func(f render.Format, file string, script []byte) {
		file = filepath.Join(folder, file)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, script, 0o600)); err != nil {
			t.Fatal(err)
		}
		written[f]++
	}
	for _, name := range documents(t) {
		for f, file := range map[render.Format]string{render.PowerShell: name + ".ps1", render.Terraform: filepath.Join(name+".tf.d", "main.tf")} {
			script, err := read(t, name).render(f)
			switch {
			case err == nil:
				write(f, file, script)
			case !errors.Is(err, render.ErrRefused):
				t.Errorf("%s as %s: %v", name, f, err)
			}
		}
	}
	write(render.PowerShell, "exchange.ps1", []byte(exchangeScript(t, exchangeFacts())))
	if written[render.PowerShell] < 15 || written[render.Terraform] < 8 {
		t.Errorf("written: %v", written)
	}
}
