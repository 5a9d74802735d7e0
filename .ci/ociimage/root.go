package main

import (
	"archive/tar"
	"bytes"
	"encoding/pem"
	"io"
	"os"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// user is who the program runs as: the number that images without root commonly use.
const user = 65532

// stateFolder is writable for the user; a volume that is mounted there takes over its owner.
const stateFolder = "/var/lib/appleconsent"

// rootFolder returns the whole file system of an image as a tar file, all of it with one time.
func rootFolder(program string, at time.Time) ([]byte, error) {
	binary, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range []tar.Header{
		{Name: "etc/", Mode: 0o755},
		{Name: "etc/group", Mode: 0o644},
		{Name: "etc/passwd", Mode: 0o644},
		{Name: "etc/ssl/", Mode: 0o755},
		{Name: "etc/ssl/certs/", Mode: 0o755},
		{Name: "etc/ssl/certs/ca-certificates.crt", Mode: 0o644},
		{Name: "home/", Mode: 0o755},
		{Name: "home/nonroot/", Mode: 0o700, Uid: user, Gid: user},
		{Name: "tmp/", Mode: 0o1777},
		{Name: "usr/", Mode: 0o755},
		{Name: "usr/bin/", Mode: 0o755},
		{Name: "usr/bin/appleconsent", Mode: 0o755},
		{Name: "var/", Mode: 0o755},
		{Name: "var/lib/", Mode: 0o755},
		{Name: stateFolder[1:] + "/", Mode: 0o700, Uid: user, Gid: user},
	} {
		f.ModTime, f.Format = at, tar.FormatUSTAR
		if err := add(w, f, contents(f.Name, binary)); err != nil {
			return nil, err
		}
	}
	err = w.Close() // which writes the end
	return b.Bytes(), err
}

func contents(name string, binary []byte) []byte {
	switch name {
	case "etc/group":
		return []byte("root:x:0:\nnonroot:x:65532:\n")
	case "etc/passwd":
		return []byte("root:x:0:0:root:/:/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/nologin\n")
	case "etc/ssl/certs/ca-certificates.crt":
		return certificates()
	case "usr/bin/appleconsent":
		return binary
	}
	return nil // a folder
}

// certificates returns the roots that Mozilla trusts, as the Go project packs them; go.sum holds them to one state. Those that are
// trusted under conditions, which a file of certificates cannot tell, are left out.
func certificates() []byte {
	var b bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			b.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}))
		}
	}
	return b.Bytes()
}

func add(w *tar.Writer, f tar.Header, data []byte) error {
	f.Typeflag, f.Size = tar.TypeReg, int64(len(data))
	if data == nil {
		f.Typeflag = tar.TypeDir
	}
	if err := w.WriteHeader(&f); err != nil {
		return err
	}
	_, err := io.Copy(w, bytes.NewReader(data))
	return err
}
