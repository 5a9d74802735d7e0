package fleet_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

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
		"what Excel reads the separator from": {
			"sep=;\r\ntenant;devices\r\ncontoso.com;ios\r\n", []fleet.Row{{Line: 3, Tenant: "contoso.com", Devices: consent.IOSDevices}},
		},
		"a separator of its own": {"\"sep=|\"\ntenant|name\ncontoso.com|a,b;c\n", []fleet.Row{{Line: 3, Tenant: "contoso.com", Name: "a,b;c"}}},
		"titles above the header": {
			"Customers, as of 2026\n\nFor; review\nname;tenant;devices\nMüller, Sohn;contoso.com;mac\n",
			[]fleet.Row{{Line: 5, Tenant: "contoso.com", Name: "Müller, Sohn", Devices: consent.MacDevices}},
		},
		"tabs": {
			"tenant\tDEVICES \ncontoso.com\t iOS\n", []fleet.Row{{Line: 2, Tenant: "contoso.com", Devices: consent.IOSDevices}},
		},
		"a separator that a later line is the first to have": {
			"contoso.com\nfabrikam.com;Fabrikam, Inc.;;mac\n",
			[]fleet.Row{{Line: 1, Tenant: "contoso.com"}, {Line: 2, Tenant: "fabrikam.com", Name: "Fabrikam, Inc.", Devices: consent.MacDevices}},
		},
		"Partner Center's export": {
			"Microsoft ID,Company name,Primary domain name,Relationship,Tags\n" + guid + ",Contoso,contoso.com,Cloud Reseller,\n",
			[]fleet.Row{{Line: 2, Tenant: guid, Name: "Contoso"}},
		},
		"files that were joined": {
			"tenant,devices\ncontoso.com,ios\ntenant,devices\nfabrikam.com,mac\n",
			[]fleet.Row{
				{Line: 2, Tenant: "contoso.com", Devices: consent.IOSDevices}, {Line: 4, Tenant: "fabrikam.com", Devices: consent.MacDevices},
			},
		},
		"a first line that is no tenant, and no header": {
			"contoso\nfabrikam.com\n", []fleet.Row{{Line: 1, Bad: bad}, {Line: 2, Tenant: "fabrikam.com"}},
		},
		"line breaks of an old Mac": {
			"tenant,name\rcontoso.com,Contoso\rfabrikam.com,\r",
			[]fleet.Row{{Line: 2, Tenant: "contoso.com", Name: "Contoso"}, {Line: 3, Tenant: "fabrikam.com"}},
		},
		"a name in Windows-1252 beside one in UTF-8": {
			"contoso.com,M\xfcller \x96 S\xf8n \x80\nfabrikam.com,Müller\n",
			[]fleet.Row{{Line: 1, Tenant: "contoso.com", Name: "Müller – Søn €"}, {Line: 2, Tenant: "fabrikam.com", Name: "Müller"}},
		},
		"a field of several lines": {
			"tenant,name,devices\ncontoso.com,\"Contoso\n# not a comment\nadatum.com\n\",ios\n  # a \"comment\nfabrikam.com,\"F\",\n",
			[]fleet.Row{
				{Line: 2, Tenant: "contoso.com", Name: "Contoso adatum.com", Devices: consent.IOSDevices}, {Line: 7, Tenant: "fabrikam.com", Name: "F"},
			},
		},
		"a name that was marked, and one that has the mark itself": {
			"contoso.com,'=1+1\nfabrikam.com,''-x\nadatum.com,'s-Hertogenbosch\n",
			[]fleet.Row{
				{Line: 1, Tenant: "contoso.com", Name: "=1+1"},
				{Line: 2, Tenant: "fabrikam.com", Name: "'-x"},
				{Line: 3, Tenant: "adatum.com", Name: "'s-Hertogenbosch"},
			},
		},
		"a customer who is called as devices are": {"tenant,name\ncontoso.com,Mac\n", []fleet.Row{{Line: 2, Tenant: "contoso.com", Name: "Mac"}}},
		"a name with such a word":                 {"contoso.com,Mac Donald\n", []fleet.Row{{Line: 1, Tenant: "contoso.com", Name: "Mac Donald"}}},
		"names that act on a terminal":            {"contoso.com,\x1b[31mRed\u202e\n", []fleet.Row{{Line: 1, Tenant: "contoso.com", Name: "[31mRed"}}},
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
		"nothing":                              {"", "names no tenant"},
		"a header alone":                       {"tenant,name\n", "names no tenant"},
		"no row to use":                        {"nobody\nnothing\n", "line 1: its tenant is neither"},
		"too many rows":                        {strings.Repeat("contoso.com\n", fleet.MaxRows+1), "more than 20000 rows"},
		"too large":                            {strings.Repeat("# a comment\n", fleet.MaxFileSize/12+1), "larger than"},
		"titles alone":                         {"x\ntenant\n", "names no tenant"},
		"JSON":                                 {"\r\n{\"kind\":\"tenants\"}\ncontoso.com\n", "it is JSON"},
		"a workbook":                           {"PK\x03\x04\x14\x00contoso.com\n", "save it as CSV"},
		"UTF-16 unmarked":                      {"c\x00o\x00m\x00\n\x00", "save it as UTF-8"},
		"a header in words of its own":         {"Mandant,Gruppe\ncontoso.com,a\n", "line 1 is neither a tenant nor a header"},
		"a title and a header of its own":      {"Customers\nMandant;Gerät\ncontoso.com;ios\n", `line 3 has "ios"`},
		"a header behind rows":                 {"contoso.com,Contoso\ntenant,devices\nfabrikam.com,mac\n", "line 2 is a header"},
		"another header":                       {"tenant,name\ncontoso.com,x\ntenant,devices\nfabrikam.com,ios\n", "line 3 is a header"},
		"the same columns, otherwise":          {"tenant,name\ncontoso.com,x\nname,tenant\nx,fabrikam.com\n", "line 3 is a header"},
		"devices, one letter less":             {"tenant,device\ncontoso.com,ios\n", `line 1: it has a column "device", which is not read; if it is devices, name it so`},
		"devices, one letter more":             {"tenant,Devicess\ncontoso.com,ios\n", `"Devicess"`},
		"devices, letters in another order":    {"tenant,devcies\ncontoso.com,all\n", `"devcies"`},
		"devices and more":                     {"tenant,Devices (iOS or Mac)\ncontoso.com,ios\n", `"Devices (iOS or Mac)"`},
		"devices twice":                        {"tenant,devices,Devices\ncontoso.com,,ios\n", "two columns for the same"},
		"the client without its id":            {"tenant;client\ncontoso.com;" + client + "\n", "if it is client_id"},
		"two clients":                          {"tenant,appId,client_id\ncontoso.com,,\n", "two columns for the same"},
		"two tenants":                          {"tenant,tenant\ncontoso.com,fabrikam.com\n", "two columns for the same"},
		"devices in a column of its own words": {"tenant,Plattform\ncontoso.com,x\nfabrikam.com,iPhone\n", `line 3 has "iPhone" where no devices are read`},
		"devices beyond the header":            {"tenant,name\ncontoso.com,Contoso,,ios\n", `line 2 has "ios"`},
		"devices in the place of the name":     {"fabrikam.com\ncontoso.com,mac\n", `line 2 has "mac"`},
		"devices in more words":                {"contoso.com,iOS/iPadOS only\n", `line 1 has "iOS/iPadOS only"`},
		"devices behind the last column":       {"contoso.com,Contoso,,,ios\n", `line 1 has "ios"`},
		"rows between two stray quotes":        {"contoso.com,\"Con\nfabrikam.com,F\nadatum.com,A\"\nwoodgrove.com\n", "line 1 has a quoted field that goes on"},
		"tenants between two stray quotes":     {"tenant\nwoodgrove.com\n\"contoso.com\nfabrikam.com\"\n", "line 3 has a quoted field"},
		"a row in a field that begins with it": {"name,tenant\n\"\nF,fabrikam.com\n\",contoso.com\n", "line 2 has a quoted field"},
		"a domain within a name, no header":    {"contoso.com,\"Con\nfabrikam.com\"\n", "line 1 has a quoted field"},
		"rows between stray quotation marks":   {"contoso.com,\"Contoso\nfabrikam.com,Fabrikam\"\nadatum.com\n", "line 1 has a quoted field"},
		"devices that a comma has moved":       {"tenant,name,domain,devices\ncontoso.com,Contoso, Inc.,,ios\n", `line 2 has "ios"`},
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

// aboutColumns is in a file that may have a header, or a field of several lines.
var aboutColumns = regexp.MustCompile(`(?i)tenant|customer|domain|microsoft|sep=|"|\pZ`)

// Whatever a file holds: it is refused, or each line that is no comment is one row, in order; a row has a tenant or says what is wrong
// with it; and none is for all devices whose line says otherwise.
func FuzzReadRows(f *testing.F) {
	for _, seed := range []string{
		"contoso.com\n", "tenant,name\r\ncontoso.com,\"a\"\r\n", "\xef\xbb\xbfcontoso.com", "a;b\n\"\n\"\"\n", ",,,\n\x00\n", "customerId\tdisplayName\n",
		"contoso.com\rfabrikam.com", "sep=;\ntenant;device\ncontoso.com;ios\n", "x\ntenant\tx\ncontoso.com\tios", "contoso.com,ios", "contoso.com,,,mac,ios",
		"domain,\"a\nb\",c\ncontoso.com,\"x\ny\",mac\n", "M\xfcller\n", "domain\ncontoso.com,ios\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := fleet.ReadRows(strings.NewReader(text + "\ncontoso.com,\"x\"\n"))
		if err != nil {
			if rows != nil {
				t.Errorf("it is refused and has %d rows: %v", len(rows), err)
			}
			return
		}
		lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n")
		count := 0
		for _, line := range lines {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				count++
			}
		}
		if n := len(rows) - 1; n > count || n < count && utf8.ValidString(text) && !aboutColumns.MatchString(text) {
			t.Errorf("%d rows of %d lines", n, count)
		}
		if !slices.IsSortedFunc(rows, func(a, b fleet.Row) int { return a.Line - b.Line }) {
			t.Error("the rows are not in the order of the file")
		}
		known := regexp.MustCompile(`(?i)name|devices|sep=`)
		for _, row := range rows {
			if (row.Tenant == "") != (row.Bad != nil) {
				t.Errorf("got %+v", row)
			}
			says := row.Line <= len(lines) && saysDevices.MatchString(lines[row.Line-1])
			if says && row.Bad == nil && row.Devices == "" && !known.MatchString(text) {
				t.Errorf("line %d, %q, is for all devices", row.Line, lines[row.Line-1])
			}
		}
	})
}

// saysDevices is a line with devices in a field of their own.
var saysDevices = regexp.MustCompile(`(?i)[,;\t] *(ios|mac) *([,;\t]|$)`)

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
