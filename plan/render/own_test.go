package render_test

import (
	"testing"

	"appleconsent/plan"
	"appleconsent/plan/render"
)

// Each form that can be written to a file is known again as one of ours, and what people
// write about it is not.
func TestIsOwn(t *testing.T) {
	t.Parallel()
	doc := planFor(partialTenant())
	for _, f := range render.Formats(plan.KindPlan) {
		content, err := render.WriteFile(render.OfPlan(doc), f, 80)
		if err != nil {
			t.Fatal(err)
		}
		if !render.IsOwn(string(content)) {
			t.Errorf("%s is not known again", f)
		}
	}
	for _, text := range []string{
		"", "notes\n", "# Notes\nf8d98a96-0999-43f5-8af3-69971c7bb423\n", "{}", `{"schemaVersion": 1}`, `{"kind": "plan", "schemaVersion": 1}`,
		"<!DOCTYPE html><p>appleconsent", "#Requires -Version 5.1\n", "line,tenant\n", `["schemaVersion", 1, "kind", "plan"]`,
	} {
		if render.IsOwn(text) {
			t.Errorf("%q is taken for ours", text)
		}
	}
	if !render.IsOwn("line,tenant,name,client_id,devices,state,exit_code,error_code,message,change\r\n1,contoso.com") {
		t.Error("a report as CSV is not known again")
	}
}
