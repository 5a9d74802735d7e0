//go:build unix

package plan_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"appleconsent/plan"
)

// soon fails the test if f hangs.
func soon(t *testing.T, f func()) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		f()
	}()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Fatal("it hangs")
	}
}

// checkLine wants an error in one line with these words.
func checkLine(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("got no error, want one that says %q", words)
		return
	}
	for _, word := range words {
		if text := err.Error(); !strings.Contains(text, word) || strings.Contains(text, "\n") || len(text) > 1000 {
			t.Errorf("got error %.2000q, want one line that says %q", err, word)
		}
	}
}

// names returns what is in a folder, hidden files included.
func names(t *testing.T, folder string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	must(t, err)
	for _, entry := range entries {
		list = append(list, entry.Name())
	}
	return list
}

// A record that cannot be used is named, with the reason, and does not hide the others.
func TestJournal_damage(t *testing.T) {
	t.Parallel()
	const id = "20261123T200009Z-00000f"
	good := encode(t, newRig(t, newTenant()).record(9, func(c *plan.Change) { c.ID = id }))
	write := func(content string) func(string) error {
		return func(file string) error { return os.WriteFile(file, []byte(content), 0o600) }
	}
	version := func(json string) func(string) error {
		return write(strings.Replace(good, `"schemaVersion": 1,`, json, 1))
	}
	link := func(to string) func(string) error {
		return func(file string) error { return os.Symlink(to, file) }
	}
	for name, test := range map[string]struct {
		make func(file string) error
		want string
	}{
		"empty":                      {write(""), "it is not an appleconsent document: unexpected end"},
		"a mebibyte of zeros":        {write(strings.Repeat("\x00", plan.MaxFileSize)), "it is not an appleconsent document"},
		"a mebibyte of brackets":     {write(strings.Repeat("[", plan.MaxFileSize)), "it is not an appleconsent document"},
		"a byte more":                {write(strings.Repeat(" ", plan.MaxFileSize+1)), "it is larger than 1048576 bytes"},
		"no object":                  {write("[]"), "the document is a JSON array"},
		"an unknown field":           {write(strings.Replace(good, `"reason"`, `"note": "", "reason"`, 1)), `unknown field "note"`},
		"an unknown field deep down": {write(strings.Replace(good, `"status"`, `"note": "", "status"`, 1)), `unknown field "note"`},
		"an unknown field of a name without end": {
			write(strings.Replace(good, `"reason"`, `"`+strings.Repeat("x", plan.MaxFileSize/2)+`": "", "reason"`, 1)), "unknown field",
		},
		"an outcome without end":     {write(strings.Replace(good, `"succeeded"`, `"`+strings.Repeat("x", plan.MaxFileSize/2)+`"`, 1)), `unknown outcome "xxx`},
		"the next schema version":    {version(`"schemaVersion": 2,`), "schema version 2, and this program reads up to 1: use a newer appleconsent"},
		"schema version 0":           {version(`"schemaVersion": 0,`), "schema version 0, which never existed"},
		"schema version -1":          {version(`"schemaVersion": -1,`), "schema version -1, which never existed"},
		"no schema version":          {version(``), "it has no schemaVersion"},
		"schema version null":        {version(`"schemaVersion": null,`), "it has no schemaVersion"},
		"a schema version in quotes": {version(`"schemaVersion": "1",`), "schemaVersion is a JSON string"},
		"a broken schema version":    {version(`"schemaVersion": 1.5,`), "schemaVersion is a JSON number 1.5"},
		"a huge schema version":      {version(`"schemaVersion": 99999999999999999999,`), "schemaVersion is a JSON number 99"},
		"another change's":           {write(strings.Replace(good, id, "20261123T200009Z-0000ff", 1)), "it holds the change 20261123T200009Z-0000ff"},
		"a folder":                   {func(file string) error { return os.Mkdir(file, 0o700) }, "it is not a regular file"},
		"a pipe":                     {func(file string) error { return syscall.Mkfifo(file, 0o600) }, "it is not a regular file"},
		"a link to nowhere":          {link("nowhere"), "it is a symbolic link"},
		"a link to itself":           {link(id + ".json"), "it is a symbolic link"},
		"a link to a folder":         {link("."), "it is a symbolic link"},
		"a link to another record":   {link("20261123T200001Z-000001.json"), "it is a symbolic link"},
		"a link to a record of that id": {func(file string) error {
			elsewhere := filepath.Join(filepath.Dir(file), "good")
			return errors.Join(os.WriteFile(elsewhere, []byte(good), 0o600), os.Symlink(elsewhere, file))
		}, "it is a symbolic link"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, newTenant())
			older := r.record(1, nil)
			file := r.journal.File(tenantID, id)
			must(t, test.make(file))
			soon(t, func() {
				_, err := r.journal.Load(id)
				damaged, ok := errors.AsType[*plan.DamagedError](err)
				if !ok || damaged.ID != id {
					t.Errorf("Load: got error %v, want a DamagedError", err)
				}
				checkLine(t, err, file, test.want)
				changes, all, err := r.journal.List()
				if err != nil || len(changes) != 1 || changes[0].ID != older.ID || len(all) != 1 || all[0].ID != id {
					t.Errorf("List: got %d changes, damaged %v, %v; want one of each", len(changes), all, err)
				}
				if _, err := r.records().Standing(); !errors.As(err, &damaged) || damaged.ID != id {
					t.Errorf("Standing: got error %v, want the damaged record, which might be the one that is meant", err)
				}
			})
		})
	}
}

// However much of a record is on disk, it is read as a whole one or not at all.
func TestDecodeChange_truncated(t *testing.T) {
	t.Parallel()
	whole := encode(t, newRig(t, newTenant()).record(1, nil))
	end := strings.LastIndex(whole, "}")
	for n := range len(whole) {
		if _, err := plan.DecodeChange([]byte(whole[:n])); (err == nil) != (n > end) || err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("the first %d of %d bytes: got error %v", n, len(whole), err)
		}
	}
}

// A document that is deep and wide costs memory by its size, and not by its size times its depth.
func TestDecode_deep(t *testing.T) { // alone, for it looks at the memory of the process
	const depth = 5000
	name := strings.Repeat("x", 100)
	deep := `{"schemaVersion": 1, "a": ` + strings.Repeat(`{"`+name+`": `, depth) + "1" + strings.Repeat("}", depth+1)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := plan.Decode([]byte(deep))
	runtime.ReadMemStats(&after)
	checkLine(t, err, "unknown field")
	if used := (after.TotalAlloc - before.TotalAlloc) / uint64(len(deep)); used > 50 {
		t.Errorf("it took %d bytes of memory for each byte of the document", used)
	}
}

// What else is in the folder of records is let alone, and an id is always one that is found again.
func TestJournal_foreignFiles(t *testing.T) {
	t.Parallel()
	const now = "20261123T200007Z-0000ff"
	for name, test := range map[string]struct {
		files   []string
		folders []string
		want    string
	}{
		"notes and copies":          {[]string{"notes.txt", "20991231T000000Z-000000", "20991231T000000Z-000000.json.bak", "20991231T000000Z-00000.json", "x.json"}, nil, now},
		"what a crash leaves":       {[]string{".appleconsent-0123456789abcdef-new", ".appleconsent-0123456789abcdef-1-A"}, nil, now},
		"a subfolder":               {nil, []string{"old", "20991231T000000Z-000000"}, now},
		"a record of the future":    {[]string{"20261231T235959Z-ffffff.json"}, nil, "20270101T000000Z-0000ff"},
		"a century later":           {[]string{"20991231T235959Z-000000.json"}, nil, "21000101T000000Z-0000ff"},
		"the last id but one":       {[]string{"99991231T235958Z-000000.json"}, nil, "99991231T235959Z-0000ff"},
		"the last id":               {[]string{"99991231T235959Z-ffffff.json"}, nil, now},
		"the last id and a record":  {[]string{"20261123T200007Z-000000.json", "99991231T235959Z-000000.json"}, nil, "20261123T200008Z-0000ff"},
		"an id that is no time":     {[]string{"20261399T200007Z-000000.json"}, nil, now},
		"no time behind a record":   {[]string{"20261123T200009Z-000000.json", "99999999T999999Z-000000.json"}, nil, "20261123T200010Z-0000ff"},
		"a folder in a record's id": {nil, []string{"20261123T200008Z-000000.json"}, "20261123T200009Z-0000ff"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, newTenant())
			changes := filepath.Join(r.dir, "changes", tenantID)
			must(t, os.MkdirAll(changes, 0o700))
			for _, file := range test.files {
				must(t, os.WriteFile(filepath.Join(changes, file), []byte("{"), 0o600))
			}
			for _, folder := range test.folders {
				must(t, os.Mkdir(filepath.Join(changes, folder), 0o700))
			}
			id := r.records().NewID(time.Date(2026, 11, 23, 20, 0, 7, 5e8, time.UTC), [3]byte{0, 0, 0xff})
			if id != test.want {
				t.Errorf("got the id %s, want %s", id, test.want)
			}
			r.record(1, func(c *plan.Change) { c.ID = id })
			if list, _, err := r.journal.List(); err != nil || len(list) != 1 || list[0].ID != id {
				t.Errorf("List: got %v, %v; want the new record and nothing else", list, err)
			}
			if got, err := r.journal.Load(id); err != nil || got.ID != id {
				t.Errorf("Load(%s): got error %v", id, err)
			}
		})
	}
}

// What is in the way of a folder is told by its name, and never taken for a folder that is empty.
func TestJournal_folders(t *testing.T) {
	t.Parallel()
	c := newRig(t, newTenant()).record(1, nil)
	file := func(name string) error { return os.WriteFile(name, nil, 0o600) }
	nowhere := func(name string) error { return os.Symlink("nowhere", name) }
	for name, test := range map[string]struct {
		in             string // what is in the way, under a folder above the state folder
		make           func(string) error
		want           string
		reads, records bool // records can be read; they can be written
		locks          bool
	}{
		"nothing is there":                      {"", func(string) error { return nil }, "", true, true, true},
		"the state folder is a file":            {"state", file, "not a directory", false, false, false},
		"the state folder is a link":            {"state", nowhere, "is a symbolic link to nowhere", false, false, false},
		"the one above is a link":               {"", nowhere, "is a symbolic link to nowhere", false, false, false},
		"the folder of changes, a file":         {"state/changes", file, "not a directory", false, false, true},
		"the folder of changes, a link":         {"state/changes", nowhere, "is a symbolic link to nowhere", false, false, true},
		"the folder of locks is a file":         {"state/locks", file, "not a directory", true, true, false},
		"the folder of locks is a link":         {"state/locks", nowhere, "is a symbolic link to nowhere", true, true, false},
		"the folder of changes is elsewhere":    {"state/changes", func(name string) error { return os.Symlink(t.TempDir(), name) }, "", true, true, true},
		"the folder of changes leads to itself": {"state/changes", func(name string) error { return os.Symlink(filepath.Base(name), name) }, "", false, false, true},
		"the tenant's folder is a file":         {"state/changes/" + tenantID, file, "not a directory", false, false, true},
		"the tenant's folder is a dead link":    {"state/changes/" + tenantID, nowhere, "it is a symbolic link", false, false, true},
		"the tenant's folder is another's":      {"state/changes/" + tenantID, func(name string) error { return os.Symlink(t.TempDir(), name) }, "it is a symbolic link", false, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			above := filepath.Join(t.TempDir(), "above")
			way := filepath.Join(above, test.in)
			must(t, os.MkdirAll(filepath.Dir(way), 0o700), test.make(way))
			journal := plan.NewJournal(filepath.Join(above, "state"))
			check := func(what string, err error, good bool) {
				t.Helper()
				if good == (err == nil) && (good || strings.Contains(err.Error(), way) && strings.Contains(err.Error(), test.want)) {
					return
				}
				t.Errorf("%s: got error %v; want one: %v", what, err, !good)
			}
			_, err := journal.Tenant(tenantID)
			check("Tenant", err, test.reads)
			if _, damaged, err := journal.List(); (err == nil && len(damaged) == 0) != test.reads {
				t.Errorf("List: got damaged %v, %v", damaged, err)
			}
			if _, err = journal.Load(c.ID); errors.Is(err, plan.ErrNoChange) != test.reads {
				t.Errorf("Load: got error %v", err)
			}
			check("Save", journal.Save(c), test.records)
			release, err := journal.Lock(tenantID, plan.Holder{PID: 1})
			check("Lock", err, test.locks)
			if _, ok := errors.AsType[*plan.LockError](err); ok == test.locks {
				t.Errorf("Lock: got error %v, want a LockError: %v", err, !test.locks)
			}
			if err == nil {
				release()
			}
		})
	}
}

// Folders that are missing are made, with all that they are in, for their owner only.
func TestJournal_makesFolders(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	r.journal = plan.NewJournal(filepath.Join(r.dir, "a", "b"))
	r.record(1, nil)
	for _, name := range []string{"a", "a/b", "a/b/changes", "a/b/changes/" + tenantID} {
		if info, err := os.Stat(filepath.Join(r.dir, name)); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: got mode %v, %v; want 0700", name, info.Mode().Perm(), err)
		}
	}
}

// A record keeps no permissions of what stood in its place, and nothing of it is ever in a shared folder.
func TestJournal_saveIsPrivate(t *testing.T) {
	shared := t.TempDir()
	t.Setenv("TMPDIR", shared)
	longAgo := time.Unix(1e9, 0)
	must(t, os.Chtimes(shared, longAgo, longAgo))
	r := newRig(t, newTenant())
	c := r.record(1, nil)
	must(t, os.Chmod(r.journal.File(tenantID, c.ID), 0o644), r.journal.Save(c))
	if info, err := os.Stat(r.journal.File(tenantID, c.ID)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the record has mode %v, %v; want 0600", info.Mode().Perm(), err)
	}
	if info, err := os.Stat(shared); err != nil || !info.ModTime().Equal(longAgo) {
		t.Errorf("the folder for temporary files was changed at %v, %v", info.ModTime(), err)
	}
}

// What could not be read again is not written: a change has no record, and does not begin.
func TestJournal_saveTooLarge(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	r.tenant.state.Tenant.DisplayName = strings.Repeat("x", plan.MaxFileSize)
	c, err := r.apply(t.Context())
	checkLine(t, err, "keep the change record: encode change "+c.ID+": it would be larger than 1048576 bytes")
	if sent := r.tenant.writes(); len(sent) > 0 {
		t.Errorf("without a record %v was sent", sent)
	}
	checkLine(t, plan.WriteRendering(filepath.Join(r.dir, "plan.json"), []byte(encode(t, r.planApply()))), "it would be larger than 1048576 bytes")
	if got := names(t, r.dir); len(got) > 0 {
		t.Errorf("%v was written", got)
	}
}

// A save that fails leaves nothing behind and lets what stands stand.
func TestJournal_saveFails(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	c := r.record(1, nil)
	file := r.journal.File(tenantID, c.ID)
	must(t, os.Remove(file), os.MkdirAll(filepath.Join(file, "in the way"), 0o700))
	checkLine(t, r.journal.Save(c), fmt.Sprintf("write change record %q: it is a folder", file))
	if got := names(t, filepath.Dir(file)); !slices.Equal(got, []string{c.ID + ".json"}) {
		t.Errorf("the folder of records holds %v", got)
	}
}

// A saved plan is readable by its owner only, whatever had the name before; a link is replaced and not followed.
func TestWriteFile(t *testing.T) {
	t.Parallel()
	doc := newRig(t, newTenant()).planApply()
	for name, prepare := range map[string]func(name string) error{
		"new":               func(string) error { return nil },
		"over a public one": func(name string) error { return errors.Join(os.WriteFile(name, nil, 0o600), os.Chmod(name, 0o644)) },
		"over a link":       func(name string) error { return os.Symlink("kept", name) },
		"over a dead link":  func(name string) error { return os.Symlink("nowhere", name) },
		"over a locked one": func(name string) error { return os.WriteFile(name, nil, 0o400) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file, kept := filepath.Join(dir, "plan.json"), filepath.Join(dir, "kept")
			must(t, os.WriteFile(kept, []byte("kept"), 0o600), prepare(file), plan.CheckWritable(file), plan.WriteRendering(file, []byte(encode(t, doc))))
			if info, err := os.Lstat(file); err != nil || !info.Mode().IsRegular() || info.Mode().Perm() != 0o600 {
				t.Errorf("the plan has mode %v, %v; want 0600", info.Mode(), err)
			}
			if got, err := plan.ReadFile(file); err != nil || encode(t, got) != encode(t, doc) {
				t.Errorf("the plan is another one when it is read: %v", err)
			}
			if got, err := os.ReadFile(kept); err != nil || string(got) != "kept" {
				t.Errorf("what the link points to was overwritten: %q, %v", got, err)
			}
			if got := names(t, dir); !slices.Equal(got, []string{"kept", "plan.json"}) {
				t.Errorf("the folder holds %v", got)
			}
		})
	}
}

// A plan never takes the place of a folder, a pipe or a device.
func TestWriteFile_refused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder, pipe, link := filepath.Join(dir, "folder"), filepath.Join(dir, "pipe"), filepath.Join(dir, "link")
	file := filepath.Join(dir, "file")
	must(t, os.Mkdir(folder, 0o700), syscall.Mkfifo(pipe, 0o600), os.Symlink(pipe, link), os.WriteFile(file, nil, 0o600))
	for name, want := range map[string]string{
		folder: "it is a folder", pipe: "it is not a regular file; to print the plan use -o json", link: "it is not a regular file",
		os.DevNull: "it is not a regular file", "/dev/stdout": "it is not a regular file",
		filepath.Join(dir, "missing", "plan.json"): "no such file or directory", filepath.Join(file, "plan.json"): "it is not in a folder",
	} {
		checkLine(t, plan.CheckWritable(name), fmt.Sprintf("write %q: %s", name, want))
		if strings.HasPrefix(name, "/dev") {
			continue // where this test fails, root would lose it
		}
		soon(t, func() { checkLine(t, plan.WriteRendering(name, []byte(encode(t, plan.Document{}))), want) })
	}
	for name, want := range map[string]os.FileMode{pipe: os.ModeNamedPipe, link: os.ModeSymlink, folder: os.ModeDir} {
		if info, err := os.Lstat(name); err != nil || info.Mode().Type() != want {
			t.Errorf("%s is now %v, %v", name, info.Mode(), err)
		}
	}
}

// A plan may be read through a link, up to the limit, and never from what could keep the program waiting.
func TestReadFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, link, pipe := filepath.Join(dir, "plan.json"), filepath.Join(dir, "link.json"), filepath.Join(dir, "pipe")
	doc := newRig(t, newTenant()).planApply()
	padded := append([]byte(encode(t, doc)), bytes.Repeat([]byte(" "), plan.MaxFileSize)...)[:plan.MaxFileSize]
	must(t, os.WriteFile(file, padded, 0o600), os.Symlink(file, link), syscall.Mkfifo(pipe, 0o600))
	for _, name := range []string{file, link} {
		if got, err := plan.ReadFile(name); err != nil || encode(t, got) != encode(t, doc) {
			t.Errorf("ReadFile(%q): got error %v", name, err)
		}
	}
	soon(t, func() {
		_, err := plan.ReadFile(pipe)
		checkLine(t, err, pipe, "it is not a regular file")
	})
	must(t, os.WriteFile(file, append(padded, ' '), 0o600))
	_, err := plan.ReadFile(link)
	checkLine(t, err, link, "it is larger than 1048576 bytes")
	must(t, os.WriteFile(file, []byte(`{"schemaVersion": 1, "`+strings.Repeat("x", plan.MaxFileSize/2)+`": 1}`), 0o600))
	_, err = plan.ReadFile(link)
	checkLine(t, err, link, "unknown field")
}

// What is in the place of a lock is named, neither waited for nor followed.
func TestJournal_lockInTheWay(t *testing.T) {
	t.Parallel()
	folder := func(name string) error { return os.Mkdir(name, 0o700) }
	pipe := func(name string) error { return syscall.Mkfifo(name, 0o600) }
	link := func(name string) error { return os.Symlink("kept", name) }
	garbage := func(name string) error { return os.WriteFile(name, []byte("\xff{"), 0o644) }
	for name, test := range map[string]struct {
		file string
		make func(string) error
		want string // of the error; none if there is the lock
	}{
		"the lock is a folder":         {".lock", folder, "it is not a regular file"},
		"the lock is a pipe":           {".lock", pipe, "it is not a regular file"},
		"the lock is a link":           {".lock", link, "it is a symbolic link"},
		"the lock holds something":     {".lock", garbage, ""},
		"its holder's is a folder":     {".json", folder, "it is a folder"},
		"its holder's is a pipe":       {".json", pipe, ""},
		"its holder's is a link":       {".json", link, ""},
		"its holder's holds something": {".json", garbage, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			locks := filepath.Join(dir, "locks")
			way, kept := filepath.Join(locks, tenantID+test.file), filepath.Join(locks, "kept")
			must(t, os.Mkdir(locks, 0o700), os.WriteFile(kept, []byte("kept"), 0o600), test.make(way))
			soon(t, func() {
				release, err := plan.NewJournal(dir).Lock(tenantID, plan.Holder{PID: 4711, Operation: plan.OperationApply})
				if test.want != "" {
					checkLine(t, err, "lock tenant "+tenantID, way, test.want)
					return
				}
				if err != nil {
					t.Errorf("got error %v", err)
					return
				}
				defer release()
				_, err = plan.NewJournal(dir).Lock(tenantID, plan.Holder{})
				checkLine(t, err, "another apply (process 4711")
				if info, err := os.Lstat(filepath.Join(locks, tenantID+".json")); err != nil || info.Mode() != 0o600 {
					t.Errorf("the holder's file is %v, %v; want 0600", info.Mode(), err)
				}
			})
			if got, err := os.ReadFile(kept); err != nil || string(got) != "kept" {
				t.Errorf("what the link points to was overwritten: %q, %v", got, err)
			}
		})
	}
}

// A holder that cannot be read is still a holder.
func TestJournal_lockHolderUnreadable(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(name string) error{
		"gone":    os.Remove,
		"garbage": func(name string) error { return os.WriteFile(name, []byte("\xff{"), 0o600) },
		"too large": func(name string) error {
			return os.WriteFile(name, bytes.Repeat([]byte(" "), plan.MaxFileSize+1), 0o600)
		},
		"nobody":        func(name string) error { return os.WriteFile(name, []byte("{}"), 0o600) },
		"another shape": func(name string) error { return os.WriteFile(name, []byte(`{"pid": 4711, "host": 5}`), 0o600) },
		"half":          func(name string) error { return os.WriteFile(name, []byte(`{"pid": 4711}`), 0o600) },
		"a folder":      func(name string) error { return errors.Join(os.Remove(name), os.Mkdir(name, 0o700)) },
		"a pipe":        func(name string) error { return errors.Join(os.Remove(name), syscall.Mkfifo(name, 0o600)) },
		"a dead link":   func(name string) error { return errors.Join(os.Remove(name), os.Symlink("nowhere", name)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			journal := plan.NewJournal(dir)
			release, err := journal.Lock(tenantID, plan.Holder{PID: 4711, Host: "mac-mini", Operation: plan.OperationApply})
			must(t, err)
			defer release()
			must(t, spoil(filepath.Join(dir, "locks", tenantID+".json")))
			soon(t, func() {
				_, err = journal.Lock(tenantID, plan.Holder{})
				locked, ok := errors.AsType[*plan.LockedError](err)
				if !ok || locked.Holder != (plan.Holder{}) {
					t.Errorf("got error %v, want one that the tenant is locked, by somebody unknown", err)
				}
				checkLine(t, err, "another process is changing tenant "+tenantID)
			})
		})
	}
}
