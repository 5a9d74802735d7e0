package graph_test

import (
	"testing"

	"appleconsent/consent"
	"appleconsent/graph/wire/wiretest"

	"github.com/google/go-cmp/cmp"
)

// Reading asks for read permissions; writing for what its actions need and no more. A token is asked for once.
func TestStepUp(t *testing.T) {
	t.Parallel()
	const read, grants = "Directory.Read.All", "Directory.Read.All DelegatedPermissionGrant.ReadWrite.All"
	for name, test := range map[string]struct {
		kinds []consent.ActionKind
		want  []string
	}{
		"reading":             {nil, []string{read}},
		"grants":              {[]consent.ActionKind{consent.CreateGrant, consent.UpdateGrant, consent.DeleteGrant}, []string{read, grants}},
		"a service principal": {[]consent.ActionKind{consent.CreateServicePrincipal, consent.CreateGrant}, []string{read, grants + " Application.ReadWrite.All"}},
		"and taking one away": {[]consent.ActionKind{consent.DeleteGrant, consent.DeleteServicePrincipal}, []string{read, grants + " Application.ReadWrite.All"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTenant(t, wiretest.JSON(200, `{"value":[]}`))
			client := w.client()
			for range 2 {
				if _, err := client.Read(t.Context(), allDevices); err != nil {
					t.Fatal(err)
				}
			}
			if test.kinds != nil {
				client.StepUp(test.kinds)
			}
			for range 2 {
				if _, err := client.Read(t.Context(), allDevices); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(test.want, w.Asked()); diff != "" {
				t.Errorf("scopes that were asked for (-want +got):\n%s", diff)
			}
		})
	}
}
