package consent_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"appleconsent/consent"

	"github.com/google/go-cmp/cmp"
)

const calendars consent.Scope = "Calendars.ReadWrite.Shared"

func onGraph(scopes ...consent.Scope) (list []consent.Also) {
	for _, s := range scopes {
		list = append(list, consent.Also{Resource: consent.MicrosoftGraph, Scope: s})
	}
	return list
}

func TestParseAlso(t *testing.T) {
	t.Parallel()
	const other = consent.AppID("5b0f5c2e-7d0a-4c55-9a3e-2f1d6a8c9e10")
	for text, want := range map[string]string{
		"Mail.Read":                           "graph:Mail.Read",
		"graph:Mail.Read":                     "graph:Mail.Read",
		"Exchange:EWS.AccessAsUser.All":       "exchange:EWS.AccessAsUser.All",
		string(consent.ExchangeOnline) + ":x": "exchange:x",
		"5B0F5C2E-7D0A-4C55-9A3E-2F1D6A8C9E10:user_impersonation": string(other) + ":user_impersonation",
		"":                                      "",
		"graph:":                                "",
		":Mail.Read":                            "",
		"outlook:Mail.Read":                     "",
		"exchange:EWS:All":                      "",
		"Mail.Read Mail.Send":                   "",
		" Mail.Read":                            "",
		"Mail.Read\x1b[31m":                     "",
		"Mail.Reaɗ":                             "",
		".Mail.Read":                            "",
		"-x":                                    "",
		"https://graph.microsoft.com/Mail.Read": "",
		"5b0f5c2e-7d0a-4c55-9a3e-2f1d6a8c9e100:x": "",
		strings.Repeat("x", 121):                  "",
	} {
		got, err := consent.ParseAlso(text)
		if (err == nil) != (want != "") || err == nil && got.String() != want {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: more than one line: %v", text, err)
		}
	}
}

// What is asked for comes behind what is needed, in one order however it was said; what is needed anyway is not asked for.
func TestRequire_also(t *testing.T) {
	t.Parallel()
	ews := consent.Also{Resource: consent.ExchangeOnline, Scope: "ews.accessasuser.all"}
	foreign := consent.Also{Resource: "5b0f5c2e-7d0a-4c55-9a3e-2f1d6a8c9e10", Scope: "x"}
	list := append(onGraph("user.read", "Group.Read.All", calendars, "group.read.all"), ews, foreign)
	for name, reverse := range map[string]bool{"as said": false, "reversed": true} {
		said := slices.Clone(list)
		if reverse {
			slices.Reverse(said)
		}
		r := consent.AppleMail().Require(consent.Choices{Also: said, Devices: consent.IOSDevices})
		if got := r.Scopes(consent.MicrosoftGraph); !got.SameAs(consent.Scopes(consent.UserRead, calendars, "Group.Read.All")) || got[1] != calendars {
			t.Errorf("%s: on Microsoft Graph %v", name, got)
		}
		if got := r.Scopes(consent.ExchangeOnline); !got.SameAs(consent.Scopes(consent.EAS, consent.EWS)) {
			t.Errorf("%s: on Exchange Online %v", name, got)
		}
		last := r.Resources[len(r.Resources)-1]
		if last.AppID != foreign.Resource || len(r.Resources) != 3 || !slices.Contains(r.AppIDs(), foreign.Resource) {
			t.Errorf("%s: got %+v", name, r.Resources)
		}
		if len(r.Also) != 4 || r.Notices[0].Code != "ewsRetirement" {
			t.Errorf("%s: asked for %v, noticed %+v", name, r.Also, r.Notices)
		}
	}
	if got := consent.AppleMail().Require(consent.Choices{Also: []consent.Also{ews}}).Also; len(got) != 0 {
		t.Errorf("needed anyway: %v", got)
	}
}

// EWS ends by date in the default cloud; asked for by name it is still there.
func TestRequire_ewsEnds(t *testing.T) {
	t.Parallel()
	const end, before = consent.EWSEnd, consent.Day("2027-03-31")
	ews := []consent.Also{{Resource: consent.ExchangeOnline, Scope: consent.EWS}}
	if got := consent.DayOf(time.Date(2027, time.March, 31, 23, 59, 59, 0, time.UTC)); got != before {
		t.Errorf("the day of its last second is %s", got)
	}
	for name, test := range map[string]struct {
		choices  consent.Choices
		required bool
		notice   string
	}{
		"no date":               {consent.Choices{}, true, "ewsRetirement"},
		"the last day":          {consent.Choices{}.On(before, "global"), true, "ewsRetirement"},
		"the first day":         {consent.Choices{}.On(end, "global"), false, ""},
		"no cloud":              {consent.Choices{}.On(end, ""), false, ""},
		"another cloud":         {consent.Choices{}.On(end, "china"), true, "ewsRetirement"},
		"by name":               {consent.Choices{Also: ews}.On(end, "global"), true, "ewsEnded"},
		"by name and before":    {consent.Choices{Also: ews, Devices: consent.IOSDevices}.On(before, "global"), true, "ewsRetirement"},
		"Macs after the end":    {consent.Choices{Devices: consent.MacDevices}.On(end, "global"), false, ""},
		"iPhones after the end": {consent.Choices{Devices: consent.IOSDevices}.On(end, "global"), false, ""},
	} {
		r := consent.AppleMail().Require(test.choices)
		notice := ""
		for _, n := range r.Notices {
			notice += n.Code
		}
		if got := r.Scopes(consent.ExchangeOnline).Has(consent.EWS); got != test.required || notice != test.notice {
			t.Errorf("%s: required %v, noticed %q", name, got, notice)
		}
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	state := tenant()
	state.Published = consent.Catalogue{consent.MicrosoftGraph: {
		{Scope: calendars, DisplayName: "Calendars"},
		{Scope: "Group.Read.All", DisplayName: "Groups", Admin: true},
		{Scope: "Old.Read", Disabled: true},
		{Scope: "Mail.Read"},
	}}
	require := func(list ...consent.Also) consent.Requirement {
		return consent.AppleMail().Require(consent.Choices{Also: list})
	}
	r, err := require(onGraph("GROUP.read.all", "calendars.readwrite.shared")...).Resolve(state)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(onGraph(calendars, "Group.Read.All"), r.Also); diff != "" {
		t.Errorf("in the published spelling (-want +got):\n%s", diff)
	}
	want := consent.Notice{
		Level: consent.Info, Code: "askedWithAlso", Name: "Microsoft Graph", AppID: consent.MicrosoftGraph, Published: state.Published[consent.MicrosoftGraph][:2],
	}
	if diff := cmp.Diff(want, r.Notices[len(r.Notices)-1]); diff != "" || !r.Checked {
		t.Errorf("checked %v, noticed (-want +got):\n%s", r.Checked, diff)
	}
	for name, test := range map[string]struct {
		also                      consent.Also
		state                     consent.State
		refused, disabled, absent bool
	}{
		"unknown":                  {onGraph("Mail.Reed")[0], state, true, false, false},
		"disabled":                 {onGraph("old.read")[0], state, true, true, false},
		"of another resource":      {consent.Also{Resource: consent.ExchangeOnline, Scope: calendars}, state, true, false, false},
		"a resource that is not":   {consent.Also{Resource: "5b0f5c2e-7d0a-4c55-9a3e-2f1d6a8c9e10", Scope: "x"}, state, true, false, true},
		"no Exchange Online, told": {consent.Also{Resource: consent.ExchangeOnline, Scope: "x"}, without(tenant(), consent.ExchangeOnline), false, false, false},
	} {
		_, err := require(test.also).Resolve(test.state)
		refused, ok := errors.AsType[*consent.RefusedAlsoError](err)
		if ok != test.refused || ok && (refused.Disabled != test.disabled || refused.Absent != test.absent || refused.Published.Has("Old.Read")) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestLoosens(t *testing.T) {
	t.Parallel()
	const self = "ManagePermissionGrantsForSelf."
	low, legacy := consent.Scope(self+"microsoft-user-default-low"), consent.Scope(self+"microsoft-user-default-legacy")
	managed, mail := consent.Scope(self+"microsoft-user-default-recommended"), consent.Scope(self+"microsoft-user-default-allow-consent-apps")
	for name, test := range map[string]struct {
		before, after consent.ScopeSet
		want          bool
	}{
		"off":                  {consent.Scopes(low), consent.ScopeSet{}, false},
		"to Microsoft's own":   {consent.Scopes(low), consent.Scopes(managed, mail), false},
		"to legacy":            {consent.Scopes(low), consent.Scopes(legacy), true},
		"to a custom policy":   {consent.Scopes(low), consent.Scopes(self + "mine"), true},
		"to low":               {consent.Scopes(managed), consent.Scopes(low), true},
		"what stands stays":    {consent.Scopes(legacy, low), consent.Scopes(legacy), false},
		"owned resources only": {consent.Scopes(low), consent.Scopes("ManagePermissionGrantsForOwnedResource.mine"), false},
	} {
		if got := consent.Loosens(test.before, test.after); got != test.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
