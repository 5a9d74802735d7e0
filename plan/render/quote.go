package render

import (
	"regexp"
	"strings"
)

// Shell is a command line interpreter for which commands are quoted.
type Shell string

// The shells: any of POSIX, cmd.exe at its prompt, PowerShell of any version.
const (
	ShellPOSIX      Shell = "posix"
	ShellCmd        Shell = "cmd"
	ShellPowerShell Shell = "powershell"
)

// Words that every shell takes as they are.
var (
	plainPOSIX      = regexp.MustCompile(`^[A-Za-z0-9_./:@%+=,-]+$`)
	plainCmd        = regexp.MustCompile(`^[A-Za-z0-9_./:@+\\-]+$`)
	plainPowerShell = regexp.MustCompile(`^(?:--?[A-Za-z][A-Za-z-]*|[A-Za-z0-9_./:+\\][A-Za-z0-9_./:+=\\-]*)$`)
)

// Quote writes a command line that the shell splits into just these words. The first one is the program and must be plain.
func Quote(shell Shell, words ...string) string {
	quote := quotePOSIX
	switch shell {
	case ShellCmd:
		quote = quoteCmd
	case ShellPowerShell:
		quote = quotePowerShell
	case ShellPOSIX:
	}
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = quote(word)
	}
	return strings.Join(quoted, " ")
}

func quotePOSIX(word string) string {
	if plainPOSIX.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// powershellQuotes doubles what PowerShell takes for a single quotation mark.
var powershellQuotes = strings.NewReplacer("'", "''", "‘", "‘‘", "’", "’’", "‚", "‚‚", "‛", "‛‛")

// quotePowerShell quotes for the language. What the word is for a program is up to the version if it holds a double quote, which
// Windows PowerShell and PowerShell before 7.3 do not escape.
func quotePowerShell(word string) string {
	if plainPowerShell.MatchString(word) {
		return word
	}
	return "'" + powershellQuotes.Replace(word) + "'"
}

var (
	// beforeQuote are backslashes that a program would take for the escape of the quotation mark behind them.
	beforeQuote = regexp.MustCompile(`(\\*)("|$)`)
	cmdSpecial  = regexp.MustCompile(`[()%!^"<>&|]`)
)

// quoteCmd quotes first as programs split their command line (learn.microsoft.com/cpp/c-language/
// parsing-c-command-line-arguments). Within quotation marks cmd takes all but variables and further marks as it is; a word with
// such has each special character behind a caret, the marks included.
func quoteCmd(word string) string {
	if plainCmd.MatchString(word) {
		return word
	}
	quoted := beforeQuote.ReplaceAllStringFunc(word, func(s string) string {
		slashes, mark := strings.TrimSuffix(s, `"`), ""
		if len(slashes) < len(s) {
			mark = `\"`
		}
		return slashes + slashes + mark
	})
	quoted = `"` + quoted + `"`
	if strings.ContainsAny(word, `"%!`) {
		return cmdSpecial.ReplaceAllString(quoted, "^$0")
	}
	return quoted
}
