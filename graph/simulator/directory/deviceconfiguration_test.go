package directory_test

import (
	"net/http"
	"slices"
	"testing"

	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

const emailProfile = "#microsoft.graph.iosEasEmailProfileConfiguration"

func TestDeviceConfigurations(t *testing.T) {
	c := simtest.NewTenant(t, "fresh").As("DeviceManagementConfiguration.Read.All")
	got := c.Get(devicesPath).Must(t, http.StatusOK)
	kinds := got.Values("@odata.type")
	slices.Sort(kinds)
	if diff := cmp.Diff([]string{emailProfile, "#microsoft.graph.iosGeneralDeviceConfiguration"}, kinds); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	want := map[string]any{
		"displayName": "Corporate mail", "accountName": "Contoso", "hostName": "outlook.office365.com", "authenticationMethod": "usernameAndPassword",
		"useOAuth": true, "requireSsl": true, "emailAddressSource": "userPrincipalName",
	}
	for _, row := range got.Body["value"].([]any) {
		if row.(map[string]any)["@odata.type"] != emailProfile {
			continue
		}
		if diff := cmp.Diff(any(want), simtest.Only(row, want)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	if got.Body["@odata.context"] != "https://graph.microsoft.com/beta/$metadata#deviceManagement/deviceConfigurations" {
		t.Errorf("got context %v", got.Body["@odata.context"])
	}
	selected := c.Get(devicesPath+"?$select=displayName").Must(t, http.StatusOK)
	if n := len(selected.Body["value"].([]any)[0].(map[string]any)); n != 2 || selected.Values("@odata.type")[0] == "" {
		t.Errorf("got %s", selected.Text)
	}
	c.Get(devicesPath+"?$select=useOAuth").Must(t, http.StatusBadRequest)
	c.Get(devicesPath+"?$filter=isof('microsoft.graph.emailProfileConfiguration')").Must(t, http.StatusBadRequest)
}

func TestDeviceConfigurations_betaOnly(t *testing.T) {
	c := simtest.NewTenant(t, "fresh").As("DeviceManagementConfiguration.Read.All Directory.Read.All")
	c.Get("/deviceManagement/deviceConfigurations").Must(t, http.StatusBadRequest)
	c.Get("https://graph.microsoft.com/beta/organization").Must(t, http.StatusBadRequest)
	c.Do("POST", "https://graph.microsoft.com/beta/$batch", `{"requests":[{"id":"1","method":"GET","url":"/domains"}]}`).Must(t, http.StatusBadRequest)
	got := simtest.NewTenant(t, "unlicensed").As("DeviceManagementConfiguration.Read.All").Get(devicesPath).Must(t, http.StatusBadRequest)
	if got.Code() != "BadRequest" || got.Message() != "Request not applicable to target tenant." {
		t.Errorf("got %s: %s", got.Code(), got.Message())
	}
}

func TestDeviceConfigurations_ofOldProfiles(t *testing.T) {
	got := simtest.NewTenant(t, "old-profiles").As("DeviceManagementConfiguration.Read.All").Get(devicesPath).Must(t, http.StatusOK)
	profiles := map[string]any{}
	for _, row := range got.Body["value"].([]any) {
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
