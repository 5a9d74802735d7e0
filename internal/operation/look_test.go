package operation_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/internal/operation"
)

// What is waited for has arrived when it is there and moves no more; what is less is given time, and a look that fails is no end.
func TestAwait(t *testing.T) {
	t.Parallel()
	errPasses, errEnds := errors.New("it passes"), errors.New("it ends")
	for name, test := range map[string]struct {
		grants []int // how many stand at each look; the last one stays
		fails  map[int]error
		took   time.Duration
		want   error
	}{
		"all at once":       {[]int{2}, nil, 10 * time.Second, nil},
		"one after another": {[]int{0, 1, 1, 2}, nil, 35 * time.Second, nil},
		"only a part":       {[]int{1}, nil, 2*time.Minute + 20*time.Second, nil},
		"a failed look":     {[]int{2}, map[int]error{1: errPasses}, 20 * time.Second, nil},
		"the end":           {[]int{2}, map[int]error{0: errEnds}, 5 * time.Second, errEnds},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			looks := 0
			s.tenant.before = func(context.Context, string) error {
				looks++
				return test.fails[looks-1]
			}
			stood := 0
			begin := s.clock.now
			err := s.Await(t.Context(), required(), func(consent.State) operation.Seen {
				stands := test.grants[min(looks, len(test.grants))-1]
				seen := operation.Seen{Moved: stands != stood, Changed: stands > 0, Satisfied: stands == 2}
				stood = stands
				return seen
			}, func(err error) bool { return errors.Is(err, errPasses) })
			if took := s.clock.now.Sub(begin); !errors.Is(err, test.want) || took != test.took {
				t.Errorf("got %v after %s, want %v after %s", err, took, test.want, test.took)
			}
			if noted := strings.Contains(s.said.text(), "it passes; trying again"); noted != (test.fails[1] != nil) {
				t.Errorf("heard: %s", s.said.text())
			}
		})
	}
}
