package plan

import (
	"slices"
	"strings"

	"appleconsent/consent"
)

// What a reader of the plan of a rollback must know.

func newObject() consent.Notice {
	return consent.Notice{
		Level: consent.Warning, Code: "newObject", Message: "The service principal is created anew: it gets another object " +
			"ID and creation time than the one that was deleted, and its grants get other ids. App role assignments and " +
			"settings that it had do not come back.",
	}
}

func emptyGrant() consent.Notice {
	return consent.Notice{
		Level: consent.Info, Code: "emptyGrant", Message: "A grant that stood before the change would hold no scope, and is " +
			"deleted: Graph has no use for it.",
	}
}

func deletionIsFinal() consent.Notice {
	return consent.Notice{
		Level: consent.Info, Code: "deletionIsFinal", Message: "The service principal that is deleted stays in Entra's deleted " +
			"items for 30 days. If it is created again later, it gets another object ID.",
	}
}

func tokensOutlive() consent.Notice {
	return consent.Notice{
		Level: consent.Info, Code: "tokensOutlive", Message: "Access tokens that devices already hold stay valid until they " +
			"expire; no new ones are issued without consent.",
	}
}

func signInEnds() consent.Notice {
	return consent.Notice{
		Level: consent.Warning, Code: "signInEnds", Message: "The service principal is disabled for sign-in again: users of Apple " +
			"Mail get AADSTS7000112 from then on.",
	}
}

func consentsStay() consent.Notice {
	return consent.Notice{
		Level: consent.Info, Code: "consentsStay", Message: "What users have consented to for themselves meanwhile stays: a setting " +
			"decides about new consent only.",
	}
}

func settingKept(setting consent.UserConsentSetting) consent.Notice {
	return consent.Notice{
		Level: consent.Info, Code: "userConsentKept", Message: "The user-consent setting is no longer what the change made of it, and " +
			"stays: " + setting.Sentence() + ".",
	}
}

// notYetVisible is the code of the notice, by which summaries go too.
const notYetVisibleCode = "notYetVisible"

func notYetVisible(id string, unseen []RecordedAction) consent.Notice {
	var what []string
	for _, a := range slices.Backward(unseen) { // which were found from the last to the first
		what = append(what, Describe(a.Action))
	}
	return consent.Notice{
		Level: consent.Warning, Code: notYetVisibleCode, Message: "The change also wrote this, which the tenant did not show before the change " +
			"ended and does not show now: " + strings.Join(what, "; ") + ". It may still appear, or have been discarded. The change stays open for " +
			"an hour: if it appears, roll back " + id + " once more.",
	}
}
