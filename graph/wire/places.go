package wire

import (
	"bytes"
	"context"
	"io"
)

// places bound what a network has at the same time, for all of its tenants together.
type places struct {
	// requests has a place for each request to Graph that may be under way; nil: there may be any number.
	requests chan struct{}
	// large has a place for each large answer that may be read.
	large chan struct{}
}

// enter waits for a place and takes it; leave gives it back.
func enter(ctx context.Context, taken chan struct{}) (leave func(), err error) {
	if taken == nil {
		return func() {}, nil
	}
	select {
	case taken <- struct{}{}:
		return func() { <-taken }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

const (
	// sideBySide is how many requests one tenant has under way at the same host, in the worst case.
	sideBySide = 8
	// forEach is how many a tenant has that is one of many: what decides about a change is read by two at a time.
	forEach = 2
	// usualAnswer is the number of bytes that most answers do not have.
	usualAnswer = 4 << 10
	// largeAnswer is the number of bytes from which on an answer is large. What Graph answers here is smaller, as a rule.
	largeAnswer = 1 << 20
	// largeAtOnce is how many large answers are read at the same time: each may take MaxAnswer.
	largeAtOnce = 2
)

// Parallel makes the network fit for so many tenants that are worked on at the same time. All of them are at the same hosts, and they
// share the connections: two to Graph for each tenant, at least as many as one tenant alone has, and one to where it signs in. It is
// called before the first request.
func (n *Network) Parallel(tenants int) {
	most := max(sideBySide, forEach*tenants)
	n.places.requests = make(chan struct{}, most)
	n.pool.MaxIdleConnsPerHost, n.pool.MaxConnsPerHost = most, most
}

// ReadAnswer reads an answer whole, but no more of it than MaxAnswer and a byte. Large ones are read in their turn.
func (n *Network) ReadAnswer(ctx context.Context, body io.Reader) ([]byte, error) {
	answer := bytes.NewBuffer(make([]byte, 0, usualAnswer))
	_, err := answer.ReadFrom(io.LimitReader(body, largeAnswer))
	if err != nil || answer.Len() < largeAnswer {
		return answer.Bytes(), err
	}
	leave, err := enter(ctx, n.places.large)
	if err != nil {
		return answer.Bytes(), err
	}
	defer leave()
	whole := bytes.NewBuffer(make([]byte, 0, MaxAnswer+1+bytes.MinRead)) // to grow as it comes would take twice as much
	_, _ = answer.WriteTo(whole)
	_, err = whole.ReadFrom(io.LimitReader(body, MaxAnswer+1-largeAnswer))
	if whole.Len() <= MaxAnswer/2 {
		return bytes.Clone(whole.Bytes()), err
	}
	return whole.Bytes(), err
}
