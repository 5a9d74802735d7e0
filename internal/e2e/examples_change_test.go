package e2e_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/simtest"
)

// pipeline runs the steps of an example that changes one simulated tenant, each job on a machine of its own.
type pipeline struct {
	t   *testing.T
	url string // of the tenant
}

func newPipeline(t *testing.T) pipeline {
	t.Helper()
	tenant, err := simtest.New(simulator.Options{Scenario: "fresh"})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(tenant)
	t.Cleanup(server.Close)
	return pipeline{t, server.URL}
}

// job is a machine with an empty disk but for the artifacts, by the folders that they are put into.
func (p pipeline) job(artifacts map[string]string) *runner {
	p.t.Helper()
	r := newRunner(p.t, "APPLECONSENT_SIMULATE="+p.url)
	r.env = append(r.env, "APPLECONSENT_STATE_DIR="+filepath.Join(r.folder, "record"), "PIPELINE_WORKSPACE="+r.folder, "REASON=CHG-1042 \"quoted\"")
	for folder, artifact := range artifacts {
		if err := os.CopyFS(filepath.Join(r.folder, folder), os.DirFS(artifact)); err != nil {
			p.t.Fatal(err)
		}
	}
	return r
}

// step runs the nth script of an example and wants it to end so.
func (p pipeline) step(r *runner, key, file string, nth, code int) string {
	p.t.Helper()
	got, said := r.run(step(key, nth)(p.t, local("examples/"+file)))
	if got != code {
		p.t.Errorf("%s, script %d: exit code %d, want %d\n%s", file, nth, got, code, said)
	}
	return said
}

// inPlace wants the tenant's consent to be there, or not.
func (p pipeline) inPlace(want bool) {
	p.t.Helper()
	code, said := p.job(nil).run([]string{"appleconsent", "status", "--quiet"})
	if got := code == 0; got != want || !got && code != 2 {
		p.t.Errorf("status: exit code %d, want consent in place: %t\n%s", code, want, said)
	}
}

// What was applied by a run is undone by another one on another machine, from the artifact of the first: once, and twice does no harm.
func TestExamples_changeOnGitHub(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	planned := p.job(nil)
	if _, said, outputs, _ := planned.action(map[string]string{"simulate": p.url}); outputs["state"] != "changesDue" {
		t.Fatalf("outputs %q\n%s", outputs, said)
	} else if err := os.Rename(outputs["plan"], filepath.Join(planned.folder, "plan.json")); err != nil {
		t.Fatal(err)
	}
	p.inPlace(false)
	plan := map[string]string{".": planned.folder}
	applied := p.job(plan)
	p.step(applied, "run: |", "apply.github.yml", 0, 0)
	p.inPlace(true)
	if summary := applied.read("summary.md", ""); !strings.Contains(summary, "CHG-1042 \"quoted\"") {
		t.Errorf("the summary does not tell the reason:\n%s", summary)
	}
	p.step(p.job(plan), "run: |", "apply.github.yml", 0, 5) // the plan is stale now

	record := map[string]string{"applied": filepath.Join(applied.folder, "record")}
	shown := p.job(record)
	p.step(shown, "run: |", "rollback.github.yml", 0, 0)
	p.inPlace(true)
	if summary := shown.read("summary.md", ""); !strings.Contains(summary, "2 grants to delete") {
		t.Errorf("the summary does not tell what would be undone:\n%s", summary)
	}
	p.step(p.job(record), "run: |", "rollback.github.yml", 1, 0)
	p.inPlace(false)
	p.step(p.job(record), "run: |", "rollback.github.yml", 1, 0)
}

func TestExamples_changeOnAzurePipelines(t *testing.T) {
	t.Parallel()
	const file, key = "apply.azure-pipelines.yml", "inlineScript: |"
	p := newPipeline(t)
	look := func(artifacts map[string]string, code string) map[string]string {
		t.Helper()
		r := p.job(artifacts)
		if said := p.step(r, key, file, 0, 0); !strings.Contains(said, "##vso[task.setvariable variable=code;isOutput=true]"+code+"\n") {
			t.Errorf("the next stage is not told %s:\n%s", code, said)
		}
		if text := r.read("plan.md", ""); !strings.HasPrefix(text, "# ") {
			t.Errorf("the summary is %q", text)
		}
		return map[string]string{"appleconsent-plan": filepath.Join(r.folder, "plan")}
	}
	due := look(nil, "2")
	p.inPlace(false)
	applied := p.job(due)
	p.step(applied, key, file, 1, 0)
	p.inPlace(true)
	p.step(p.job(due), key, file, 1, 5) // the plan is stale now
	look(nil, "0")

	record := map[string]string{"applied": filepath.Join(applied.folder, "record")}
	due = look(record, "2")
	p.inPlace(true)
	p.step(p.job(due), key, file, 1, 0)
	p.inPlace(false)
	look(record, "0")
}
