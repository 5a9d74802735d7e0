package directory

import (
	"fmt"
	"net/http"

	"appleconsent/graph/simulator/identity"
)

// graphError is a refusal in Graph's terms. It is the error of everything that handles a Graph request.
type graphError struct {
	status  int
	code    string
	message string
	details []errorDetail
	header  http.Header
}

type errorDetail struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Target  string `json:"target"`
}

func (e *graphError) Error() string { return e.code + ": " + e.message }

// badRequest refuses a request that Graph's front end cannot make sense of.
func badRequest(format string, args ...any) error {
	return &graphError{status: http.StatusBadRequest, code: "BadRequest", message: fmt.Sprintf(format, args...)}
}

// invalid refuses a request that the directory behind Graph does not take.
func invalid(format string, args ...any) error {
	return &graphError{status: http.StatusBadRequest, code: "Request_BadRequest", message: fmt.Sprintf(format, args...)}
}

func invalidValue(property, resource string) error {
	return invalid("Invalid value specified for property '%s' of resource '%s'.", property, resource)
}

func missingValue(property, resource string) error {
	return invalid("A value is required for property '%s' of resource '%s'.", property, resource)
}

func unsupportedQuery(format string, args ...any) error {
	return &graphError{status: http.StatusBadRequest, code: "Request_UnsupportedQuery", message: fmt.Sprintf(format, args...)}
}

const absence = "Resource '%s' does not exist or one of its queried reference-property objects are not present."

func notFound(id string) error {
	return &graphError{status: http.StatusNotFound, code: "Request_ResourceNotFound", message: fmt.Sprintf(absence, id)}
}

// absent refuses a reference to an object that the directory does not know (yet).
func absent(id string) error { return invalid(absence, id) }

func conflict(format string, args ...any) error {
	return &graphError{
		status: http.StatusConflict, code: "Request_MultipleObjectsWithSameKeyValue", message: fmt.Sprintf(format, args...),
	}
}

func denied(message string) error {
	return &graphError{status: http.StatusForbidden, code: "Authorization_RequestDenied", message: message}
}

func unauthenticated(message string) error {
	challenge := `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="` + identity.GraphAppID + `"`
	return &graphError{
		status: http.StatusUnauthorized, code: "InvalidAuthenticationToken", message: message,
		header: http.Header{"Www-Authenticate": {challenge}},
	}
}

// broken reports trouble of the simulator itself, never Graph's.
func broken(err error) *graphError {
	return &graphError{status: http.StatusInternalServerError, code: "InternalServerError", message: "simulated tenant: " + err.Error()}
}
