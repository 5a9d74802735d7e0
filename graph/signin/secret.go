package signin

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"

	"appleconsent/graph/wire"
)

// What must not be shown of sign-in requests and answers (RFC 6749, RFC 7521, RFC 7636, RFC 8628, and those by which pipelines
// get their tokens), and of the environment. User codes are for people to see.
var (
	secretQuestions = []string{"client_secret", "client_assertion", "assertion", "code", "code_verifier", "device_code", "refresh_token"}
	secretAnswers   = []string{"access_token", "refresh_token", "id_token", "device_code", "value", "oidcToken"}
	secretVariables = []string{
		"AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN",
		"IDENTITY_HEADER", "MSI_SECRET",
	}
)

// hideForm hides what a request sends in its form, and returns the request with its body to be read again.
func hideForm(s *wire.Secrets, req *http.Request) (*http.Request, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return req, nil
	}
	data, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	req.Body = io.NopCloser(bytes.NewReader(data))
	if form, err := url.ParseQuery(string(data)); err == nil {
		for _, name := range secretQuestions {
			s.HideToken(form.Get(name))
		}
	}
	return req, nil
}

// hideAnswer hides what an answer gives.
func hideAnswer(s *wire.Secrets, body []byte) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return
	}
	for _, name := range secretAnswers {
		var text string
		if json.Unmarshal(fields[name], &text) == nil {
			s.HideToken(text)
		}
	}
}
