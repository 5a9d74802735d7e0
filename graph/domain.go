package graph

import (
	"context"
	"net/url"
	"strings"

	"appleconsent/consent/doctor"
)

// domains reads GET /domains, Directory.Read.All or Domain.Read.All, learn.microsoft.com/graph/api/domain-list.
func (c *Client) domains(ctx context.Context) ([]doctor.Domain, error) {
	type domain struct {
		ID                 string `json:"id"`
		AuthenticationType string `json:"authenticationType"`
	}
	list := c.list("/v1.0/domains", url.Values{"$select": {"id,authenticationType"}})
	var all []doctor.Domain
	_, err := each(ctx, c, opReadDomains, list, func(d domain) bool {
		all = append(all, doctor.Domain{Name: d.ID, Federated: strings.EqualFold(d.AuthenticationType, "Federated")})
		return true
	})
	return all, err
}
