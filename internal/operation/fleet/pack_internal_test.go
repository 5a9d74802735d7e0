package fleet

import (
	"strings"
	"sync"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/plan"
)

// What was packed comes back whole, whoever packs at the same time; a plan takes less than half of its room.
func TestPacker(t *testing.T) {
	t.Parallel()
	var p packer
	state := consent.State{Tenant: consent.Tenant{ID: "7e000000-0000-4000-8000-000000000000", DisplayName: "Contoso", Cloud: "global"}}
	required := consent.DefaultApplication().Require(consent.Choices{})
	tool := plan.Tool{Name: "test", Version: "1"}
	doc := short(plan.New(plan.KindPlan, tool, time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), required, state))
	if packed := p.pack(doc); 2*len(packed) > len(doc) {
		t.Errorf("a plan of %d bytes takes %d", len(doc), len(packed))
	}
	var packing sync.WaitGroup
	for n := range 20 {
		packing.Go(func() {
			for _, text := range []string{"", string(doc), strings.Repeat(string(rune('a'+n)), 100_000)} {
				if got := string(unpack(p.pack([]byte(text)))); got != text {
					t.Errorf("of %d bytes came back %d", len(text), len(got))
				}
			}
		})
	}
	packing.Wait()
}
