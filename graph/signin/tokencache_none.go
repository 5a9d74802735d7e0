//go:build !linux && !windows && (!darwin || !cgo)

package signin

import (
	"context"
	"errors"
	"runtime"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// tokenCache has nowhere to keep tokens on this platform. On macOS the keychain can be reached by a build with cgo only.
func tokenCache() (azidentity.Cache, error) {
	return azidentity.Cache{}, errors.New("this build has no encrypted storage on this platform")
}

// Unreachable names the platform's storage for tokens if this build cannot reach it and another build can: what that one kept there
// stays. It is empty otherwise.
func Unreachable() string {
	if runtime.GOOS == "darwin" {
		return "the Keychain"
	}
	return ""
}

func forgetTokens(context.Context) error { return nil }
