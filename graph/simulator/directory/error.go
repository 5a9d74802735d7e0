package directory

import (
	"fmt"
	"net/http"

	"appleconsent/graph/simulator/identity"
)

// graphError is a refusal in Graph's terms. It is the error of everything that
// handles a Graph request.
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
func badRequest(message string) error {
	return &graphError{status: http.StatusBadRequest, code: "BadRequest", message: message}
}

// invalid refuses a request that the directory behind Graph does not take.
func invalid(message string) error {
	return &graphError{status: http.StatusBadRequest, code: "Request_BadRequest", message: message}
}

func invalidValue(property, resource string) error {
	return invalid(fmt.Sprintf("Invalid value specified for property '%s' of resource '%s'.", property, resource))
}

func missingValue(property, resource string) error {
	return invalid(fmt.Sprintf("A value is required for property '%s' of resource '%s'.", property, resource))
}

func unsupportedQuery(message string) error {
	return &graphError{status: http.StatusBadRequest, code: "Request_UnsupportedQuery", message: message}
}

func noSuchSegment(segment string) error {
	return badRequest(fmt.Sprintf("Resource not found for the segment '%s'.", segment))
}

func notFound(id string) error {
	return &graphError{status: http.StatusNotFound, code: "Request_ResourceNotFound", message: absence(id)}
}

// absence is how the directory says that it does not know an object (yet).
func absence(id string) string {
	return fmt.Sprintf("Resource '%s' does not exist or one of its queried reference-property objects are not present.", id)
}

func conflict(message string) error {
	return &graphError{status: http.StatusConflict, code: "Request_MultipleObjectsWithSameKeyValue", message: message}
}

func denied(message string) error {
	return &graphError{status: http.StatusForbidden, code: "Authorization_RequestDenied", message: message}
}

func insufficientPrivileges() error {
	return denied("Insufficient privileges to complete the operation.")
}

func unauthenticated(message string) error {
	challenge := `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="` + identity.GraphAppID + `"`
	return &graphError{
		status: http.StatusUnauthorized, code: "InvalidAuthenticationToken", message: message,
		header: http.Header{"Www-Authenticate": {challenge}},
	}
}

func methodNotAllowed() error {
	return &graphError{
		status: http.StatusMethodNotAllowed, code: "Request_BadRequest",
		message: "Specified HTTP method is not allowed for the request target.",
	}
}

func tooManyRequests() error {
	return &graphError{
		status: http.StatusTooManyRequests, code: "TooManyRequests", message: "Please retry again later.",
		header: http.Header{"Retry-After": {"1"}},
	}
}

// broken reports trouble of the simulator itself, never Graph's.
func broken(err error) *graphError {
	return &graphError{status: http.StatusInternalServerError, code: "InternalServerError", message: "simulated tenant: " + err.Error()}
}
