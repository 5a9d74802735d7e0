package directory_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"
)

func TestBody(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = io.WriteString(w, `{"appId":"`+identity.AppleAppID+`"}`)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		body, encoding string
		status         int
	}{
		"packed":                  {packed.String(), "gzip", http.StatusCreated},
		"plain and called packed": {`{"appId":"x"}`, "gzip", http.StatusBadRequest},
		"too large":               {`"` + strings.Repeat("x", 1<<20) + `"`, "", http.StatusRequestEntityTooLarge},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			simtest.NewTenant(t, "fresh").Do("POST", "/servicePrincipals", c.body, "Content-Encoding", c.encoding).Must(t, c.status)
		})
	}
}
