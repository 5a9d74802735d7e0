package directory

import "crypto/sha256"

// throttle refuses the first try of each distinct request.
type throttle struct {
	active bool
	seen   map[[sha256.Size]byte]bool
}

func newThrottle(active bool) *throttle {
	return &throttle{active: active, seen: map[[sha256.Size]byte]bool{}}
}

func (t *throttle) refuses(c *call) bool {
	if !t.active {
		return false
	}
	request := sha256.Sum256([]byte(c.method + " " + c.path + "?" + c.query.Encode() + "\n" + string(c.body)))
	again := t.seen[request]
	t.seen[request] = true
	return !again
}
