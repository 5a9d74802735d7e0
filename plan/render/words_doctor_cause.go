package render

import (
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
)

// causeSentences say in a few words what keeps users from their mail, by the code of the finding; the words in braces are as in
// findingWords.
var causeSentences = map[string]string{
	"clientDisabled":            "sign-in to the app is disabled",
	"clientDisabledByOwner":     "{owner} has disabled the app",
	"clientDisabledByMicrosoft": "Microsoft has disabled the app",
	"clientAbsent":              "the app has no service principal",
	"resourceDisabled":          "{name} is disabled",
	"scopesMissing":             "consent is missing",
	"resourceMissing":           "{name} is missing",
	"oddGrant":                  "a grant cannot be understood",
	"approvalNeeded":            "they cannot consent themselves",
	"assignmentBlocksConsent":   "assignment is required",
	"nothingLowImpact":          "they cannot consent themselves",
	"notAllLowImpact":           "they cannot consent themselves",
	"noVerifiedPublisher":       "they cannot consent themselves",
	"routeNeedsAll":             "they cannot consent themselves",
	"settingNeedsAll":           "they cannot consent themselves",
	"profilesWithoutOAuth":      "Intune profiles are without OAuth",
	"macsRefused":               "consent for what they ask of Microsoft Graph is missing",
	"macsNeed":                  "what Macs ask of Microsoft Graph is not granted for all",
}

// summarize returns the causes in one sentence, and what this program does about the first of them that it can do something about. What keeps users from signing in comes
// before what they have no consent for, and its command cures both.
func (d Diagnosis) summarize(checks []doctor.Check, required consent.Requirement, command func(words ...string) string) (verdict, *string) {
	roots := doctor.Roots(checks, doctor.Problem)
	if len(roots) == 0 {
		return d.nothingWrong(), nil
	}
	var causes []string
	for _, c := range roots {
		first := worstOf(c)
		cause := filled(causeSentences[first.Code], required.App, map[string]any{"name": first.Name})
		if !slices.Contains(causes, cause) {
			causes = append(causes, cause)
		}
	}
	v := verdict{Word: d.trouble(roots), Sentence: strings.Join(causes, ", and ") + ".", Tone: bad}
	for i := range roots {
		if fix := diagnosedFix(withMacs(roots[i:]), required, command); fix != nil && fix.Command != nil {
			return v, fix.Command
		}
	}
	return v, nil
}

// withMacs is the first of causes, of which the command also grants what Macs lack.
func withMacs(roots []doctor.Check) doctor.Check {
	first := roots[0]
	if i := slices.IndexFunc(roots, func(c doctor.Check) bool { return c.ID == doctor.MacsOnGraph }); i >= 0 {
		first.Also = roots[i].Also
	}
	return first
}

// worstOf is the finding that tells what the problem is: what is in the way of a cure comes before what is lacking.
func worstOf(c doctor.Check) doctor.Finding {
	problems := slices.DeleteFunc(slices.Clone(c.Findings), func(f doctor.Finding) bool { return f.Status != doctor.Problem })
	i := slices.IndexFunc(problems, func(f doctor.Finding) bool { return f.Code == "resourceMissing" || f.Code == "oddGrant" })
	return problems[max(i, 0)]
}

// trouble is what users see of the problems.
func (d Diagnosis) trouble(roots []doctor.Check) string {
	switch {
	case roots[0].ID == doctor.IntuneMailProfiles:
		return "Users are prompted for a password: "
	case roots[0].ID == doctor.MacsOnGraph:
		return "Users of Macs are blocked: "
	case roots[0].ID != doctor.TenantWideGrants || worstOf(roots[0]).Code != "scopesMissing":
		return "Users are blocked: "
	}
	return map[doctor.Status]string{
		doctor.OK: "Users are prompted one by one: ", doctor.Problem: "Users are blocked: ",
		doctor.Warning: "Users may be blocked: ", doctor.Skipped: "Users may be blocked: ",
	}[d.status(doctor.UserConsent)]
}

// nothingWrong says that no problem was found, and what else there is. Where nobody could see whether users have consent and can sign in,
// it is not that all is fine.
func (d Diagnosis) nothingWrong() verdict {
	warnings, skipped := d.count(doctor.Warning), d.count(doctor.Skipped)
	var besides []string
	if warnings > 0 {
		besides = append(besides, Count(warnings, "warning"))
	}
	if skipped > 0 {
		besides = append(besides, Count(skipped, "check")+" skipped")
	}
	switch {
	case d.Unclear():
		return verdict{"Unclear: ", "no problems found, " + strings.Join(besides, ", ") + ".", warn}
	case len(besides) > 0:
		return verdict{"No problems found, ", strings.Join(besides, ", ") + ".", good}
	}
	return verdict{"No problems found", ".", good}
}

// count is how many things are wrong in one way, or how many checks were skipped: what has its cause elsewhere does not count.
func (d Diagnosis) count(status doctor.Status) int {
	n := 0
	for _, c := range d.Checks {
		if c.Status == status && c.PartOf == nil {
			n++
		}
	}
	return n
}
