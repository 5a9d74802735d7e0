//go:build linux || windows || (darwin && cgo)

package signin

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"sync"

	"appleconsent/internal/disk"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity/cache"
)

// cacheName keeps our tokens apart from those of other programs.
const cacheName = "appleconsent"

// tokenCache returns the platform's encrypted cache: the keyring of Linux, the keychain of macOS, DPAPI on Windows. An
// error says why there is none here; then tokens last as long as the process.
var tokenCache = sync.OnceValues(func() (azidentity.Cache, error) { return cache.New(&cache.Options{Name: cacheName}) })

// Unreachable names the platform's storage for tokens if this build cannot reach it and another build can: what that one kept there
// stays. It is empty otherwise.
func Unreachable() string { return "" }

// forgetTokens empties the cache. Azidentity cannot do that, so that this knows where it keeps things. Where there can be no
// cache, there is nothing to forget.
func forgetTokens(ctx context.Context) error {
	dir, err := cacheFolder()
	if err != nil {
		return nil //nolint:nilerr // see above
	}
	errs := []error{forgetKeychain(ctx)}
	for _, name := range []string{cacheName, cacheName + ".lockfile"} {
		if err := disk.Remove(filepath.Join(dir, ".IdentityService", name)); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
