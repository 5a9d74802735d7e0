package cli

import (
	"errors"
	"slices"

	"appleconsent/graph/signin"
	"appleconsent/graph/wire"
)

// answered fits an answer of Graph with that status.
func answered(status int) func(error) bool {
	return func(err error) bool {
		e, ok := errors.AsType[*wire.Error](err)
		return ok && e.Status == status
	}
}

// denied reports whether Graph refuses for want of a permission or role.
func denied(err error) bool {
	e, ok := errors.AsType[*wire.Error](err)
	return ok && e.Denied()
}

// ofProxies are the causes that a proxy is behind, whatever else an error says.
var ofProxies = []wire.Cause{
	wire.CauseProxyBroken, wire.CauseProxyRefuses, wire.CauseProxySetting, wire.CauseProxySignIn,
	wire.CauseProxySilent, wire.CauseProxyUnreachable,
}

// causeOf is what is behind a sign-in or a request to Graph that failed; empty if nothing is known.
func causeOf(err error) wire.Cause {
	if refused, ok := errors.AsType[*signin.Error](err); ok {
		return refused.Cause
	}
	if e, ok := errors.AsType[*wire.Error](err); ok {
		return e.Cause()
	}
	if cause := wire.CauseOf(err); slices.Contains(ofProxies, cause) {
		return cause
	}
	return ""
}

// behind fits one of these causes.
func behind(causes ...wire.Cause) func(error) bool {
	return func(err error) bool { return slices.Contains(causes, causeOf(err)) }
}

// unanswered reports whether nobody answered, at Graph or at the sign-in.
func unanswered(err error) bool {
	if _, ok := errors.AsType[*signin.Error](err); ok {
		return wire.IsOnTheWay(causeOf(err)) || behind(signin.CauseNoSimulation)(err)
	}
	e, ok := errors.AsType[*wire.Error](err)
	return ok && !e.Answered()
}
