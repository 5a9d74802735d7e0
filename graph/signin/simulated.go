package signin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

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
	if err != nil {
		return token, nil, err
	}
	encoded := streaming.NopCloser(strings.NewReader(form.Encode()))
	if err := req.SetBody(encoded, "application/x-www-form-urlencoded"); err != nil {
		return token, nil, err
	}
	response, err := pipeline(s.sender).Do(req) //nolint:bodyclose // it is in memory, see sender
	if err != nil {
		return token, last.Load(), &Error{Message: fmt.Sprintf("no simulated tenant answers at %s: %v", s.root, firstLine(err))}
	}
	if response.StatusCode != http.StatusOK {
		return token, last.Load(), refusedBy(last.Load(), s.sender.secrets)
	}
	var body struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
	}
	if err := json.Unmarshal(last.Load().body, &body); err != nil {
		return token, last.Load(), fmt.Errorf("what answers at %s is not a simulated tenant: %w", s.root, err)
	}
	expires := time.Now().Add(time.Duration(body.ExpiresIn) * time.Second) //nolint:forbidigo // as azidentity does it
	return azcore.AccessToken{Token: body.AccessToken, ExpiresOn: expires}, last.Load(), nil
}

func (simulated) keep() {}
