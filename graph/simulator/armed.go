package simulator

import (
	"cmp"
	"net/http"

	"appleconsent/graph/simulator/entra"
)

// armed is a rule at work.
type armed struct {
	Rule
	matched int
	onwards bool // it has struck, and strikes everything from now on
}

// strikes counts a request and reports whether the rule strikes it.
func (a *armed) strikes(method, path string) bool {
	if a.Trouble == TroubleRefuseSignIn && !entra.SignsIn(path) {
		return false
	}
	if a.onwards {
		return true
	}
	if !a.fits(method, path) {
		return false
	}
	a.matched++
	first, times := max(a.Match, 1), cmp.Or(a.Times, 1)
	struck := a.matched >= first && (times < 0 || a.matched < first+times)
	a.onwards = struck && a.Onwards
	return struck
}

// SetRules makes the tenant misbehave from now on, in place of the rules before;
// none ends it. A rule that cannot mean anything is an error.
func (s *Server) SetRules(rules ...Rule) error {
	if err := checkRules(rules); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = nil
	for _, r := range rules {
		s.rules = append(s.rules, &armed{Rule: r})
	}
	return nil
}

// struckBy returns the rules that strike a request.
func (s *Server) struckBy(r *http.Request) []Rule {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rules []Rule
	for _, rule := range s.rules {
		if rule.strikes(r.Method, r.URL.Path) {
			rules = append(rules, rule.Rule)
		}
	}
	return rules
}
