package graph

import (
	"fmt"
	"strings"
	"testing"
)

// Each code of Entra's that is advised about, whichever way to sign in was refused: it is told with its text and correlation id,
// without what only Microsoft needs, and with the next step.
func TestSignInError_advice(t *testing.T) {
	t.Parallel()
	told := map[string]bool{}
	for next, numbers := range map[string][]int{
		"set AZURE_CLIENT_SECRET to the secret's value": {7000215}, "the client secret has expired": {7000222},
		"Allow public client flows": {7000218}, "the certificate is not the one of the app registration": {700027}, "clock is wrong": {700024},
		"the application is not in this tenant": {700016}, "the tenant does not exist": {90002}, "name it with --tenant": {50194}, "add http://localhost": {50011},
		"has no consent itself": {65001, 90094, 90095}, "the consent was declined": {65004}, "use --auth browser, or sign in to the Azure CLI": {50072, 50074, 50076, 50079, 50158},
		"Conditional Access blocks": {53000, 53001, 53002, 53003, 530032, 530035}, "appleconsent logout": {50173, 70043, 70044, 700082},
		"do not belong together": {50020, 50034, 90072}, "is not assigned to the application": {50105}, "is disabled in this tenant": {7000112},
		"the account is disabled": {50057}, "check --cloud": {500011}, "name it with --cloud": {900382, 900384, 900432, 900439},
		"federated credential": {70021, 700211, 700212, 700213}, "run it again and finish the sign-in": {70018, 70019, 70020},
	} {
		for _, number := range numbers {
			code := fmt.Sprintf("AADSTS%d", number)
			told[code] = true
			const id = "11111111-2222-4333-8444-555555555555"
			e := toldSignIn("ClientSecretCredential authentication failed.\nPOST https://login.example\n" + code + ": No. Trace ID: secret Correlation ID: " + id + " Timestamp: now")
			if want := "sign in: " + code + ": No. (correlation id " + id + ")"; e.Error() != want || !strings.Contains(e.Hint(), next) {
				t.Errorf("got %q and the hint %q, want %q and %q", e, e.Hint(), want, next)
			}
		}
	}
	for code := range signInAdvice {
		if !told[code] {
			t.Errorf("%s has advice that is not tested", code)
		}
	}
}
