package simulator

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"appleconsent/graph/simulator/entra"
)

// Member is one tenant of a simulated fleet. Its id says what kind of tenant it is, so that a fleet needs no list of its own: a file
// of such ids is one, however long, and stays so from one command to the next.
type Member struct {
	Scenario string // the name of one of Scenarios
	Refusal  int    // the AADSTS number with which every sign-in ends; 0: none
	Number   int    // tells it from others of its kind
}

// HomeOfFleet is the id of the tenant at which the person of a fleet is at home: a partner's.
const HomeOfFleet = "f1ee7000-0000-8000-8000-000000000000"

const (
	homeScenario  = "partner"
	fleetDomain   = ".fleet.example" // behind an id without its hyphens: a member's domain
	memberPattern = `^f1ee7000-?00([0-9a-f]{2})-?8([0-9a-f]{3})-?8([0-9a-f]{3})-?([0-9a-f]{12})$`
)

var memberID = regexp.MustCompile(memberPattern)

// ID is the tenant's id: f1ee7000-00SS-8AAA-8AAA-N…, with the place of the scenario in Scenarios, the refusal and the number in
// hexadecimal digits. It panics if there is no such scenario.
func (m Member) ID() string {
	place := slices.IndexFunc(Scenarios(), func(s Scenario) bool { return s.Name == m.Scenario })
	if place < 0 {
		panic(fmt.Sprintf("simulator: no scenario %q", m.Scenario))
	}
	return fmt.Sprintf("f1ee7000-00%02x-8%03x-8%03x-%012x", place+1, m.Refusal>>12, m.Refusal&0xfff, m.Number)
}

// Name is what the tenant is called.
func (m Member) Name() string { return fmt.Sprintf("Contoso %04d (simulated)", m.Number) }

// Domain is the tenant's domain.
func (m Member) Domain() string { return strings.ReplaceAll(m.ID(), "-", "") + fleetDomain }

// ParseMember reads the id or the domain of a member.
func ParseMember(tenant string) (Member, error) {
	text := strings.TrimSuffix(strings.ToLower(tenant), fleetDomain)
	digits := memberID.FindStringSubmatch(text)
	if text == HomeOfFleet {
		return Member{Scenario: homeScenario}, nil
	}
	if digits == nil {
		return Member{}, fmt.Errorf("%q is no tenant of the simulated fleet", tenant)
	}
	place, _ := strconv.ParseInt(digits[1], 16, 32) // they are hexadecimal digits
	refusal, _ := strconv.ParseInt(digits[2]+digits[3], 16, 32)
	number, _ := strconv.ParseInt(digits[4], 16, 64)
	m := Member{Refusal: int(refusal), Number: int(number)}
	if place < 1 || int(place) > len(Scenarios()) || m.Refusal != 0 && !entra.IsRefusal(m.Refusal) {
		return m, fmt.Errorf("%q is no tenant of the simulated fleet", tenant)
	}
	m.Scenario = Scenarios()[place-1].Name
	return m, nil
}

// scenario is the tenant's own: its kind's, under its own name.
func (m Member) scenario() (Scenario, error) {
	s, err := findScenario(m.Scenario)
	s.member, s.id, s.title = &m, m.ID(), m.Name()
	if m == (Member{Scenario: homeScenario}) {
		s.id, s.title = HomeOfFleet, "Fabrikam Partner (simulated)"
	}
	return s, err
}

// Share is how many of a fleet's tenants are of a kind, as a weight.
type Share struct {
	Scenario string
	Refusal  int // see Member
	Weight   int
}

// UsualMix is that of a partner's customers: most are as they should be or were never looked at, and a few cannot be reached.
const UsualMix = "granted=40,fresh=35,partial=12,extra=4,disabled=2,no-exchange=2,lagging=1,throttled=1,65001=1,7000229=1,53003=1"

// ParseMix reads shares as people write them: KIND=WEIGHT, with commas between them. A kind is the name of a scenario, or the AADSTS
// number with which sign-ins to a fresh tenant end.
func ParseMix(text string) ([]Share, error) {
	var mix []Share
	for part := range strings.SplitSeq(text, ",") {
		kind, weight, given := strings.Cut(strings.TrimSpace(part), "=")
		share := Share{Scenario: kind, Weight: 1}
		var err error
		if given {
			share.Weight, err = strconv.Atoi(weight)
		}
		if number, notNumber := strconv.Atoi(kind); notNumber == nil {
			share.Scenario, share.Refusal = "fresh", number
		}
		_, unknown := findScenario(share.Scenario)
		switch {
		case err != nil || share.Weight < 1 || share.Weight > maxShare:
			return nil, fmt.Errorf("%q is not a share: write KIND=WEIGHT, such as fresh=60, with a weight from 1 to %d", part, maxShare)
		case share.Refusal != 0 && !entra.IsRefusal(share.Refusal):
			return nil, fmt.Errorf("unknown AADSTS number %d: use one of %s", share.Refusal, entra.RefusalNumbers())
		case unknown != nil:
			return nil, unknown
		}
		mix = append(mix, share)
	}
	return mix, nil
}

// maxShare is the largest weight, and maxFleet the largest number of tenants.
const (
	maxShare = 1000
	maxFleet = 20000
)

// Members returns so many tenants in that mix, well mixed: the same for the same arguments, and the first of a larger fleet are the
// smaller one.
func Members(size int, mix []Share) ([]Member, error) {
	total := 0
	for _, share := range mix {
		total += share.Weight
	}
	if size < 1 || size > maxFleet || total == 0 {
		return nil, errors.New("a fleet has from 1 to " + strconv.Itoa(maxFleet) + " tenants")
	}
	step := total*5/8 | 1 // and a number that shares no factor with total, so that each place is met once
	for gcd(step, total) != 1 {
		step += 2
	}
	members := make([]Member, size)
	for i := range members {
		at := i * step % total
		kind := slices.IndexFunc(mix, func(s Share) bool {
			at -= s.Weight
			return at < 0
		})
		members[i] = Member{Scenario: mix[kind].Scenario, Refusal: mix[kind].Refusal, Number: i + 1}
	}
	return members, nil
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
