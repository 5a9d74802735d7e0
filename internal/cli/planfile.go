package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"appleconsent/internal/disk"
	"appleconsent/internal/operation/fleet"
	"appleconsent/plan"
	"appleconsent/plan/render"
)

// maxPlansFile is the size of a file of saved plans that is read, in bytes.
const maxPlansFile = 128 << 20

// readPlans returns the rows of a file of saved plans; nil if it is none, such as one saved plan. Of what is neither it says what it is.
func (in *input) readPlans(name string) ([]fleet.Row, error) {
	if name == "-" {
		return nil, &hintedError{errors.New("apply reads saved plans from a file, and - is none"), saveAPlan}
	}
	data, err := disk.ReadRegular(name, maxPlansFile, os.Stat)
	if err != nil {
		return nil, nil //nolint:nilerr // whoever reads it as one plan says what is wrong
	}
	text := disk.Text(data)
	if !plan.HasResults(text) {
		return nil, in.notPlan(name, text)
	}
	rows, err := fleet.ReadPlans(text)
	if err != nil {
		return nil, &hintedError{
			fmt.Errorf("read plans %s: %w", disk.Quote(name), err), "save plans with: appleconsent plan --tenants FILE --out plans.jsonl",
		}
	}
	return rows, nil
}

// saveAPlan is how to come to what can be applied.
const saveAPlan = "save a plan with: appleconsent plan --out plan.json"

// notPlan says what a file is that is no JSON document; nil if it is one.
func (in *input) notPlan(name string, text []byte) error {
	says := func(what, hint string) error {
		return &hintedError{fmt.Errorf("read plan %s: %s", disk.Quote(name), what), hint}
	}
	begin := bytes.TrimSpace(text)
	switch {
	case len(begin) == 0:
		return says("it is empty", saveAPlan)
	case begin[0] == '{' || begin[0] == '[':
		return nil
	}
	if _, err := fleet.ReadRows(bytes.NewReader(text)); err == nil {
		words := append([]string{"apply", "--tenants", name}, in.follow.choiceFlags(in.follow.choices, true)...)
		return says("it is a list of tenants, not a plan", "to plan for them and apply that: "+in.follow.without("--tenant").command(words...))
	}
	if render.IsOwn(string(text)) {
		return says("it is a result for reading; a saved plan is JSON", saveAPlan)
	}
	return nil
}
