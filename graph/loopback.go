package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
)

// simulatedAdmin is the grant type by which a simulated tenant gives a token to an admin without asking for anything.
const simulatedAdmin = "urn:appleconsent:simulated-admin"

// Loopback returns the cloud that a simulated tenant on this machine plays: the global one, with Graph and Entra at a
// URL whose host must be a loopback address.
func Loopback(base string) (Cloud, error) {
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return Cloud{}, fmt.Errorf("%q is not an http URL", base)
	case !isLoopback(u.Hostname()):
		return Cloud{}, fmt.Errorf("%q is not on this machine: a simulated tenant has a loopback address such as 127.0.0.1", base)
	}
	root := u.Scheme + "://" + u.Host
	return Cloud{Name: "global", Authority: root, Graph: root, Simulated: true}, nil
}

// SimulatedCredential signs in to a simulated tenant that Loopback found, as its admin.
func SimulatedCredential(at Cloud, network *Network) Credential {
	pipeline := runtime.NewPipeline("appleconsent", "", runtime.PipelineOptions{}, &policy.ClientOptions{Transport: reach{network, at.signInHosts(), at.signInHosts()}})
	return Credential{token: simulatedCredential{at.Authority, network, pipeline}, incremental: true}
}

// simulatedCredential sends its requests as azidentity does, retries included.
type simulatedCredential struct {
	root     string
	network  *Network
	pipeline runtime.Pipeline
}

// GetToken asks the simulated tenant's token endpoint.
func (c simulatedCredential) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	form := url.Values{"grant_type": {simulatedAdmin}, "client_id": {graphCommandLineTools}, "scope": {strings.Join(o.Scopes, " ")}}
	req, err := runtime.NewRequest(ctx, http.MethodPost, c.root+"/organizations/oauth2/v2.0/token")
	if err != nil {
		return azcore.AccessToken{}, err
	}
	encoded := streaming.NopCloser(strings.NewReader(form.Encode()))
	if err := req.SetBody(encoded, "application/x-www-form-urlencoded"); err != nil {
		return azcore.AccessToken{}, err
	}
	response, err := c.pipeline.Do(req)
	if err != nil {
		return azcore.AccessToken{}, &SignInError{Message: fmt.Sprintf("no simulated tenant answers at %s: %v", c.root, firstLine(err))}
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	if response.StatusCode != http.StatusOK {
		return azcore.AccessToken{}, c.network.refusedSignIn(c.network.last.Load())
	}
	var body struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, maxAnswer)).Decode(&body); err != nil {
		return azcore.AccessToken{}, fmt.Errorf("what answers at %s is not a simulated tenant: %w", c.root, err)
	}
	expires := time.Now().Add(time.Duration(body.ExpiresIn) * time.Second) //nolint:forbidigo // as azidentity does it
	return azcore.AccessToken{Token: body.AccessToken, ExpiresOn: expires}, nil
}
