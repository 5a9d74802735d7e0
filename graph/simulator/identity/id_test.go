package identity

import (
	"testing"
)

func TestObjectID(t *testing.T) {
	id := ObjectID("tenant", "fresh")
	if !IsGUID(id) || id[14] != '8' || id[19] < '8' || id[19] > 'b' {
		t.Errorf("%s is no UUID of version 8", id)
	}
	if id != ObjectID("tenant", "fresh") {
		t.Error("the same names give different ids")
	}
	if id == ObjectID("tenantf", "resh") {
		t.Error("the border between the names does not count")
	}
}
