// Package replication knows how often a tenant is looked at whose directory has not replicated a change everywhere yet. It knows no clock,
// and waits for nothing.
package replication

import "time"

// FirstPause and LastPause are the shortest and the longest pause between two looks while something is not visible yet.
const (
	FirstPause = time.Second / 2
	LastPause  = 8 * time.Second
)

// NextPause is the pause after one: things are looked at soon, and then ever more seldom.
func NextPause(pause time.Duration) time.Duration { return min(2*pause, LastPause) }
