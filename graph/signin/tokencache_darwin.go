//go:build cgo

package signin

import (
	"context"
	"os"

	"github.com/AzureAD/microsoft-authentication-extensions-for-go/cache/accessor"
)

// cacheFolder is where the cache's files are.
func cacheFolder() (string, error) { return os.UserHomeDir() }

// forgetKeychain removes the tokens from the keychain.
func forgetKeychain(ctx context.Context) error {
	item, err := accessor.New(cacheName, accessor.WithAccount("MSALCache"))
	if err != nil {
		return err
	}
	return item.Delete(ctx)
}
