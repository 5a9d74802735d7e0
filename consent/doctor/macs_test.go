package doctor_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"

	"github.com/google/go-cmp/cmp"
)

const calendars = consent.Scope("Calendars.ReadWrite.Shared")

// granting are users who granted scopes one by one on a resource, three of them each.
func granting(resource consent.ObjectID, scopes ...consent.Scope) change {
	return func(f *doctor.Facts) {
		p := &f.PerUserGrants.Value
		p.Grants, p.Users = p.Grants+3, 3
		for _, s := range scopes {
			p.Scopes = append(p.Scopes, consent.UserScope{ResourceID: resource, Scope: s, Users: 3})
			f.OnGraph.Value = append(f.OnGraph.Value, consent.Published{Scope: s})
		}
	}
}

// forAll is the tenant-wide grant on Microsoft Graph with more than User.Read.
func forAll(scopes ...consent.Scope) change {
	return func(f *doctor.Facts) { f.Grants.Value[0].Scopes = f.Grants.Value[0].Scopes.With(scopes...) }
}

// unpublished are scopes that Microsoft Graph does not publish any more, or has switched off.
func unpublished(scopes ...consent.Scope) change {
	return func(f *doctor.Facts) {
		f.OnGraph.Value = slices.DeleteFunc(f.OnGraph.Value, func(p consent.Published) bool { return slices.Contains(scopes, p.Scope) })
		f.OnGraph.Value = append(f.OnGraph.Value, consent.Published{Scope: scopes[0], Disabled: true})
	}
}

func unreadCatalogue(f *doctor.Facts) {
	f.OnGraph = doctor.Reading[[]consent.Published]{Failed: "no answer in time"}
}

// grantedNow is a change of this program that was made a moment ago.
func grantedNow(f *doctor.Facts) { f.Granted = now.Add(-time.Minute) }

// refused is a sign-in to a resource that failed an hour ago.
func refused(code int, resource consent.AppID) change {
	return func(f *doctor.Facts) {
		f.SignIns.Value.Failures = append(f.SignIns.Value.Failures, doctor.SignInFailure{
			At: now.Add(-time.Hour), UserID: "u", Code: code, Resource: resource,
		})
	}
}

func unreadUsers(f *doctor.Facts) {
	f.PerUserGrants = doctor.Reading[doctor.PerUserGrants]{Failed: "no answer in time"}
}

func unreadLog(f *doctor.Facts) {
	f.SignIns = doctor.Reading[doctor.SignIns]{Lacks: "AuditLog.Read.All"}
}

// tooMany are scopes that no one grant can hold.
func tooMany() []consent.Scope {
	var scopes []consent.Scope
	for i := range 100 {
		scopes = append(scopes, consent.Scope(fmt.Sprintf("A.Very.Long.Name.Of.A.Scope.Number.%04d.Read", i)))
	}
	return scopes
}

func TestMacs(t *testing.T) {
	t.Parallel()
	mac := consent.AppleMail().Require(consent.Choices{Devices: consent.MacDevices})
	unknownYet := want{status: doctor.Warning, found: "macsUnknown macsAlerts", fixes: "signInTestMac"}
	run(t, doctor.MacsOnGraph, map[string]testCase{
		"no evidence":                          {facts: healthy(), want: unknownYet},
		"only what any sign-in asks for":       {facts: healthy(granting(graphID, "openid", "Profile", "offline_access", "User.Read")), want: unknownYet},
		"on Exchange Online":                   {facts: healthy(granting(exchangeID, "Mail.Read"), refused(90094, consent.ExchangeOnline)), want: unknownYet},
		"a failure for another reason":         {facts: healthy(refused(7000112, consent.MicrosoftGraph)), want: unknownYet},
		"a failure whose resource nobody told": {facts: healthy(refused(65001, "")), want: unknownYet},
		"users granted what the tenant has not": {required: &mac, facts: healthy(granting(graphID, calendars, "openid")), want: want{
			status: doctor.Warning, found: "macsNeed macsAlerts", fixes: "grantAlso:applyAlso",
			with:  []doctor.Finding{{Code: "macsNeed", Scopes: consent.Scopes(calendars, "openid"), Count: 2, Users: 3}},
			items: []doctor.Item{doctor.GrantedByUsers{Scope: calendars, Users: 3}, doctor.GrantedByUsers{Scope: "openid", Users: 3}},
		}},
		"and others are refused": {facts: healthy(granting(graphID, calendars), refused(90094, consent.MicrosoftGraph)), want: want{
			status: doctor.Problem, found: "macsNeed macsRefused macsAlerts", fixes: "grantAlso:applyAlso",
			with: []doctor.Finding{{Code: "macsRefused", Count: 1, Users: 1, Trend: "new"}},
		}},
		"refused, and nobody knows what": {facts: healthy(refused(65006, consent.MicrosoftGraph)), want: want{
			status: doctor.Problem, found: "macsRefused macsAlerts", fixes: "signInTestMac",
		}},
		"refused, only what any sign-in asks for granted": {facts: healthy(refused(90094, consent.MicrosoftGraph), forAll("openid")), want: want{
			status: doctor.Problem, found: "macsRefused macsAlerts", fixes: "signInTestMac",
		}},
		"refused before this program granted something": {facts: healthy(refused(90094, consent.MicrosoftGraph), grantedNow), want: want{
			status: doctor.Warning, found: "macsRefused macsAlerts", fixes: "lookAgain signInTestMac",
		}},
		"refused, the grants not read": {facts: healthy(unreadGrants, refused(90094, consent.MicrosoftGraph)), want: want{
			status: doctor.Warning, found: "macsRefused macsAlerts", fixes: "signInTestMac",
		}},
		"one of two is not published any more": {facts: healthy(granting(graphID, calendars, "Evil.Scope"), unpublished("Evil.Scope")), want: want{
			status: doctor.Warning, found: "macsNeed macsGone macsAlerts", fixes: "grantAlso:applyAlso",
			with: []doctor.Finding{{Code: "macsGone", Scopes: consent.Scopes("Evil.Scope")}},
		}},
		"all that is published is granted": {
			facts: healthy(granting(graphID, calendars, "Evil.Scope"), unpublished("Evil.Scope"), forAll(calendars)),
			want:  want{status: doctor.OK, found: "macsGone macsCovered macsPrepared macsAlerts"},
		},
		"none is published, and some are refused": {
			facts: healthy(granting(graphID, "Evil.Scope", "openid"), unpublished("Evil.Scope"), refused(90094, consent.MicrosoftGraph)),
			want:  want{status: doctor.Problem, found: "macsGone macsRefused macsAlerts", fixes: "signInTestMac"},
		},
		"what is published is not read": {facts: healthy(granting(graphID, calendars), unreadCatalogue), want: want{
			status: doctor.Warning, found: "macsNeed macsCatalogueNotRead macsAlerts", fixes: "signInTestMac",
		}},
		"too many for one grant": {facts: healthy(granting(graphID, tooMany()...)), want: want{
			status: doctor.Warning, found: "macsNeed macsAlerts", fixes: "grantSomeAlso",
		}},
		"by the other route": {required: &byUsers, facts: healthy(granting(graphID, calendars)), want: want{
			status: doctor.Warning, found: "macsNeed macsAlerts", fixes: "grantAlsoByAdmin",
		}},
		"covered, in other letters": {facts: healthy(granting(graphID, calendars), forAll("calendars.readwrite.shared")), want: want{
			status: doctor.OK, found: "macsCovered macsPrepared macsAlerts",
		}},
		"covered, and refused before": {facts: healthy(granting(graphID, calendars), forAll(calendars), refused(90095, consent.MicrosoftGraph)), want: want{
			status: doctor.Warning, found: "macsCovered macsRefused macsAlerts", fixes: "lookAgain signInTestMac",
		}},
		"covered by this program, and refused before": {
			facts: healthy(granting(graphID, calendars), forAll(calendars), refused(90095, consent.MicrosoftGraph), grantedNow),
			want:  want{status: doctor.OK, found: "macsCovered macsRefusedBefore macsPrepared macsAlerts"},
		},
		"prepared": {facts: healthy(forAll(calendars)), want: want{status: doctor.OK, found: "macsPrepared macsAlerts"}},
		"grants not read": {facts: healthy(unreadGrants, granting(graphID, calendars)), want: want{
			status: doctor.Warning, found: "macsNeed macsGrantsNotRead macsAlerts", fixes: "signInTestMac",
		}},
		"users not read": {facts: healthy(unreadUsers), want: want{status: doctor.Warning, found: "macsUsersNotRead macsUnclear macsAlerts", fixes: "signInTestMac"}},
		"log not read":   {facts: healthy(unreadLog), want: want{status: doctor.Warning, found: "macsLogNotRead macsUnclear macsAlerts", fixes: "signInTestMac"}},
		"neither read":   {facts: healthy(unreadLog, unreadUsers), want: want{status: doctor.Skipped, found: "notRead"}},
	})
}

// The command has the names, and after it the check has nothing more to say.
func TestMacs_cure(t *testing.T) {
	t.Parallel()
	c := examine(t, doctor.MacsOnGraph, allDevices, healthy(granting(graphID, calendars, "Group.Read.All")))
	want := []consent.Also{{Resource: consent.MicrosoftGraph, Scope: calendars}, {Resource: consent.MicrosoftGraph, Scope: "Group.Read.All"}}
	if diff := cmp.Diff(want, c.Also); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	cured := healthy(granting(graphID, calendars, "Group.Read.All"), forAll(calendars, "Group.Read.All"))
	if c := examine(t, doctor.MacsOnGraph, allDevices, cured); c.Status != doctor.OK || len(c.Fixes) > 0 {
		t.Errorf("got %+v", c)
	}
}

// What is for Macs alone is left out where there are none, and no Graph scope is ever called superfluous.
func TestMacs_elsewhere(t *testing.T) {
	t.Parallel()
	iOS := consent.AppleMail().Require(consent.Choices{Devices: consent.IOSDevices})
	for _, c := range doctor.Examine(iOS, healthy()) {
		if c.ID == doctor.MacsOnGraph {
			t.Error("it is there for iPhones")
		}
	}
	run(t, doctor.GrantsOfUsers, map[string]testCase{
		"beyond what all have":  {facts: healthy(granting(graphID, calendars)), want: want{status: doctor.OK, found: "userGrants userGrantsBeyond"}},
		"what all have besides": {facts: healthy(granting(graphID, "openid", consent.UserRead)), want: want{status: doctor.OK, found: "userGrants userGrantsRedundant"}},
	})
}
