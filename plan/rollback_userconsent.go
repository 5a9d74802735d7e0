package plan

import "appleconsent/consent"

// undoClassification classifies a permission no longer, or again.
func (u *Undo) undoClassification(a consent.Action, state consent.State) {
	resource, found := state.ServicePrincipal(a.ResourceAppID)
	if !found {
		return
	}
	undo := consent.Action{
		ResourceAppID: a.ResourceAppID, ResourceID: resource.ID, Permission: a.Permission, PermissionID: a.PermissionID,
	}
	stands, classified := state.Classification(resource.ID, a.PermissionID)
	switch {
	case a.Kind == consent.ClassifyPermission && classified && stands.Low():
		undo.Kind, undo.ClassificationID = consent.DeclassifyPermission, stands.ID
	case a.Kind == consent.DeclassifyPermission && !classified:
		undo.Kind = consent.ClassifyPermission
	default:
		return
	}
	u.actions = append(u.actions, undo)
}

// undoPolicy puts back what the change took off the user-consent setting, if the setting is still what the change made of it, be
// it with something that somebody added. Otherwise it is somebody's decision, and stays.
func (u *Undo) undoPolicy(a consent.Action, state consent.State) {
	stands := state.ConsentPolicies
	undo := consent.Action{Kind: consent.SetUserConsentPolicy, Before: stands}
	switch {
	case stands.SameAs(a.Before): // it did not happen, or somebody has undone it
		return
	case stands.SameAs(a.After):
		undo.After = a.Before
	case madeSo(stands, a):
		undo.After = a.Removed().With(stands.Without(a.Added())...)
	default:
		u.notices = append(u.notices, settingKept(consent.SettingOf(stands)))
		return
	}
	u.actions = append(u.actions, undo)
	u.notices = append(u.notices, consentsStay())
}

// madeSo tells whether the user-consent setting is what the action made of it: all that it left there, nothing that it
// removed and, where it left nothing, nothing at all.
func madeSo(stands consent.ScopeSet, a consent.Action) bool {
	left := consent.SelfPolicies(a.After)
	return stands.HasAll(left) && len(a.Removed().In(stands)) == 0 && (len(left) > 0 || len(consent.SelfPolicies(stands)) == 0)
}
