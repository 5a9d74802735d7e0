package graph

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// SignInError is a sign-in that Entra refused or that could not be tried. It never holds a secret or a whole answer.
type SignInError struct {
	Code          string // AADSTS code; empty if there is none
	Message       string
	CorrelationID string // for Microsoft's support
}

func (e *SignInError) Error() string {
	text := "sign in: " + e.Message
	if e.CorrelationID != "" {
		text += " (correlation id " + e.CorrelationID + ")"
	}
	return text
}

// Hint says what to do next; empty if the message has to do.
func (e *SignInError) Hint() string {
	switch e.Code {
	case "AADSTS7000215", "AADSTS7000222":
		return "the client secret is wrong or has expired: make a new one under App registrations > Certificates & secrets and set AZURE_CLIENT_SECRET"
	case "AADSTS700016":
		return "the application is not in this tenant: check AZURE_CLIENT_ID and --tenant"
	case "AADSTS90002":
		return "the tenant does not exist: check --tenant or AZURE_TENANT_ID, and --cloud"
	case "AADSTS65001":
		return "the application that signs in has no consent itself: an admin must grant its permissions first"
	case "AADSTS50076", "AADSTS50079", "AADSTS53003":
		return "Conditional Access asks for more than this way to sign in can give: use --auth browser"
	}
	return ""
}

// signInError reduces azidentity's error to what people need: its own text repeats the whole answer.
func signInError(err error) error {
	if known, ok := errors.AsType[*SignInError](err); ok {
		return known
	}
	refused, ok := errors.AsType[*azidentity.AuthenticationFailedError](err)
	if !ok || refused.RawResponse == nil {
		return &SignInError{Message: firstLine(err).Error()}
	}
	return refusedSignIn(refused.RawResponse)
}

func refusedSignIn(response *http.Response) *SignInError {
	var body struct {
		Error         string `json:"error"`
		Description   string `json:"error_description"`
		CorrelationID string `json:"correlation_id"`
	}
	if response.Body == nil || json.NewDecoder(io.LimitReader(response.Body, maxAnswer)).Decode(&body) != nil {
		return &SignInError{Message: fmt.Sprintf("Entra answered %s with something that is not JSON", response.Status)}
	}
	line, _, _ := strings.Cut(cmp.Or(body.Description, body.Error), "\n")
	line, _, _ = strings.Cut(strings.TrimSpace(line), " Trace ID:")
	code, _, found := strings.Cut(line, ":")
	if !found || !strings.HasPrefix(code, "AADSTS") {
		code = ""
	}
	return &SignInError{Code: code, Message: line, CorrelationID: body.CorrelationID}
}
