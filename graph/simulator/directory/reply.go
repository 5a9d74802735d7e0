package directory

import (
	"cmp"
	"errors"
	"maps"
	"net/http"

	"appleconsent/graph/simulator/reply"
)

// ContentType is that of Graph's JSON.
const ContentType = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

// reply turns what the handler returned into what Graph sends.
func (c *call) reply(a answer, err error) reply.Reply {
	requestID := c.graph.requestID()
	clientRequestID := cmp.Or(c.header.Get("client-request-id"), requestID)
	now := c.graph.now().UTC()
	var r reply.Reply
	if err != nil {
		r = errorReply(err, now.Format("2006-01-02T15:04:05"), requestID, clientRequestID)
	} else {
		r = graphReply(a.status, a.body)
	}
	if a.location != "" {
		r.Header.Set("Location", a.location)
	}
	r.Header.Set("Request-Id", requestID)
	r.Header.Set("Client-Request-Id", clientRequestID)
	r.Header.Set("Odata-Version", "4.0")
	r.Header.Set("Date", now.Format(http.TimeFormat))
	r.Wrote = c.written()
	return r
}

// graphReply adds Graph's content type, if there is content.
func graphReply(status int, v any) reply.Reply {
	r := reply.New(status, v)
	if r.Body != nil {
		r.Header.Set("Content-Type", ContentType)
	}
	return r
}

// errorReply is Graph's way to say no.
func errorReply(err error, date, requestID, clientRequestID string) reply.Reply {
	var f *graphError
	if !errors.As(err, &f) {
		f = broken(err)
	}
	object := entity{
		"code": f.code, "message": f.message,
		"innerError": entity{"date": date, "request-id": requestID, "client-request-id": clientRequestID},
	}
	if len(f.details) > 0 {
		object["details"] = f.details
	}
	r := graphReply(f.status, entity{"error": object})
	maps.Copy(r.Header, f.header)
	return r
}

// ErrorReply is an error of Graph that no request of a directory led to.
func ErrorReply(status int, code, message string, header http.Header) reply.Reply {
	return errorReply(&graphError{status: status, code: code, message: message, header: header}, "", "", "")
}

// Broken reports trouble of the simulator itself, in Graph's form.
func Broken(err error) reply.Reply { return errorReply(err, "", "", "") }
