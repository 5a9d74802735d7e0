package signin

import (
	"context"
	"sync"
	"time"

	"github.com/pkg/browser"
)

// openingTime is how long a browser may take to say that it cannot be opened. One that stays in the foreground says nothing.
const openingTime = 3 * time.Second

// OpenBrowser opens an address in the browser of this machine. It does not wait until the browser is closed.
func OpenBrowser(ctx context.Context, address string) error {
	silenceBrowser()
	opened := make(chan error, 1)
	go func() { opened <- browser.OpenURL(address) }()
	ctx, cancel := context.WithTimeout(ctx, openingTime)
	defer cancel()
	select {
	case err := <-opened:
		return err
	case <-ctx.Done():
		return nil
	}
}

// silenceBrowser keeps what browsers print off our streams: stdout is for results. It must not be a pipe, which a browser
// that goes on running would hold open.
var silenceBrowser = sync.OnceFunc(func() { browser.Stdout, browser.Stderr = nil, nil })
