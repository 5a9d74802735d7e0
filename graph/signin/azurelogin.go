package signin

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"appleconsent/graph/wire"
)

// Az's own command line to sign in again, as it stands in what az says: whole, or not at all.
var (
	azLogin  = regexp.MustCompile(`\baz login\b([^\r\n]*)`)
	azOption = regexp.MustCompile(`^ +(--?[a-z][a-z-]*)`)
	azValue  = regexp.MustCompile(`^(?: +|=)("[\w+/=:.@~-]+"|'[\w+/=:.@~-]+'|[\w+/=:@~][\w+/=:.@~-]*)`)
	azScope  = regexp.MustCompile(`^(?: +|=)("[\w:.~-]*/[\w:.~/-]*"|'[\w:.~-]*/[\w:.~/-]*'|[\w:.~-]*/[\w:.~/-]*)`)
	azEnd    = regexp.MustCompile("^[.,;:)'\"`]*(?:\\s|$)") // of the line, or of what is a command in a sentence
	azClaims = regexp.MustCompile(`--claims-challenge[ =]+"?([A-Za-z0-9+/=_-]+)"?`)
)

// The options that a line to sign in again has been seen to have.
var (
	azNamed = []string{"--tenant", "-t", "--username", "-u", "--claims-challenge", "--scope"}
	azFlags = []string{"--allow-no-subscriptions", "--use-device-code", "--use-device", "--identity", "--only-show-errors", "--debug"}
)

// azLogins are the command lines in a text that sign in to az. One with an option that is not known to be harmless, such as a password,
// or with a value that is not read to its end, is left out: a part of it would be another command.
func azLogins(words string) []string {
	var lines []string
	for _, found := range azLogin.FindAllStringSubmatch(words, -1) {
		if arguments, whole := azArguments(found[1]); whole {
			lines = append(lines, "az login"+arguments)
		}
	}
	return lines
}

// azArguments reads the options at the beginning of a text, with double quotes in the place of single ones, which cmd does not know.
func azArguments(text string) (arguments string, whole bool) {
	rest := text
	for {
		option := azOption.FindStringSubmatch(rest)
		switch {
		case option == nil:
			return strings.ReplaceAll(strings.TrimSuffix(text, rest), "'", `"`), azEnd.MatchString(rest)
		case slices.Contains(azFlags, option[1]):
			rest = rest[len(option[0]):]
			continue
		case !slices.Contains(azNamed, option[1]):
			return "", false
		}
		rest = rest[len(option[0]):]
		value := azValue.FindString(rest)
		if option[1] == "--scope" {
			value = azScopes(rest)
		}
		if value == "" {
			return "", false
		}
		rest = rest[len(value):]
	}
}

// azScopes are the values of --scope at the beginning of a text; each has a slash, which words after them do not have.
func azScopes(text string) string {
	rest := text
	for value := azScope.FindString(rest); value != ""; value = azScope.FindString(rest) {
		rest = rest[len(value):]
	}
	return strings.TrimSuffix(text, rest)
}

// longest is the text that says the most; empty if there is none.
func longest(texts []string) string {
	most := ""
	for _, text := range texts {
		if text = strings.TrimRight(text, ". "); len(text) > len(most) {
			most = text
		}
	}
	return most
}

// isShowable reports whether a command line holds no secret. Claims are JSON in base64, and no token.
func isShowable(line string, secrets *wire.Secrets) bool {
	if claims := azClaims.FindStringSubmatch(line); claims != nil {
		text, err := base64.StdEncoding.DecodeString(claims[1])
		var asked map[string]map[string]any
		if err != nil || json.Unmarshal(text, &asked) != nil {
			return false
		}
		line = strings.Replace(line, claims[1], "", 1)
	}
	return secrets.Without(line) == line
}
