package directory_test

import (
	"net/http"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

const (
	userReadID       = "e1fe6dd8-ba31-4d61-89e7-88639da4683d"
	easOnExchangeID  = "266d2589-20b5-4f91-9a03-89247d1be8da"
	ewsOnExchangeID  = "3b5f3d61-589b-4a3c-a359-5dd4b5ee5bd5"
	exchangeClassed  = "/servicePrincipals(appId='" + identity.ExchangeAppID + "')/delegatedPermissionClassifications"
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
		if got := directory.ClassificationID(c.permission, c.classification); got != c.want {
			t.Errorf("%s as %s: got %s, want %s", c.permission, c.classification, got, c.want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a classification that nobody knows is taken")
		}
	}()
	directory.ClassificationID(userReadID, "none")
}

func TestPublishedPermissions(t *testing.T) {
	d := simtest.NewTenant(t, "fresh").Server.Directory()
	for id, want := range map[string][2]string{
		userReadID:      {identity.GraphAppID, "User.Read"},
		easOnExchangeID: {identity.ExchangeAppID, "EAS.AccessAsUser.All"},
		ewsOnExchangeID: {identity.ExchangeAppID, "EWS.AccessAsUser.All"},
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
	c := asPolicyAdmin(simtest.NewTenant(t, "low-impact"))
	path := "/servicePrincipals/" + c.IDOf(identity.GraphAppID) + "/" + classificationOf
	if got := c.Get(path).Must(t, http.StatusOK); len(got.Values("id")) != 0 {
		t.Errorf("got %s, want none", got.Text)
	}
	created := c.Do("POST", path, `{"permissionId":"`+userReadID+`","permissionName":"User.Read","classification":"low"}`).Must(t, http.StatusCreated)
	want := map[string]any{
		"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#delegatedPermissionClassifications/$entity",
		"id":             "2G3-4TG6YU2J54hjnaRoPQE", "permissionId": userReadID, "permissionName": "User.Read", "classification": "low",
	}
	if diff := cmp.Diff(want, created.Body); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	c.Do("POST", exchangeClassed, `{"permissionId":"`+easOnExchangeID+`","classification":"high"}`).Must(t, http.StatusCreated)
	if diff := cmp.Diff([]string{"User.Read"}, c.Get(path).Values("permissionName")); diff != "" {
		t.Errorf("on Graph (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"EAS.AccessAsUser.All"}, c.Get(exchangeClassed+"?$select=permissionName").Values("permissionName")); diff != "" {
		t.Errorf("on Exchange (-want +got):\n%s", diff)
	}
	c.Do("DELETE", exchangeClassed+"/2G3-4TG6YU2J54hjnaRoPQE", "").Must(t, http.StatusNotFound) // it is Graph's
	c.Do("DELETE", path+"/2G3-4TG6YU2J54hjnaRoPQE", "").Must(t, http.StatusNoContent)
	got := c.Do("DELETE", path+"/2G3-4TG6YU2J54hjnaRoPQE", "").Must(t, http.StatusNotFound)
	if got.Code() != "Request_ResourceNotFound" {
		t.Errorf("got code %s", got.Code())
	}
	c.Do("POST", path, `{"permissionId":"`+userReadID+`","classification":"medium"}`).Must(t, http.StatusCreated)
	c.Do("DELETE", "/servicePrincipals/"+c.IDOf(identity.GraphAppID), "").Must(t, http.StatusForbidden) // the role does not reach
	c.AsRole(identity.GlobalAdministrator, "Application.ReadWrite.All").Do("DELETE", "/servicePrincipals/"+c.IDOf(identity.GraphAppID), "").Must(t, http.StatusNoContent)
	if left := c.Server.Directory().PermissionClassifications; len(left) != 1 || left[0].PermissionID != easOnExchangeID {
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
			c := asPolicyAdmin(simtest.NewTenant(t, "fresh"))
			c.Do("POST", exchangeClassed, `{"permissionId":"`+ewsOnExchangeID+`","classification":"low"}`).Must(t, http.StatusCreated)
			var got simtest.Response
			if want.body == "" {
				got = c.Get(exchangeClassed + "?$filter=classification eq 'low'")
			} else {
				got = c.Do("POST", exchangeClassed, want.body)
			}
			if got.Must(t, want.status).Code() != want.code {
				t.Errorf("got code %s: %s", got.Code(), got.Message())
			}
		})
	}
	c := asPolicyAdmin(simtest.NewTenant(t, "no-exchange"))
	c.Get(exchangeClassed).Must(t, http.StatusNotFound)
	c.Do("POST", exchangeClassed, `{}`).Must(t, http.StatusNotFound)
	c.Do("DELETE", exchangeClassed+"/x", "").Must(t, http.StatusNotFound)
	c.Get(exchangeClassed+"/x").Must(t, http.StatusMethodNotAllowed)
}

func TestClassifications_lag(t *testing.T) {
	c := asPolicyAdmin(simtest.NewTenant(t, "lagging"))
	c.Do("POST", exchangeClassed, `{"permissionId":"`+ewsOnExchangeID+`","classification":"low"}`).Must(t, http.StatusCreated)
	var seen []int
	for range 4 {
		seen = append(seen, len(c.Get(exchangeClassed).Values("id")))
	}
	if diff := cmp.Diff([]int{0, 0, 0, 1}, seen); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	c.Misbehave(simulator.Rule{Method: "DELETE", Trouble: simulator.TroubleLag, Reads: 1})
	c.Do("DELETE", exchangeClassed+"/"+directory.ClassificationID(ewsOnExchangeID, "low"), "").Must(t, http.StatusNoContent)
	if n := len(c.Get(exchangeClassed).Values("id")); n != 1 {
		t.Errorf("got %d, want the deleted one still", n)
	}
}
