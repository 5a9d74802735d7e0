package wire

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

// sized is an answer of so many bytes, of which all beyond the first largeAnswer take a second each time that some are read.
type sized struct {
	left, read int
	begun      bool
	reading    *counter
}

func (s *sized) Read(into []byte) (int, error) {
	if s.read >= largeAnswer && !s.begun {
		s.begun = true
		s.reading.add(1)
	}
	if s.begun {
		time.Sleep(time.Second)
	}
	n := min(len(into), s.left)
	if s.left, s.read = s.left-n, s.read+n; s.left > 0 {
		return n, nil
	}
	if s.begun {
		s.reading.add(-1)
	}
	return n, io.EOF
}

// counter knows how many there are, and the most that there were.
type counter struct {
	mu        sync.Mutex
	now, most int
}

func (c *counter) add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now += n
	c.most = max(c.most, c.now)
}

// However many answers come at the same time, few large ones are in memory; what is not large waits for nobody.
func TestNetwork_readAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n, large := NewNetwork(nil, nil), new(counter)
		var readers sync.WaitGroup
		for range 6 {
			readers.Go(func() {
				data, err := n.ReadAnswer(t.Context(), &sized{left: MaxAnswer + 5, reading: large})
				if err != nil || len(data) != MaxAnswer+1 {
					t.Errorf("got %d bytes, %v; want a byte more than an answer may have", len(data), err)
				}
				large.add(-1) // it was not read to its end
			})
		}
		time.Sleep(time.Millisecond)
		begin := time.Now()
		data, err := n.ReadAnswer(t.Context(), &sized{left: largeAnswer - 1})
		if waited := time.Since(begin); err != nil || len(data) != largeAnswer-1 || waited > 0 {
			t.Errorf("what is not large: %d bytes after %s, %v", len(data), waited, err)
		}
		cut := io.MultiReader(strings.NewReader(strings.Repeat("x", 3*largeAnswer)), iotest.ErrReader(io.ErrUnexpectedEOF))
		readers.Go(func() {
			if data, err := n.ReadAnswer(t.Context(), cut); !errors.Is(err, io.ErrUnexpectedEOF) || len(data) != 3*largeAnswer {
				t.Errorf("what is cut: got %d bytes, %v", len(data), err)
			}
		})
		late, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := n.ReadAnswer(late, &sized{left: 2 * largeAnswer}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("without the time for its turn: got error %v", err)
		}
		readers.Wait()
		if large.most != largeAtOnce {
			t.Errorf("%d large answers were read at the same time, want %d", large.most, largeAtOnce)
		}
	})
}
