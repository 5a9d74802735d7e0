package wire

import "context"

// Operation is something that is asked of Graph, in words, with what it needs.
type Operation struct {
	Name       string // in words, such as "read service principals"
	Permission string // the least privileged first, with others that would do in parentheses
	Role       string // the least Entra role that an admin needs for the delegated permission
	Writes     bool
	Lists      bool // the answer is a collection
}

type operationKey struct{}

// WithOperation makes requests with the context part of the operation.
func WithOperation(ctx context.Context, op Operation) context.Context {
	return context.WithValue(ctx, operationKey{}, op)
}

func operationOf(ctx context.Context) Operation {
	op, _ := ctx.Value(operationKey{}).(Operation)
	return op
}
