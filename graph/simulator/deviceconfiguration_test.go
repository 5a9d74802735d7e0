package simulator

import (
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDeviceConfigurations(t *testing.T) {
	c := newTenant(t, "fresh").as("DeviceManagementConfiguration.Read.All")
	got := c.get(devicesPath).must(t, http.StatusOK)
	kinds := got.values("@odata.type")
	slices.Sort(kinds)
	if diff := cmp.Diff([]string{iosEasEmailProfile, iosGeneralConfiguration}, kinds); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	want := map[string]any{
		"displayName": "Corporate mail", "accountName": "Contoso", "hostName": "outlook.office365.com", "authenticationMethod": "usernameAndPassword",
		"useOAuth": true, "requireSsl": true, "emailAddressSource": "userPrincipalName",
	}
	for _, row := range got.body["value"].([]any) {
		if row.(map[string]any)["@odata.type"] != iosEasEmailProfile {
			continue
		}
		if diff := cmp.Diff(any(want), only(row, want)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	if got.body["@odata.context"] != "https://graph.microsoft.com/beta/$metadata#deviceManagement/deviceConfigurations" {
		t.Errorf("got context %v", got.body["@odata.context"])
	}
	selected := c.get(devicesPath+"?$select=displayName").must(t, http.StatusOK)
	if n := len(selected.body["value"].([]any)[0].(map[string]any)); n != 2 || selected.values("@odata.type")[0] == "" {
		t.Errorf("got %s", selected.text)
	}
	c.get(devicesPath+"?$select=useOAuth").must(t, http.StatusBadRequest)
	c.get(devicesPath+"?$filter=isof('microsoft.graph.iosEasEmailProfileConfiguration')").must(t, http.StatusBadRequest)
}

func TestDeviceConfigurations_betaOnly(t *testing.T) {
	c := newTenant(t, "fresh").as("DeviceManagementConfiguration.Read.All Directory.Read.All")
	c.get("/deviceManagement/deviceConfigurations").must(t, http.StatusBadRequest)
	c.get("https://graph.microsoft.com/beta/organization").must(t, http.StatusBadRequest)
	c.do("POST", "https://graph.microsoft.com/beta/$batch", `{"requests":[{"id":"1","method":"GET","url":"/domains"}]}`).must(t, http.StatusBadRequest)
	got := newTenant(t, "unlicensed").as("DeviceManagementConfiguration.Read.All").get(devicesPath).must(t, http.StatusBadRequest)
	if got.code() != "BadRequest" || got.message() != "Request not applicable to target tenant." {
		t.Errorf("got %s: %s", got.code(), got.message())
	}
}

func TestDeviceConfigurations_ofOldProfiles(t *testing.T) {
	got := newTenant(t, "old-profiles").as("DeviceManagementConfiguration.Read.All").get(devicesPath).must(t, http.StatusOK)
	profiles := map[string]any{}
	for _, row := range got.body["value"].([]any) {
		profile := row.(map[string]any)
		profiles[profile["displayName"].(string)] = []any{profile["hostName"], profile["useOAuth"]}
	}
	want := map[string]any{
		"Corporate mail":      []any{"outlook.office365.com", true},
		"Legacy mail (basic)": []any{"outlook.office365.com", false},
		"On-premises mail":    []any{"mail.contoso.com", false},
		"Restrictions":        []any{nil, nil},
	}
	if diff := cmp.Diff(want, profiles); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
