package cli

import (
	"strings"

	"appleconsent/plan/render"
)

// console is what the system tells of the terminals of this process, and how they are given back.
type console struct {
	outDumb, errDumb bool         // terminals that know no escape codes
	unattended       bool         // nobody can see them, so that nobody will answer
	ownWindow        bool         // it has a window that nobody else uses and that closes with this process
	shell            render.Shell // which started this process
	restore          func()       // takes back what was changed; never nil
	abandon          func()       // does the same in the middle of a question, which has changed more; never nil
}

// shellOf is the shell into which a person pastes a command, given the names of the programs that started this one, the nearest
// first. PowerShell is also known by the folders that it adds to the list of those with modules, of which the system has two,
// and Git Bash by its variable.
func shellOf(ancestors []string, getenv func(string) string) render.Shell {
	for _, name := range ancestors {
		switch strings.TrimSuffix(strings.ToLower(name), ".exe") {
		case "cmd":
			return render.ShellCmd
		case "powershell", "powershell_ise", "pwsh":
			return render.ShellPowerShell
		case "bash", "dash", "fish", "ksh", "sh", "zsh":
			return render.ShellPOSIX
		}
	}
	switch {
	case getenv("MSYSTEM") != "":
		return render.ShellPOSIX
	case strings.Count(getenv("PSModulePath"), ";") >= 2:
		return render.ShellPowerShell
	}
	return render.ShellCmd
}
