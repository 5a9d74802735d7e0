//go:build !linux && !windows && (!darwin || !cgo)

package signin

import (
	"context"
	"errors"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// tokenCache has nowhere to keep tokens on this platform. On macOS the keychain can be reached by a build with cgo only.
func tokenCache() (azidentity.Cache, error) {
	return azidentity.Cache{}, errors.New("this build knows no encrypted storage on this platform")
}

func forgetTokens(context.Context) error { return nil }
