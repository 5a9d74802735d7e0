package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"appleconsent/internal/disk"
)

// maxRuleFile is the largest rule file that is read, in bytes.
const maxRuleFile = 1 << 20

// ReadRules reads a rule file: a JSON object with the rules in a list named rules.
func ReadRules(name string) ([]Rule, error) {
	var text []byte
	err := disk.Insist(func() (err error) {
		text, err = readRuleFile(name)
		return err
	})
	var rules []Rule
	if err == nil {
		rules, err = parseRules(text)
	}
	if err != nil {
		return nil, fmt.Errorf("read faults %s: %w", disk.Quote(name), disk.Pathless(err))
	}
	return rules, nil
}

// readRuleFile reads a file of any kind, such as the pipe that a shell makes of a command.
func readRuleFile(name string) ([]byte, error) {
	file, err := os.Open(name) //nolint:gosec // the user's own argument
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // nothing was written
	text, err := io.ReadAll(io.LimitReader(file, maxRuleFile+1))
	if err == nil && len(text) > maxRuleFile {
		err = fmt.Errorf("it is larger than %d bytes", maxRuleFile)
	}
	return text, err
}

func parseRules(text []byte) ([]Rule, error) {
	decoder := json.NewDecoder(bytes.NewReader(disk.Text(text)))
	decoder.DisallowUnknownFields()
	var file struct {
		Rules []Rule `json:"rules"`
	}
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("it is not a list of rules: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is text after the rules")
	}
	if len(file.Rules) == 0 {
		return nil, errors.New("it has no rules")
	}
	return file.Rules, checkRules(file.Rules)
}
