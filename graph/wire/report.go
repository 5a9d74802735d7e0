package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// The one thing that is fetched from another host than the cloud's Graph and sign-in: the file of a report.
//
// Graph answers a request for a report with a redirect (302) to an address on another host that anybody may read who knows it, for
// some minutes (learn.microsoft.com/graph/api/reportroot-getemailappusageappsusercounts). It is followed here and nowhere else: once,
// over TLS, to a host for reports in a domain of that cloud (Cloud.reportDomains), or for a simulated tenant to this machine; without a
// token and without a cookie, up to maxReport. The address is as good as a token, and so it is in no log, error or record: what
// is told is its host.

// maxReport is the number of bytes of a report's file that are read; the one that is asked for has a heading and one row.
const maxReport = 64 << 10

// reportHost is what stands before the domain of a host for reports.
var reportHost = regexp.MustCompile(`^([a-z0-9-]+\.)*reports[a-z0-9-]*$`)

// Report asks Graph for the report at an address, which Graph must answer with a redirect, and returns the file that it leads to.
// Errors: *Error, those of getting a token in it.
func (t *Transport) Report(ctx context.Context, op Operation, address string) ([]byte, error) {
	op.Redirects = true
	ctx = WithOperation(ctx, op)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, Unusable(op, err)
	}
	response, err := t.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() //nolint:errcheck // it is in memory
	target, err := t.Cloud.checkReport(response.Header.Get("Location"))
	if err != nil {
		return nil, Unusable(op, err)
	}
	t.hideAddress(target)
	return t.file(ctx, op, target)
}

// checkReport refuses to fetch a report from anywhere but where the cloud's reports lie. Its errors hold no more than a host.
func (c Cloud) checkReport(location string) (*url.URL, error) {
	target, err := url.Parse(location)
	if err != nil || target.Hostname() == "" {
		return nil, errors.New("the report's address is none")
	}
	host := strings.ToLower(target.Hostname())
	switch {
	case target.User != nil:
		return nil, errors.New("the report's address holds a user name, and is not followed")
	case c.Simulated && isLoopback(host) && (target.Scheme == "http" || target.Scheme == "https"):
		return target, nil
	case target.Scheme != "https":
		return nil, fmt.Errorf("the report's address leads to %s without TLS, and is not followed", host)
	case c.Simulated || !c.holdsReports(host) || target.Port() != "" && target.Port() != "443":
		return nil, fmt.Errorf("the report's address leads to %s, which is no host for reports of this cloud, and is not followed", target.Host)
	}
	return target, nil
}

func (c Cloud) holdsReports(host string) bool {
	return slices.ContainsFunc(c.reportDomains(), func(domain string) bool {
		name, within := strings.CutSuffix(host, "."+domain)
		return within && reportHost.MatchString(name)
	})
}

// minSigned is the length from which a part of an address may be a signature.
const minSigned = 16

// hideAddress makes an address unshowable, whole and in the parts of which one may be a signature.
func (t *Transport) hideAddress(target *url.URL) {
	t.Secrets.Hide(target.String(), target.RequestURI(), target.RawQuery)
	parts := strings.Split(target.Path, "/")
	for _, values := range target.Query() {
		parts = append(parts, values...)
	}
	for _, part := range parts {
		if len(part) >= minSigned {
			t.Secrets.Hide(part)
		}
	}
}

// file fetches a file from an address that was checked, in one attempt.
func (t *Transport) file(ctx context.Context, op Operation, target *url.URL) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), http.NoBody)
	if err != nil {
		return nil, Unusable(op, errors.New("the report's address is none"))
	}
	req.Header.Set("User-Agent", t.UserAgent)
	begin, status := t.Clock.Now(), 0
	defer func() {
		t.Network.Log(Exchange{
			Method: req.Method, Path: target.Host + "/…", Status: status, Duration: t.Clock.Now().Sub(begin),
		})
	}()
	response, err := t.Network.RoundTrip(req)
	if err != nil {
		return nil, noAnswer(req, err, true)
	}
	defer response.Body.Close() //nolint:errcheck // it was read to its end or given up
	status = response.StatusCode
	text, err := io.ReadAll(io.LimitReader(response.Body, maxReport+1))
	if err == nil {
		err = unusableFile(response, target.Host, len(text))
	}
	if err != nil {
		return nil, Unusable(op, ended(req, err))
	}
	return text, nil
}

// unusableFile is why an answer in place of a file cannot be used; nil if it can.
func unusableFile(response *http.Response, host string, size int) error {
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	switch {
	case response.StatusCode >= 300 && response.StatusCode < 400:
		return fmt.Errorf("%s leads on to another place, which is not followed", host)
	case response.StatusCode != http.StatusOK:
		return fmt.Errorf("%s answered %d %s", host, response.StatusCode, http.StatusText(response.StatusCode))
	case size > maxReport:
		return fmt.Errorf("the answer of %s is larger than %d bytes", host, maxReport)
	case kind == "text/html":
		return fmt.Errorf("%s answered with a page instead of a report", host)
	}
	return nil
}
