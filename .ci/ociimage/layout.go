package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"
)

// Media types of the OCI image specification 1.1.
const (
	typeIndex    = "application/vnd.oci.image.index.v1+json"
	typeManifest = "application/vnd.oci.image.manifest.v1+json"
	typeConfig   = "application/vnd.oci.image.config.v1+json"
	typeLayer    = "application/vnd.oci.image.layer.v1.tar+gzip"
)

type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int               `json:"size"`
	Platform    *platform         `json:"platform,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

type platform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
}

type manifest struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType"`
	Config        descriptor        `json:"config"`
	Layers        []descriptor      `json:"layers"`
	Annotations   map[string]string `json:"annotations,omitempty"`
}

type index struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType"`
	Manifests     []descriptor      `json:"manifests"`
	Annotations   map[string]string `json:"annotations,omitempty"`
}

type imageConfig struct {
	platform
	Created string    `json:"created"`
	Config  runConfig `json:"config"`
	RootFS  rootFS    `json:"rootfs"`
	History []history `json:"history"`
}

type runConfig struct {
	User       string            `json:"User"`
	Env        []string          `json:"Env"`
	Entrypoint []string          `json:"Entrypoint"`
	WorkingDir string            `json:"WorkingDir"`
	Labels     map[string]string `json:"Labels"`
}

type rootFS struct {
	Type    string   `json:"type"`
	DiffIDs []string `json:"diff_ids"`
}

type history struct {
	Created   string `json:"created"`
	CreatedBy string `json:"created_by"`
}

// layout holds the blobs of an image layout by their digests.
type layout map[string][]byte

func newLayout() layout { return make(layout) }

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func (l layout) add(mediaType string, data []byte) descriptor {
	d := descriptor{MediaType: mediaType, Digest: digest(data), Size: len(data)}
	l[d.Digest] = data
	return d
}

func (l layout) addJSON(mediaType string, document any) (descriptor, error) {
	data, err := json.Marshal(document)
	return l.add(mediaType, data), err
}

// addImage adds the image for one processor, and returns its manifest.
func (l layout) addImage(processor, program string, a about) (descriptor, error) {
	files, err := rootFolder(program, a.created)
	if err != nil {
		return descriptor{}, err
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return descriptor{}, err
	}
	if _, err := z.Write(files); err != nil {
		return descriptor{}, err
	}
	if err := z.Close(); err != nil {
		return descriptor{}, err
	}
	p := platform{processor, "linux"}
	created := a.created.Format(time.RFC3339)
	config, err := l.addJSON(typeConfig, imageConfig{
		platform: p, Created: created,
		Config: runConfig{
			User:       fmt.Sprintf("%d:%d", user, user),
			Env:        []string{"PATH=/usr/bin", "HOME=/home/nonroot", "APPLECONSENT_STATE_DIR=" + stateFolder},
			Entrypoint: []string{"/usr/bin/appleconsent"}, WorkingDir: "/home/nonroot", Labels: a.labels(),
		},
		RootFS:  rootFS{"layers", []string{digest(files)}},
		History: []history{{created, ".ci/ociimage"}},
	})
	if err != nil {
		return descriptor{}, err
	}
	image, err := l.addJSON(typeManifest, manifest{2, typeManifest, config, []descriptor{l.add(typeLayer, packed.Bytes())}, a.labels()})
	image.Platform = &p
	return image, err
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

// write writes the layout as a tar file, with one index over all processors.
func (l layout) write(name string, images []descriptor, a about) error {
	all, err := l.addJSON(typeIndex, index{2, typeIndex, images, a.labels()})
	if err != nil {
		return err
	}
	all.Annotations = map[string]string{"org.opencontainers.image.ref.name": a.version}
	top, err := json.Marshal(index{SchemaVersion: 2, MediaType: typeIndex, Manifests: []descriptor{all}})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	files := map[string][]byte{"index.json": top, "oci-layout": []byte(`{"imageLayoutVersion":"1.0.0"}`), "blobs/": nil, "blobs/sha256/": nil}
	for d, data := range l {
		files["blobs/sha256/"+d[len("sha256:"):]] = data
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		mode := int64(0o644)
		if files[name] == nil {
			mode = 0o755
		}
		if err := add(w, tar.Header{Name: name, Mode: mode, ModTime: a.created, Format: tar.FormatUSTAR}, files[name]); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}
