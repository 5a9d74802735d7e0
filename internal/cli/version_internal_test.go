package cli

import (
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"appleconsent/plan"
)

// What is told of a program, by how it was built: JSON without what is the same of all, and the line for people.
func TestVersion_builtFrom(t *testing.T) {
	t.Parallel()
	const commit = "0123456789abcdef0123456789abcdef01234567"
	checkout := func(version, modified string) *debug.BuildInfo {
		settings := []debug.BuildSetting{
			{Key: "-trimpath", Value: "true"},
			{Key: "vcs", Value: "git"},
			{Key: "vcs.revision", Value: commit},
			{Key: "vcs.time", Value: "2026-11-27T01:42:02Z"},
			{Key: "vcs.modified", Value: modified},
		}
		return &debug.BuildInfo{Main: debug.Module{Version: version}, Settings: settings}
	}
	download := func(version string) *debug.BuildInfo { return &debug.BuildInfo{Main: debug.Module{Version: version}} }
	whole := `"commit": "` + commit + `", "commitDate": "2026-11-27T01:42:02Z", "dirty": `
	for name, c := range map[string]struct {
		info                *debug.BuildInfo
		release, json, line string
	}{
		"a release": {checkout("v0.1.0", "false"), "0.1.0", `"version": "0.1.0", ` + whole + "false", "0.1.0 (commit 0123456789ab of 2026-11-27, "},
		"a snapshot of what was not committed": {
			checkout("v0.0.0-20261127014202-0123456789ab+dirty", "true"), "0.1.0-snapshot.1", `"version": "0.1.0-snapshot.1", ` + whole + "true",
			"0.1.0-snapshot.1 (commit 0123456789ab of 2026-11-27 with uncommitted changes, ",
		},
		"go build at a tag": {checkout("v0.1.0", "false"), "", `"version": "0.1.0", ` + whole + "false", "0.1.0 (commit 0123456789ab of 2026-11-27, "},
		"go build elsewhere": {
			checkout("v0.0.0-20261127014202-0123456789ab+dirty", "true"), "", `"version": "0.0.0-20261127014202-0123456789ab+dirty", ` + whole + "true",
			"0.0.0-20261127014202-0123456789ab+dirty (commit 0123456789ab of 2026-11-27 with uncommitted changes, ",
		},
		"go build without a version": {checkout("(devel)", "false"), "", `"version": "dev-0123456789ab", ` + whole + "false", "dev-0123456789ab (commit 0123456789ab of"},
		"-buildvcs=false":            {download("(devel)"), "", `"version": "dev", "commit": null, "commitDate": null, "dirty": null`, "dev (commit unknown, "},
		"no notes at all":            {nil, "", `"version": "dev", "commit": null, "commitDate": null, "dirty": null`, "dev (commit unknown, "},
		"a source package":           {download("(devel)"), "0.1.0", `"version": "0.1.0", "commit": null, "commitDate": null, "dirty": null`, "0.1.0 (commit unknown, "},
		"go install of a tag":        {download("v0.1.0"), "", `"version": "0.1.0", "commit": null, "commitDate": null, "dirty": null`, "0.1.0 (commit unknown, "},
		"go install of a commit": {
			download("v0.1.1-0.20261127014202-0123456789ab"), "", `"commit": "0123456789ab", "commitDate": "2026-11-27T01:42:02Z", "dirty": null`,
			"0.1.1-0.20261127014202-0123456789ab (commit 0123456789ab of 2026-11-27, ",
		},
	} {
		doc := builtFrom(c.info, c.release)
		encoded, err := plan.Encode(doc)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(strings.Fields(string(encoded)), " "); !strings.Contains(got, c.json) {
			t.Errorf("%s: JSON is\n%s\nwithout\n%s", name, got, c.json)
		}
		if got := doc.line(); !strings.HasPrefix(got, "appleconsent "+c.line) || !strings.HasSuffix(got, runtime.GOOS+"/"+runtime.GOARCH+")\n") {
			t.Errorf("%s: the line is %q, and does not begin with %q", name, got, c.line)
		}
	}
}
