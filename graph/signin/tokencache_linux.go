package signin

import (
	"context"
	"os"
	"path/filepath"
)

// cacheFolder is where the cache's files are.
func cacheFolder() (string, error) {
	if dir := os.Getenv("XDG_CACHE_HOME"); dir != "" {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".cache"), err
}

// forgetKeychain has nothing to do: the tokens are in a file, and the key in the keyring opens nothing without it.
func forgetKeychain(context.Context) error { return nil }
