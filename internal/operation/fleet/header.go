package fleet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// columns say in which field of a line stands what; -1: nowhere.
type columns struct {
	tenant, name, client, devices int
	comma                         rune
	count                         int  // how many there are
	named                         bool // by a header
}

// asWritten are the columns of a file without a header.
func asWritten(comma rune) columns { return columns{0, 1, 2, 3, comma, 4, false} }

// The names of columns, in small letters and digits alone; the first that a header has is read. Those of Partner Center's export are
// among them (learn.microsoft.com/partner-center/customers/see-your-customer-list).
var (
	tenantNames = []string{
		"tenant", "tenantid", "customerid", "customertenantid", "microsoftid", "domain", "domainname", "primarydomainname", "defaultdomainname",
	}
	nameNames    = []string{"name", "displayname", "customername", "companyname"}
	clientNames  = []string{"clientid", "appid", "applicationid", "applicationclientid"}
	devicesNames = []string{"devices"}
)

// separators are what can stand between fields: Excel writes semicolons where the comma is for decimals, and tabs as "Text".
var separators = []rune{',', ';', '\t'}

// layout returns the columns of a file, and how many lines stand before its first row: what Excel reads the separator from, a title,
// the header. Errors: it is in doubt what they are.
func layout(lines []string) (c columns, begin int, err error) {
	first, among := -1, separators
	for i, line := range lines {
		if isNothing(line) {
			continue
		}
		if comma, said := saysSeparator(line); said && first < 0 {
			among = []rune{comma}
			continue
		}
		c, isHeader, err := headerOf(line, among)
		switch {
		case err != nil:
			return c, 0, fmt.Errorf("line %d: %w", i+1, err)
		case isHeader:
			return c, i + 1, nil
		}
		if first < 0 {
			first = i
		}
		if comma, is := beginsAsRow(line, among); is {
			return unheaded(lines, first, i, cmp.Or(comma, separatorOf(lines[i:], among)))
		}
	}
	if first < 0 {
		return asWritten(among[0]), len(lines), nil
	}
	return unheaded(lines, first, first, among[0])
}

// unheaded are the columns of a file without a header, whose first line and first tenant are told. A first line of several fields that
// is no row may be a header in words that nobody knows here.
func unheaded(lines []string, first, tenant int, comma rune) (c columns, begin int, err error) {
	if first != tenant && slices.ContainsFunc(separators, func(s rune) bool { return strings.ContainsRune(lines[first], s) }) {
		return c, 0, fmt.Errorf("line %d is neither a tenant nor a header that is understood (tenant,name,client_id,devices): "+
			"name its columns so, or put # before it", first+1)
	}
	return asWritten(comma), first, nil
}

// saysSeparator reads the line by which Excel is told what stands between fields.
func saysSeparator(line string) (comma rune, said bool) {
	line = strings.Trim(strings.TrimSpace(line), `"`)
	if len(line) < len("sep=;") || !strings.EqualFold(line[:len("sep=")], "sep=") {
		return 0, false
	}
	comma = rune(line[len("sep=")])
	return comma, strings.ContainsRune(",;|:", comma) || comma == '\t'
}

// beginsAsRow reports whether the first field of a line is a tenant, and what stands behind it; 0: nothing does.
func beginsAsRow(line string, among []rune) (comma rune, is bool) {
	for _, comma := range among {
		begin, _, several := strings.Cut(line, string(comma))
		if _, err := parseTenant(strings.Trim(begin, "\" \t")); err == nil {
			is = true
			if several {
				return comma, true
			}
		}
	}
	return 0, is
}

// separatorOf is what stands behind the first tenant that has something behind it.
func separatorOf(lines []string, among []rune) rune {
	for _, line := range lines {
		if comma, _ := beginsAsRow(line, among); comma != 0 {
			return comma
		}
	}
	return among[0]
}

// headerOf returns the columns that a line names, and whether it is a header: it names the one of tenants. Errors: it is in doubt which
// column is meant.
func headerOf(line string, among []rune) (c columns, isHeader bool, err error) {
	for _, comma := range among {
		fields, broken := fieldsOf(line, comma)
		if c = columnsNamed(fields); c.tenant >= 0 && broken == nil {
			c.comma = comma
			return c, true, checkNames(fields)
		}
	}
	return columns{}, false, nil
}

// columnsNamed are those that the fields name.
func columnsNamed(fields []string) columns {
	words := make([]string, len(fields))
	for i, field := range fields {
		words[i] = wordOf(field)
	}
	at := func(names []string) int {
		for _, name := range names {
			if i := slices.Index(words, name); i >= 0 {
				return i
			}
		}
		return -1
	}
	return columns{at(tenantNames), at(nameNames), at(clientNames), at(devicesNames), 0, len(fields), true}
}

// wordOf is the name of a column in small letters and digits alone.
func wordOf(field string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, field)
}
