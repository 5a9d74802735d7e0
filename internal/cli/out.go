package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"appleconsent/internal/disk"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

// The file of --out. What would keep it from being written, or be lost by it, is told before anything is read or asked for.

// formatOfFile is what the extension stands for, if the command has that. A name without one gets what can be read again.
func formatOfFile(name string, command *cli.Command) (render.Format, error) {
	if filepath.Ext(name) == "" {
		return render.JSON, nil
	}
	f, known := render.FormatOf(name)
	var extensions []string
	for _, flag := range command.Flags {
		e, ok := flag.(enumerationFlag)
		if !ok || e.Name != "output" {
			continue
		}
		if known && e.takes(f) {
			return f, nil
		}
		extensions = extensionsOf(e)
	}
	last := len(extensions) - 1
	return "", &hintedError{
		fmt.Errorf("%s cannot write a %s file: use %s or %s", command.HelpName, plan.Printable(filepath.Ext(name)),
			strings.Join(extensions[:last], ", "), extensions[last]),
		"or say the format with -o, whatever the file is called",
	}
}

// extensionsOf returns the usual extension of each format that a command has.
func extensionsOf(formats enumerationFlag) []string {
	var extensions []string
	for _, c := range formats.Choices() {
		if extension := render.ExtensionOf(render.Format(c.Word)); !slices.Contains(extensions, extension) {
			extensions = append(extensions, extension)
		}
	}
	return extensions
}

// errRecord is a change record that would be lost to another kind of result.
var errRecord = errors.New("it is the record of a change, which can be rolled back with it")

// errForeign is a file that would be lost.
var errForeign = errors.New("it exists, and is no file that appleconsent wrote")

// checkOut says early what would keep a result from being written to the file. What is there is replaced if it is empty or a form
// of ours, or if that is asked for; a change record by another one only.
func checkOut(name string, force, record bool) error {
	if name == "-" {
		return &hintedError{errors.New("--out is for a file, and - is none"), "leave --out out: the result is on stdout anyway, in the format of -o"}
	}
	if force {
		return plan.CheckWritable(name)
	}
	return checkForeign(name, record, "replace it with --force")
}

// checkForeign is checkOut for a file that is replaced in no other way than the one that is told.
func checkForeign(name string, record bool, otherwise string) error {
	err := plan.CheckWritable(name)
	if err != nil {
		return err
	}
	if err := replaceable(name, record); err != nil {
		return &hintedError{fmt.Errorf("write %s: %w", disk.Quote(name), err), "choose another name, or " + otherwise}
	}
	return nil
}

func replaceable(name string, record bool) error {
	info, _ := os.Lstat(name)
	switch {
	case info == nil: // nothing is there, as CheckWritable has seen
		return nil
	case disk.IsLink(info):
		return errors.New("it is a symbolic link, which would be replaced")
	case info.Mode().Perm()&0o222 == 0:
		return errors.New("it is read-only")
	case info.Size() == 0:
		return nil
	}
	content, err := disk.ReadRegular(name, maxPlansFile, os.Lstat)
	if err != nil || !render.IsOwn(string(disk.Text(content))) {
		return errForeign
	}
	if !record && render.IsRecord(string(disk.Text(content))) {
		return errRecord
	}
	return nil
}

// sameFile reports whether two names, which may be empty, are those of one file, also of one that is not there yet: then names that differ
// in capitals alone are the same, as they are where file systems do not tell them apart.
func sameFile(one, other string) bool {
	first, err := os.Stat(one)
	second, otherErr := os.Stat(other)
	if err != nil && otherErr != nil && one != "" && other != "" {
		return strings.EqualFold(filepath.Base(one), filepath.Base(other)) && sameFolder(filepath.Dir(one), filepath.Dir(other))
	}
	return err == nil && otherErr == nil && os.SameFile(first, second)
}

// sameFolder reports whether two names are those of one folder, if they are there.
func sameFolder(one, other string) bool {
	first, err := os.Stat(one)
	second, otherErr := os.Stat(other)
	return err == nil && otherErr == nil && os.SameFile(first, second)
}

// checkFile is checkOut for the file of a format, whose extension must not say another one.
func checkFile(name string, f render.Format) error {
	if named, _ := render.FormatOf(name); filepath.Ext(name) != "" && named != f {
		return fmt.Errorf("a file in this format is called %s, not %s", render.ExtensionOf(f), plan.Printable(filepath.Ext(name)))
	}
	return checkOut(name, false, false)
}

// recording reports whether what a command writes is a change record, or else nothing.
func recording(c *cli.Context) bool {
	switch c.Command.Name {
	case "apply", "rollback":
		return !c.Bool("dry-run")
	case "show":
		return true
	case "history":
		return c.NArg() > 0
	}
	return false
}

// unlessSame refuses to write the result over the file that says what is to be done.
func (o output) unlessSame(source string) error {
	if o.file == "" {
		return nil
	}
	if sameFile(source, o.file) {
		return fmt.Errorf("--out names the file that is carried out, %s: choose another name", disk.Quote(o.file))
	}
	return nil
}
