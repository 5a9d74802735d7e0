package cli

import (
	"testing"

	"appleconsent/plan/render"
)

// Suggested commands are quoted for the shell that the program was started from, through whatever started it there.
func TestShellOf(t *testing.T) {
	t.Parallel()
	const system = `C:\Program Files\WindowsPowerShell\Modules;C:\Windows\system32\WindowsPowerShell\v1.0\Modules`
	for name, test := range map[string]struct {
		ancestors           []string
		modules, msysSystem string
		want                render.Shell
	}{
		"cmd":                                   {[]string{"cmd.exe", "explorer.exe"}, system, "", render.ShellCmd},
		"cmd, started from PowerShell":          {[]string{"cmd.exe", "powershell.exe"}, `C:\Users\a\Documents\WindowsPowerShell\Modules;` + system, "", render.ShellCmd},
		"cmd, where SQL Server adds modules":    {[]string{"cmd.exe", "explorer.exe"}, system + `;C:\SQL\Modules`, "", render.ShellCmd},
		"Windows PowerShell":                    {[]string{"powershell.exe", "explorer.exe"}, system, "", render.ShellPowerShell},
		"PowerShell 7 in a terminal":            {[]string{"pwsh.exe", "WindowsTerminal.exe"}, system, "", render.ShellPowerShell},
		"PowerShell, from cmd":                  {[]string{"PWSH.EXE", "cmd.exe"}, system, "", render.ShellPowerShell},
		"by go run, in PowerShell":              {[]string{"go.exe", "powershell.exe"}, system, "", render.ShellPowerShell},
		"Git Bash":                              {[]string{"bash.exe", "mintty.exe"}, system, "MINGW64", render.ShellPOSIX},
		"Git Bash, whose process is gone":       {nil, system, "MINGW64", render.ShellPOSIX},
		"PowerShell, whose process is gone":     {nil, `C:\Users\a\Documents\WindowsPowerShell\Modules;` + system, "", render.ShellPowerShell},
		"a double click":                        {[]string{"explorer.exe"}, system, "", render.ShellCmd},
		"nothing is known of what started it":   {nil, "", "", render.ShellCmd},
		"a program whose name has a shell's":    {[]string{"cmdline-runner.exe", "powershell.exe"}, system, "", render.ShellPowerShell},
		"the PowerShell that comes with an IDE": {[]string{"powershell_ise.exe"}, system, "", render.ShellPowerShell},
	} {
		env := map[string]string{"PSModulePath": test.modules, "MSYSTEM": test.msysSystem}
		if got := shellOf(test.ancestors, func(name string) string { return env[name] }); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}
