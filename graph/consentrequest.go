package graph

import (
	"context"
	"encoding/json"

	"appleconsent/consent/doctor"
)

// adminConsentRequests reads GET /policies/adminConsentRequestPolicy, Directory.Read.All or Policy.Read.All,
// learn.microsoft.com/graph/api/adminconsentrequestpolicy-get.
func (c *Client) adminConsentRequests(ctx context.Context) (doctor.AdminConsentRequests, error) {
	type requestPolicy struct {
		IsEnabled *bool             `json:"isEnabled"`
		Reviewers []json.RawMessage `json:"reviewers"`
	}
	policy, err := get[requestPolicy](ctx, c, opReadRequests, c.address("/v1.0/policies/adminConsentRequestPolicy", nil))
	if err == nil && policy.IsEnabled == nil {
		err = oddAnswer(opReadRequests, "the answer lacks isEnabled")
	}
	if err != nil {
		return doctor.AdminConsentRequests{}, err
	}
	return doctor.AdminConsentRequests{Enabled: *policy.IsEnabled, Reviewers: len(policy.Reviewers)}, nil
}
