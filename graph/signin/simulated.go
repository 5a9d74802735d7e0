package signin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"appleconsent/graph/wire"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
)

// simulatedAdmin is the grant type by which a simulated tenant gives a token to an admin without asking for anything.
const simulatedAdmin = "urn:appleconsent:simulated-admin"

// SimulatedCredential signs in to a simulated tenant that wire.Loopback found, as its admin.
func SimulatedCredential(at wire.Cloud, network *wire.Network) Credential {
	return simulatedIn("organizations", at, network)
}

func simulatedIn(tenant string, at wire.Cloud, network *wire.Network) Credential {
	secrets := new(wire.Secrets)
	source := simulated{at, tenant, sender{network: network, secrets: secrets, hosts: at.SignInHosts(), plain: true, ofEntra: true}}
	return Credential{Cloud: at, Network: network, Secrets: secrets, Incremental: true, source: source}
}

// simulated gets tokens of a simulated tenant.
type simulated struct {
	at     wire.Cloud
	tenant string // its id, or a word for whichever tenant answers
	sender sender
}

// GetToken asks the simulated tenant's token endpoint.
func (s simulated) GetToken(ctx context.Context, options policy.TokenRequestOptions) (token azcore.AccessToken, err error) {
	form := url.Values{"grant_type": {simulatedAdmin}, "client_id": {graphCommandLineTools}, "scope": {strings.Join(options.Scopes, " ")}}
	req, err := runtime.NewRequest(ctx, http.MethodPost, s.at.SignInPage(s.tenant, "oauth2/v2.0/token"))
	if err == nil {
		err = req.SetBody(streaming.NopCloser(strings.NewReader(form.Encode())), "application/x-www-form-urlencoded")
	}
	if err != nil {
		return token, err
	}
	_, err = pipeline(s.sender).Do(req) //nolint:bodyclose // it is in memory, see sender
	switch {
	case errors.Is(err, errThrottled):
		return token, err
	case err != nil:
		return token, &Error{Message: fmt.Sprintf("no simulated tenant answers at %s: %v", s.at.Authority, firstLine(err)), Cause: CauseNoSimulation}
	}
	token, ok := trailIn(ctx).Load().given()
	if !ok {
		err = fmt.Errorf("what answers at %s is not a simulated tenant", s.at.Authority)
	}
	return token, err
}
