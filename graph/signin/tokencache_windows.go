package signin

import (
	"context"

	"golang.org/x/sys/windows"
)

// cacheFolder is where the cache's files are.
func cacheFolder() (string, error) { return windows.KnownFolderPath(windows.FOLDERID_LocalAppData, 0) }

// forgetKeychain has nothing to do: the tokens are in a file that DPAPI encrypts.
func forgetKeychain(context.Context) error { return nil }
