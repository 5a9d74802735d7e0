package fleet_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/internal/operation/fleet"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const (
	guid   = "7e000000-0000-4000-8000-000000000001"
	client = "c1000000-0000-4000-8000-000000000001"
)

func TestReadRows(t *testing.T) {
	t.Parallel()
	bad := errors.New("bad")
	for name, test := range map[string]struct {
		text string
		want []fleet.Row
	}{
		"a tenant a line": {
			"contoso.com\n" + strings.ToUpper(guid) + "\n",
			[]fleet.Row{{Line: 1, Tenant: "contoso.com"}, {Line: 2, Tenant: guid}},
		},
		"comments, blank lines, CRLF, no line break at the end": {
			"# customers\r\n\r\n  \r\ncontoso.com\r\nfabrikam.com",
			[]fleet.Row{{Line: 4, Tenant: "contoso.com"}, {Line: 5, Tenant: "fabrikam.com"}},
		},
		"CSV without a header": {
			"contoso.com,Contoso," + client + ",ios\nfabrikam.com,\"Fabrikam, Inc.\"\n",
			[]fleet.Row{
				{Line: 1, Tenant: "contoso.com", Name: "Contoso", ClientID: client, Devices: consent.IOSDevices},
				{Line: 2, Tenant: "fabrikam.com", Name: "Fabrikam, Inc."},
			},
		},
		"a header of Partner Center's, in another order, with more": {
			"displayName,Market,customerId,appId\nContoso,DE," + guid + "," + client + "\n",
			[]fleet.Row{{Line: 2, Tenant: guid, Name: "Contoso", ClientID: client}},
		},
		"a header of this program's results": {
			"line,tenant,name,client_id,state\n3,contoso.com,Contoso,,failed\n",
			[]fleet.Row{{Line: 2, Tenant: "contoso.com", Name: "Contoso"}},
		},
		"semicolons, as Excel writes them": {
			"TenantId;Display Name\n" + guid + ";Contoso\n", []fleet.Row{{Line: 2, Tenant: guid, Name: "Contoso"}},
		},
		"a stray quote spoils its own row": {
			"contoso.com,\"Contoso\nfabrikam.com,\"Fabrikam\"\n",
			[]fleet.Row{{Line: 1, Bad: bad}, {Line: 2, Tenant: "fabrikam.com", Name: "Fabrikam"}},
		},
		"rows that cannot be used": {
			"contoso\nfabrikam.com,,no-guid\nadatum.com,,,windows\ncommon\nlitware.com\n",
			[]fleet.Row{
				{Line: 1, Bad: bad}, {Line: 2, Bad: bad}, {Line: 3, Bad: bad}, {Line: 4, Bad: bad}, {Line: 5, Tenant: "litware.com"},
			},
		},
		"names that act on a terminal": {"contoso.com,\x1b[31mRed\u202e\n", []fleet.Row{{Line: 1, Tenant: "contoso.com", Name: "[31mRed"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, err := fleet.ReadRows(strings.NewReader(test.text))
			if err != nil {
				t.Fatal(err)
			}
			anyBad := cmp.Comparer(func(a, b error) bool { return (a == nil) == (b == nil) })
			if diff := cmp.Diff(test.want, rows, anyBad); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Only a file without a usable row, or beyond the limits, is refused.
func TestReadRows_refuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, says string }{
		"nothing":           {"", "names no tenant"},
		"a header alone":    {"tenant,name\n", "names no tenant"},
		"no row to use":     {"nobody\nnothing\n", "line 1: its tenant is neither"},
		"too many rows":     {strings.Repeat("contoso.com\n", fleet.MaxRows+1), "more than 20000 rows"},
		"too large":         {strings.Repeat("# a comment\n", fleet.MaxFileSize/12+1), "larger than"},
		"a header too late": {"x\ntenant\n", "none of its rows"},
	} {
		if rows, err := fleet.ReadRows(strings.NewReader(test.text)); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %d rows, %v", name, len(rows), err)
		}
	}
}

// What cannot be understood may be a secret in the wrong place: no message repeats it.
func TestReadRows_quotesNothing(t *testing.T) {
	t.Parallel()
	const secret = "Q~8.secret-value"
	for _, line := range []string{secret, secret + ",contoso.com", "contoso.com,x," + secret, "contoso.com,x,," + secret, `"` + secret} {
		rows, err := fleet.ReadRows(strings.NewReader("fabrikam.com\n" + line + "\n"))
		if err != nil || len(rows) != 2 || rows[1].Bad == nil {
			t.Fatalf("%q: got %+v, %v", line, rows, err)
		}
		if shown := fmt.Sprint(rows[1], rows[1].Bad); strings.Contains(shown, secret) {
			t.Errorf("%q: it is repeated in %s", line, shown)
		}
	}
}

// Devices of a row can only narrow what is asked for.
func TestRow_Narrowed(t *testing.T) {
	t.Parallel()
	const none = consent.Devices("none")
	for _, test := range []struct{ row, asked, want consent.Devices }{
		{"", consent.AllDevices, consent.AllDevices},
		{"", consent.MacDevices, consent.MacDevices},
		{consent.IOSDevices, consent.AllDevices, consent.IOSDevices},
		{consent.AllDevices, consent.IOSDevices, consent.IOSDevices},
		{consent.MacDevices, consent.MacDevices, consent.MacDevices},
		{consent.MacDevices, consent.IOSDevices, none},
	} {
		got, err := fleet.Row{Devices: test.row}.Narrowed(test.asked)
		if err != nil {
			got = none
		}
		if got != test.want {
			t.Errorf("a row for %q where %q is asked for: got %q, want %q", test.row, test.asked, got, test.want)
		}
	}
}

// Whatever a file holds: each line that is no comment is one row, in order, and a row has a tenant or says what is wrong with it.
func FuzzReadRows(f *testing.F) {
	for _, seed := range []string{
		"contoso.com\n", "tenant,name\r\ncontoso.com,\"a\"\r\n", "\xef\xbb\xbfcontoso.com", "a;b\n\"\n\"\"\n", ",,,\n\x00\n", "customerId\tdisplayName\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := fleet.ReadRows(strings.NewReader(text + "\ncontoso.com,\"x\"\n"))
		if err != nil && len(text) < fleet.MaxFileSize/2 && strings.Count(text, "\n") < fleet.MaxRows && rows == nil {
			t.Fatal(err)
		}
		lines := 0
		for line := range strings.SplitSeq(text, "\n") {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				lines++
			}
		}
		if n := len(rows) - 1; n != lines && n != lines-1 { // a header is no row
			t.Errorf("%d rows of %d lines", n, lines)
		}
		if !slices.IsSortedFunc(rows, func(a, b fleet.Row) int { return a.Line - b.Line }) {
			t.Error("the rows are not in the order of the file")
		}
		for _, row := range rows {
			if (row.Tenant == "") != (row.Bad != nil) {
				t.Errorf("got %+v", row)
			}
		}
	})
}

// Three thousand rows of hostile CSV spoil themselves alone.
func TestReadRows_hostile(t *testing.T) {
	t.Parallel()
	pieces := []string{
		`"`, `""`, `"a`, `a"b`, `,,,,,,,,`, "\tx", ";", `=cmd|' /C calc'!A0`, "\u202e", "\x00", "\x1b]0;x\x07", `contoso.com,"`, "ÿþ", "-", "@SUM(1)",
		strings.Repeat("a", 5000), `contoso.com"`, "{}", `'"'`,
	}
	var text strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&text, "%s\n%s%s\n", fmt.Sprintf("t%d.example.com", i), pieces[i%len(pieces)], pieces[i/len(pieces)%len(pieces)])
	}
	rows, err := fleet.ReadRows(strings.NewReader(text.String()))
	if err != nil || len(rows) != 6000 {
		t.Fatalf("got %d rows, %v", len(rows), err)
	}
	for i := range 3000 {
		want := fleet.Row{Line: 2*i + 1, Tenant: fmt.Sprintf("t%d.example.com", i)}
		if diff := cmp.Diff(want, rows[2*i], cmpopts.EquateErrors()); diff != "" {
			t.Fatalf("-want +got:\n%s", diff)
		}
	}
}
