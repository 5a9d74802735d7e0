package signin

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"appleconsent/graph/wire"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// slowSource takes its time, as az does.
type slowSource time.Duration

func (s slowSource) GetToken(ctx context.Context, _ policy.TokenRequestOptions) (azcore.AccessToken, error) {
	select {
	case <-time.After(time.Duration(s)):
		return azcore.AccessToken{}, nil
	case <-ctx.Done():
		return azcore.AccessToken{}, context.Cause(ctx)
	}
}

// Who waits for the sign-ins of other tenants does not spend the time of its own; an interrupt ends the wait.
func TestInTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const tenants, each, limit = 8, 40 * time.Second, time.Minute
		parent, interrupt := context.WithCancel(t.Context())
		turn, ends := make(chan struct{}, 1), make(chan error, tenants)
		signIn := func() {
			ctx, end := wire.Within(parent, limit, context.DeadlineExceeded)
			defer end()
			_, err := inTurn{slowSource(each), turn, ""}.GetToken(ctx, policy.TokenRequestOptions{})
			ends <- err
		}
		begin := time.Now()
		for range tenants {
			go signIn()
		}
		for range tenants {
			if err := <-ends; err != nil {
				t.Errorf("after %s: %v", time.Since(begin), err)
			}
		}
		if took := time.Since(begin); took != tenants*each {
			t.Errorf("they took %s, one after the other", took)
		}
		turn <- struct{}{}
		go signIn()
		time.AfterFunc(time.Hour, interrupt)
		if err := <-ends; !errors.Is(err, context.Canceled) {
			t.Errorf("interrupted: %v", err)
		}
	})
}
