package directory_test

import (
	"testing"

	"appleconsent/graph/simulator/directory"
)

// Examples that Microsoft's pages and issues with real ids print.
func TestGrantID(t *testing.T) {
	cases := []struct{ source, id, clientID, resourceID, principalID string }{
		{
			"learn.microsoft.com/graph/api/oauth2permissiongrant-post",
			"l5eW7x0ga0-WDOntXzHateQDNpSH5-lPk9HjD3Sarjk",
			"ef969797-201d-4f6b-960c-e9ed5f31dab5", "943603e4-e787-4fe9-93d1-e30f749aae39", "",
		},
		{
			"learn.microsoft.com/graph/api/oauth2permissiongrant-list",
			"AVs6JuUDjkCFV7q2gd8QTPimBBgj5iBFj0C6GwwRxC0",
			"263a5b01-03e5-408e-8557-bab681df104c", "1804a6f8-e623-4520-8f40-ba1b0c11c42d", "",
		},
		{
			"pnp.github.io/cli-microsoft365/cmd/entra/oauth2grant/oauth2grant-list",
			"yUU_KG9rFU2nuNosLz9uZ0SVQmWC1_RCvP7NnEv1Zus",
			"283f45c9-6b6f-4d15-a7b8-da2c2f3f6e67", "65429544-d782-42f4-bcfe-cd9c4bf566eb", "",
		},
		{
			"github.com/Azure/azure-cli/issues/20974",
			"qIVZsiud3k-fp2xOQ6jd7InI76O38TJFngGR4y0QOfQ",
			"b25985a8-9d2b-4fde-9fa7-6c4e43a8ddec", "a3efc889-f1b7-4532-9e01-91e32d1039f4", "",
		},
		{
			"github.com/Azure/azure-cli/issues/20974, for one user",
			"qIVZsiud3k-fp2xOQ6jd7InI76O38TJFngGR4y0QOfQ0hSwYE_R8SJGjet3IDjXV",
			"b25985a8-9d2b-4fde-9fa7-6c4e43a8ddec", "a3efc889-f1b7-4532-9e01-91e32d1039f4", "182c8534-f413-487c-91a3-7addc80e35d5",
		},
		{
			"learn.microsoft.com/graph/api/oauth2permissiongrant-delta",
			"cMmjItSKIEGBJzAIN_h_LJWd3Ji2SVpAs8CDTpaacIs33-jCp8aITYmx_rTx_afF",
			"22a3c970-8ad4-4120-8127-300837f87f2c", "98dc9d95-49b6-405a-b3c0-834e969a708b", "c2e8df37-c6a7-4d88-89b1-feb4f1fda7c5",
		},
		{
			"learn.microsoft.com/graph/api/user-list-oauth2permissiongrants",
			"E3NHhUPqfUy4pFT-010LYFo5-ycA-_5Fhl7nHbaJ7qACy1R9o6oWQJ-cpLSUIt2b",
			"85477313-ea43-4c7d-b8a4-54fed35d0b60", "27fb395a-fb00-45fe-865e-e71db689eea0", "7d54cb02-aaa3-4016-9f9c-a4b49422dd9b",
		},
	}
	for _, c := range cases {
		t.Run(c.source, func(t *testing.T) {
			if got := directory.GrantID(c.clientID, c.resourceID, c.principalID); got != c.id {
				t.Errorf("got %s, want %s", got, c.id)
			}
		})
	}
}

func TestGrantID_notAGUID(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic for a client id that is no GUID")
		}
	}()
	directory.GrantID("Apple", "943603e4-e787-4fe9-93d1-e30f749aae39", "")
}
