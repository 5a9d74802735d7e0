package shell

import _ "embed" // for the scripts

// The scripts only hand the words of a command line to the hidden command __complete and show what it prints; all knowledge is
// in Complete.
var (
	//go:embed completion/bash.sh
	bashScript string
	//go:embed completion/zsh.sh
	zshScript string
	//go:embed completion/fish.fish
	fishScript string
	//go:embed completion/powershell.ps1
	powershellScript string
)

// Name is a shell that can complete our command lines.
type Name string

// The shells.
const (
	Bash       Name = "bash"
	Zsh        Name = "zsh"
	Fish       Name = "fish"
	PowerShell Name = "powershell"
)

// Names returns the shells.
func Names() []Name { return []Name{Bash, Zsh, Fish, PowerShell} }

// Script is how the shell learns to complete; empty for one that is not among Names.
func (n Name) Script() string {
	return map[Name]string{Bash: bashScript, Zsh: zshScript, Fish: fishScript, PowerShell: powershellScript}[n]
}
