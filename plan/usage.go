package plan

import (
	"slices"

	"appleconsent/consent"
)

// UsageInfo is how many people a document is about. It describes: nothing is decided or compared by it, and it is in no record.
type UsageInfo struct {
	ReportedOn   *string `json:"reportedOn"` // the day of Microsoft's report, as 2006-01-02; null: not told
	Days         int     `json:"days"`       // over which it counts
	MailOnMacs   *int    `json:"mailOnMacs"` // null: not told, or not meant by the devices of the requirement
	MailOnPhones *int    `json:"mailOnPhones"`
	Needs        *string `json:"needs"`  // the permission for want of which it was not read
	Failed       *string `json:"failed"` // why it was not read otherwise
}

// UsageOf is the usage in a document about these devices; nil if nobody asked for it.
func UsageOf(u *consent.Usage, devices consent.Devices) *UsageInfo {
	if u == nil {
		return nil
	}
	of := u.For(devices)
	return &UsageInfo{orNull(of.ReportedOn), consent.UsageDays, of.MailOnMacs, of.OnPhones, orNull(of.Lacks), orNull(of.Failed)}
}

// Usage is what the document says of it.
func (u UsageInfo) Usage() consent.Usage {
	return consent.Usage{
		ReportedOn: deref(u.ReportedOn), MailOnMacs: u.MailOnMacs, OnPhones: u.MailOnPhones, Lacks: deref(u.Needs), Failed: deref(u.Failed),
	}
}

// WithUsage is the plan with how many people it is about: a note or, where it takes consent from them, a warning. It is the plan
// as it is if nobody asked for that.
func (d Document) WithUsage(u *consent.Usage) Document {
	d.Usage = UsageOf(u, d.Requirement.Devices)
	if u == nil {
		return d
	}
	about := consent.Notice{Level: consent.Info, Code: "usage", Usage: u.For(d.Requirement.Devices)}
	switch {
	case !u.Read():
		about.Code = "usageNotRead"
	case slices.ContainsFunc(d.Planned(), TakesConsent):
		about.Level, about.Code = consent.Warning, usersLoseConsent
		d.Notices = slices.DeleteFunc(slices.Clone(d.Notices), func(n Notice) bool { return n.Code == usersLoseConsent })
	}
	d.Notices = slices.Concat(d.Notices, documentNotices([]consent.Notice{about}))
	return d
}

// usersLoseConsent is the code of the warning of a plan that takes from people what they sign in with, with their number if it is known.
const usersLoseConsent = "usersLoseConsent"

// TakesConsent reports whether an action takes from people what they sign in with.
func TakesConsent(a consent.Action) bool {
	if a.Kind.Object == consent.OnGrant {
		return len(a.Removed()) > 0
	}
	return a.Kind == consent.DeleteServicePrincipal || a.Kind == consent.DisableServicePrincipal
}
