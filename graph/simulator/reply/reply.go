// Package reply holds answers of a simulated service before they are sent, so that whoever serves
// them can still spoil them. It knows HTTP and JSON, and neither Graph nor Entra.
package reply

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
)

// Reply is an answer ready for the wire.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
	Wrote  []string // ids of what the request created, changed and deleted
	Broken bool     // the connection ends halfway: before the header if there is no status
}

// New writes v as JSON; a nil v is no body. It panics if v is no JSON.
func New(status int, v any) Reply {
	r := Reply{Status: status, Header: http.Header{}}
	if v == nil {
		return r
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // links stay readable, as Graph writes them
	if err := encoder.Encode(v); err != nil {
		panic("simulator: an answer that is no JSON: " + err.Error())
	}
	r.Body = bytes.TrimRight(text.Bytes(), "\n")
	return r
}

// Send writes the reply to the client, all at once. It panics with [http.ErrAbortHandler] after
// what there is to send of a broken one.
func (r Reply) Send(w http.ResponseWriter) {
	if r.Broken && r.Status == 0 {
		panic(http.ErrAbortHandler)
	}
	maps.Copy(w.Header(), r.Header)
	if r.Status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(r.Body)))
	}
	if r.Broken {
		w.Header().Set("Content-Length", strconv.Itoa(len(r.Body)+1))
		w.WriteHeader(r.Status)
		_, _ = w.Write(r.Body[:len(r.Body)/2])
		_ = http.NewResponseController(w).Flush() // so that the beginning arrives
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(r.Status)
	_, _ = w.Write(r.Body) // a client that went away needs no answer
}

// Origin is scheme and host of a server as the client addressed it.
func Origin(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil || r.URL.Scheme == "https" {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}
