package cli

import (
	"cmp"

	"appleconsent/graph/signin"
	"appleconsent/plan"
)

// purposes say what permissions of Microsoft Graph that a person is asked for are needed for.
var purposes = map[string]string{
	"Directory.Read.All":                     "read the grants and the service principals",
	"Policy.Read.All":                        "read what users may consent to, and Conditional Access",
	"AuditLog.Read.All":                      "read recent sign-ins",
	"DeviceManagementConfiguration.Read.All": "read Intune profiles",
	"Reports.Read.All":                       "read how many people use the app",
	"DelegatedPermissionGrant.ReadWrite.All": "create, change or delete grants",
	"Application.ReadWrite.All":              "create, enable or delete the service principal",
	"Policy.ReadWrite.PermissionGrant":       "classify permissions",
	"Policy.ReadWrite.Authorization":         "change what users may consent to",
}

// signInPrompt says what a person must do to sign in, apart from what else is on the screen.
func (k *call) signInPrompt(text string) {
	k.Gap()
	k.Say(plan.PrintableLine(text))
	k.Gap()
}

// explain says, before a person signs in, what the page will name and ask for, and how long a consent lasts.
func (s *connected) explain(k *call, a signin.Asking) {
	name := cmp.Or(a.Client, "your application "+a.ClientID)
	lead := "Microsoft's sign-in page names " + name + "."
	switch {
	case a.Writes() && s.explained:
		lead = "Sign in once more: until now it was for reading only, and the change needs permission to write."
	case a.Writes():
		lead = "Sign in once more, now with permission to write. " + lead
	}
	k.Say(lead + " If it asks for your consent, that is for:")
	rows := make([][2]string, len(a.Permissions))
	for i, permission := range a.Permissions {
		rows[i] = [2]string{permission, purposes[permission]}
	}
	k.SayRows(rows)
	if !s.explained {
		k.Say("Your consent is enough; there is no need to consent on behalf of your organization. It stays until an administrator " +
			"removes it: Entra admin center > Enterprise applications > " + name + " > Permissions > Revoke permission.")
	}
	s.explained = true
}
