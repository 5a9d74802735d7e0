package cli_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/internal/testbed"
	"appleconsent/plan/render"
)

// What tells of a tenant of the fleet: its id and its name.
var (
	tenantIDs   = regexp.MustCompile(`f1ee7000-[0-9a-f-]{27}`)
	tenantNames = regexp.MustCompile(`Contoso \d{4}`)
	recordIDs   = regexp.MustCompile(`\d{8}T\d{6}Z-[0-9a-f]{6}`)
)

// ending is a way in which a run ends before its end.
type ending struct {
	refusal string // of all sign-ins, by its AADSTS number
	atMost  string
	set     func(b *testbed.Bubble, all []simulator.Member)
	at      int    // the request at which it is interrupted; 0: it is not
	code    string // of why it ended, in rows
}

var endings = map[string]ending{
	"writes that fail alike": {code: "permissionDenied", set: func(b *testbed.Bubble, all []simulator.Member) {
		denied := simulator.Rule{
			Method: "POST", Path: "/v1.0/servicePrincipals", Times: -1, Trouble: simulator.TroubleStatus, Status: 403, Code: "Authorization_RequestDenied",
		}
		setRules(b, all, denied)
	}},
	"a record that cannot be written": {code: "stateFolder", set: func(b *testbed.Bubble, _ []simulator.Member) {
		points := 0
		b.Checkpoint = func(string) {
			if points++; points == 12 {
				linkRecords(b)
			}
		}
	}},
	"sign-ins that fail alike": {code: "signIn", refusal: "7000215"},
	"more than may be":         {code: "tooMany", atMost: "3"},
	"an interrupt":             {code: "interrupted", at: 90},
	"a throttled application": {code: "throttled", set: func(b *testbed.Bubble, all []simulator.Member) {
		setRules(b, all[2:3], simulator.Rule{
			Path: "/v1.0/servicePrincipals", Trouble: simulator.TroubleStatus, Status: 429, Code: "TooManyRequests", RetryAfter: 7200, ThrottleScope: "Application/Read/x",
		})
	}},
}

// linkRecords makes the folders of records links, to which nothing is written.
func linkRecords(b *testbed.Bubble) {
	folders, err := filepath.Glob(filepath.Join(b.State, "changes", "f1ee*"))
	if err != nil || len(folders) == 0 {
		b.T.Fatalf("folders of records: %v, %v", folders, err)
	}
	for _, folder := range folders {
		elsewhere := filepath.Join(b.State, "elsewhere-"+filepath.Base(folder))
		if err := os.Rename(folder, elsewhere); err != nil {
			b.T.Fatal(err)
		}
		if err := os.Symlink(elsewhere, folder); err != nil {
			b.T.Skip(err) // Windows lets few people make one
		}
	}
}

func setRules(b *testbed.Bubble, all []simulator.Member, rule simulator.Rule) {
	for _, m := range all {
		if err := b.Fleet.Server(m.ID()).SetRules(rule); err != nil {
			b.T.Fatal(err)
		}
	}
}

// However a run ends before its end, and in whatever form it is reported: what is told of a tenant, also of one that was not begun, names
// no other one and no record of another one's, and the error at the end names none at all.
func TestMany_apart(t *testing.T) {
	t.Parallel()
	for name, e := range endings {
		for _, f := range render.Formats(render.KindFleet) {
			t.Run(name+" "+string(f), func(t *testing.T) {
				t.Parallel()
				mix := "fresh=1"
				if e.refusal != "" {
					mix = e.refusal + "=1"
				}
				all, file := members(t, 20, mix)
				testbed.InFleetBubble(t, func(b *testbed.Bubble) { e.isApart(b, all, file, f) })
			})
		}
	}
}

func (e ending) isApart(b *testbed.Bubble, all []simulator.Member, file string, f render.Format) {
	b.T.Helper()
	if e.set != nil {
		e.set(b, all)
	}
	ctx, cancel := context.WithCancel(b.T.Context())
	defer cancel()
	var n atomic.Int32
	b.Front = func(http.ResponseWriter, *http.Request) bool {
		if int(n.Add(1)) == e.at {
			cancel()
		}
		return false
	}
	atMost := "99"
	if e.atMost != "" {
		atMost = e.atMost
	}
	a := b.RunIn(ctx, b.State, "apply", "--tenants", file, "--yes", "--at-most", atMost, "--parallel", "2", "-o", string(f))
	run := regexp.MustCompile(`run[^0-9]{1,20}` + recordIDs.String()).FindString(a.Stdout)
	for _, text := range rowsIn(f, a.Stdout) {
		if f == render.Text {
			speaksOfAll(b, text)
		} else {
			speaksOfOne(b, text, run)
		}
	}
	if begin := "the run ended before this tenant was begun: " + e.code; a.Code == 0 || !strings.Contains(strings.Join(strings.Fields(a.Stdout), " "), begin) {
		b.T.Errorf("exit code %d, and no row says %q:\n%s", a.Code, begin, a.Stdout)
	}
	end := a.Stderr[max(strings.LastIndex(a.Stderr, "error: "), strings.LastIndex(a.Stderr, `{"schemaVersion"`), 0):]
	for _, id := range slices.Concat(tenantIDs.FindAllString(end, -1), tenantNames.FindAllString(end, -1), recordIDs.FindAllString(end, -1)) {
		b.T.Errorf("the error at the end names %s:\n%s", id, end)
	}
}

// rowsIn are the parts of a report that are each about one tenant; of text, that are about those of which the same is told.
func rowsIn(f render.Format, report string) []string {
	if f == render.HTML {
		return strings.SplitAfter(report, "</tr>")
	}
	if f == render.Text {
		return groupsIn(report)
	}
	return slices.Collect(strings.Lines(report))
}

// groupsIn are the tenants of a text of which the same is told, each behind their number.
func groupsIn(report string) []string {
	var groups []string
	for _, line := range strings.Split(report, "\n") {
		switch {
		case regexp.MustCompile(`^ *\d+  \S`).MatchString(line):
			groups = append(groups, strings.TrimSpace(line))
		case len(groups) > 0 && strings.HasPrefix(line, " "):
			groups[len(groups)-1] += " " + strings.TrimSpace(line)
		}
	}
	return groups
}

// speaksOfAll wants what is told of several tenants to name none by its id, and no record, but in the example of one, which says so.
func speaksOfAll(b *testbed.Bubble, group string) {
	b.T.Helper()
	general := regexp.MustCompile(`for example, in Contoso \d{4} .*?( hint: |$)`).ReplaceAllString(group, "")
	told := tenantIDs.MatchString(general) || recordIDs.MatchString(general)
	if told && !strings.HasPrefix(group, "1 ") {
		b.T.Errorf("of several it says what is so in one:\n%s", group)
	}
}

// speaksOfOne wants a text to name one tenant at most, by whatever, and no record but its own.
func speaksOfOne(b *testbed.Bubble, text, run string) {
	b.T.Helper()
	ids := slices.Compact(slices.Sorted(slices.Values(tenantIDs.FindAllString(text, -1))))
	if len(ids) > 1 {
		b.T.Errorf("it names %v:\n%s", ids, text)
	}
	owns := func(record string) bool {
		_, err := os.Stat(filepath.Join(b.State, "changes", strings.Join(ids, ""), record+".json"))
		return err == nil || strings.Contains(run, record)
	}
	for _, record := range recordIDs.FindAllString(text, -1) {
		if !owns(record) {
			b.T.Errorf("it names the record %s:\n%s", record, text)
		}
	}
	if names := slices.Compact(slices.Sorted(slices.Values(tenantNames.FindAllString(text, -1)))); len(ids) == 1 && len(names) > 1 {
		b.T.Errorf("it names %v:\n%s", names, text)
	}
}
