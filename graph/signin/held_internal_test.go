package signin

import (
	"testing"
	"time"

	"appleconsent/graph/wire"
	"appleconsent/graph/wire/wiretest"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

// The name that a tenant was found by is taken up with the token that says which tenant that is, and not without: the next sign-in could
// be to another one, and would be believed.
func TestTokens_resumeNameless(t *testing.T) {
	t.Parallel()
	const domain = "contoso.com"
	readable := wiretest.Token(map[string]any{"tid": wiretest.TenantID})
	for token, known := range map[string]bool{readable: true, "": false, "opaque": false} {
		clock := new(wiretest.Clock)
		tokens := Credential{Network: new(wire.Network), Secrets: new(wire.Secrets), source: new(busySource)}.Tokens(clock, func(string, time.Duration) {})
		tokens.Resume(Held{token: azcore.AccessToken{Token: token}, named: domain})
		if _, err := tokens.Token(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := tokens.isOf(domain, wiretest.TenantID); got != known {
			t.Errorf("kept with the token %q: it is %s without asking: %v, want %v", token, domain, got, known)
		}
	}
}
