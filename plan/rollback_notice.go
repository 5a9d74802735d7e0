package plan

import "appleconsent/consent"

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
