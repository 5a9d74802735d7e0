package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/graph/signin"
	"appleconsent/graph/wire"
	"appleconsent/internal/operation"
	"appleconsent/internal/operation/fleet"
	"appleconsent/internal/terminal"
	"appleconsent/plan"
)

const changeID = "20261124T120000Z-000001"

// changed is the record of a change whose one action has that status.
func changed(operation plan.Operation, status plan.Status, kind consent.ActionKind) plan.Change {
	return plan.Change{ID: changeID, Operation: operation, Actions: []plan.RecordedAction{
		{Action: plan.Action{ID: "1", Action: consent.Action{Kind: kind}}, Status: status},
	}}
}

// The whole table: what each kind of error says, with which code and exit code, and what to do next. The command may change
// tenants.
func TestErrorKinds(t *testing.T) {
	t.Parallel()
	const nothing, history = "nothing was changed", "see what is recorded with: appleconsent history --simulate fresh"
	written := changed(plan.OperationApply, plan.StatusDone, consent.CreateGrant)
	goOn := []string{"to go on: appleconsent apply --simulate fresh", "to undo what was done: appleconsent rollback " + changeID + " --simulate fresh"}
	look := []string{
		"Entra can take minutes to show a change; look again with: appleconsent status --simulate fresh",
		"to undo: appleconsent rollback " + changeID + " --simulate fresh",
	}
	disk := errors.New("no space left on device")
	late := &operation.TimeoutError{Limit: operation.Limit{Time: 3 * time.Minute, Name: "--timeout"}}
	answer := func(status int) error { return &wire.Error{Op: wire.Operation{Name: "read"}, Status: status} }
	unrenewed := func(status int, cause wire.Cause) error {
		return &wire.Error{Op: wire.Operation{Name: "read"}, Status: status, Unrenewed: &signin.Error{Message: "no", Cause: cause}}
	}
	badRequest := func(message string) error {
		e := wire.Unusable(wire.Operation{Name: "create", Writes: true}, nil)
		e.Status, e.Message = http.StatusBadRequest, message
		return e
	}
	refused := changed(plan.OperationApply, plan.StatusFailed, consent.CreateGrant)
	refused.Actions[0].After, refused.Requirement.Devices = consent.Scopes(consent.EWS), consent.AllDevices
	blocked := &operation.BlockedError{
		Plan:   plan.Document{Tenant: plan.TenantInfo{ID: "7e000000"}},
		Notice: plan.Notice{Message: "It cannot be."},
	}
	next := follow{connection: []string{"--simulate", "fresh"}}
	reader, full := io.Pipe()
	_ = reader.CloseWithError(disk)
	unshown := (&call{Printer: terminal.New(terminal.Settings{Out: full}), follow: next}).showDone(written, plan.Document{})
	many := func(exit int, cause error) error {
		states := map[fleet.State]int{fleet.Failed: 2, fleet.InPlace: 3}
		return &manyError{fleet.Ended{Rows: 5, States: states, Exit: exit, Cause: cause}, "f.csv"}
	}
	again := []string{"solve what stopped them, then run it again with: --tenants f.csv"}
	cases := map[string]struct {
		err        error
		code       string
		exit       int
		text       string // empty: the error's own
		hints      []string
		standAlone bool
	}{
		"changes due":            {errChangesDue, "failed", 2, "", []string{nothing}, false}, // which is never printed
		"many, some failed":      {many(1, nil), "notAllWell", 1, "of 5 tenants: 2 failed", again, false},
		"many, some not visible": {many(4, nil), "notVisible", 4, "of 5 tenants: 2 failed", again, false},
		"many, some refused":     {many(5, nil), "stalePlan", 5, "of 5 tenants: 2 failed", again, false},
		"many, interrupted":      {many(130, context.Canceled), "interrupted", 130, "interrupted: of 5 tenants: 2 failed", []string{"to go on, run it again"}, false},
		"many, too many": {
			many(1, &fleet.TooManyError{Due: 9, AtMost: 8}), "tooMany", 1, "9 tenants would be changed, and --at-most is 8: nothing was written",
			[]string{"look at them with --dry-run, and allow more with --at-most"},
			false,
		},
		"many, throttled": {
			many(1, &wire.HeldError{For: 20 * time.Minute}), "throttled", 1, "Microsoft throttles this application in all tenants for another 20m0s, which is too long to wait",
			[]string{"to go on, run it again after that"},
			false,
		},
		"throttled, why a run ended": {&wire.HeldError{For: time.Minute}, "throttled", 1, "", []string{nothing}, false},
		"many, failed alike": {
			many(1, &fleet.SameFailureError{Times: 10, Code: "signIn", Advice: "renew the secret"}), "notAllWell", 1,
			"stopped: 10 tenants failed with the same error (signIn) before any succeeded", append([]string{"renew the secret"}, again...), false,
		},
		"many, not recorded":          {many(1, &fleet.UnrecordedError{}), "notAllWell", 1, "stopped: a change record could not be written", append(slices.Clone(again), stateFolderHint), false},
		"a record, of many":           {&fleet.UnrecordedError{}, "stateFolder", 1, "", []string{stateFolderHint}, false},
		"many, a row not begun":       {&fleet.NotBegunError{Code: "signIn"}, "notBegun", 1, "the run ended before this tenant was begun: signIn", nil, false},
		"many, a row without a plan":  {&fleet.NotBegunError{Own: errors.New("no plan")}, "notBegun", 1, "not begun: no plan", nil, false},
		"many, a duplicate":           {&fleet.DuplicateError{Line: 3}, "duplicate", 1, "the same tenant as line 3, which is the one that counts", nil, false},
		"many, not of the run":        {&fleet.UnchangedError{Run: "R"}, "notInRun", 1, "run R has no active change in this tenant", nil, false},
		"many, a row that is no good": {&fleet.BadRowError{Line: 3, Why: "it is odd"}, "invalidInput", 1, "line 3: it is odd", []string{nothing}, false},
		"many, a mistake of ours":     {&fleet.PanicError{Cause: "x"}, "internal", 1, "internal error; please report it", []string{internalHint}, false},

		"declined":                  {operation.ErrDeclined, "declined", 3, "Not applied. Nothing was changed.", nil, true},
		"left":                      {errLeft, "declined", 3, "Cancelled. Nothing was changed.", nil, true},
		"interrupted":               {fmt.Errorf("tenant x: %w", context.Canceled), "interrupted", 130, "interrupted: nothing was changed", nil, false},
		"interrupted while writing": {&plan.IncompleteError{Change: written, Err: context.Canceled}, "interrupted", 130, "interrupted: apply " + changeID + " in tenant " + written.Tenant.ID + " was stopped", goOn, false},
		"interrupted while verifying": {
			&operation.UnverifiedError{Change: written, Err: context.Canceled}, "interrupted", 130,
			"interrupted: apply " + changeID + " was written and recorded, but not verified", nil, false,
		},
		"incomplete, nothing written": {
			&plan.IncompleteError{Change: changed(plan.OperationApply, plan.StatusFailed, consent.CreateGrant), Err: answer(http.StatusForbidden)}, "permissionDenied", 1, "",
			[]string{"this needs ", "nothing was changed; try again with: appleconsent apply --simulate fresh"},
			false,
		},
		"incomplete, out of time": {&plan.IncompleteError{Change: written, Err: late}, "timeout", 1, "apply " + changeID + " stopped: timed out after 3m (--timeout)", append(append([]string{}, goOn...), timeoutHint), false},
		"incomplete, not recorded": {
			&plan.IncompleteError{Change: written, Err: &plan.RecordError{Err: disk}}, "stateFolder", 1, "",
			append(append([]string{}, goOn...), stateFolderHint, "the record may lack the last action's outcome; rollback checks the tenant before it undoes anything"), false,
		},
		"created and not visible": {
			&plan.IncompleteError{Change: written, Err: &plan.NotYetError{Err: answer(http.StatusNotFound)}}, "notVisible", 4, "", goOn, false,
		},
		"a deleted one has the name": {
			&plan.IncompleteError{Change: refused, Err: &plan.TakenError{Holder: consent.NameHolder{ID: "x", Deleted: true}}}, "nameTaken", 1, "",
			[]string{"restore it, with its object ID: ", "then go on with: appleconsent apply --simulate fresh", nothing},
			false,
		},
		"another one has the name": {
			&plan.IncompleteError{Change: written, Err: &plan.TakenError{Holder: consent.NameHolder{ID: "x"}}}, "nameTaken", 1, "",
			[]string{"look at that service principal ", goOn[1]},
			false,
		},
		"unknown application": {
			&plan.IncompleteError{Change: refused, Err: badRequest("The appId 'x' of the service principal does not reference a valid application object.")}, "graph", 1, "",
			[]string{unknownAppHint, nothing},
			false,
		},
		"unknown scope": {
			&plan.IncompleteError{Change: refused, Err: badRequest("The scope 'EWS.AccessAsUser.All' does not exist.")}, "graph", 1, "",
			[]string{"a scope of the plan", "if that is EWS.AccessAsUser.All", nothing},
			false,
		},
		"not visible": {&plan.NotVisibleError{Change: written, Err: late}, "notVisible", 4, "", look, false},
		"policy not visible": {
			&plan.NotVisibleError{Change: written, Hidden: changed(plan.OperationApply, plan.StatusDone, consent.SetUserConsentPolicy).Actions, Err: late}, "notVisible", 4, "",
			append([]string{
				"tenants whose user consent Microsoft manages have been seen to accept another setting and to discard it: " +
					"if it does not show in a few minutes, undo this and use the tenant-wide grant instead (--route admin-consent)",
			}, look...), false,
		},
		"stale": {&plan.StaleError{}, "stalePlan", 5, "", []string{"nothing was changed; to see what is due now: appleconsent plan --simulate fresh"}, false},
		"wider": {&hintedError{&plan.WiderError{}, "ask for it"}, "widerPlan", 5, "", []string{"ask for it", nothing}, false},
		"no such scope": {
			&consent.RefusedAlsoError{
				Also: consent.Also{Resource: consent.ExchangeOnline, Scope: "eas.AccesAsUser.All"}, Name: "Exchange", Published: consent.Scopes("SMTP.Send", consent.EAS),
			}, "unknownScope", 1, "", []string{"did you mean: --also exchange:EAS.AccessAsUser.All", nothing}, false,
		},
		"drift":          {&plan.DriftError{Reason: "x"}, "drift", 5, "", []string{nothing}, false},
		"locked":         {&plan.LockedError{}, "locked", 1, "", []string{"nothing was changed; wait until that one has ended"}, false},
		"no lock":        {&plan.LockError{Err: disk}, "stateFolder", 1, "", []string{stateFolderHint, nothing}, false},
		"no record":      {&plan.RecordError{Err: disk}, "stateFolder", 1, "", []string{stateFolderHint, nothing}, false},
		"damaged":        {&plan.DamagedError{Err: disk}, "damagedRecord", 1, "", []string{history, nothing}, false},
		"of two tenants": {&plan.AmbiguousError{ID: "x"}, "invalidInput", 1, "", []string{history, nothing}, false},
		"a beginning":    {&plan.PrefixError{Prefix: "2", IDs: []string{"20", "21"}}, "invalidInput", 1, "2 changes begin with 2: 20, 21", []string{nothing}, false},
		"other record": {
			&operation.OtherRecordError{ChangeID: "x"}, "failed", 1, "", []string{"to undo it by that one: appleconsent rollback x --simulate fresh", nothing}, false,
		},
		"unknown change":  {fmt.Errorf("change x: %w", plan.ErrNoChange), "invalidInput", 1, "", []string{history, nothing}, false},
		"nothing to undo": {&operation.NothingToUndoError{TenantID: "x"}, "failed", 1, "", []string{history}, false},
		"unnamed tenant": {
			&operation.UnnamedTenantError{Tenant: plan.TenantInfo{ID: "7e"}}, "invalidInput", 1, "--yes needs a tenant that is named; you are signed in to 7e",
			[]string{"if that is the right one, add: --tenant 7e", nothing},
			false,
		},
		"other tenant": {
			&operation.OtherTenantError{ChangeID: "x", Tenant: plan.TenantInfo{ID: "7e", DisplayName: new("Contoso")}, SignedIn: "8f"}, "failed", 1,
			"change x was made in Contoso (7e); you are signed in to tenant 8f",
			[]string{"sign in to that tenant: add --tenant 7e", nothing},
			false,
		},
		"other simulated tenant": {
			&operation.OtherTenantError{Tenant: plan.TenantInfo{Simulated: true}}, "failed", 1, "",
			[]string{"it is a simulated tenant: name its scenario with --simulate", nothing},
			false,
		},
		"blocked": {
			blocked, "blocked", 1, "blocked: It cannot be.",
			[]string{"nothing was changed; when this is resolved, check again: appleconsent plan --simulate fresh"},
			false,
		},
		"run not shown":             {(&manyRun{call: &call{follow: next}}).unshown(disk, "RUN"), "output", 1, "", []string{"see what it did with: appleconsent history --simulate fresh"}, false},
		"not shown":                 {unshown, "output", 1, "", []string{"see it with: appleconsent history show " + changeID + " --simulate fresh"}, false},
		"no output":                 {&terminal.OutputError{Err: disk}, "output", 1, "", []string{nothing}, false},
		"not signed in":             {signin.ErrNotSignedIn, "notSignedIn", 1, "", append(append([]string{}, signInChoices...), nothing), false},
		"credential":                {&signin.CredentialError{Err: disk}, "notSignedIn", 1, "", []string{nothing}, false},
		"sign-in":                   {&signin.Error{Message: "no", Cause: signin.CauseSecretExpired}, "signIn", 1, "", []string{causeHints[signin.CauseSecretExpired], nothing}, false},
		"out of time":               {fmt.Errorf("tenant x: %w", late), "timeout", 1, "tenant x: timed out after 3m (--timeout)", []string{timeoutHint, nothing}, false},
		"out of time, of Graph":     {&wire.Error{Op: wire.Operation{Name: "read"}, Err: late}, "timeout", 1, "", []string{causeHints[wire.CauseTimeout], debugHint, nothing}, false},
		"no state folder":           {&stateFolderError{"x", disk}, "stateFolder", 1, `state folder "x": no space left on device`, []string{stateFolderHint, nothing}, false},
		"a proxy setting":           {&wire.ProxySettingError{Variable: "HTTPS_PROXY"}, "invalidInput", 1, "", []string{causeHints[wire.CauseProxySetting], nothing}, false},
		"no answer, at the sign-in": {&signin.Error{Message: "x", Cause: wire.CauseUnknownHost}, "network", 1, "", []string{causeHints[wire.CauseUnknownHost], nothing}, false},
		"of az":                     {&signin.Error{Message: "x", Cause: signin.CauseExpired, Way: signin.AuthAzureCLI, Command: "az login"}, "signIn", 1, "", []string{azureCLIHints[signin.CauseExpired], "sign in to the Azure CLI with: az login", nothing}, false},
		"an odd answer":             {wire.Unusable(wire.Operation{Name: "read"}, disk), "graph", 1, "", []string{nothing}, false},
		"403":                       {answer(http.StatusForbidden), "permissionDenied", 1, "", []string{"this needs ", nothing}, false},
		"a quota":                   {&signin.Error{Message: "x", Cause: wire.CauseQuota}, "quota", 1, "", []string{causeHints[wire.CauseQuota], nothing}, false},
		"a licence":                 {&signin.Error{Message: "x", Cause: wire.CauseUnlicensed}, "licence", 1, "", []string{causeHints[wire.CauseUnlicensed], nothing}, false},
		"a web filter":              {&signin.Error{Message: "x", Cause: wire.CauseFiltered}, "graph", 1, "", []string{causeHints[wire.CauseFiltered], nothing}, false},
		"a page at the sign-in":     {&signin.Error{Message: "x", Cause: signin.CauseOnTheWay}, "graph", 1, "", []string{causeHints[signin.CauseOnTheWay], nothing}, false},
		"restrictions":              {&signin.Error{Message: "x", Cause: wire.CauseTenantRestricted}, "signIn", 1, "", []string{causeHints[wire.CauseTenantRestricted], nothing}, false},
		"401, and no fresh token":   {unrenewed(http.StatusUnauthorized, signin.CauseSecretExpired), "signIn", 1, "", []string{causeHints[signin.CauseSecretExpired], nothing}, false},
		"403, and no fresh token":   {unrenewed(http.StatusForbidden, wire.CauseBlocked), "permissionDenied", 1, "", []string{"this needs ", causeHints[wire.CauseBlocked], nothing}, false},
		"401":                       {answer(http.StatusUnauthorized), "signIn", 1, "", []string{"Graph did not accept", nothing}, false},
		"429 at the sign-in":        {&signin.Error{Message: "x", Cause: signin.CauseThrottled}, "throttled", 1, "", []string{throttledHint, nothing}, false},
		"429":                       {answer(http.StatusTooManyRequests), "throttled", 1, "", []string{"Microsoft is throttling", nothing}, false},
		"no answer":                 {answer(0), "network", 1, "", []string{nothing}, false},
		"500":                       {answer(http.StatusInternalServerError), "graph", 1, "", []string{nothing}, false},
		"internal":                  {fmt.Errorf("%w: %v", errInternal, "x"), "internal", 1, "internal error; please report it: x", []string{"if a change was under way"}, false},
		"anything else":             {errors.New("x"), "failed", 1, "", []string{nothing}, false},
	}
	hit := make([]bool, len(errorKinds))
	k := &call{follow: next, changes: true, began: true}
	for name, test := range cases {
		v := k.judge(test.err)
		if test.text == "" {
			test.text = test.err.Error()
		}
		if v.code != test.code || v.exit != test.exit || v.text != test.text || v.aside != test.standAlone {
			t.Errorf("%s: got %+v", name, v)
		}
		if !slices.EqualFunc(v.hints, test.hints, strings.HasPrefix) {
			t.Errorf("%s: got the hints %q, want %q", name, v.hints, test.hints)
		}
		for i, kind := range errorKinds {
			hit[i] = hit[i] || kind.fits(test.err)
		}
	}
	for i, hit := range hit {
		if !hit {
			t.Errorf("row %d, %q, fits none of the cases", i, errorKinds[i].code)
		}
	}
}

// Before the input is understood it is the input that is wrong, and a command that changes nothing does not say so.
func TestJudge_input(t *testing.T) {
	t.Parallel()
	v := (&call{}).judge(errors.New("x"))
	if v.code != "invalidInput" || v.exit != exitError || len(v.hints) > 0 {
		t.Errorf("got %+v", v)
	}
	if v := (&call{}).judge(nil); v.exit != exitDone {
		t.Errorf("no error: got %+v", v)
	}
}

// Programs find each code in the documentation.
func TestErrorKinds_areDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "documents.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range errorKinds {
		if kind.code != "" && !strings.Contains(string(text), "`"+kind.code+"`") {
			t.Errorf("docs/documents.md does not tell %s", kind.code)
		}
	}
}
