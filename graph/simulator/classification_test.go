package simulator

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	userReadID       = "e1fe6dd8-ba31-4d61-89e7-88639da4683d"
	easOnExchangeID  = "266d2589-20b5-4f91-9a03-89247d1be8da"
	ewsOnExchangeID  = "3b5f3d61-589b-4a3c-a359-5dd4b5ee5bd5"
	exchangeClassed  = "/servicePrincipals(appId='" + exchangeAppID + "')/delegatedPermissionClassifications"
	classificationOf = "delegatedPermissionClassifications"
)

// learn.microsoft.com/graph/api/serviceprincipal-post-delegatedpermissionclassifications
func TestClassificationID(t *testing.T) {
	cases := []struct{ permission, classification, want string }{
		{userReadID, "low", "2G3-4TG6YU2J54hjnaRoPQE"},
		{userReadID, "medium", "2G3-4TG6YU2J54hjnaRoPQI"},
		{userReadID, "high", "2G3-4TG6YU2J54hjnaRoPQM"},
		{easOnExchangeID, "low", "iSVtJrUgkU-aA4kkfRvo2gE"},
		{ewsOnExchangeID, "low", "YT1fO5tYPEqjWV3Ute5b1QE"},
	}
	for _, c := range cases {
		if got := ClassificationID(c.permission, c.classification); got != c.want {
			t.Errorf("%s as %s: got %s, want %s", c.permission, c.classification, got, c.want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a classification that nobody knows is taken")
		}
	}()
	ClassificationID(userReadID, "none")
}

func TestPublishedPermissions(t *testing.T) {
	d := newTenant(t, "fresh").server.Directory()
	for id, want := range map[string][2]string{
		userReadID:      {graphAppID, "User.Read"},
		easOnExchangeID: {exchangeAppID, "EAS.AccessAsUser.All"},
		ewsOnExchangeID: {exchangeAppID, "EWS.AccessAsUser.All"},
	} {
		sp, _ := d.ServicePrincipalOf(want[0])
		found := ""
		for _, s := range sp.OAuth2PermissionScopes {
			if s.ID == id {
				found = s.Value
			}
		}
		if found != want[1] {
			t.Errorf("%s: got %q, want %s", id, found, want[1])
		}
	}
}

func TestClassifications(t *testing.T) {
	c := newTenant(t, "low-impact").asPolicyAdmin()
	path := "/servicePrincipals/" + c.idOf(graphAppID) + "/" + classificationOf
	if got := c.get(path).must(t, http.StatusOK); len(got.values("id")) != 0 {
		t.Errorf("got %s, want none", got.text)
	}
	created := c.do("POST", path, `{"permissionId":"`+userReadID+`","permissionName":"User.Read","classification":"low"}`).must(t, http.StatusCreated)
	want := map[string]any{
		"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#delegatedPermissionClassifications/$entity",
		"id":             "2G3-4TG6YU2J54hjnaRoPQE", "permissionId": userReadID, "permissionName": "User.Read", "classification": "low",
	}
	if diff := cmp.Diff(want, created.body); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	c.do("POST", exchangeClassed, `{"permissionId":"`+easOnExchangeID+`","classification":"high"}`).must(t, http.StatusCreated)
	if diff := cmp.Diff([]string{"User.Read"}, c.get(path).values("permissionName")); diff != "" {
		t.Errorf("on Graph (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"EAS.AccessAsUser.All"}, c.get(exchangeClassed+"?$select=permissionName").values("permissionName")); diff != "" {
		t.Errorf("on Exchange (-want +got):\n%s", diff)
	}
	c.do("DELETE", exchangeClassed+"/2G3-4TG6YU2J54hjnaRoPQE", "").must(t, http.StatusNotFound) // it is Graph's
	c.do("DELETE", path+"/2G3-4TG6YU2J54hjnaRoPQE", "").must(t, http.StatusNoContent)
	got := c.do("DELETE", path+"/2G3-4TG6YU2J54hjnaRoPQE", "").must(t, http.StatusNotFound)
	if got.code() != "Request_ResourceNotFound" {
		t.Errorf("got code %s", got.code())
	}
	c.do("POST", path, `{"permissionId":"`+userReadID+`","classification":"medium"}`).must(t, http.StatusCreated)
	c.do("DELETE", "/servicePrincipals/"+c.idOf(graphAppID), "").must(t, http.StatusForbidden) // the role does not reach
	c.asRole(globalAdministrator, "Application.ReadWrite.All").do("DELETE", "/servicePrincipals/"+c.idOf(graphAppID), "").must(t, http.StatusNoContent)
	if left := c.server.Directory().PermissionClassifications; len(left) != 1 || left[0].PermissionID != easOnExchangeID {
		t.Errorf("after Graph went there are %+v", left)
	}
}

func TestCreateClassification_refused(t *testing.T) {
	const bad, unsupported = "Request_BadRequest", "Request_UnsupportedQuery"
	cases := map[string]struct {
		body   string
		status int
		code   string
	}{
		"no permission":                     {`{"classification":"low"}`, 400, bad},
		"no classification":                 {`{"permissionId":"` + easOnExchangeID + `"}`, 400, bad},
		"an unknown classification":         {`{"permissionId":"` + easOnExchangeID + `","classification":"none"}`, 400, bad},
		"another resource's permission":     {`{"permissionId":"` + userReadID + `","classification":"low"}`, 400, bad},
		"a name in place of the id":         {`{"permissionId":"EAS.AccessAsUser.All","classification":"low"}`, 400, bad},
		"the name of another permission":    {`{"permissionId":"` + easOnExchangeID + `","permissionName":"EWS.AccessAsUser.All","classification":"low"}`, 400, bad},
		"an unknown property":               {`{"permissionId":"` + easOnExchangeID + `","classification":"low","colour":"red"}`, 400, bad},
		"a number in place of text":         {`{"permissionId":1}`, 400, bad},
		"the same again":                    {`{"permissionId":"` + ewsOnExchangeID + `","classification":"low"}`, 409, "Request_MultipleObjectsWithSameKeyValue"},
		"another word for the same":         {`{"permissionId":"` + ewsOnExchangeID + `","classification":"high"}`, 409, "Request_MultipleObjectsWithSameKeyValue"},
		"a filter, which there is none for": {"", 400, unsupported},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := newTenant(t, "fresh").asPolicyAdmin()
			c.do("POST", exchangeClassed, `{"permissionId":"`+ewsOnExchangeID+`","classification":"low"}`).must(t, http.StatusCreated)
			var got response
			if want.body == "" {
				got = c.get(exchangeClassed + "?$filter=classification eq 'low'")
			} else {
				got = c.do("POST", exchangeClassed, want.body)
			}
			if got.must(t, want.status).code() != want.code {
				t.Errorf("got code %s: %s", got.code(), got.message())
			}
		})
	}
	c := newTenant(t, "no-exchange").asPolicyAdmin()
	c.get(exchangeClassed).must(t, http.StatusNotFound)
	c.do("POST", exchangeClassed, `{}`).must(t, http.StatusNotFound)
	c.do("DELETE", exchangeClassed+"/x", "").must(t, http.StatusNotFound)
	c.get(exchangeClassed+"/x").must(t, http.StatusMethodNotAllowed)
}

func TestClassifications_lag(t *testing.T) {
	c := newTenant(t, "lagging").asPolicyAdmin()
	c.do("POST", exchangeClassed, `{"permissionId":"`+ewsOnExchangeID+`","classification":"low"}`).must(t, http.StatusCreated)
	var seen []int
	for range 4 {
		seen = append(seen, len(c.get(exchangeClassed).values("id")))
	}
	if diff := cmp.Diff([]int{0, 0, 0, 1}, seen); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	c.misbehave(Rule{Method: "DELETE", Trouble: TroubleLag, Reads: 1})
	c.do("DELETE", exchangeClassed+"/"+ClassificationID(ewsOnExchangeID, "low"), "").must(t, http.StatusNoContent)
	if n := len(c.get(exchangeClassed).values("id")); n != 1 {
		t.Errorf("got %d, want the deleted one still", n)
	}
}
