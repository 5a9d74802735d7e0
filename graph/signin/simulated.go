package signin

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"appleconsent/graph/wire"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
)

// simulatedAdmin is the grant type by which a simulated tenant gives a token to an admin without asking for anything.
const simulatedAdmin = "urn:appleconsent:simulated-admin"

// SimulatedCredential signs in to a simulated tenant that wire.Loopback found, as its admin.
func SimulatedCredential(at wire.Cloud, network *wire.Network) Credential {
	secrets := new(wire.Secrets)
	source := simulated{at.Authority, sender{network, secrets, at.SignInHosts(), at.SignInHosts()}}
	return Credential{Cloud: at, Network: network, Secrets: secrets, Incremental: true, source: source}
}

// simulated gets tokens of a simulated tenant.
type simulated struct {
	root   string
	sender sender
}

// token asks the simulated tenant's token endpoint.
func (s simulated) token(ctx context.Context, scopes []string) (token azcore.AccessToken, _ *outcome, err error) {
	ctx, last := withTrail(ctx)
	form := url.Values{"grant_type": {simulatedAdmin}, "client_id": {graphCommandLineTools}, "scope": {strings.Join(scopes, " ")}}
	req, err := runtime.NewRequest(ctx, http.MethodPost, s.root+"/organizations/oauth2/v2.0/token")
	if err == nil {
		err = req.SetBody(streaming.NopCloser(strings.NewReader(form.Encode())), "application/x-www-form-urlencoded")
	}
	if err != nil {
		return token, nil, err
	}
	if _, err := pipeline(s.sender).Do(req); err != nil { //nolint:bodyclose // it is in memory, see sender
		return token, last.Load(), &Error{Message: fmt.Sprintf("no simulated tenant answers at %s: %v", s.root, firstLine(err))}
	}
	token, ok := last.Load().given()
	if !ok {
		err = fmt.Errorf("what answers at %s is not a simulated tenant", s.root)
	}
	return token, last.Load(), err
}
