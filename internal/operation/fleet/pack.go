package fleet

import (
	"bytes"
	"compress/flate"
	"io"
	"sync"
)

// packer makes texts small, one after the other: what packs them is larger than many of them, and used again. Its zero value is ready.
type packer struct {
	mu     sync.Mutex
	writer *flate.Writer
	packed bytes.Buffer
}

// pack returns a text in less room; unpack is its reverse.
func (p *packer) pack(text []byte) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.packed.Reset()
	if p.writer == nil {
		p.writer, _ = flate.NewWriter(&p.packed, flate.BestSpeed) // a level that there is
	} else {
		p.writer.Reset(&p.packed)
	}
	_, _ = p.writer.Write(text) // to memory
	_ = p.writer.Close()
	return bytes.Clone(p.packed.Bytes())
}

func unpack(packed []byte) []byte {
	text, _ := io.ReadAll(flate.NewReader(bytes.NewReader(packed))) // which pack has made
	return text
}
