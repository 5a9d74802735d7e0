package signin

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"appleconsent/graph/wire"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
)

// Whatever azidentity makes of a failure, ours is one line with code and correlation id.
func TestReduced(t *testing.T) {
	t.Parallel()
	refused := func(body string) *outcome {
		return &outcome{host: "login.example", status: http.StatusUnauthorized, body: []byte(body)}
	}
	opaque := errors.New("DeviceCodeCredential authentication failed. \nPOST https://login.microsoftonline.com/x\nResponse contained no body")
	for name, test := range map[string]struct {
		err        error
		last       *outcome
		code, want string
		cause      wire.Cause
	}{
		"wrong secret": {
			opaque, refused(`{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. Trace ID: a Correlation ID: b\r\nTimestamp: c","correlation_id":"b"}`),
			"AADSTS7000215", "sign in: AADSTS7000215: Invalid client secret provided. (correlation id b)", CauseSecretWrong,
		},
		"unknown tenant":      {opaque, refused(`{"error":"invalid_request","error_description":"AADSTS90002: Tenant 'x' not found."}`), "AADSTS90002", "sign in: AADSTS90002: Tenant 'x' not found.", CauseTenantUnknown},
		"an unknown code":     {opaque, refused(`{"error":"invalid_grant","error_description":"AADSTS1: Odd."}`), "AADSTS1", "sign in: AADSTS1: Odd.", ""},
		"no description":      {opaque, refused(`{"error":"temporarily_unavailable"}`), "", "sign in: temporarily_unavailable", CauseEntraBusy},
		"no code, known":      {opaque, refused(`{"error":"expired_token"}`), "", "sign in: expired_token", CauseAskAgain},
		"nothing":             {opaque, refused(`{}`), "", "sign in: login.example answered 401 Unauthorized", ""},
		"a filter's JSON":     {opaque, refused(`{"blocked":true}`), "", "sign in: login.example answered 401 Unauthorized", CauseOnTheWay},
		"a proxy's page":      {opaque, refused(`<h1>secret</h1>`), "", "sign in: login.example answered 401 Unauthorized with something that is not JSON", CauseOnTheWay},
		"a proxy's sign-in":   {opaque, &outcome{host: "login.example", status: 407}, "", "sign in: login.example answered 407 Proxy Authentication Required with something that is not JSON", wire.CauseProxySignIn},
		"something else":      {errors.New("odd\nGET https://login.example/\nsecret body"), nil, "", "sign in: odd", ""},
		"a redirect":          {opaque, &outcome{host: "login.example", status: 302}, "", "sign in: login.example answered 302 Found, which leads to another place and is not followed", CauseOnTheWay},
		"a captive portal":    {opaque, &outcome{host: "login.example", status: 200, body: []byte("<h1>hotel</h1>")}, "", "sign in: login.example answered 200 OK with something that is not JSON", CauseOnTheWay},
		"as Graph has it":     {opaque, &outcome{host: "x", status: 400, body: []byte(`{"error":{"code":"odd","message":"It is odd."}}`)}, "", "sign in: It is odd.", ""},
		"as App Service":      {opaque, &outcome{host: "x", status: 400, body: []byte(`{"statusCode":400,"message":"No User Assigned"}`)}, "", "sign in: No User Assigned", ""},
		"az's nonsense":       {errors.New("AzureCLICredential: invalid character 'W' looking for beginning of value"), nil, "", "sign in: " + azSaysNothing, CauseAzureCLIOdd},
		"an odd token":        {errors.New("ClientSecretCredential authentication failed. json: cannot unmarshal number"), &outcome{host: "login.example", status: 200, body: []byte(`{"access_token":5}`), token: true}, "", "sign in: login.example answered 200 OK with JSON that cannot be used", CauseOnTheWay},
		"no endpoints":        {errors.New("unable to resolve an endpoint: ResolveEndpoints(): x"), &outcome{host: "login.example", status: 200, body: []byte(`{}`)}, "", "sign in: login.example answered 200 OK with JSON that cannot be used", CauseOnTheWay},
		"an odd discovery":    {errors.New("x: json decode error: y"), &outcome{host: "login.example", status: 200, body: []byte(`[]`)}, "", "sign in: login.example answered 200 OK with JSON that cannot be used", CauseOnTheWay},
		"a good answer":       {errors.New("ClientSecretCredential: odd. To troubleshoot, visit https://aka.ms/x#y"), &outcome{status: 200, body: []byte("{}")}, "", "sign in: odd.", ""},
		"by way of az":        {errors.New("AzureCLICredential: WARNING: x\nERROR: AADSTS700082: Expired. Trace ID: a Correlation ID: 11111111-2222-4333-8444-555555555555 Timestamp: b"), nil, "AADSTS700082", "sign in: AADSTS700082: Expired. (correlation id 11111111-2222-4333-8444-555555555555)", CauseExpired},
		"by way of a browser": {errors.New("InteractiveBrowserCredential: AADSTS65004: User&#39;s no."), nil, "AADSTS65004", "sign in: AADSTS65004: User's no.", CauseConsentDeclined},
		"no answer":           {opaque, &outcome{err: fmt.Errorf("Get: %w", &net.DNSError{Err: "no such host", Name: "x", IsNotFound: true})}, "", "sign in: Get: lookup x: no such host", wire.CauseUnknownHost},
		"another cloud":       {opaque, &outcome{err: &finalError{&outOfReach{"https://login.microsoftonline.us"}}}, "", "sign in: refusing to send credentials to https://login.microsoftonline.us: not a sign-in host of this cloud", CauseOtherCloud},
		"az is not installed": {errors.New("AzureCLICredential: executable not found on path"), nil, "", "sign in: executable not found on path", CauseNotInstalled},
		"nothing at all":      {errors.New(""), nil, "", "sign in: no reason given", ""},
		"ours already":        {&Error{Message: "x"}, refused(`{}`), "", "sign in: x", ""},
	} {
		got := reduced(test.err, test.last, new(wire.Secrets))
		if got.Error() != test.want || got.Code != test.code || got.Cause != test.cause {
			t.Errorf("%s: got %v (code %q, cause %q), want %s", name, got, got.Code, got.Cause, test.want)
		}
	}
}

// Entra is that of the chosen cloud, as azidentity knows it, and only people are asked for single permissions.
func TestChoose_entra(t *testing.T) {
	t.Parallel()
	azure := map[string]cloud.Configuration{"global": cloud.AzurePublic, "usgov": cloud.AzureGovernment, "usgovdod": cloud.AzureGovernment, "china": cloud.AzureChina}
	for _, c := range wire.Clouds() {
		got := (Options{Cloud: c, Getenv: func(string) string { return "" }}).options().Cloud.ActiveDirectoryAuthorityHost
		if got != c.Authority || got != azure[c.Name].ActiveDirectoryAuthorityHost {
			t.Errorf("%s: signs in at %q, want %q", c.Name, got, c.Authority)
		}
	}
	getenv := func(name string) string {
		return map[string]string{"AZURE_TENANT_ID": "7e000000-0000-4000-8000-000000000000", "AZURE_CLIENT_ID": graphCommandLineTools, "AZURE_CLIENT_SECRET": "s"}[name]
	}
	for auth, want := range map[Auth]bool{
		AuthBrowser: true, AuthDeviceCode: true, AuthClientSecret: false, AuthManagedIdentity: false, AuthAzureCLI: false,
	} {
		got, err := Options{Auth: auth, Cloud: wire.Clouds()[0], Getenv: getenv, OnPrompt: func(string) {}, OnDebug: func(string) {}}.Choose()
		if err != nil || got.Incremental != want {
			t.Errorf("%s: incremental %v, %v; want %v", auth, got.Incremental, err, want)
		}
	}
}

// No error of a sign-in shows a secret that an answer echoes.
func TestError_redact(t *testing.T) {
	t.Parallel()
	const secret = "Qk8~Client/Secret+42"
	var s wire.Secrets
	s.Hide(secret)
	e := &Error{Code: secret, Message: "provided " + secret, CorrelationID: secret}
	if got := s.CleanError(e).Error() + e.Code; got != "sign in: provided (secret) (correlation id (secret))(secret)" {
		t.Errorf("got %q", got)
	}
}

// Each code of Entra's whose cause is known, whichever way to sign in was refused: it is told with its text and correlation id and
// without what only Microsoft needs.
func TestToldBy_codes(t *testing.T) {
	t.Parallel()
	told := map[string]bool{}
	for cause, numbers := range map[wire.Cause][]int{
		CauseAccountDisabled: {50057}, CauseAccountLocked: {50053}, CauseAskAgain: {50089, 50199, 70018, 70019, 70020},
		CauseAssertionTime: {700024, 500133, 50013}, wire.CauseBlocked: {53002, 53003, 530032, 530035, 50131, 53010},
		CauseCertificate: {700027, 50012}, CauseCertificateName: {700030}, CauseClientDisabled: {7000112, 70001, 1000031},
		CauseClientUnknown: {700016, 700011, 7000229, 90099}, CauseConsent: {65001, 90008, 90093, 90094, 90095, 900941, 650056},
		CauseConsentDeclined: {65004}, CauseDevice: {50005, 50097, 50127, 50129, 50155, 50187, 53000, 53001, 530003, 135011},
		CauseEntraBusy: {50033, 50087, 90006, 90012, 90024, 90033, 90090, 90091, 40010},
		CauseExpired:   {50078, 50132, 50133, 50173, 70000, 70008, 70043, 70044, 700082},
		CauseFederated: {70021, 70025, 700211, 700212, 700213, 700229, 50048}, CauseFirstParty: {65002}, CauseGraphDisabled: {500014, 50001},
		CauseGraphUnknown: {500011, 650054}, CauseMoreProof: {50072, 50074, 50076, 50079, 50158, 53004}, CauseNotAssigned: {50105},
		CauseNotSubscribed: {650052}, CauseOtherCloud: {900382, 900384, 900432, 900439, 90038}, CausePassword: {50055, 50126, 50135, 50144},
		CausePublicClient: {7000218}, CauseLoop: {50196}, CauseRedirect: {50011, 9002325, 9002326, 9002327}, CauseRisk: {53011, 530034}, CauseSecretExpired: {7000222},
		CauseSecretWrong: {7000215, 70002}, CauseServiceProvider: {50177}, CauseSingleTenant: {50194}, CauseTenantAccountMismatch: {50014, 50020, 50034, 51004, 90072, 16000, 16003},
		CauseTenantGone: {5000224, 90055}, wire.CauseTenantRestricted: {50002, 500021, 500022, 500212, 500213},
		CauseTenantUnknown: {90002, 900021, 900023, 50059, 50128, 90019}, CauseTokenProtection: {530084},
	} {
		for _, number := range numbers {
			code := fmt.Sprintf("AADSTS%d", number)
			told[code] = true
			const id = "11111111-2222-4333-8444-555555555555"
			e := toldBy("ClientSecretCredential authentication failed.\nPOST https://login.example\n" + code + ": No. Trace ID: secret Correlation ID: " + id + " Timestamp: now")
			if want := "sign in: " + code + ": No. (correlation id " + id + ")"; e.Error() != want || e.Cause != cause {
				t.Errorf("got %q and the cause %q, want %q and %q", e, e.Cause, want, cause)
			}
			if byAz := toldBy("AzureCLICredential: ERROR: " + code + ": No.\nInteractive authentication is needed. Please run:\naz login"); byAz.Cause != cause {
				t.Errorf("%s by way of az: got the cause %q, want %q", code, byAz.Cause, cause)
			}
		}
	}
	for _, code := range slices.Concat(slices.Collect(maps.Values(codesOf))...) {
		if strings.HasPrefix(code, "AADSTS") && !told[code] {
			t.Errorf("%s has a cause that is not tested", code)
		}
	}
}
