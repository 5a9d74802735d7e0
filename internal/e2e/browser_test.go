package e2e_test

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"testing"

	"appleconsent/internal/testbed"
)

// fakeBrowserName is the program that the test binary is beside appleconsent: a browser.
const fakeBrowserName = "appleconsent-test-browser"

func TestMain(m *testing.M) {
	testbed.Main(m, map[string]func(){fakeBrowserName: func() { os.Exit(fakeBrowser(os.Args[1])) }})
}

var (
	formAction = regexp.MustCompile(`<form[^>]* action="([^"]*)"`)
	formField  = regexp.MustCompile(`<input[^>]* name="([^"]*)"[^>]* value="([^"]*)"`)
)

// fakeBrowser opens a page as xdg-open would have it opened, prints what browsers print, and submits the form that Entra
// answers a sign-in with. It returns an exit code.
func fakeBrowser(page string) int {
	fmt.Println("Opening in existing browser session.")
	response, err := http.Get(page) //nolint:noctx // it is a browser
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	body, err := io.ReadAll(response.Body)
	action := formAction.FindSubmatch(body)
	if err != nil || action == nil {
		fmt.Fprintf(os.Stderr, "%s: no form: %s %v\n", page, body, err)
		return 1
	}
	fields := url.Values{}
	for _, field := range formField.FindAllSubmatch(body, -1) {
		fields.Add(html.UnescapeString(string(field[1])), html.UnescapeString(string(field[2])))
	}
	answer, err := http.PostForm(html.UnescapeString(string(action[1])), fields) //nolint:noctx // it is a browser
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return map[bool]int{true: 0, false: 1}[answer.Body.Close() == nil]
}
