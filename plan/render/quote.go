package render

import (
	"fmt"
	"strings"

	"appleconsent/plan"
)

// Shell is a command line interpreter for which commands are quoted.
type Shell string

// The shells: any of POSIX, cmd.exe at its prompt, PowerShell of any version.
const (
	ShellPOSIX      Shell = "posix"
	ShellCmd        Shell = "cmd"
	ShellPowerShell Shell = "powershell"
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
		quoted[i] = plan.Inert(quote(word)) // cmd and PowerShell have no way to write the rest
	}
	return strings.Join(quoted, " ")
}

// plain reports whether a word has only ASCII letters, digits and the given characters, so that a shell takes it as it is.
func plain(word, others string) bool {
	return word != "" && strings.IndexFunc(word, func(r rune) bool {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		return !letter && (r < '0' || r > '9') && !strings.ContainsRune(others, r)
	}) < 0
}

func quotePOSIX(word string) string {
	if plain(word, "_./:@%+=,-") {
		return word
	}
	if plan.Inert(word) != word {
		return quoteBytes(word)
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// quoteBytes quotes a word with what acts on a terminal as POSIX.1-2024 does: by the numbers of its bytes.
func quoteBytes(word string) string {
	var b strings.Builder
	for _, c := range []byte(word) {
		switch {
		case c == '\'' || c == '\\':
			b.WriteString(`\` + string(c))
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return "$'" + b.String() + "'"
}

// powershellQuotes doubles what PowerShell takes for a single quotation mark.
var powershellQuotes = strings.NewReplacer("'", "''", "‘", "‘‘", "’", "’’", "‚", "‚‚", "‛", "‛‛")

// quotePowerShell quotes for the language. What the word is for a program is up to the version if it holds a double quote, which
// Windows PowerShell and PowerShell before 7.3 do not escape.
func quotePowerShell(word string) string {
	others := `_./:+\-`
	if strings.HasPrefix(word, "-") { // with a dot or a colon it would become two words
		others = "-"
	}
	if plain(word, others) {
		return word
	}
	return "'" + powershellQuotes.Replace(word) + "'"
}

// cmdSpecial puts a caret before each character that cmd would read.
var cmdSpecial = strings.NewReplacer("(", "^(", ")", "^)", "%", "^%", "!", "^!", "^", "^^", `"`, `^"`, "<", "^<", ">", "^>", "&", "^&", "|", "^|")

// quoteCmd quotes first as programs split their command line (learn.microsoft.com/cpp/c-language/
// parsing-c-command-line-arguments). Within quotation marks cmd takes all but variables and further marks as it is; a word with
// such has each special character behind a caret, the marks included.
func quoteCmd(word string) string {
	if plain(word, `_./:@+\-`) {
		return word
	}
	var b strings.Builder
	slashes := 0 // that a program would take for the escape of the quotation mark behind them
	for _, r := range word + `"` {
		switch r {
		case '\\':
			slashes++
		case '"':
			b.WriteString(strings.Repeat(`\`, slashes+1))
			slashes = 0
		default:
			slashes = 0
		}
		b.WriteRune(r)
	}
	quoted := `"` + strings.TrimSuffix(b.String(), `\"`) + `"`
	if strings.ContainsAny(word, `"%!`) {
		return cmdSpecial.Replace(quoted)
	}
	return quoted
}
