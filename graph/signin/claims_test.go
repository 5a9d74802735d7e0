package signin_test

import (
	"encoding/base64"
	"reflect"
	"slices"
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/graph/signin"
)

func jwt(payload string) string {
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".sig"
}

// All that an error may say, so that it cannot hold a part of a token.
const (
	notJWT    = "the access token cannot be read: it is not a JSON web token"
	notBase64 = "the access token cannot be read: its claims are not base64url"
	notJSON   = "the access token cannot be read: its claims are not JSON"
	noTenant  = "the access token names no tenant: its tid is not a GUID"
)

func TestReadClaims(t *testing.T) {
	t.Parallel()
	const tid = `"tid":"7E000000-0000-4000-8000-000000000000"`
	const tenant = "7e000000-0000-4000-8000-000000000000"
	for name, test := range map[string]struct{ token, operator string }{
		"a user":           {jwt(`{` + tid + `,"upn":"admin@contoso.example","appid":"x"}`), "admin@contoso.example"},
		"a user, v2 token": {jwt(`{` + tid + `,"preferred_username":"admin@contoso.example","azp":"x"}`), "admin@contoso.example"},
		"a guest":          {jwt(`{` + tid + `,"unique_name":"live.com#admin@contoso.example","appid":"x"}`), "live.com#admin@contoso.example"},
		"an app":           {jwt(`{` + tid + `,"appid":"an-app","oid":"y"}`), "an-app"},
		"an app, v2 token": {jwt(`{` + tid + `,"azp":"an-app"}`), "an-app"},
		"an object only":   {jwt(`{` + tid + `,"oid":"y"}`), "y"},
		"nobody":           {jwt(`{` + tid + `}`), ""},
		"of other types":   {jwt(`{` + tid + `,"upn":5,"idtyp":[],"appid":{},"oid":"y"}`), "y"},
		"padded base64":    {"e30." + base64.URLEncoding.EncodeToString([]byte(`{`+tid+` }`)) + ".x", ""},
		"no signature":     {strings.TrimSuffix(jwt(`{`+tid+`}`), "sig"), ""},
	} {
		if got, err := signin.ReadClaims(test.token); err != nil || got.TenantID != tenant || got.Operator != test.operator {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}

func TestReadClaims_refused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ token, want string }{
		"empty":                        {"", notJWT},
		"opaque":                       {"EwBgA8l6BAAU", notJWT},
		"encrypted, which is 5 parts":  {"a.b.c.d.e", notJWT},
		"not base64":                   {"a.!!.c", notBase64},
		"base64 of the other alphabet": {"a." + base64.RawStdEncoding.EncodeToString([]byte("\xff\xff\xfe")) + ".c", notBase64},
		"no claims":                    {"..", notJSON},
		"not JSON":                     {jwt("claims"), notJSON},
		"a tenant of another type":     {jwt(`{"tid":5}`), noTenant},
		"a list":                       {jwt(`[]`), notJSON},
		"null":                         {jwt(`null`), noTenant},
		"no tenant":                    {jwt(`{}`), noTenant},
		"a tenant that is none":        {jwt(`{"tid":"contoso-secret"}`), noTenant},
	} {
		if got, err := signin.ReadClaims(test.token); err == nil || err.Error() != test.want || !reflect.ValueOf(got).IsZero() {
			t.Errorf("%s: got %+v and error %v, want %q", name, got, err, test.want)
		}
	}
}

// The text is taken for a token, and for the claims of one, which chance would hardly find behind base64.
func FuzzReadClaims(f *testing.F) {
	for _, seed := range []string{
		"", "..", "...", "a.e30.c", "a.e30=.c", "a.bnVsbA.c", "é.é.é", "\x00.\x00.\x00",
		jwt(`{"tid":"7e000000-0000-4000-8000-000000000000","upn":"a@b"}`),
		`{"tid":"7E000000-0000-4000-8000-00000000000F","preferred_username":"a@b","azp":"x"}`,
		`{"TID":"7e000000-0000-4000-8000-000000000000","tid":"x","unique_name":"a","appid":"x","oid":"y"}`,
		`{"tid":"7e000000-0000-4000-8000-000000000000","upn":"\ud800\u0000\u001b[2J"}`,
		`{"tid":"7e000000-0000-4000-8000-000000000000","wids":[],"roles":["x"],"scp":"a b"}`,
		`{"tid":"ſe000000-0000-4000-8000-00000000000"}`, `{"tid":5}`, `{"tid":null}`, `null`, `[]`, "{}\x00", "\xef\xbb\xbf{}",
		strings.Repeat("[", 20000),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkRead(t, text)
		checkRead(t, jwt(text))
	})
}

func checkRead(t *testing.T, token string) {
	t.Helper()
	got, err := signin.ReadClaims(token)
	if again, againErr := signin.ReadClaims(token); !reflect.DeepEqual(got, again) || (err == nil) != (againErr == nil) || err != nil && err.Error() != againErr.Error() {
		t.Errorf("%q: got %+v, %v and then %+v, %v", token, got, err, again, againErr)
	}
	if err != nil {
		if !reflect.ValueOf(got).IsZero() || !slices.Contains([]string{notJWT, notBase64, notJSON, noTenant}, err.Error()) {
			t.Errorf("%q: got %+v and an error of its own: %v", token, got, err)
		}
		return
	}
	if tenant, err := consent.ParseGUID(got.TenantID); err != nil || tenant != got.TenantID {
		t.Errorf("%q: tenant %q is not a GUID in lower case", token, got.TenantID)
	}
	parts := strings.Split(token, ".")
	if other, err := signin.ReadClaims("x." + parts[1] + ".y"); err != nil || !reflect.DeepEqual(other, got) {
		t.Errorf("%q: got %+v, and %+v, %v with another header and signature", token, got, other, err)
	}
}
