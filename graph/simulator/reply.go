package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strconv"
	"time"
)

const graphContentType = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

// reply is an answer ready for the wire.
type reply struct {
	status int
	header http.Header
	body   []byte
	wrote  []string // ids of what the request wrote
	broken bool     // the connection ends halfway: before the header if there is no status
}

// newReply writes v as JSON; a nil v is no body.
func newReply(status int, v any) reply {
	r := reply{status: status, header: http.Header{}}
	if v == nil {
		return r
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // links stay readable, as Graph writes them
	if err := encoder.Encode(v); err != nil {
		panic("simulator: an answer that is no JSON: " + err.Error())
	}
	r.body = bytes.TrimRight(text.Bytes(), "\n")
	return r
}

// send writes the reply to the client, all at once.
func (r reply) send(w http.ResponseWriter) {
	if r.broken && r.status == 0 {
		panic(http.ErrAbortHandler)
	}
	maps.Copy(w.Header(), r.header)
	if r.status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(r.body)))
	}
	if r.broken {
		w.Header().Set("Content-Length", strconv.Itoa(len(r.body)+1))
		w.WriteHeader(r.status)
		_, _ = w.Write(r.body[:len(r.body)/2])
		_ = http.NewResponseController(w).Flush() // so that the beginning arrives
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body) // a client that went away needs no answer
}

// errorBody is the shape of every error of Graph.
type errorBody struct {
	Error errorObject `json:"error"`
}

type errorObject struct {
	Code       string        `json:"code"`
	Message    string        `json:"message"`
	Details    []faultDetail `json:"details,omitempty"`
	InnerError innerError    `json:"innerError"`
}

type innerError struct {
	Date            string `json:"date"`
	RequestID       string `json:"request-id"`
	ClientRequestID string `json:"client-request-id"`
}

// reply turns what the handler returned into what Graph sends.
func (c *call) reply(a answer, err error) reply {
	requestID := c.server.nextRequestID()
	clientRequestID := c.header.Get("client-request-id")
	if clientRequestID == "" {
		clientRequestID = requestID
	}
	now := c.server.now().UTC()
	var r reply
	if err != nil {
		r = faultReply(err, innerError{now.Format("2006-01-02T15:04:05"), requestID, clientRequestID})
	} else {
		r = graphReply(a.status, a.body)
	}
	r.header.Set("Request-Id", requestID)
	r.header.Set("Client-Request-Id", clientRequestID)
	r.header.Set("Odata-Version", "4.0")
	r.header.Set("Date", now.Format(http.TimeFormat))
	r.wrote = c.wrote
	return r
}

// graphReply adds Graph's content type, if there is content.
func graphReply(status int, v any) reply {
	r := newReply(status, v)
	if r.body != nil {
		r.header.Set("Content-Type", graphContentType)
	}
	return r
}

// faultReply is Graph's way to say no.
func faultReply(err error, inner innerError) reply {
	var f *fault
	if !errors.As(err, &f) {
		f = broken(err)
	}
	r := graphReply(f.status, errorBody{errorObject{f.code, f.message, f.details, inner}})
	maps.Copy(r.header, f.header)
	return r
}

// oauthReply adds the headers of the sign-in endpoints.
func oauthReply(status int, v any, now time.Time) reply {
	r := newReply(status, v)
	r.header.Set("Content-Type", "application/json; charset=utf-8")
	r.header.Set("Cache-Control", "no-store, no-cache")
	r.header.Set("Date", now.UTC().Format(http.TimeFormat))
	return r
}
