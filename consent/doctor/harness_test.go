package doctor_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"

	"github.com/google/go-cmp/cmp"
)

var (
	now        = time.Date(2026, time.November, 18, 15, 4, 5, 0, time.UTC)
	allDevices = consent.AppleMail().Require(consent.Choices{})
	byUsers    = consent.AppleMail().Require(consent.Choices{Route: consent.UserConsent})
)

const (
	clientID, graphID, exchangeID = consent.ObjectID("c1"), consent.ObjectID("9a"), consent.ObjectID("e0")

	self      = "ManagePermissionGrantsForSelf.microsoft-user-default-"
	legacy    = consent.Scope(self + "legacy")
	low       = consent.Scope(self + "low")
	managed   = consent.Scope(self + "recommended")
	mail      = consent.Scope(self + "allow-consent-apps")
	custom    = consent.Scope("ManagePermissionGrantsForSelf.contoso-rules")
	teamEntry = consent.Scope("ManagePermissionGrantsForOwnedResource.microsoft-dynamically-managed-permissions-for-team")
)

// change turns the facts of a tenant in which all is well into those of another.
type change func(*doctor.Facts)

// healthy is a tenant in which everything is granted and nothing is in the way.
func healthy(changes ...change) doctor.Facts {
	enabled := true
	f := doctor.Facts{At: now, Tenant: consent.Tenant{ID: "7e000000-0000-4000-8000-000000000000", DisplayName: "Contoso", Cloud: "global"}}
	f.ServicePrincipals.Value = []consent.ServicePrincipal{
		{ID: clientID, AppID: consent.AppleInternetAccounts, DisplayName: "Apple Internet Accounts", AccountEnabled: &enabled, VerifiedPublisher: "Apple Inc."},
		{ID: graphID, AppID: consent.MicrosoftGraph, DisplayName: "Microsoft Graph"},
		{ID: exchangeID, AppID: consent.ExchangeOnline, DisplayName: "Office 365 Exchange Online"},
	}
	f.Grants.Value = []consent.PermissionGrant{
		{ID: "g1", ClientID: clientID, ResourceID: graphID, ConsentType: consent.AllPrincipals, Scopes: consent.Scopes(consent.UserRead)},
		{ID: "g2", ClientID: clientID, ResourceID: exchangeID, ConsentType: consent.AllPrincipals, Scopes: consent.Scopes(consent.EAS, consent.EWS)},
	}
	f.Policies.Value = consent.Scopes(low, teamEntry)
	for _, c := range changes {
		c(&f)
	}
	return f
}

func at(t time.Time) change { return func(f *doctor.Facts) { f.At = t } }

func client(edit func(*consent.ServicePrincipal)) change {
	return func(f *doctor.Facts) { edit(&f.ServicePrincipals.Value[0]) }
}

func ungranted(f *doctor.Facts) { f.Grants.Value = nil }

func absent(f *doctor.Facts) {
	f.ServicePrincipals.Value = f.ServicePrincipals.Value[1:]
	f.Grants.Value = nil
}

func withoutExchange(f *doctor.Facts) {
	f.ServicePrincipals.Value = f.ServicePrincipals.Value[:2]
	f.Grants.Value = f.Grants.Value[:1]
}

func unreadGrants(f *doctor.Facts) {
	f.Grants = doctor.Reading[[]consent.PermissionGrant]{Lacks: "Directory.Read.All"}
}

func disabled(sp *consent.ServicePrincipal)           { sp.AccountEnabled = new(bool) }
func assignmentRequired(sp *consent.ServicePrincipal) { sp.AssignmentRequired = true }
func unverified(sp *consent.ServicePrincipal)         { sp.VerifiedPublisher = "" }

func setting(entries ...consent.Scope) change {
	return func(f *doctor.Facts) { f.Policies.Value = consent.Scopes(append(entries, teamEntry)...) }
}

// classified classifies the required permissions, in the order User.Read, EAS, EWS; an empty level leaves one out.
func classified(levels ...string) change {
	return func(f *doctor.Facts) {
		for i, of := range []struct {
			app      consent.AppID
			resource consent.ObjectID
			scope    consent.Scope
		}{{consent.MicrosoftGraph, graphID, consent.UserRead}, {consent.ExchangeOnline, exchangeID, consent.EAS}, {consent.ExchangeOnline, exchangeID, consent.EWS}} {
			id, _ := consent.PermissionID(of.app, of.scope)
			if i < len(levels) && levels[i] != "" {
				f.Classifications.Value = append(f.Classifications.Value, consent.Classification{
					ID: "x", ResourceID: of.resource, PermissionID: id, Permission: of.scope, Level: levels[i],
				})
			}
		}
	}
}

// lacking is a tenant of which nothing could be read for want of permissions.
func lacking() doctor.Facts {
	return doctor.Facts{
		At:                now,
		ServicePrincipals: doctor.Reading[[]consent.ServicePrincipal]{Lacks: "Directory.Read.All"},
		Grants:            doctor.Reading[[]consent.PermissionGrant]{Lacks: "Directory.Read.All"},
		Deleted:           doctor.Reading[[]doctor.DeletedServicePrincipal]{Lacks: "Directory.Read.All"},
		Policies:          doctor.Reading[consent.ScopeSet]{Lacks: "Policy.Read.All"},
		Requests:          doctor.Reading[doctor.AdminConsentRequests]{Lacks: "Policy.Read.All"},
		Classifications:   doctor.Reading[[]consent.Classification]{Lacks: "Directory.Read.All"},
		PerUserGrants:     doctor.Reading[doctor.PerUserGrants]{Lacks: "Directory.Read.All"},
		ConditionalAccess: doctor.Reading[[]doctor.ConditionalAccessPolicy]{Lacks: "Policy.Read.All"},
		SignIns:           doctor.Reading[doctor.SignIns]{Lacks: "AuditLog.Read.All"},
		Domains:           doctor.Reading[[]doctor.Domain]{Lacks: "Domain.Read.All"},
		MailProfiles:      doctor.Reading[[]doctor.MailProfile]{Lacks: "DeviceManagementConfiguration.Read.All"},
	}
}

// want is what one check should come to.
type want struct {
	status doctor.Status
	needs  string
	found  string           // the codes of all findings, in their order
	fixes  string           // the codes of all fixes, each with its command behind a colon
	with   []doctor.Finding // findings among them with their parameters, whatever their status
	items  []doctor.Item    // compared if not nil
}

type testCase struct {
	required *consent.Requirement // allDevices if nil
	at       time.Time            // that of the facts if zero
	facts    doctor.Facts
	want     want
}

func examine(t *testing.T, id doctor.CheckID, required consent.Requirement, facts doctor.Facts) doctor.Check {
	t.Helper()
	checks := doctor.Examine(required, facts)
	i := slices.IndexFunc(checks, func(c doctor.Check) bool { return c.ID == id })
	if i < 0 {
		t.Fatalf("there is no check %s", id)
	}
	return checks[i]
}

// run examines the cases of one check.
func run(t *testing.T, id doctor.CheckID, cases map[string]testCase) {
	t.Helper()
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			required := allDevices
			if test.required != nil {
				required = *test.required
			}
			if !test.at.IsZero() {
				test.facts.At = test.at
			}
			test.want.compare(t, examine(t, id, required, test.facts))
		})
	}
}

func (w want) compare(t *testing.T, c doctor.Check) {
	t.Helper()
	var found, fixes []string
	for _, f := range c.Findings {
		found = append(found, f.Code)
	}
	for _, f := range c.Fixes {
		fixes = append(fixes, strings.TrimSuffix(f.Code+":"+string(f.Command), ":"))
	}
	got := want{c.Status, c.Needs, strings.Join(found, " "), strings.Join(fixes, " "), nil, nil}
	expected := want{w.status, w.needs, w.found, w.fixes, nil, nil}
	if diff := cmp.Diff(expected, got, cmp.AllowUnexported(want{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, f := range w.with {
		i := slices.IndexFunc(c.Findings, func(g doctor.Finding) bool { return g.Code == f.Code })
		if i < 0 {
			continue // it was told above
		}
		f.Status = c.Findings[i].Status
		if diff := cmp.Diff(f, c.Findings[i]); diff != "" {
			t.Errorf("finding %s (-want +got):\n%s", f.Code, diff)
		}
	}
	if w.items != nil {
		if diff := cmp.Diff(w.items, c.Items); diff != "" {
			t.Errorf("items (-want +got):\n%s", diff)
		}
	}
}
