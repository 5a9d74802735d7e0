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
			[]condition{{"appId", "eq", []token{{"a", true}}}},
		},
		"comparisons joined by and": {
			"clientId eq 'a' and consentType eq 'AllPrincipals'",
			[]condition{{"clientId", "eq", []token{{"a", true}}}, {"consentType", "eq", []token{{"AllPrincipals", true}}}},
		},
		"a list, with and without blanks": {
			"appId in ('a','b' , 'c')",
			[]condition{{"appId", "in", []token{{"a", true}, {"b", true}, {"c", true}}}},
		},
		"a quote is doubled": {
			"displayName eq 'Tim''s and Ann''s'",
			[]condition{{"displayName", "eq", []token{{"Tim's and Ann's", true}}}},
		},
		"one property is this or that": {
			"(status/errorCode eq 1 or status/errorCode eq 2)",
			[]condition{{"status/errorCode", "or", []token{{"1", false}, {"2", false}}}},
		},
		"null is no text": {
			"principalId eq null",
			[]condition{{"principalId", "eq", []token{{"null", false}}}},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := parseFilter(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(condition{}, token{})); diff != "" {
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
	}
	for text, code := range cases {
		t.Run(text, func(t *testing.T) {
			got, err := parseFilter(text)
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
	f.Add("appId eq 'x' and createdDateTime ge 2026-11-17T00:00:00Z and (status/errorCode eq 65001 or status/errorCode eq 90094)")
	f.Add("(appId eq '")
	f.Add("status/errorCode eq -1")
	f.Fuzz(func(t *testing.T, text string) {
		conditions, err := parseFilter(text)
		if err == nil {
			_, err = collection[SignIn]{filters: signInFilters(time.Unix(0, 0))}.match([]SignIn{{}}, conditions)
		}
		if _, refused := errors.AsType[*graphError](err); err != nil && !refused {
			t.Errorf("%q: got an error that is not Graph's: %v", text, err)
		}
		for _, c := range conditions {
			if c.property == "" || len(c.values) == 0 {
				t.Errorf("%q: got half a condition: %+v", text, c)
			}
		}
	})
}
