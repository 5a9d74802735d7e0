package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// The same arguments give the same bytes; each blob is what its name says; from the index one comes to the files of each processor, and
// all that is told of sizes is true.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "program")
	if err := os.WriteFile(program, []byte("the program"), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"-version", "1.2.3", "-revision", "abc", "-created", "1795743629", "amd64=" + program, "arm64=" + program}
	var images [][]byte
	for _, name := range []string{"one.tar", "two.tar"} {
		if err := run(append([]string{"-out", filepath.Join(dir, name)}, args...)); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		images = append(images, data)
	}
	if !bytes.Equal(images[0], images[1]) {
		t.Error("two images differ")
	}

	blobs := files(t, images[0])
	for name, f := range blobs {
		if hex, found := strings.CutPrefix(name, "blobs/sha256/"); found && hex != "" && hex != digest(f.data).Hex {
			t.Errorf("%s is %s", name, digest(f.data))
		}
	}
	top := decode[v1.IndexManifest](t, blobs["index.json"].data)
	all := decode[v1.IndexManifest](t, blob(t, blobs, top.Manifests[0]))
	if got := top.Manifests[0].Annotations[refName]; got != "1.2.3" || len(all.Manifests) != 2 {
		t.Fatalf("the index is called %q and has %d images", got, len(all.Manifests))
	}
	for i, processor := range []string{"amd64", "arm64"} {
		image := all.Manifests[i]
		if image.Platform.String() != "linux/"+processor {
			t.Errorf("image %d is for %s", i, image.Platform)
		}
		checkImage(t, blobs, decode[v1.Manifest](t, blob(t, blobs, image)), processor)
	}
}

func checkImage(t *testing.T, blobs map[string]file, m v1.Manifest, processor string) {
	t.Helper()
	config := decode[v1.ConfigFile](t, blob(t, blobs, m.Config))
	if config.Architecture != processor || config.Config.User != "65532:65532" || config.Config.Entrypoint[0] != "/usr/bin/appleconsent" {
		t.Errorf("the configuration is %+v", config)
	}
	z, err := gzip.NewReader(bytes.NewReader(blob(t, blobs, m.Layers[0])))
	if err != nil {
		t.Fatal(err)
	}
	layer, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if config.RootFS.DiffIDs[0] != digest(layer) {
		t.Errorf("the layer is %s and not %s", digest(layer), config.RootFS.DiffIDs[0])
	}
	root := files(t, layer)
	if f := root["usr/bin/appleconsent"]; string(f.data) != "the program" || f.Mode != 0o755 || f.Uid != 0 {
		t.Errorf("the program is %q, mode %o, of user %d", f.data, f.Mode, f.Uid)
	}
	if f := root["var/lib/appleconsent/"]; f.Uid != 65532 || f.Mode != 0o700 {
		t.Errorf("the state folder has mode %o, and is of user %d", f.Mode, f.Uid)
	}
	checkCertificates(t, root["etc/ssl/certs/ca-certificates.crt"].data)
}

// checkCertificates looks for the roots that Microsoft's sign-in and Graph are known to use
// (learn.microsoft.com/azure/security/fundamentals/azure-ca-details).
func checkCertificates(t *testing.T, data []byte) {
	t.Helper()
	names := make(map[string]bool)
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		names[certificate.Subject.CommonName] = true
	}
	for _, name := range []string{"DigiCert Global Root G2", "DigiCert Global Root G3", "Microsoft RSA Root Certificate Authority 2017"} {
		if !names[name] {
			t.Errorf("%s is not trusted; %d are", name, len(names))
		}
	}
}

// Wrong arguments are errors, and leave no file.
func TestRun_wrong(t *testing.T) {
	out := filepath.Join(t.TempDir(), "image.tar")
	for _, args := range []string{"", "-version 1 amd64=main.go", "-out OUT amd64=main.go", "-out OUT -version 1", "-out OUT -version 1 amd64", "-out OUT -version 1 amd64=missing"} {
		if err := run(strings.Fields(strings.ReplaceAll(args, "OUT", out))); err == nil {
			t.Errorf("%q: no error", args)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("there is an image")
	}
}

type file struct {
	tar.Header
	data []byte
}

// files reads an archive, which must have its end: two blocks of zeros.
func files(t *testing.T, data []byte) map[string]file {
	t.Helper()
	if !bytes.HasSuffix(data, make([]byte, 1024)) {
		t.Error("an archive has no end")
	}
	out := make(map[string]file)
	for archive := tar.NewReader(bytes.NewReader(data)); ; {
		header, err := archive.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		out[header.Name] = file{*header, data}
	}
}

// blob returns what a descriptor names, of the size that it tells.
func blob(t *testing.T, blobs map[string]file, d v1.Descriptor) []byte {
	t.Helper()
	f, found := blobs["blobs/sha256/"+d.Digest.Hex]
	if !found || int64(len(f.data)) != d.Size {
		t.Fatalf("%s: found %v, %d bytes instead of %d", d.Digest, found, len(f.data), d.Size)
	}
	return f.data
}

// digest is by what a blob is called.
func digest(data []byte) v1.Hash {
	hash, _, _ := v1.SHA256(bytes.NewReader(data)) // from memory
	return hash
}

func decode[T any](t *testing.T, data []byte) T {
	t.Helper()
	var out T
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	return out
}
