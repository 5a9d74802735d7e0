package render

import (
	"fmt"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
)

func conditionalAccessFinding(f doctor.Finding) string {
	switch f.Code {
	case doctor.NoPolicyBlocks:
		return "No policy blocks Apple Mail by its apps, client apps and platforms."
	case doctor.PoliciesCouldBlock:
		policies := fmt.Sprintf("%d policies", f.Of)
		if f.Of == 1 {
			policies = "1 policy"
		}
		return fmt.Sprintf("%s could block Apple Mail, %d enabled and %d report-only. Users, groups and other conditions are not checked.",
			policies, f.Count, f.Of-f.Count)
	}
	return ""
}

func signInFinding(f doctor.Finding) string {
	switch f.Code {
	case doctor.NoFailures:
		return fmt.Sprintf("No sign-in to Apple Mail failed because of consent or the app in the last %d days.", doctor.SignInDays)
	case doctor.NoFailuresRead:
		return "None of the newest sign-ins to Apple Mail failed because of consent or the app."
	case doctor.FailuresFound:
		return atLeast(f) + fmt.Sprintf("%s of %s failed because of consent or the app in the last %d days%s.",
			consent.Count(f.Count, "sign-in"), consent.Count(f.Users, "user"), doctor.SignInDays, trendWords(f.Trend))
	case doctor.LogCut:
		return fmt.Sprintf("The log has more rows than were read: what is before %s is unknown.", f.At.Format("2 January, 15:04 UTC"))
	case doctor.LogLimits:
		return logLimits
	}
	return ""
}

func trendWords(t doctor.Trend) string {
	words := map[doctor.Trend]string{
		doctor.TrendOver: "none of them in the last %d", doctor.TrendNew: "all of them in the last %d", doctor.TrendRising: "rising over the last %d days",
		doctor.TrendFalling: "falling over the last %d days", doctor.TrendSteady: "as many per day in the last %d as before",
	}[t]
	if words == "" {
		return ""
	}
	return ", " + fmt.Sprintf(words, doctor.RecentDays)
}

func deviceFinding(f doctor.Finding) string {
	switch f.Code {
	case doctor.NoFederatedDomain:
		return "No domain is federated."
	case doctor.DomainsFederated:
		return fmt.Sprintf("%s federated: users there with an old profile are not moved to OAuth silently.", consent.Count(f.Count, "domain"))
	case doctor.NoProfiles:
		return "There are no e-mail profiles."
	case doctor.ProfilesWithOAuth:
		return "OAuth is on in " + consent.Count(f.Count, "e-mail profile") + "."
	case doctor.ProfilesWithoutOAuth:
		return fmt.Sprintf("OAuth for Exchange Online is off in %d of %s for iOS.", f.Count, consent.Count(f.Of, "e-mail profile"))
	case doctor.ProfilesOAuthUnknown:
		return "Whether OAuth for Exchange Online is on could not be read in " + consent.Count(f.Count, "e-mail profile") + "."
	case doctor.ProfilesForOtherHosts:
		if f.Count == f.Of {
			return "No e-mail profile is for Exchange Online."
		}
		return fmt.Sprintf("%d of %s for another server; OAuth is on in the rest.", f.Count, consent.Count(f.Of, "e-mail profile"))
	case doctor.FromBeta:
		return "Read from Microsoft Graph's beta endpoint, which may change."
	}
	return ""
}

func ewsFinding(f doctor.Finding) string {
	const unseen = " appleconsent cannot read these Exchange settings."
	switch f.Code {
	case doctor.EWSNotRequired:
		return "EWS is not required: iOS and iPadOS use ActiveSync, which is not affected."
	case doctor.EWSAnnounced:
		return "Microsoft switches EWS off tenant by tenant from 1 October 2026. By then EWSEnabled must be true and EwsAllowedAppIDs must include Apple's " +
			"application ID, or macOS Mail stops working." + unseen
	case doctor.EWSEnding:
		return "Microsoft is switching EWS off tenant by tenant, and for good on 1 April 2027. Until then macOS Mail works only if EWSEnabled is true and " +
			"EwsAllowedAppIDs includes Apple's application ID." + unseen
	case doctor.EWSEnded:
		return "EWS in Exchange Online ended on 1 April 2027. macOS Mail cannot use it, even with consent; iOS and iPadOS are not affected."
	}
	return ""
}

// logLimits is what the sign-in log cannot show (learn.microsoft.com/graph/api/signin-list).
const logLimits = "The log holds interactive sign-ins only, not the background refreshes that mail sync mostly is. It needs Microsoft Entra ID P1 or " +
	"P2 and lags by minutes to hours."
