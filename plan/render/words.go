package render

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"appleconsent/consent"
	"appleconsent/plan"
)

// verbWords are a verb and its past tense.
type verbWords struct{ base, past string }

// verbMark is the symbol of a verb, whatever the object.
func verbMark(v consent.Verb) mark {
	marks := map[consent.Verb]mark{consent.Create: {Symbol: "+", Tone: good}, consent.Delete: {Symbol: "-", Tone: bad}}
	return cmp.Or(marks[v], mark{Symbol: "~", Tone: warn})
}

// names are what the client and the resources of a document are called.
type names struct {
	client    plan.ClientInfo
	resources []plan.Resource
}

// namesFor are the names of the plan that an action is of; without one, the client and its resources are called as the
// application calls them.
func namesFor(a consent.Action, planned plan.Document) names {
	client := planned.Client
	client.AppID = a.AppID
	return names{client, planned.Resources}
}

// Describe says in one line what an action does, such as "Create grant on Microsoft Graph", with the names of the plan that it is of.
func Describe(a consent.Action, planned plan.Document) string {
	return layOut(plan.Action{Action: a}, namesFor(a, planned)).title()
}

// Finished says in one line what became of an action, with the names of the plan that it is of; empty for one that failed, of
// which the error tells.
func Finished(a plan.RecordedAction, planned plan.Document, style Style) string {
	if a.Status != plan.StatusDone && a.Status != plan.StatusUnchanged {
		return ""
	}
	out := recorded(a, namesFor(a.Action.Action, planned))
	text := out.Symbol + " " + out.title()
	if out.Status.Word != "" {
		text += ": " + out.Status.Word
	}
	return style.paint(out.Tone)(text)
}

// counted is a number of things to which the same is done.
type counted struct {
	number int
	noun   string
	verb   verbWords
}

// tally counts what actions will do, such as "1 grant to create, 2 scopes to grant"; or have done: "1 grant created, 2 scopes
// granted". Objects come before their parts.
func tally(actions []consent.Action, done bool) string {
	var objects, parts []counted
	for _, a := range actions {
		w := wordsFor(a.Kind.Object)
		objects = append(objects, counted{1, w.noun, w.verb(a.Kind.Verb)})
		if w.parts != nil {
			parts = append(parts, w.parts(a)...)
		}
	}
	var texts []string
	for _, c := range summed(append(objects, parts...)) {
		text := Count(c.number, c.noun) + " to " + c.verb.base
		if done {
			text = Count(c.number, c.noun) + " " + c.verb.past
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}

// summed adds up what is the same, and leaves out what is none.
func summed(all []counted) []counted {
	var sums []counted
	for _, c := range all {
		i := slices.IndexFunc(sums, func(sum counted) bool { return sum.noun == c.noun && sum.verb == c.verb })
		switch {
		case i >= 0:
			sums[i].number += c.number
		case c.number > 0:
			sums = append(sums, c)
		}
	}
	return sums
}

// Count is a number of things.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, found := strings.CutSuffix(noun, "y"); found {
		noun = stem + "ie"
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

var parameter = regexp.MustCompile(`{[^}]+}`)

// filled puts values in the place of the words in braces. {app} is what people call the application, {owner} its publisher; {users}
// is a number, {users user} a number of users.
func filled(text string, app consent.Application, values map[string]any) string {
	return parameter.ReplaceAllStringFunc(text, func(inBraces string) string {
		word, noun, isCount := strings.Cut(strings.Trim(inBraces, "{}"), " ")
		switch {
		case word == "app":
			return app.Noun
		case word == "owner":
			return app.Publisher.Name
		case isCount:
			return Count(values[word].(int), noun)
		}
		return fmt.Sprint(values[word])
	})
}

// publisherWords are a verified publisher's name, or else the organization that an application is registered in.
func publisherWords(name, organization string) string {
	if name != "" {
		return strconv.Quote(name)
	}
	return "organization " + organization
}

// capitalize makes the beginning of a sentence of a text that begins with an ASCII character.
func capitalize(s string) string {
	first := min(1, len(s))
	return strings.ToUpper(s[:first]) + s[first:]
}
