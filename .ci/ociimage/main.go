// Command ociimage writes an OCI image for several processors as one tar file (OCI image layout, opencontainers.org), without a daemon and
// without a base image: the program, the certificates to trust, and a user who is not root. The same arguments give the same bytes.
//
//	go run -C .ci/ociimage . -out FILE -version V -revision COMMIT -created SECONDS [-source URL] amd64=PROGRAM arm64=PROGRAM
//
// It is a module of its own: what it needs is not in the program.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

// about is what the labels of an image say.
type about struct {
	version, revision, source string
	created                   time.Time
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "ociimage:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	var a about
	set := flag.NewFlagSet("ociimage", flag.ContinueOnError)
	out := set.String("out", "", "`FILE` to write")
	seconds := set.Int64("created", 0, "the time of everything in it, in `SECONDS` since 1970")
	set.StringVar(&a.version, "version", "", "the version, also the image's name in the layout")
	set.StringVar(&a.revision, "revision", "", "the commit")
	set.StringVar(&a.source, "source", "", "where the sources are; empty: not told")
	if err := set.Parse(args); err != nil {
		return err
	}
	if *out == "" || a.version == "" || set.NArg() == 0 {
		return errors.New("-out, -version and one PROCESSOR=PROGRAM at least are needed")
	}
	a.created = time.Unix(*seconds, 0).UTC()
	var images []mutate.IndexAddendum
	for _, arg := range set.Args() {
		processor, program, found := strings.Cut(arg, "=")
		if !found {
			return fmt.Errorf("%q is not PROCESSOR=PROGRAM", arg)
		}
		built, err := image(processor, program, a)
		if err != nil {
			return err
		}
		of := v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: processor}}
		images = append(images, mutate.IndexAddendum{Add: built, Descriptor: of})
	}
	return write(*out, images, a)
}
