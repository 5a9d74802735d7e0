package simulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// stopTimeout is how long requests in flight may take when a server stops.
const stopTimeout = 2 * time.Second

// Serve answers requests with h on a loopback address such as "127.0.0.1:0", until the context ends or stop is called.
// It returns the address as a URL without a path. Any other address is refused: a simulated tenant lets everybody in.
// stop waits for the requests in flight and reports why serving ended, nil if it ended as wished; it may be called more
// than once.
func Serve(ctx context.Context, addr string, h http.Handler) (baseURL string, stop func() error, err error) {
	if err := checkLoopback(addr); err != nil {
		return "", nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return "", nil, fmt.Errorf("serve simulated tenant: %w", err)
	}
	return "http://" + listener.Addr().String(), ServeListener(ctx, h, listener), nil
}

// ServeListener is [Serve] at a listener, which it closes.
func ServeListener(ctx context.Context, h http.Handler, listener net.Listener) (stop func() error) {
	ctx, cancel := context.WithCancel(ctx)
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second,
		ErrorLog: log.New(io.Discard, "", 0), // clients that hang up are no news here
	}
	var serving errgroup.Group
	serving.Go(func() error {
		defer cancel()
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve simulated tenant: %w", err)
		}
		return nil
	})
	serving.Go(func() error {
		<-ctx.Done()
		inFlight, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		return server.Shutdown(inFlight)
	})
	return func() error {
		cancel()
		return serving.Wait()
	}
}

func checkLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("listen address %q: want HOST:PORT, such as 127.0.0.1:8080", addr)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("listen address %q is not on this machine: a simulated tenant lets everybody in, so use 127.0.0.1, [::1] or localhost", addr)
}
