package directory

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseFilter(t *testing.T) {
	cases := map[string]struct {
		text string
		want []condition
	}{
		"one comparison": {
			"appId eq 'a'",
			[]condition{{"appId", "eq", []string{"a"}}},
		},
		"comparisons joined by and": {
			"clientId eq 'a' and consentType eq 'AllPrincipals'",
			[]condition{{"clientId", "eq", []string{"a"}}, {"consentType", "eq", []string{"AllPrincipals"}}},
		},
		"a list, with and without blanks": {
			"appId in ('a','b' , 'c')",
			[]condition{{"appId", "in", []string{"a", "b", "c"}}},
		},
		"a quote is doubled": {
			"displayName eq 'Tim''s and Ann''s'",
			[]condition{{"displayName", "eq", []string{"Tim's and Ann's"}}},
		},
		"null is no text": {
			"principalId eq null",
			[]condition{{"principalId", "eq", []string{""}}},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := parseFilter(c.text, (*filterParser).condition)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(condition{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestParseFilter_refused(t *testing.T) {
	const unsupported, malformed = "Request_UnsupportedQuery", "BadRequest"
	cases := map[string]string{
		"":                              unsupported,
		"appId":                         unsupported,
		"appId eq":                      unsupported,
		"appId eq 'a' or appId eq 'b'":  unsupported,
		"startswith(displayName,'iOS')": unsupported,
		"not appId eq 'a'":              unsupported,
		"appId ne 'a'":                  unsupported,
		"appId in 'a'":                  unsupported,
		"appId in ('a'":                 unsupported,
		"appId in ('a' 'b')":            unsupported,
		"appId eq 'a' and":              unsupported,
		"'appId' eq 'a'":                unsupported,
		"appId eq 'a":                   malformed,
		"appId eq f8d98a96-0999-43f5-8af3-69971c7bb423": malformed,
	}
	for text, code := range cases {
		t.Run(text, func(t *testing.T) {
			got, err := parseFilter(text, (*filterParser).condition)
			var f *graphError
			if !errors.As(err, &f) || f.code != code {
				t.Errorf("got %v, %v; want code %s", got, err, code)
			}
		})
	}
}

func FuzzParseFilter(f *testing.F) {
	f.Add("appId in ('a','b') and displayName eq 'Tim''s'")
	f.Add("principalId eq null")
	f.Add("appId eq '")
	f.Fuzz(func(t *testing.T, text string) {
		conditions, err := parseFilter(text, (*filterParser).condition)
		if err != nil {
			var refusal *graphError
			if !errors.As(err, &refusal) {
				t.Errorf("%q: got an error that is not Graph's: %v", text, err)
			}
			return
		}
		for _, c := range conditions {
			if c.property == "" || len(c.values) == 0 {
				t.Errorf("%q: got half a condition: %+v", text, c)
			}
		}
	})
}

func FuzzParseSignInFilter(f *testing.F) {
	f.Add("appId eq 'x' and createdDateTime ge 2026-11-17T00:00:00Z and (status/errorCode eq 65001 or status/errorCode eq 90094)")
	f.Add("(appId eq '")
	f.Add("status/errorCode eq -1")
	f.Fuzz(func(t *testing.T, text string) {
		conditions, err := parseFilter(text, (*filterParser).signInTerm)
		var refusal *graphError
		if err != nil && !errors.As(err, &refusal) {
			t.Errorf("%q: got an error that is not Graph's: %v", text, err)
		}
		for _, c := range conditions {
			if c.property == "" || len(c.values) == 0 {
				t.Errorf("%q: got half a condition: %+v", text, c)
			}
			SignIn{}.satisfies(c, time.Unix(0, 0))
		}
	})
}
