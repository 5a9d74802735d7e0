package signin

import "strings"

// Asking is what a person is about to be asked for, on a page of Entra's.
type Asking struct {
	Auth        Auth     // AuthBrowser or AuthDeviceCode
	ClientID    string   // of the application that signs in, in lower case
	Client      string   // what the page calls it; empty if that is not known
	Permissions []string // of Microsoft Graph
}

// Writes reports whether a permission to write is among those that are asked for.
func (a Asking) Writes() bool {
	return strings.Contains(strings.Join(a.Permissions, " "), "Write")
}

// asking is what the person is asked for with these scopes.
func (p *person) asking(scopes []string) Asking {
	a := Asking{Auth: AuthDeviceCode, ClientID: p.account.client}
	if p.browser {
		a.Auth = AuthBrowser
	}
	if a.ClientID == graphCommandLineTools {
		a.Client = "Microsoft Graph Command Line Tools"
	}
	for _, scope := range scopes {
		a.Permissions = append(a.Permissions, scope[strings.LastIndex(scope, "/")+1:])
	}
	return a
}
