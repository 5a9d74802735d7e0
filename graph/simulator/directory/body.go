package directory

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
)

const maxBody = 1 << 20

// ReadBody reads a request's body, unpacked and bounded. Its errors are Graph's.
func ReadBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	var body io.Reader = http.MaxBytesReader(w, r.Body, maxBody)
	if strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		unpacked, err := gzip.NewReader(body)
		if err != nil {
			return nil, badRequest("The request body is not encoded as its Content-Encoding header says.")
		}
		body = io.LimitReader(unpacked, maxBody)
	}
	text, err := io.ReadAll(body)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, &graphError{status: http.StatusRequestEntityTooLarge, code: "RequestEntityTooLarge", message: "The request body is too large."}
	}
	if err != nil {
		return nil, badRequest("The request body cannot be read.")
	}
	return text, nil
}
