package graph

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
)

// deletedRow is a deleted service principal, as far as it is read.
type deletedRow struct {
	ID          string    `json:"id"`
	AppID       string    `json:"appId"`
	DisplayName string    `json:"displayName"`
	DeletedAt   time.Time `json:"deletedDateTime"`
}

// deleted reads the application's service principals among the deleted items: GET /directory/deletedItems/
// microsoft.graph.servicePrincipal, Directory.Read.All, learn.microsoft.com/graph/api/directory-deleteditems-list. That the
// list can be filtered is not documented, so that each row is looked at.
func (c *Client) deleted(ctx context.Context, app consent.AppID) ([]doctor.DeletedServicePrincipal, error) {
	all := c.list("/v1.0/directory/deletedItems/microsoft.graph.servicePrincipal", url.Values{
		"$filter": {fmt.Sprintf("appId eq '%s'", app)}, "$select": {"id,appId,displayName,deletedDateTime"},
	})
	var found []doctor.DeletedServicePrincipal
	_, err := each(ctx, c, opReadDeleted, all, func(row deletedRow) bool {
		if strings.EqualFold(row.AppID, string(app)) {
			found = append(found, doctor.DeletedServicePrincipal{
				ID: consent.ObjectID(strings.ToLower(row.ID)), DisplayName: row.DisplayName, DeletedAt: row.DeletedAt,
			})
		}
		return true
	})
	return found, err
}
