package doctor

import "appleconsent/consent"

// permissionClassifications says which of the required permissions users may consent to under the low-impact setting.
func (e examination) permissionClassifications() Check {
	c := newCheck(PermissionClassifications)
	if unread(&c, e.facts.Classifications) {
		return c
	}
	classes := e.classify()
	c.Items = classes.items
	c.found(OK, Finding{Code: LowImpactCount, Count: classes.low, Of: len(classes.items)})
	if !classes.allLow() {
		e.notAllLow(&c, classes)
	}
	if e.grants == unknown && c.Status != OK {
		c.found(OK, Finding{Code: GrantsTakenAsMissing})
	}
	return c
}

// notAllLow says what it means that some permissions are not classified as low impact.
func (e examination) notAllLow(c *Check, classes classes) {
	setting := consent.SettingOf(e.facts.Policies.Value)
	switch {
	case e.grants == complete:
		c.found(OK, Finding{Code: GrantDecides})
	case e.byUsers() && e.facts.Policies.Read() && setting.LetsUsersConsent():
		c.found(OK, Finding{Code: SettingSuffices})
	case e.byUsers():
		c.found(e.atMost(Problem), Finding{Code: RouteNeedsAll})
		c.Fixes = []Fix{classes.fix()}
	case !e.facts.Policies.Read():
		c.found(OK, notRead(SettingNotRead, e.facts.Policies))
	case setting == consent.SettingLowImpact:
		c.found(e.atMost(Problem), Finding{Code: SettingNeedsAll})
		c.fix(FixGrantForAll, Apply)
	default:
		c.found(OK, Finding{Code: SettingIgnores})
	}
}

// classes are the required permissions with how they are classified.
type classes struct {
	items     []Item
	low       int
	otherwise bool             // one is classified as medium or high impact
	missing   consent.ScopeSet // those that are not low
}

func (c classes) allLow() bool { return len(c.missing) == 0 }

// fix is the way to classify the rest. What somebody classified otherwise is not changed by this program.
func (c classes) fix() Fix {
	if c.otherwise {
		return Fix{Code: FixOtherClassification}
	}
	return Fix{FixClassify, ApplyByUserConsent}
}

// classify goes by the permission's id, which differs between permissions of the same name on other resources.
func (e examination) classify() classes {
	var out classes
	state := consent.State{Classifications: e.facts.Classifications.Value}
	for _, r := range e.standing.Resources {
		for _, scope := range r.Required {
			id, _ := consent.PermissionID(r.AppID, scope)
			stands, found := state.Classification(r.ServicePrincipalID, id)
			level := stands.Level
			if stands.Low() {
				level = consent.LowImpact
				out.low++
			} else {
				out.otherwise = out.otherwise || found
				out.missing = append(out.missing, scope)
			}
			out.items = append(out.items, ClassifiedPermission{scope, r.Name, level})
		}
	}
	return out
}
