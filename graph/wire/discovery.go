package wire

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// What need not be asked of Entra.
//
// Libraries ask, before each first token, where the authority of a tenant is and where it gives tokens: two requests for what is
// the same for every tenant of a cloud (learn.microsoft.com/entra/identity-platform/authentication-national-cloud). For a tenant
// that is given by its id in one of the table's clouds, the answer is made here.

// Document is the answer to a request that is not sent.
type Document struct {
	address *url.URL
	text    []byte
}

// IsKnown reports whether the cloud is one of the table's, with its own sign-in host.
func (c Cloud) IsKnown() bool { return slices.Contains(Clouds(), c) }

// OpenIDConfiguration is where the authority of the cloud gives tokens for the tenant with an id, as the tenant's own document says
// it (learn.microsoft.com/entra/identity-platform/v2-protocols-oidc). It is the zero document, which is nowhere, for a cloud that is
// not known: then only Entra can say so. Of a tenant that is named otherwise it says nothing true.
func (c Cloud) OpenIDConfiguration(id string) Document {
	address, err := url.Parse(c.SignInPage(id, "v2.0/.well-known/openid-configuration"))
	if err != nil || !c.IsKnown() {
		return Document{}
	}
	text, _ := json.Marshal(map[string]string{ // texts always encode
		"issuer":                        c.SignInPage(id, "v2.0"),
		"authorization_endpoint":        c.SignInPage(id, "oauth2/v2.0/authorize"),
		"token_endpoint":                c.SignInPage(id, "oauth2/v2.0/token"),
		"device_authorization_endpoint": c.SignInPage(id, "oauth2/v2.0/devicecode"),
	})
	return Document{address, text}
}

// IsAt reports whether a request asks for the document.
func (d Document) IsAt(req *http.Request) bool {
	return d.address != nil && req.Method == http.MethodGet && req.URL.Scheme == d.address.Scheme &&
		strings.EqualFold(req.URL.Host, d.address.Host) && strings.EqualFold(req.URL.Path, d.address.Path)
}

// Response is the document as the answer to a request.
func (d Document) Response(req *http.Request) *http.Response {
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(d.text)),
		ContentLength: int64(len(d.text)), Request: req,
	}
}
