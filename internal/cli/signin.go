package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"appleconsent/graph/signin"
	"appleconsent/graph/wire"
	"appleconsent/plan"

	"github.com/urfave/cli/v2"
)

// connectionHint says what to do about a sign-in that failed, or a request to Graph; empty if the error has to do.
func connectionHint(err error) string {
	if refused, ok := errors.AsType[*signin.Error](err); ok {
		return causeHints[refused.Cause]
	}
	answered, ok := errors.AsType[*wire.Error](err)
	if !ok {
		return ""
	}
	switch answered.Status {
	case http.StatusForbidden:
		return "this needs " + answered.Need
	case http.StatusUnauthorized:
		return "Graph did not accept the sign-in: sign in again, with permission " + answered.Op.Permission +
			"; if that does not help, check this machine's clock"
	case http.StatusTooManyRequests:
		return "Graph is throttling this tenant or app: try again later, or allow more time with --timeout"
	}
	return causeHints[answered.Cause()]
}

// askAgain is for a person who did not finish the sign-in.
const askAgain = "run it again and finish the sign-in in the browser; --auth device-code lets you do that on another machine"

// causeHints says what to do next about each cause.
var causeHints = map[wire.Cause]string{
	wire.CauseClock: "the certificate is not valid at this time: check this machine's clock",
	wire.CauseInspection: "something on the way, such as a company proxy that inspects TLS, shows a certificate of its own: add its authority to the system's, " +
		"or on Linux name its PEM file in SSL_CERT_FILE",
	wire.CauseProxySignIn:      "a proxy on the way wants its own sign-in: check HTTPS_PROXY",
	wire.CauseProxyRefuses:     "the proxy of HTTPS_PROXY does not let this host through: ask whoever runs it, or see NO_PROXY",
	wire.CauseProxyUnreachable: "the proxy of HTTPS_PROXY cannot be reached: check it, and NO_PROXY",
	wire.CauseUnknownHost:      "could not resolve this host: check your network; behind a company proxy, set HTTPS_PROXY",
	wire.CauseUnreachable:      "could not reach this host: check your network; behind a company proxy, set HTTPS_PROXY",

	signin.CauseAccountDisabled: "the account is disabled: sign in with another",
	signin.CauseAskAgain:        askAgain,
	signin.CauseAzureCLI:        "az reported this; sign in to the Azure CLI with: az login (for another tenant, with --tenant), or choose another sign-in method with --auth",
	signin.CauseBlocked:         "Conditional Access blocks this sign-in method (device codes often): use --auth browser on a managed device, or an app registration",
	signin.CauseCertificate:     "the certificate is not the one of the app registration, or has expired there: upload it under Certificates & secrets",
	signin.CauseClientDisabled: "the application that signs in is disabled in this tenant: enable it under Enterprise applications > Properties, or use another " +
		"with --client-id",
	signin.CauseClientUnknown: "the application is not in this tenant: check AZURE_CLIENT_ID or --client-id, and --tenant",
	signin.CauseConsent: "the application that signs in has no consent itself: an administrator must grant its permissions first (App registrations > " +
		"API permissions), or sign in once with --auth browser and accept; the Azure CLI (az login) needs no consent",
	signin.CauseConsentDeclined: "the consent was declined in the browser; sign in again to accept it",
	signin.CauseDeclined:        "the sign-in was declined in the browser; " + askAgain,
	signin.CauseExpired:         "the cached sign-in has expired: run appleconsent logout, then sign in again",
	signin.CauseFederated:       "the federated credential of the app registration does not fit: compare its issuer, subject and audience with those of this workload",
	signin.CauseGraphUnknown:    "Microsoft Graph is not known there: check --cloud",
	signin.CauseIdentityUnknown: "no such managed identity is assigned to this machine: check --client-id or AZURE_CLIENT_ID",
	signin.CauseMoreProof:       "this sign-in needs more proof than it can give: use --auth browser, or sign in to the Azure CLI again with az login",
	signin.CauseNoBrowser:       "if no browser can be opened here, use --auth device-code, which lets you sign in on another machine",
	signin.CauseNotAssigned:     "this account is not assigned to the application that signs in: assign it under Enterprise applications > Users and groups",
	signin.CauseNotInstalled:    "az is not installed: choose another sign-in method, such as --auth device-code",
	signin.CauseOnTheWay:        "something on the way, such as a proxy or the sign-in page of a network, answers in its place: check HTTPS_PROXY and the network",
	signin.CauseOtherAccount:    "sign in with the same account each time",
	signin.CauseOtherCloud:      "if the tenant is in another cloud, name it with --cloud",
	signin.CauseOtherTenant:     "check --tenant, AZURE_TENANT_ID and the account that signs in",
	signin.CausePublicClient: "the application does not allow sign-in without a secret: set App registrations > Authentication > Allow public client flows, " +
		"or leave --client-id out",
	signin.CauseRedirect:              "add http://localhost as a redirect URI of the app registration, for mobile and desktop applications, or leave --client-id out",
	signin.CauseSecretExpired:         "the client secret has expired: make a new one under App registrations > Certificates & secrets and set AZURE_CLIENT_SECRET",
	signin.CauseSecretWrong:           "the client secret is wrong: set AZURE_CLIENT_SECRET to the secret's value, not to its id",
	signin.CauseSingleTenant:          "the application is of one tenant only: name it with --tenant",
	signin.CauseTenantAccountMismatch: "the account and the tenant do not belong together: check --tenant and who signs in",
	signin.CauseTenantUncertain:       "try again, or name the tenant by its GUID with --tenant",
	signin.CauseTenantUnknown:         "the tenant does not exist: check --tenant or AZURE_TENANT_ID, and --cloud",
	signin.CauseTokenTime:             "this machine's clock is wrong, or the token that was presented is too old: set the clock, then try again",
}

type logoutDocument struct {
	SchemaVersion int                `json:"schemaVersion"`
	Kind          string             `json:"kind"`
	Forgotten     []forgottenAccount `json:"forgotten"`
	// Unreachable names where tokens may be kept that this build cannot delete; null if there is no such place.
	Unreachable *string `json:"unreachable"`
}

type forgottenAccount struct {
	Username string `json:"username"`
	TenantID string `json:"tenantId"`
	ClientID string `json:"clientId"`
}

func logoutCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name:  "logout",
		Usage: "sign out and delete cached tokens",
		Description: "Removes the tokens that this program keeps in the platform's encrypted cache, and who signed in. It asks nobody:\n" +
			"no sign-in, no network. Sessions elsewhere, such as the Azure CLI's, stay as they are.\n\n" +
			"   appleconsent logout",
		Flags:  slices.Concat([]cli.Flag{stateDirFlag()}, outputFlags()),
		Action: action(env, parseStateDir, runLogout),
	}
}

func runLogout(ctx context.Context, dir string, k *call) error {
	forgotten, err := accounts(dir).Forget(ctx)
	if err != nil {
		return fmt.Errorf("forget who signed in: %w", err)
	}
	doc := logoutDocument{plan.SchemaVersion, "logout", []forgottenAccount{}, nil}
	if place := signin.Unreachable(); place != "" {
		doc.Unreachable = &place
	}
	for _, a := range forgotten {
		doc.Forgotten = append(doc.Forgotten, forgottenAccount(a))
	}
	return k.result(doc, logoutText(doc))
}

func logoutText(doc logoutDocument) string {
	var b strings.Builder
	if len(doc.Forgotten) == 0 {
		b.WriteString("Nobody was signed in.\n")
	}
	for _, a := range doc.Forgotten {
		fmt.Fprintf(&b, "Forgotten: %s in tenant %s\n", plan.PrintableLine(cmp.Or(a.Username, "a person")), plan.PrintableLine(a.TenantID))
	}
	if doc.Unreachable != nil {
		fmt.Fprintf(&b, "Not reached: %s, since this build has no cgo. Tokens that another build kept there stay.\n", *doc.Unreachable)
	}
	return b.String()
}
