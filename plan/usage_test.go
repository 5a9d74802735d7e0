package plan_test

import (
	"testing"

	"appleconsent/consent"
	"appleconsent/plan"

	"github.com/google/go-cmp/cmp"
)

// What a plan tells of people is a note, a warning where consent is taken from them, and nothing that is compared: a saved plan can be
// read with it and is not stale because of it.
func TestDocument_WithUsage(t *testing.T) {
	t.Parallel()
	act := func(kind consent.ActionKind, before, after string) []plan.Action {
		return []plan.Action{{ID: "1", Action: consent.Action{Kind: kind, Before: consent.Scopes(consent.Scope(before)), After: consent.Scopes(consent.Scope(after))}}}
	}
	counted := consent.Usage{ReportedOn: "2026-11-24", MailOnMacs: new(41), OnPhones: new(0)}
	for name, test := range map[string]struct {
		usage   consent.Usage
		actions []plan.Action
		code    string
		level   consent.Level
	}{
		"grants":                {counted, act(consent.CreateGrant, "", "User.Read"), "usage", consent.Info},
		"nothing to do":         {counted, []plan.Action{}, "usage", consent.Info},
		"a scope goes":          {counted, act(consent.UpdateGrant, "User.Read EWS", "User.Read"), "usersLoseConsent", consent.Warning},
		"a grant goes":          {counted, act(consent.DeleteGrant, "User.Read", ""), "usersLoseConsent", consent.Warning},
		"the app is disabled":   {counted, act(consent.DisableServicePrincipal, "", ""), "usersLoseConsent", consent.Warning},
		"the app is deleted":    {counted, act(consent.DeleteServicePrincipal, "", ""), "usersLoseConsent", consent.Warning},
		"the app is enabled":    {counted, act(consent.EnableServicePrincipal, "", ""), "usage", consent.Info},
		"only new consent ends": {counted, act(consent.SetUserConsentPolicy, "a b", "a"), "usage", consent.Info},
		"a lack":                {consent.Usage{Lacks: "Reports.Read.All"}, act(consent.DeleteGrant, "User.Read", ""), "usageNotRead", consent.Info},
		"a failure":             {consent.Usage{Failed: "no answer in time"}, act(consent.CreateGrant, "", "User.Read"), "usageNotRead", consent.Info},
	} {
		bare := newRig(t, partialTenant()).planApply()
		bare.Actions = test.actions
		told := bare.WithUsage(&test.usage)
		last := told.Notices[len(told.Notices)-1]
		if last.Code != test.code || last.Level != test.level || len(told.Notices) != len(bare.Notices)+1 {
			t.Errorf("%s: got notices %+v", name, told.Notices)
		}
		if diff := cmp.Diff(test.usage, told.Usage.Usage()); diff != "" {
			t.Errorf("%s: usage, -want +got:\n%s", name, diff)
		}
		if there, back := plan.Stale(bare, told), plan.Stale(told, bare); len(there)+len(back) > 0 {
			t.Errorf("%s: it is stale: %q, %q", name, there, back)
		}
	}
	told := newRig(t, partialTenant()).planApply().WithUsage(&counted)
	encoded, err := plan.Encode(told)
	if err != nil {
		t.Fatal(err)
	}
	read, err := plan.Decode(encoded)
	if err != nil || read.Usage == nil || *read.Usage.MailOnMacs != 41 || len(plan.Stale(read, told)) > 0 {
		t.Errorf("read %+v, %v", read.Usage, err)
	}
	if untold := told.WithUsage(nil); untold.Usage != nil || len(untold.Notices) != len(told.Notices) {
		t.Errorf("without: %+v", untold)
	}
}
