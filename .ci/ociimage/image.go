package main

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// refName is the annotation by which tools find an image in a layout (the OCI's predefined keys).
const refName = "org.opencontainers.image.ref.name"

// image returns the image for one processor.
func image(processor, program string, a about) (v1.Image, error) {
	files, err := rootFolder(program, a.created)
	if err != nil {
		return nil, err
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files)), nil }
	layer, err := tarball.LayerFromOpener(open, tarball.WithMediaType(types.OCILayer), tarball.WithCompressionLevel(gzip.BestCompression))
	if err != nil {
		return nil, err
	}
	at := v1.Time{Time: a.created}
	base := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	filled, err := mutate.Append(base, mutate.Addendum{Layer: layer, History: v1.History{Created: at, CreatedBy: ".ci/ociimage"}})
	if err != nil {
		return nil, err
	}
	config, err := filled.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture, config.Created = "linux", processor, at
	config.Config = v1.Config{
		User:       fmt.Sprintf("%d:%d", user, user),
		Env:        []string{"PATH=/usr/bin", "HOME=/home/nonroot", "APPLECONSENT_STATE_DIR=" + stateFolder},
		Entrypoint: []string{"/usr/bin/appleconsent"}, WorkingDir: "/home/nonroot", Labels: a.labels(),
	}
	done, err := mutate.ConfigFile(filled, config)
	if err != nil {
		return nil, err
	}
	return mutate.Annotations(done, a.labels()).(v1.Image), nil
}

// labels are of the OCI's predefined keys.
func (a about) labels() map[string]string {
	const key = "org.opencontainers.image."
	labels := map[string]string{
		key + "title": "appleconsent", key + "description": "Tenant-wide consent for Apple Mail in Microsoft 365", key + "licenses": "MIT",
		key + "version": a.version, key + "revision": a.revision, key + "created": a.created.Format(time.RFC3339),
	}
	if a.source != "" {
		labels[key+"source"] = a.source
	}
	return labels
}

// write writes a layout with one index over the images of all processors as a tar file.
func write(name string, images []mutate.IndexAddendum, a about) error {
	folder, err := os.MkdirTemp("", "ociimage")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // a temporary folder
	path, err := layout.Write(folder, empty.Index)
	if err != nil {
		return err
	}
	all := mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex), images...)
	all = mutate.Annotations(all, a.labels()).(v1.ImageIndex)
	if err := path.AppendIndex(all, layout.WithAnnotations(map[string]string{refName: a.version})); err != nil {
		return err
	}
	data, err := archive(folder, a.created)
	if err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o644)
}

// archive returns a folder as a tar file, in the order of the names and all of it with one time.
func archive(folder string, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == folder {
			return err
		}
		header := tar.Header{Name: strings.TrimPrefix(filepath.ToSlash(name), filepath.ToSlash(folder)+"/"), Mode: 0o644, ModTime: at, Format: tar.FormatUSTAR}
		if entry.IsDir() {
			header.Name, header.Mode = header.Name+"/", 0o755
			return add(w, header, nil)
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return add(w, header, data)
	})
	err = cmp.Or(err, w.Close()) // which writes the end
	return b.Bytes(), err
}
