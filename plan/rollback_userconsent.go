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

// undoPolicy puts back what the change took off the user-consent setting, if what it put there still stands alone: a user
// may consent to what any one of the policies allows, so that another one is somebody's decision.
func (u *Undo) undoPolicy(a consent.Action, state consent.State) {
	stands := state.ConsentPolicies
	undo := consent.Action{Kind: consent.SetUserConsentPolicy, Before: stands}
	switch {
	case stands.SameAs(a.Before): // it did not happen, or somebody has undone it
		return
	case stands.SameAs(a.After):
		undo.After = a.Before
	case stands.HasAll(a.Added()) && len(a.Removed().In(stands)) == 0:
		undo.After = a.Removed().With(stands.Without(a.Added())...)
	default:
		u.notices = append(u.notices, settingKept(consent.SettingOf(stands)))
		return
	}
	u.actions = append(u.actions, undo)
	u.notices = append(u.notices, consentsStay())
}
